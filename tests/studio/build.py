"""Rows for the studio's tests: clips in any state, without running the pipeline."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
            artifact = Artifact(clip=clip, kind=kind, run=clip.run, sha256="0" * 64, size_bytes=1)
            artifact.params = FACTS if kind == "probe" else {}
            artifact.file.save(kind, ContentFile(b"x"))
    return clip


SEGMENTS = [
    {"kind": "rest", "start_s": 0.0, "end_s": 2.0, "reps": [], "group": None},
    {
        "kind": "exercise",
        "start_s": 2.0,
        "end_s": 8.0,
        "reps": [[2.0, 5.0], [5.0, 8.0]],
        "group": 0,
    },
    {"kind": "exercise", "start_s": 9.0, "end_s": 13.0, "reps": [[9.0, 13.0]], "group": 1},
]
TILES = {"count": 28, "columns": 12, "width": 54, "height": 96, "step_s": 0.5}


def finding(code: str, *spans: tuple[float, float], severity: str = "warn") -> dict[str, Any]:
    """As in ``quality.json``."""
    return {
        "code": code,
        "severity": severity,
        "spans": [list(span) for span in spans],
        "worst": list(spans[0]) if spans else None,
        "value": 0.0,
        "limit": 0.0,
        "params": {},
    }


def make_take(
    title: str = "Monday",
    status: str = Clip.Status.READY,
    *,
    findings: Sequence[Mapping[str, Any]] = (),
    judged: bool = True,
    **fields: Any,
) -> Clip:
    """A clip that has its filmstrip and, once judged, its quality; 13.8 s long."""
    clip = make_clip(title, status, **fields)
    quality = {
        "version": 1,
        "verdict": "warn" if findings else "good",
        "findings": list(findings),
        "segments": SEGMENTS,
        "trim": {"start_s": 2.0, "end_s": 13.0},
    }
    made: dict[str, tuple[bytes, dict[str, Any]]] = {"filmstrip": (b"webp", {"filmstrip": TILES})}
    if judged:
        made["quality"] = json.dumps(quality).encode(), {}
        made["plan"] = b"{}", {"verdict": quality["verdict"]}
    if status != Clip.Status.READY:
        made["probe"] = b"{}", FACTS
    for kind, (content, params) in made.items():
        artifact = Artifact(clip=clip, kind=kind, run=clip.run, sha256="0" * 64, size_bytes=1)
        artifact.params = params
        artifact.file.save(kind, ContentFile(content))
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
