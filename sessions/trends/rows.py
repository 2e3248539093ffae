"""What a course is made of: two queries, however many sessions there are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from exercises.models import Assignment
from sessions.models import ItemAnalysis
from tenants.people.models import User

LONGEST: Final = timedelta(days=182)
"""Half a year: what was before says little of the training of today."""
_MOST: Final = 400


@dataclass(frozen=True)
class Done:
    """One exercise of one session, judged."""

    exercise: int
    name: str
    session: Any
    at: datetime
    score: float
    low: float
    high: float
    grade: float | None
    algorithm: str
    strictness: str
    reps: list[dict[str, Any]]
    moments: list[dict[str, Any]]
    sets: list[dict[str, Any]]


@dataclass(frozen=True)
class Homework:
    """What was assigned, and the days on which it was done."""

    title: str
    assigned: date
    due: date | None
    done: list[date]


def done_by(
    client: User, exercises: list[int] | None = None, until: datetime | None = None
) -> list[Done]:
    """What a client has done and was judged, the oldest first. One query.

    Parameters
    ----------
    client : User
    exercises : list of int, optional
        Only these.
    until : datetime, optional
        Nothing that began later.
    """
    until = until or timezone.now()
    rows = ItemAnalysis.objects.filter(
        session__client=client,
        session__started_at__gte=until - LONGEST,
        session__started_at__lte=until,
        verdict="judged",
        score__isnull=False,
        item__isnull=False,
    )
    if exercises is not None:
        rows = rows.filter(item__exercise__in=exercises)
    # Of a long document only what is told of.
    columns = (
        "item__exercise",
        "item__exercise__name",
        "session",
        "session__started_at",
        "score",
        "low",
        "high",
        "grade",
        "algorithm",
        "judged_strictness",
        "document__reps",
        "document__moments",
        "document__sets",
    )
    found = rows.order_by("-session__started_at", "-pk").values_list(*columns)[:_MOST]
    return [
        Done(
            exercise, name, session, at, score,
            score if low is None else low, score if high is None else high,
            grade, algorithm, strictness or "normal", reps or [], moments or [], sets or [],
        )
        for (
            exercise, name, session, at, score, low, high,
            grade, algorithm, strictness, reps, moments, sets,
        ) in reversed(found)
    ]  # fmt: skip


def homework_of(client: User) -> list[Homework]:
    """What a client was given, the newest first. One query."""
    rows = (
        Assignment.objects.filter(client=client)
        .order_by("-created_at")
        .values_list("pk", "workout__title", "created_at", "due_on", "sessions__finished_at")
    )
    days: dict[int, list[date]] = defaultdict(list)
    found = {}
    for pk, title, created_at, due, finished_at in rows:
        found[pk] = (title, timezone.localdate(created_at), due)
        if finished_at is not None:
            days[pk].append(timezone.localdate(finished_at))
    return [
        Homework(title, assigned, due, sorted(days[pk]))
        for pk, (title, assigned, due) in found.items()
    ]
