"""The trainer's comment for the client, and what a coach's voice suggests to say."""

from __future__ import annotations

from typing import Any, Final, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sessions.coach import PERSONAS, Persona, speak
from sessions.coach.document import DocumentError
from sessions.coach.llm import configured
from sessions.models import ItemAnalysis, WorkoutSession

LONGEST: Final = 4000
_EARLIER: Final = 3
PERSONA_WORDS: Final[dict[str, Promise]] = {
    "hype_beast": _("Cheerleader: loud and warm"),
    "data_scientist": _("Scientist: numbers, each with its uncertainty"),
    "no_nonsense_pro": _("Pro: few words"),
    "mindful_aligner": _("Mindful: calm, without judgement"),
}
assert tuple(PERSONA_WORDS) == PERSONAS


class CommentForm(forms.Form):
    comment = forms.CharField(required=False, max_length=LONGEST)


class SuggestionForm(forms.Form):
    analysis = forms.IntegerField(min_value=1)
    persona = forms.ChoiceField(choices=[(name, name) for name in PERSONAS])


def suggestion(session: WorkoutSession, row: ItemAnalysis, persona: str) -> str:
    """What a voice says of one exercise, in the client's language; empty without a document."""
    if row.document is None:
        return ""
    language = session.client.language or get_language() or "en"
    try:
        return speak(
            row.document,
            persona=cast(Persona, persona),
            language="ru" if language.startswith("ru") else "en",
            name=(session.client.name.split() or [""])[0],
            exercise=row.item.exercise.name if row.item else "",
            seed=str(session.pk),
            llm=configured(),
            earlier=_earlier(session, row),
        ).text()
    except DocumentError:
        # Of a version that is no longer read: have it scored again.
        return ""


def _earlier(session: WorkoutSession, row: ItemAnalysis) -> list[dict[str, Any]]:
    """Documents of the same exercise by the same client before, the latest last. One query."""
    if row.item is None:
        return []
    before = ItemAnalysis.objects.filter(
        session__client=session.client_id,
        session__started_at__lt=session.started_at,
        item__exercise=row.item.exercise_id,
        document__isnull=False,
    ).order_by("-session__started_at")
    found = before.values_list("document", flat=True)[:_EARLIER]
    return [document for document in found if document is not None][::-1]
