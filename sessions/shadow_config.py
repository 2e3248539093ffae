"""What the Shadow page must know, as JSON."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.templatetags.static import static
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from exercises.focus import focus_parts
from exercises.levels import Level
from exercises.media import media_url
from exercises.models import Assignment, WorkoutItem
from processing.models import Artifact
from sessions.homework import is_playable, poster_url
from sessions.shadow_messages import shadow_messages, spoken_messages
from tenants.people.models import User
from tenants.schema import current_schema

_NOT_ALWAYS = ("stacked", "mesh")
"""Kinds that a clip of an earlier version may lack."""


def shadow_config(assignment: Assignment) -> dict[str, Any]:
    """Build the page's configuration.

    Returns
    -------
    dict
        ``items`` holds only what can be played: empty where no clip is ready yet. ``levels`` are
        what the client may choose from, ``level`` what the trainer asks for.
    """
    asked = Level(assignment.asks_for)
    items = [item for item in assignment.workout.items.all() if is_playable(item)]
    clips = [item.exercise.clip_id for item in items]
    published = Artifact.objects.filter(clip__in=clips).published()
    facts = published.facts()
    made = set(published.filter(kind__in=_NOT_ALWAYS).values_list("clip_id", "kind"))
    page = reverse("shadow", args=[assignment.pk])
    return {
        "assignment": assignment.pk,
        "user": user_key(assignment.client),
        "language": get_language() or "en",
        "levels": [{"key": level.value} for level in asked.and_less],
        "level": asked.value,
        "items": [
            _item(item, facts[item.exercise.clip_id], made)
            for item in items
            if item.exercise.clip_id in facts
        ],
        "urls": {
            "sessions": reverse("api_sessions"),
            "done": reverse("homework", args=[assignment.pk]),
            "me": reverse("api_me"),
            "service_worker": reverse("service_worker"),
            "login": f"{reverse('account_login')}?{urlencode({'next': page})}",
            "wasm": static("vendor/tasks-vision/wasm"),
            "tasks_vision": static("vendor/tasks-vision/vision_bundle.mjs"),
            "models": {
                "pose_lite": static("models/pose_landmarker_lite.task"),
                "pose_full": static("models/pose_landmarker_full.task"),
                "segmenter": static("models/selfie_segmenter.tflite"),
            },
        },
        "messages": shadow_messages(),
        "spoken": spoken_messages(),
    }


def user_key(user: User) -> str:
    """Name a person for a browser's own storage, where several may use one device.

    Nobody can tell from it who it is, nor make another's.
    """
    person = f"{current_schema()}/{user.pk}"
    return salted_hmac("sessions.shadow_config.user_key", person, algorithm="sha256").hexdigest()


def _item(item: WorkoutItem, facts: dict[str, Any], made: set[tuple[UUID, str]]) -> dict[str, Any]:
    exercise = item.exercise
    clip = exercise.clip
    return {
        "id": item.pk,
        "name": exercise.name,
        "cues": exercise.cues,
        "focus": focus_parts(exercise),
        "sets": item.sets,
        "reps": item.reps,
        "seconds": item.seconds,
        "rest_seconds": item.rest_seconds,
        "video": media_url(clip, "transparent"),
        "poses": media_url(clip, "poses_packed"),
        **{
            kind: media_url(clip, kind) if (clip.pk, kind) in made else None for kind in _NOT_ALWAYS
        },
        "poster": poster_url(item),
        "width": facts["width"],
        "height": facts["height"],
        "fps": facts["fps"],
        "duration_s": facts["duration_s"],
    }
