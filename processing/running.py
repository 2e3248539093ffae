"""Run one stage of one clip: claim, work, record. Called by the actor with the tenant current."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from processing.claims import ATTEMPTS, MAX_ATTEMPTS, Claim, claim, retry_after
from processing.errors import Cancelled, InvalidClip, StageFailed, failure_code
from processing.files import prune
from processing.heartbeat import Heartbeat
from processing.isolation.host import stage_process
from processing.models import Artifact, Clip
from processing.outages import AWAY, patiently, stopping
from processing.pipeline import next_stage, overall_pct
from processing.stages import STAGES, WORK_KINDS, Options, Stage
from processing.workspace import Published, Workspace, workspace

__all__ = ["options", "options_with", "run_next_stage", "stopping"]

logger = logging.getLogger(__name__)

# Where less is left, an error that does not say so is taken to be the disk's.
_HARDLY_ANY_SPACE: Final = 4 * 1024 * 1024
_MEGABYTE: Final = 1024 * 1024

# Engine choices a clip may make for itself, as far as `Options` knows them.
_CHOICES: Final = frozenset({"matting", "grade", "pose", "lifter", "pose_model", "trim"})


def options(clip: Clip) -> Options:
    """What the operator decided about processing, and the trainer for this clip."""
    return options_with(clip.settings, clip.window_s)


def options_with(
    choices: Mapping[str, Any], window_s: tuple[float, float] | None = None
) -> Options:
    """What the operator decided about processing, but for ``choices``.

    Parameters
    ----------
    choices : mapping
        By the names of ``Options``; others are ignored.
    window_s : (start, end), optional
    """
    decided: dict[str, Any] = {
        "models_dir": settings.MODELS_DIR,
        "max_duration_s": float(settings.MAX_CLIP_SECONDS),
        "pose_model": settings.POSE_MODEL,
        "matting": settings.MATTING_ENGINE,
        "grade": settings.GRADE_ENGINE,
        "pose": settings.POSE_ENGINE,
        "lifter": settings.LIFTER,
        **{name: value for name, value in choices.items() if name in _CHOICES},
        "window_s": window_s,
    }
    return Options(**decided)


def run_next_stage(clip_id: UUID) -> bool:
    """Run the clip's next stage, if it is free to be run.

    Returns
    -------
    bool
        Whether the clip can go on at once.
    """
    held = claim(clip_id)
    if held is None:
        return False
    clip = Clip.objects.filter(pk=clip_id).first()
    if clip is None:
        return False
    if clip.attempts > MAX_ATTEMPTS:
        # Nobody was left to say what happened: the workers themselves were killed.
        _end(clip, held, Clip.Status.FAILED, "crashed")
        return False
    stage = next_stage(_present(clip))
    if stage is None:
        _finish(clip, held)
        return False
    held.renew(stage=stage.name, progress_pct=overall_pct(stage.name, 0, 1))
    beat = Heartbeat(held, stage.name)
    try:
        _run(clip, stage, held, beat)
        if patiently(lambda: next_stage(_present(clip))) is None:
            _finish(clip, held, beat.elapsed_s)
            return False
    except InvalidClip as problem:
        logger.info("clip %s cannot be used: %s", clip_id, problem)
        _end(clip, held, Clip.Status.INVALID, problem.code, problem.params)
        return False
    except Cancelled as reason:
        logger.info("clip %s, %s stopped: %s", clip_id, stage.name, reason)
        # Another worker may go on at once; this was no failed attempt.
        _settle(held, lease_until=timezone.now(), attempts=max(clip.attempts - 1, 0))
        return False
    except AWAY:
        # Nothing can be written down; the lease runs out, and the stage is done again.
        raise
    except Exception as error:
        _again_or_fail(clip, stage, held, error)
        return False
    return _settle(
        held,
        lease_until=timezone.now(),
        attempts=0,
        worked_s=F("worked_s") + beat.elapsed_s,
    )


def _present(clip: Clip) -> set[str]:
    return {"source", *clip.artifacts.filter(run=clip.run).values_list("kind", flat=True)}


def _settle(held: Claim, **fields: Any) -> bool:
    """Write down how it ended, also where the database is away for a while."""
    return patiently(lambda: held.update(**fields))


def _run(clip: Clip, stage: Stage, held: Claim, beat: Heartbeat) -> None:
    with workspace(clip, held.fence) as space:
        outputs = space.outputs(stage.produces)
        process = stage_process(settings.STAGE_MEMORY_MB * _MEGABYTE)
        try:
            params = process.run(
                stage,
                space.inputs(stage.needs, beat),
                outputs,
                options(clip),
                watch=beat,
                silence_s=settings.STAGE_SILENCE_SECONDS,
            )
        except StageFailed as failure:
            if failure.code == "internal" and _is_full(space):
                raise StageFailed("disk_full", failure.detail) from failure
            raise
        _record(clip, stage, held, space, params, beat)


def _is_full(space: Workspace) -> bool:
    try:
        return shutil.disk_usage(space.folder).free < _HARDLY_ANY_SPACE
    except FileNotFoundError:
        return False


def _record(
    clip: Clip,
    stage: Stage,
    held: Claim,
    space: Workspace,
    params: dict[str, object],
    beat: Heartbeat,
) -> None:
    """Publish the stage's files and their rows, if the claim still stands."""
    beat()
    files = {
        kind: space.publish(path, beat) for kind, path in space.outputs(stage.produces).items()
    }

    def write_down() -> None:
        with transaction.atomic():
            # Taken inside the transaction, the row's lock keeps the claim until the commit.
            if not held.renew():
                raise Cancelled("another worker has taken over, or the trainer stopped it")
            for kind, file in files.items():
                _name(clip, kind, file, params)

    try:
        patiently(write_down)
    except Cancelled:
        # No other claim publishes under these names.
        prune(clip, held.fence)
        raise


def _name(clip: Clip, kind: str, file: Published, params: dict[str, object]) -> None:
    Artifact.objects.update_or_create(
        clip=clip,
        kind=kind,
        run=clip.run,
        defaults={
            "file": file.name,
            "sha256": file.sha256,
            "size_bytes": file.size_bytes,
            "params": params,
        },
    )


def _again_or_fail(clip: Clip, stage: Stage, held: Claim, error: Exception) -> None:
    """After an error that is not the clip's fault: another try, later, or the end."""
    code = failure_code(error)
    logger.error(
        "%s of clip %s failed (%s, attempt %d)",
        stage.name,
        clip.pk,
        code,
        clip.attempts,
        exc_info=None if isinstance(error, StageFailed) else error,
    )
    if isinstance(error, StageFailed) and error.detail:
        logger.error("%s", error.detail.rstrip())
    if clip.attempts >= ATTEMPTS[code]:
        _end(clip, held, Clip.Status.FAILED, code)
        return
    _settle(held, lease_until=timezone.now() + retry_after(clip.attempts))


def _end(
    clip: Clip, held: Claim, status: str, code: str, params: dict[str, Any] | None = None
) -> None:
    """The run ends without being ready. What an earlier one published stays."""
    standing = _settle(
        held, status=status, error_code=code, error_params=params or {}, seconds_left=None
    )
    if standing:
        patiently(lambda: prune(clip, held.fence))


def _finish(clip: Clip, held: Claim, worked_s: float = 0.0) -> None:
    """Everything is there: publish this run in place of the one before, which goes.

    Published first and ready last: should the worker die in between, the next
    one comes here again.
    """

    def publish() -> bool:
        with transaction.atomic():
            served = {"settings": clip.settings, "window_s": clip.window_s}
            if not held.renew(published_run=clip.run, published_settings=served):
                return False
            clip.artifacts.exclude(run=clip.run).delete()
            clip.artifacts.filter(kind__in=WORK_KINDS).delete()
        prune(clip, held.fence)
        return True

    if patiently(publish):
        _settle(
            held,
            status=Clip.Status.READY,
            stage=STAGES[-1].name,
            progress_pct=100.0,
            seconds_left=None,
            attempts=0,
            error_code="",
            error_params={},
            finished_at=timezone.now(),
            worked_s=F("worked_s") + worked_s,
        )
