"""Run one stage of one clip: claim, work, record. Called by the actor with the tenant current."""

from __future__ import annotations

import errno
import logging
import threading
import time
from dataclasses import fields
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from processing.claims import MAX_ATTEMPTS, Claim, claim
from processing.errors import Cancelled, InvalidClip
from processing.files import prune
from processing.models import Artifact, Clip
from processing.pipeline import next_stage, overall_pct
from processing.stages import STAGES, WORK_KINDS, Options, Stage
from processing.workspace import Published, Workspace, workspace

logger = logging.getLogger(__name__)

# Set when the worker is told to stop: running stages end at their next frame.
stopping = threading.Event()

_REPORT_EVERY_S = 1.0
_RETRY_AFTER = timedelta(seconds=5)


# Engine choices a clip may make for itself, as far as `Options` knows them.
_CHOICES: Final = frozenset({"matting", "grade", "pose", "pose_model", "trim"})


def options(clip: Clip) -> Options:
    """What the operator decided about processing, and the trainer for this clip."""
    known = {field.name for field in fields(Options)}
    decided: dict[str, Any] = {
        "models_dir": settings.MODELS_DIR,
        "max_duration_s": float(settings.MAX_CLIP_SECONDS),
        **{name: getattr(settings, name.upper(), None) for name in _CHOICES},
        **{name: value for name, value in clip.settings.items() if name in _CHOICES},
        "window_s": clip.window_s,
    }
    # What nobody decided is left to the stages' own defaults.
    return Options(**{k: v for k, v in decided.items() if k in known and v is not None})


class Reporter:
    """A progress callback: at most once a second it saves progress and renews the claim."""

    def __init__(self, held: Claim, stage: str) -> None:
        self._claim = held
        self._stage = stage
        self._started = self._saved = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if stopping.is_set():
            raise Cancelled("the worker is stopping")
        now = time.monotonic()
        if now - self._saved < _REPORT_EVERY_S:
            return
        self._saved = now
        elapsed = now - self._started
        begun = overall_pct(self._stage, 0, 1)
        reached = overall_pct(self._stage, done, total)
        left = elapsed * (100.0 - reached) / (reached - begun) if reached > begun else None
        standing = self._claim.renew(
            stage=self._stage,
            progress_pct=reached,
            frames_done=done,
            frames_total=total,
            frames_per_second=done / elapsed,
            seconds_left=left,
        )
        if not standing:
            raise Cancelled("another worker has taken over, or the clip was deleted")


def run_next_stage(clip_id: UUID) -> bool:
    """Run the clip's next stage, if it is free to be run.

    Returns
    -------
    bool
        Whether another message should follow for this clip.
    """
    held = claim(clip_id)
    if held is None:
        return False
    clip = Clip.objects.get(pk=clip_id)
    if clip.attempts > MAX_ATTEMPTS:
        _fail(held, "crashed")
        return False
    stage = next_stage(_present(clip))
    if stage is None:
        _finish(clip, held)
        return False
    held.renew(stage=stage.name, progress_pct=overall_pct(stage.name, 0, 1))
    try:
        _run(clip, stage, held)
    except InvalidClip as problem:
        logger.info("clip %s cannot be used: %s", clip_id, problem)
        held.update(
            status=Clip.Status.INVALID,
            error_code=problem.code,
            error_params=problem.params,
            seconds_left=None,
        )
        return False
    except Cancelled as reason:
        logger.info("clip %s, %s stopped: %s", clip_id, stage.name, reason)
        # Another worker may go on at once; this was no failed attempt.
        held.update(lease_until=timezone.now(), attempts=max(clip.attempts - 1, 0))
        return False
    except OSError as problem:
        if problem.errno == errno.ENOSPC:
            logger.error("no space left while running %s of clip %s", stage.name, clip_id)
            _fail(held, "disk_full")
            return False
        return _again_or_fail(clip, stage, held)
    except Exception:
        return _again_or_fail(clip, stage, held)
    if next_stage(_present(clip)) is None:
        _finish(clip, held)
        return False
    return held.update(lease_until=timezone.now(), attempts=0)


def _present(clip: Clip) -> set[str]:
    return {"source", *clip.artifacts.filter(run=clip.run).values_list("kind", flat=True)}


def _run(clip: Clip, stage: Stage, held: Claim) -> None:
    with workspace(clip, held.fence) as space:
        outputs = space.outputs(stage.produces)
        params = stage.run(
            space.inputs(stage.needs), outputs, options(clip), Reporter(held, stage.name)
        )
        _record(clip, stage, held, space, params)


def _record(
    clip: Clip, stage: Stage, held: Claim, space: Workspace, params: dict[str, object]
) -> None:
    """Publish the stage's files and their rows, if the claim still stands."""
    if not held.renew():
        raise Cancelled("another worker has taken over, or the clip was deleted")
    files = {kind: space.publish(path) for kind, path in space.outputs(stage.produces).items()}
    with transaction.atomic():
        # Taken inside the transaction, the row's lock keeps the claim standing until the commit.
        if not held.renew():
            _discard(clip, files)
            raise Cancelled("another worker has taken over, or the clip was deleted")
        for kind, file in files.items():
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


def _discard(clip: Clip, files: dict[str, Published]) -> None:
    storage = clip.source.storage
    for file in files.values():
        storage.delete(file.name)


def _again_or_fail(clip: Clip, stage: Stage, held: Claim) -> bool:
    """After an error that is not the clip's fault: another try, later, or the end."""
    logger.exception("%s of clip %s failed (attempt %d)", stage.name, clip.pk, clip.attempts)
    if clip.attempts >= MAX_ATTEMPTS:
        _fail(held, "internal")
        return False
    held.update(lease_until=timezone.now() + _RETRY_AFTER * 2**clip.attempts)
    return False


def _fail(held: Claim, code: str) -> None:
    held.update(status=Clip.Status.FAILED, error_code=code, error_params={}, seconds_left=None)


def _finish(clip: Clip, held: Claim) -> None:
    """Everything is published: the clip is ready, its work files go."""
    # Published first and ready last: should the worker die in between, the next one comes here.
    with transaction.atomic():
        served = {"settings": clip.settings, "window_s": clip.window_s}
        if not held.renew(published_run=clip.run, published_settings=served):
            return
        clip.artifacts.exclude(run=clip.run).delete()
        clip.artifacts.filter(kind__in=WORK_KINDS).delete()
    prune(clip, held.fence)
    held.update(
        status=Clip.Status.READY,
        stage=STAGES[-1].name,
        progress_pct=100.0,
        seconds_left=None,
        attempts=0,
        error_code="",
        error_params={},
        finished_at=timezone.now(),
    )
