"""What a client's pages show of a homework: reading, no writing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TypedDict

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import WithAnnotations

from exercises.access import homework_to_read
from exercises.media import media_url
from exercises.models import Assignment, WorkoutItem
from sessions.report import Level, level_of
from sessions.words import progress_words
from tenants.people.models import User

_FINISHED = Q(sessions__finished_at__isnull=False)


def is_playable(item: WorkoutItem) -> bool:
    return item.exercise.clip.is_usable


def poster_url(item: WorkoutItem) -> str:
    """The picture of an item's clip; empty while there is none."""
    if not is_playable(item):
        return ""
    return media_url(item.exercise.clip, "poster")


def amount_words(item: WorkoutItem) -> str:
    """``3 × 10 reps``, ``3 × 40 s``."""
    if item.reps is not None:
        return ngettext("%(sets)d × %(count)d rep", "%(sets)d × %(count)d reps", item.reps) % {
            "sets": item.sets,
            "count": item.reps,
        }
    return _("%(sets)d × %(count)d s") % {"sets": item.sets, "count": item.seconds}


@dataclass(frozen=True)
class Due:
    """When a homework is due, in words; ``late`` where that day has passed."""

    words: str
    late: bool


def due_of(due_on: datetime.date | None, today: datetime.date) -> Due | None:
    if due_on is None:
        return None
    days = (due_on - today).days
    if days == 0:
        return Due(_("due today"), late=False)
    if days == 1:
        return Due(_("due tomorrow"), late=False)
    day = date_format(due_on, "MONTH_DAY_FORMAT")
    if days < 0:
        return Due(_("was due %(day)s") % {"day": day}, late=True)
    return Due(_("due %(day)s") % {"day": day}, late=False)


@dataclass(frozen=True)
class Card:
    """A homework in the list."""

    assignment: Assignment
    title: str
    poster: str
    items: int
    playable: bool
    due: Due | None
    progress: str
    best: Level
    times: int


class Progress(TypedDict):
    """How often a homework was finished, and the best score."""

    times: int
    best: float | None


def with_progress(
    homework: QuerySet[Assignment],
) -> QuerySet[WithAnnotations[Assignment, Progress]]:
    """Add what the client has done of each."""
    return homework.annotate(
        times=Count("sessions", filter=_FINISHED), best=Max("sessions__score", filter=_FINISHED)
    )


def cards_for(client: User) -> tuple[list[Card], list[Card]]:
    """A client's homework: what is to do, the most urgent first, and what was done."""
    today = timezone.localdate()
    cards = []
    for assignment in with_progress(homework_to_read(client)):
        items = list(assignment.workout.items.all())
        cards.append(
            Card(
                assignment=assignment,
                title=assignment.workout.title,
                poster=next(filter(None, map(poster_url, items)), ""),
                items=len(items),
                playable=any(map(is_playable, items)),
                due=due_of(assignment.due_on, today),
                progress=progress_words(assignment.times, assignment.best),
                best=level_of(assignment.best),
                times=assignment.times,
            )
        )
    never = datetime.date.max
    cards.sort(key=lambda card: card.assignment.due_on or never)
    return [card for card in cards if not card.times], [card for card in cards if card.times]


@dataclass(frozen=True)
class Line:
    """One item on the homework's page."""

    name: str
    cues: list[str]
    amount: str
    rest_seconds: int
    poster: str
    playable: bool


def lines_of(assignment: Assignment) -> list[Line]:
    return [
        Line(
            name=item.exercise.name,
            cues=[cue.strip() for cue in item.exercise.cues.splitlines() if cue.strip()],
            amount=amount_words(item),
            rest_seconds=item.rest_seconds,
            poster=poster_url(item),
            playable=is_playable(item),
        )
        for item in assignment.workout.items.all()
    ]
