"""The trainer's notes on the client's own results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sessions.models import WorkoutSession
from sessions.notes.page import notes_of
from sessions.studio import items_of


@dataclass(frozen=True)
class ToldNotes:
    """What the page shows, and what its script draws the pictures from."""

    shown: list[dict[str, Any]]
    config: dict[str, Any]


def told_notes_of(session: WorkoutSession) -> ToldNotes:
    """The notes of a session. Two queries, and two more where there are notes."""
    notes = notes_of(session)
    if not notes:
        return ToldNotes([], {})
    drawn = ("id", "at_s", "clip_s", "item", "strokes", "view", "figure", "film")
    videos = {pk: {"video": item["video"]} for pk, item in items_of(session).items()}
    return ToldNotes(
        shown=notes,
        config={
            "notes": [{name: note[name] for name in drawn} for note in notes],
            "items": videos,
            "captions": {"trainer": _("Trainer"), "client": _("You")},
            "drawing": _("What the trainer drew"),
        },
    )
