"""Writing verbs on sessions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from exercises.levels import Level
from exercises.models import Assignment
from sessions import recordings
from sessions.errors import (
    AlreadyFinished,
    Conflict,
    Incomplete,
    NotTheirs,
    Stored,
    Surplus,
)
from sessions.models import TimelineChunk, WorkoutSession
from sessions.review.services import have_scored
from sessions.timeline import fingerprint
from tenants.people.models import User


def start_session(
    client: User,
    assignment: Assignment,
    *,
    level: Level = Level.SKELETON,
    started_at: datetime | None = None,
) -> WorkoutSession:
    """Begin a go at an assignment. The client shares at most what the trainer asks for."""
    session, _ = start_or_find_session(
        client, assignment, uuid.uuid4(), level=level, started_at=started_at
    )
    return session


def start_or_find_session(
    client: User,
    assignment: Assignment,
    pk: UUID,
    *,
    level: Level = Level.SKELETON,
    started_at: datetime | None = None,
) -> tuple[WorkoutSession, Stored]:
    """Begin a go under a number the device made; asking again finds it as it was begun.

    Raises
    ------
    NotTheirs
        Where somebody else's session has this number.
    Conflict
        Where it is the client's own, of another homework.
    """
    session, created = WorkoutSession.objects.get_or_create(
        pk=pk,
        defaults={
            "client": client,
            "assignment": assignment,
            "level": level.at_most(Level(assignment.asks_for)),
            "started_at": started_at or timezone.now(),
        },
    )
    if session.client_id != client.pk:
        raise NotTheirs
    if session.assignment_id != assignment.pk:
        raise Conflict
    return session, Stored.NEW if created else Stored.SAME


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


def finish_session(
    session: WorkoutSession, chunks: int, parts: Mapping[int, int] | None = None
) -> WorkoutSession:
    """Close a session that is stored whole and give it its score: the mean over scored frames.

    Its recordings are then joined, and its exercises analysed. Finishing a finished session
    changes nothing.

    Parameters
    ----------
    session : WorkoutSession
    chunks : int
        How many there are.
    parts : mapping, optional
        How many parts each recording has, by its number. Of recordings that are not named, what
        has arrived counts.

    Raises
    ------
    Incomplete
        Where chunks or parts lack.
    Surplus
        Where there are more than said.
    """
    with transaction.atomic():
        current = WorkoutSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
        if current.finished_at is not None:
            return current
        stored = set(TimelineChunk.objects.filter(session=current).values_list("seq", flat=True))
        missing = [seq for seq in range(chunks) if seq not in stored]
        missing_parts = recordings.missing_parts(current, parts or {})
        if missing or missing_parts:
            raise Incomplete(missing, missing_parts)
        if len(stored) > chunks:
            raise Surplus("chunks")
        current.score = mean_score_of(current)
        current.finished_at = timezone.now()
        current.save(update_fields=["score", "finished_at"])
        recordings.close_all(current)
        have_scored(current)
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
