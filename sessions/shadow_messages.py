"""The words that Shadow Mode's scripts say, in the reader's language.

``{name}`` in braces is filled in by the script, not by Python.
"""

from __future__ import annotations

from django.conf import settings
from django.utils import translation

from sessions.shadow_words import guide, page

_PARTS = (page, guide)


def shadow_messages() -> dict[str, str]:
    """Give every message of ``static/js/shadow`` by its key."""
    messages: dict[str, str] = {}
    for part in _PARTS:
        messages |= part.words()
    return messages


def spoken_messages() -> dict[str, dict[str, str]]:
    """Give the guide's sentences in every language: the voice may speak another than the page."""
    spoken = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            spoken[language] = guide.words()
    return spoken
