"""What the Shadow page must know, as JSON."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language

from exercises.focus import focus_parts
from exercises.media import media_url
from exercises.models import Assignment, WorkoutItem
from processing.models import Artifact
from sessions.homework import is_playable, poster_url
from sessions.shadow_messages import shadow_messages


def shadow_config(assignment: Assignment) -> dict[str, Any]:
    """Build the page's configuration.

    Returns
    -------
    dict
        ``items`` holds only what can be played: empty where no clip is ready yet.
    """
    items = [item for item in assignment.workout.items.all() if is_playable(item)]
    clips = [item.exercise.clip_id for item in items]
    facts = Artifact.objects.filter(clip__in=clips).published().facts()
    return {
        "assignment": assignment.pk,
        "language": get_language() or "en",
        "items": [
            _item(item, facts[item.exercise.clip_id])
            for item in items
            if item.exercise.clip_id in facts
        ],
        "urls": {
            "sessions": reverse("api_sessions"),
            "done": reverse("homework", args=[assignment.pk]),
            "wasm": static("vendor/tasks-vision/wasm"),
            "tasks_vision": static("vendor/tasks-vision/vision_bundle.mjs"),
            "models": {
                "pose_lite": static("models/pose_landmarker_lite.task"),
                "pose_full": static("models/pose_landmarker_full.task"),
                "segmenter": static("models/selfie_segmenter.tflite"),
            },
        },
        "messages": shadow_messages(),
    }


def _item(item: WorkoutItem, facts: dict[str, Any]) -> dict[str, Any]:
    exercise = item.exercise
    return {
        "id": item.pk,
        "name": exercise.name,
        "cues": exercise.cues,
        "focus": focus_parts(exercise),
        "sets": item.sets,
        "reps": item.reps,
        "seconds": item.seconds,
        "rest_seconds": item.rest_seconds,
        "video": media_url(exercise.clip, "transparent"),
        "poses": media_url(exercise.clip, "poses_packed"),
        "poster": poster_url(item),
        "width": facts["width"],
        "height": facts["height"],
        "fps": facts["fps"],
        "duration_s": facts["duration_s"],
    }
