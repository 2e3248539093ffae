"""Writing verbs on analyses. Each enqueues only after the transaction that made the work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import PurePath
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from exercises.models import Exercise
from processing.workspace import clear_scratch
from sessions.recording_files import delete_files
from sessions.videos.files import upload_name
from sessions.videos.models import VideoAnalysis
from tenants.schema import current_schema

MOST_WAITING: Final = 5
"""Of one person's at a time."""


class TooManyWaiting(Exception):
    """So many of this person's analyses wait already."""


@dataclass(frozen=True)
class Wanted:
    """How to look and how to judge."""

    engine: str
    lifter: str
    strictness: str
    persona: str
    language: str


def ask(
    user: Any,
    video: File[bytes],
    wanted: Wanted,
    *,
    exercise: Exercise | None = None,
    reference: File[bytes] | None = None,
) -> VideoAnalysis:
    """Keep the uploaded videos and queue their analysis.

    Raises
    ------
    TooManyWaiting
    """
    if VideoAnalysis.objects.filter(asked_by=user, status__in=VideoAnalysis.ACTIVE).count() >= (
        MOST_WAITING
    ):
        raise TooManyWaiting
    analysis = VideoAnalysis(
        id=uuid4(),
        asked_by=user,
        exercise=exercise,
        original_name=PurePath(video.name or "").name[:120],
        size_bytes=sum(file.size or 0 for file in (video, reference) if file is not None),
        kept_until=timezone.now() + timedelta(days=settings.ANALYSIS_KEEP_DAYS),
        **vars(wanted),
    )
    saved: list[str] = []
    try:
        for which, file in (("video", video), ("reference", reference)):
            if file is not None:
                saved.append(default_storage.save(upload_name(analysis.pk, which), file))
                setattr(analysis, which, saved[-1])
        with transaction.atomic():
            analysis.save(force_insert=True)
            _send(analysis)
    except BaseException:
        delete_files(saved)
        raise
    return analysis


def _send(analysis: VideoAnalysis) -> None:
    from sessions.videos.tasks import remind

    transaction.on_commit(partial(remind, current_schema(), analysis.pk))


def cancel(analysis: VideoAnalysis) -> bool:
    """Stop an analysis that waits or is in work; its worker notices within a second.

    Returns
    -------
    bool
        False where there was nothing to stop.
    """
    active = VideoAnalysis.objects.filter(pk=analysis.pk, status__in=VideoAnalysis.ACTIVE)
    return bool(
        active.update(
            status=VideoAnalysis.Status.CANCELLED,
            fence=F("fence") + 1,
            finished_at=timezone.now(),
        )
    )


def retry(analysis: VideoAnalysis) -> bool:
    """Queue an analysis once more that failed or was stopped.

    Returns
    -------
    bool
        False where there is nothing to be tried again.
    """
    now = timezone.now()
    ended = VideoAnalysis.objects.filter(pk=analysis.pk, status__in=VideoAnalysis.WORTH_RETRYING)
    with transaction.atomic():
        queued = ended.update(
            status=VideoAnalysis.Status.QUEUED,
            fence=F("fence") + 1,
            attempts=0,
            stage="",
            progress_pct=0.0,
            problem="",
            problem_params={},
            lease_until=now,
            queued_at=now,
            sent_at=now,
            finished_at=None,
        )
        if queued:
            _send(analysis)
    return bool(queued)


def delete(analysis: VideoAnalysis) -> None:
    """Delete an analysis and its files; a worker that is on it notices and stops."""
    analysis.delete()


def delete_expired() -> int:
    """Delete what has been kept for long enough, and scratch folders of rows that are gone.

    Costs one query, one for each analysis that goes, and one where there are folders. Returns 0:
    nothing is sent.
    """
    for analysis in VideoAnalysis.objects.filter(kept_until__lte=timezone.now()):
        delete(analysis)
    clear_scratch("analysing", _running)
    return 0


def _running() -> list[str]:
    running = VideoAnalysis.objects.filter(status=VideoAnalysis.Status.RUNNING)
    return [f"{pk}-{fence}" for pk, fence in running.values_list("pk", "fence")]
