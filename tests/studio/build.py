"""Rows for the studio's tests: clips in any state, without running the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile

from exercises.models import Exercise, Workout, WorkoutItem
from processing.models import Artifact, Clip

FACTS = {"width": 540, "height": 960, "fps": 25.0, "duration_s": 13.8, "total_frames": 345}


def make_clip(title: str = "Squat", status: str = Clip.Status.READY, **fields: Any) -> Clip:
    """A clip with a tiny source; a ready one has its published files."""
    clip = Clip(title=title, status=status, original_name="IMG_1.MOV", size_bytes=3, **fields)
    if status == Clip.Status.READY:
        clip.published_run = clip.run
    clip.source.save("source", ContentFile(b"mov"), save=False)
    clip.save(force_insert=True)
    if status == Clip.Status.READY:
        for kind in ("probe", "transparent", "poses", "poses_packed", "poster"):
            artifact = Artifact(clip=clip, kind=kind, sha256="0" * 64, size_bytes=1)
            artifact.params = FACTS if kind == "probe" else {}
            artifact.file.save(kind, ContentFile(b"x"))
    return clip


def make_workout(title: str, *names: str) -> Workout:
    """A workout of ten repetitions of each named exercise."""
    workout = Workout.objects.create(title=title)
    for position, name in enumerate(names):
        exercise = Exercise.objects.create(name=name, clip=make_clip(name))
        WorkoutItem.objects.create(
            workout=workout, exercise=exercise, position=position, sets=3, reps=10
        )
    return workout


def item_fields(*rows: Mapping[str, object], initial: int = 0) -> dict[str, str]:
    """The constructor's fields as the page posts them."""
    fields = {
        "items-TOTAL_FORMS": str(len(rows)),
        "items-INITIAL_FORMS": str(initial),
        "items-MIN_NUM_FORMS": "0",
        "items-MAX_NUM_FORMS": "1000",
    }
    for place, row in enumerate(rows):
        filled = {"sets": 3, "reps": "", "seconds": "", "rest_seconds": 30, **row}
        fields |= {f"items-{place}-{name}": str(value) for name, value in filled.items()}
    return fields


def text(response: Any) -> str:
    """The page, as the test client received it."""
    return str(response.content.decode())
