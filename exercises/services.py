"""Writing verbs on exercises and workouts."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from exercises.models import Exercise, Workout, WorkoutItem
from processing.models import Clip
from processing.services import Piece, cut_clip


@transaction.atomic
def exercises_of_take(take: Clip, pieces: Sequence[Piece]) -> list[Exercise]:
    """Cut a take, and make an exercise of each piece: all of them or none.

    The exercises can be put into workouts at once; clients see them when their
    clips are ready.

    Raises
    ------
    Clip.DoesNotExist, ValueError
        As ``processing.services.cut_clip``.
    """
    clips = cut_clip(take, pieces)
    return Exercise.objects.bulk_create(Exercise(name=clip.title, clip=clip) for clip in clips)


@transaction.atomic
def duplicate_workout(workout: Workout, *, title: str) -> Workout:
    """A copy with its own items, to be changed without touching anybody's homework."""
    items = list(workout.items.all())
    copy = Workout.objects.create(
        title=title[: Workout._meta.get_field("title").max_length],
        description=workout.description,
    )
    WorkoutItem.objects.bulk_create(
        WorkoutItem(
            workout=copy,
            exercise_id=item.exercise_id,
            position=position,
            sets=item.sets,
            reps=item.reps,
            seconds=item.seconds,
            rest_seconds=item.rest_seconds,
        )
        for position, item in enumerate(items)
    )
    return copy


def renumber(workout: Workout) -> None:
    """Make positions 0, 1, 2 …, in the order they stand. One query, and one for each row moved."""
    for position, item in enumerate(workout.items.order_by("position", "pk")):
        if item.position != position:
            item.position = position
            item.save(update_fields=["position"])
