"""What an analysis comes to, as it is kept and handed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from django.utils import translation
from django.utils.translation import gettext as _

from processing.stages import Options
from sessions.coach import Persona, speak
from sessions.coach.llm import configured
from sessions.videos.models import VideoAnalysis

VERSION: Final = 1


def result_of(
    analysis: VideoAnalysis,
    comparison: Mapping[str, Any],
    options: Options,
    made_by: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Put together what was found, by what, and what the coach says of it.

    Parameters
    ----------
    analysis : VideoAnalysis
    comparison : mapping
        What the stage ``compare`` wrote.
    options : Options
        The video was looked at by.
    made_by : mapping or None
        What found the trainer's poses; None where the same did.
    """
    engines = {"engine": options.pose, "lifter": options.lifter, "model": options.pose_model}
    return {
        "version": VERSION,
        "analysis": comparison["analysis"],
        "hints": comparison["hints"],
        "client": comparison["client"],
        "trainer": comparison["trainer"],
        "engines": {"client": engines, "trainer": dict(made_by or engines)},
        "coach": _feedback(analysis, comparison["analysis"]),
    }


def _feedback(analysis: VideoAnalysis, document: Mapping[str, Any]) -> dict[str, Any]:
    with translation.override(analysis.language):
        exercise = analysis.exercise.name if analysis.exercise else _("Your exercise")
    # The trainer reads what the client would be told, who need not be a user at all.
    person = "" if analysis.asked_by.is_staff else analysis.asked_by.name
    said = speak(
        document,
        persona=cast(Persona, analysis.persona),
        language=analysis.language,
        name=person.split(" ")[0],
        exercise=exercise,
        seed=str(analysis.pk),
        llm=configured(),
    )
    return said.to_json()
