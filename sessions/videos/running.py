"""Judge an uploaded video: claim, work, record. Called with the tenant current.

The way of clips (``processing.running``) in one go: the stages run in the worker's stage process,
since what somebody sent can crash no worker.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from exercises.focus import focus_parts
from processing.claims import ATTEMPTS
from processing.digest import sha256_of
from processing.errors import Cancelled, InvalidClip, StageFailed
from processing.isolation.host import stage_process
from processing.models import Artifact
from processing.outages import patiently
from processing.running import options_with
from processing.stages import Options
from processing.storage import put_file
from processing.sweep import resend
from processing.workspace import beside, near, scratch
from sessions.leases import Held, claim, work_off
from sessions.recording_files import delete_files, delete_folder
from sessions.videos.files import folder_of, made_name
from sessions.videos.models import VideoAnalysis
from sessions.videos.results import result_of
from sessions.videos.steps import TRAINER, Step, steps_of

logger = logging.getLogger(__name__)

_MEGABYTE: Final = 1024 * 1024
_HARDLY_ANY_SPACE: Final = 4 * _MEGABYTE
_KEPT: Final = {
    "client_poses": ("client", "client.bin"),
    "trainer_poses": ("trainer", "trainer.bin"),
    "side_by_side": ("side_by_side", "side_by_side.mp4"),
}
"""Field of the row -> what the steps call the file, and its name in the storage."""


_LOST: Final = "another worker has taken over, or somebody stopped it"


class ExerciseGone(Exception):
    """There is no movement any more to compare with."""


class _Beat(Held[VideoAnalysis]):
    """Keeps the claim alive through all steps, and says how far they are."""

    step: Step | None = None

    def begin(self, step: Step) -> None:
        """Say which step begins.

        Raises
        ------
        Cancelled
        """
        self.step = step
        standing = patiently(
            lambda: self.claim.renew(stage=step.name, progress_pct=round(step.before, 2))
        )
        if not standing:
            raise Cancelled(_LOST)

    def progress(self, done: int, total: int) -> dict[str, Any]:
        if self.step is None or not done or total <= 0:
            return {}
        share = min(1.0, done / total)
        reached = self.step.before + (self.step.after - self.step.before) * share
        return {"progress_pct": round(min(100.0, reached), 2)}


def run_analysis(analysis_id: UUID) -> None:
    """Judge a video that waits, or whose worker has gone silent."""
    held = claim(VideoAnalysis, analysis_id, status=VideoAnalysis.Status.RUNNING)
    if held is None:
        return
    beat = _Beat(held.claim, held.row)

    def work() -> None:
        try:
            _run(beat)
        except InvalidClip as problem:
            logger.info("analysis %s: the video cannot be used: %s", analysis_id, problem)
            _fail(beat, problem.code, problem.params)
        except ExerciseGone:
            _fail(beat, "exercise_gone")

    work_off(beat, work, lambda code: _fail(beat, code), ATTEMPTS.__getitem__)


def _fail(beat: _Beat, problem: str, params: Mapping[str, Any] | None = None) -> None:
    ended = {
        "status": VideoAnalysis.Status.FAILED,
        "problem": problem,
        "problem_params": dict(params or {}),
        "finished_at": timezone.now(),
    }
    patiently(lambda: beat.update(**ended))


def _run(beat: _Beat) -> None:
    analysis = beat.row
    with scratch("analysing", analysis.pk, beat.fence) as folder:
        files = _inputs(analysis, folder, beat)
        options = options_of(analysis)
        steps = steps_of(
            with_reference=bool(analysis.reference),
            has_picture="trainer_source" in files or "trainer_stacked" in files,
        )
        for step in steps:
            beat.begin(step)
            files |= {name: folder / name for name in step.outputs.values()}
            _do(step, files, options, beat)
        comparison = json.loads(files["comparison"].read_text())
        # A language model may be asked for words: it answers when it likes.
        result = beside(beat, partial(result_of, analysis, comparison, options, _made_by(analysis)))
        _record(beat, files, result)


def _do(step: Step, files: Mapping[str, Path], options: Options, beat: _Beat) -> None:
    try:
        stage_process(settings.STAGE_MEMORY_MB * _MEGABYTE).run(
            step.stage,
            {kind: files[name] for kind, name in step.inputs.items()},
            {kind: files[name] for kind, name in step.outputs.items()},
            options,
            watch=beat,
            silence_s=settings.STAGE_SILENCE_SECONDS,
        )
    except InvalidClip as problem:
        if step.which != TRAINER:
            raise
        raise InvalidClip(problem.code, **problem.params, which="reference") from problem
    except StageFailed as failure:
        folder = next(iter(files.values())).parent
        if failure.code == "internal" and shutil.disk_usage(folder).free < _HARDLY_ANY_SPACE:
            raise StageFailed("disk_full", failure.detail) from failure
        raise


def _inputs(analysis: VideoAnalysis, folder: Path, beat: _Beat) -> dict[str, Path]:
    """Local files that there are before the first step.

    Raises
    ------
    ExerciseGone
    """
    request = folder / "request"
    focus = focus_parts(analysis.exercise) if analysis.exercise is not None else []
    request.write_text(json.dumps({"strictness": analysis.strictness, "focus": focus}))
    files = {"request": request, "client_source": near(analysis.video, folder / "video", beat)}
    if analysis.reference:
        files["trainer_source"] = near(analysis.reference, folder / "reference", beat)
        return files
    published = _published(analysis)
    if "poses_packed" not in published:
        raise ExerciseGone
    for name, kind in (("trainer_poses", "poses_packed"), ("trainer_stacked", "stacked")):
        if kind in published:
            files[name] = near(published[kind].file, folder / name, beat)
    return files


def _published(analysis: VideoAnalysis) -> dict[str, Artifact]:
    """The exercise's published files by their kinds; none where it is gone. One query."""
    if analysis.exercise is None:
        return {}
    artifacts = Artifact.objects.filter(clip=analysis.exercise.clip_id).published()
    return {artifact.kind: artifact for artifact in artifacts}


def options_of(analysis: VideoAnalysis) -> Options:
    """How the video is looked at: as the exercise's clip was, but for the engines asked for."""
    choices: dict[str, Any] = {}
    if analysis.exercise is not None:
        choices = dict(analysis.exercise.clip.published_settings.get("settings", {}))
    return options_with({**choices, "pose": analysis.engine, "lifter": analysis.lifter})


def _made_by(analysis: VideoAnalysis) -> dict[str, Any] | None:
    """What found the exercise's poses; None where that was a video of this analysis."""
    if analysis.reference:
        return None
    # The only file of that stage that outlives the clip's way.
    found = _published(analysis).get("filmstrip")
    if found is None:
        return None
    return {name: found.params.get(name, "") for name in ("engine", "lifter", "model")}


def _record(beat: _Beat, files: Mapping[str, Path], result: dict[str, Any]) -> None:
    analysis = beat.row
    digest = sha256_of(files["side_by_side"])
    names: dict[str, str] = {}
    for field, (kind, name) in _KEPT.items():
        stored = made_name(analysis.pk, beat.fence, name)
        names[field] = beside(beat, partial(put_file, files[kind], stored))
    made = {
        "status": VideoAnalysis.Status.READY,
        "progress_pct": 100.0,
        "attempts": 0,
        "result": result,
        "side_by_side_sha256": digest,
        "finished_at": timezone.now(),
        **names,
    }
    if not patiently(lambda: beat.update(**made)):
        # No other claim publishes under these names.
        delete_files(names.values())
        if not VideoAnalysis.objects.filter(pk=analysis.pk).exists():
            delete_folder(folder_of(analysis.pk))
        raise Cancelled(_LOST)


def resend_waiting() -> int:
    """Send messages for analyses that nobody works on. Returns how many."""
    from sessions.videos.tasks import remind

    return resend(VideoAnalysis.objects.filter(status__in=VideoAnalysis.ACTIVE), remind)
