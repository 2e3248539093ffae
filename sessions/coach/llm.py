"""Language models that may reword the coach: which one is configured, and how each can fail."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

from django.conf import settings

Code = Literal["missing", "unreachable", "timeout", "status", "garbage"]


class LanguageModelError(Exception):
    """No usable answer came.

    Parameters
    ----------
    code : Code
        ``missing``: something must be installed first; ``unreachable``; ``timeout``; ``status``:
        the server refused; ``garbage``: what came is no answer.
    words : str
        What happened, for the log.
    """

    def __init__(self, code: Code, words: str) -> None:
        self.code = code
        super().__init__(words)


class LanguageModel(Protocol):
    """What can be asked."""

    @property
    def source(self) -> Literal["endpoint", "local"]: ...

    def ask(self, instructions: str, question: str) -> str:
        """Answer in plain text.

        Raises
        ------
        LanguageModelError
        """
        ...


def configured() -> LanguageModel | None:
    """The language model the settings name; None leaves it to the built-in voices."""
    seconds = settings.COACH_LLM_TIMEOUT_SECONDS
    if settings.COACH_LLM_URL:
        from sessions.coach.endpoint import Endpoint

        return Endpoint(
            settings.COACH_LLM_URL, settings.COACH_LLM_MODEL, settings.COACH_LLM_KEY, seconds
        )
    if settings.COACH_LLM_LOCAL:
        from sessions.coach.local import Local

        return Local(Path(settings.COACH_LLM_LOCAL), seconds)
    return None
