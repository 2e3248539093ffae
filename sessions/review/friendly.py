"""An analysis for the client themselves: what went well, what to change, what to try next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sessions.coach import Feedback, Persona, speak
from sessions.coach.document import DocumentError
from sessions.models import ItemAnalysis, WorkoutSession
from sessions.report import Level, level_of
from sessions.review import words
from sessions.review.page import analyses_of

VOICE: Final[Persona] = "mindful_aligner"
"""Whose words a client reads where the trainer has said nothing: the kindest of them."""


@dataclass(frozen=True)
class Told:
    """One exercise in friendly words."""

    name: str
    score: int
    level: Level
    interval: str
    count: str
    feedback: Feedback


def told_of(session: WorkoutSession) -> list[Told]:
    """The exercises of a session that were judged. One query."""
    return [told for row in analyses_of(session) if (told := _told(session, row)) is not None]


def _told(session: WorkoutSession, row: ItemAnalysis) -> Told | None:
    if row.document is None or row.score is None:
        return None
    name = row.item.exercise.name if row.item else _("Removed exercise")
    try:
        # The built-in words: a page must not wait for a language model.
        feedback = speak(
            row.document,
            persona=VOICE,
            language="ru" if (get_language() or "").startswith("ru") else "en",
            name="",
            exercise=name,
            seed=str(session.pk),
        )
    except DocumentError:
        return None
    return Told(
        name=name,
        score=words.whole(row.score),
        level=level_of(row.score),
        interval=words.interval_words(row.document["score"]),
        count=words.count_words(row.document["reps"]),
        feedback=feedback,
    )
