"""How long a workout takes, roughly: what a client wants to know before beginning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from exercises.models import WorkoutItem

# A controlled repetition: about two seconds down, two up. The same number is
# given to static/js/studio/workout.js through the page.
SECONDS_PER_REP: Final = 4


def item_seconds(item: WorkoutItem) -> int:
    """Work and rest of one item; the rest after each set, also on the way to the next item."""
    work = item.seconds or (item.reps or 0) * SECONDS_PER_REP
    return item.sets * (work + item.rest_seconds)


def workout_seconds(items: Iterable[WorkoutItem]) -> int:
    """The whole, without the rest after the very last set."""
    ordered = list(items)
    if not ordered:
        return 0
    return sum(map(item_seconds, ordered)) - ordered[-1].rest_seconds
