"""Writing verbs on sessions."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from exercises.models import Assignment
from sessions.models import TimelineChunk, WorkoutSession
from sessions.timeline import fingerprint
from tenants.people.models import User


class Stored(enum.Enum):
    """What became of a chunk."""

    NEW = "new"
    SAME = "same"


class Conflict(Exception):
    """The chunk contradicts what is stored already."""


class AlreadyFinished(Conflict):
    """A finished session takes no more chunks."""


@dataclass
class Incomplete(Exception):
    """The session cannot be finished while these chunks lack."""

    missing: list[int] = field(default_factory=list)


class Surplus(ValueError):
    """More chunks are stored than the session is said to have."""


def start_session(client: User, assignment: Assignment) -> WorkoutSession:
    """Begin a go at an assignment."""
    return WorkoutSession.objects.create(assignment=assignment, client=client)


def store_chunk(session: WorkoutSession, seq: int, body: Mapping[str, Any]) -> Stored:
    """Keep one chunk; the same chunk twice is harmless, also after the finish.

    Raises
    ------
    Conflict
        Where another body is stored under this number, or the session is finished.
    """
    sha256 = fingerprint(body)
    with transaction.atomic():
        # The lock orders chunks against each other and against the finish.
        current = WorkoutSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
        stored = TimelineChunk.objects.filter(session=current, seq=seq).values("sha256").first()
        if stored is not None:
            if stored["sha256"] != sha256:
                raise Conflict
            return Stored.SAME
        if current.finished_at is not None:
            raise AlreadyFinished
        TimelineChunk.objects.create(
            session=current,
            seq=seq,
            item_id=body["item"],
            set_index=body["set"],
            rows=len(body["t"]),
            sha256=sha256,
            data=body,
        )
    return Stored.NEW


def finish_session(session: WorkoutSession, chunks: int) -> WorkoutSession:
    """Close a session that is stored whole and give it its score: the mean over scored frames.

    Finishing a finished session changes nothing.

    Raises
    ------
    Incomplete
        Where chunks lack.
    Surplus
        Where there are more than ``chunks``.
    """
    with transaction.atomic():
        current = WorkoutSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
        if current.finished_at is not None:
            return current
        stored = set(TimelineChunk.objects.filter(session=current).values_list("seq", flat=True))
        missing = [seq for seq in range(chunks) if seq not in stored]
        if missing:
            raise Incomplete(missing)
        if len(stored) > chunks:
            raise Surplus
        current.score = mean_score_of(current)
        current.finished_at = timezone.now()
        current.save(update_fields=["score", "finished_at"])
    return current


def mean_score_of(session: WorkoutSession) -> float | None:
    """Mean over the frames that have a score, stored so far.

    Only the score columns leave the database: landmarks are ninety times as large.
    """
    total, count = 0.0, 0
    columns = TimelineChunk.objects.filter(session=session).values_list("data__score", flat=True)
    for column in columns.iterator(chunk_size=100):
        scores = [score for score in column if score is not None]
        total += sum(scores)
        count += len(scores)
    return total / count if count else None


def mark_reviewed(session: WorkoutSession, *, reviewed: bool = True) -> None:
    """Take a session out of the inbox, or put it back."""
    session.reviewed_at = timezone.now() if reviewed else None
    session.save(update_fields=["reviewed_at"])
