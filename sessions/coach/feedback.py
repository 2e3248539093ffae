"""What the coach says, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

VERSION: Final = 1
Source = Literal["built_in", "endpoint", "local"]
"""Whose words: the built-in voices', an endpoint's, or a local model's."""


@dataclass(frozen=True)
class Change:
    """One thing to change.

    Attributes
    ----------
    text : str
        The voice's words.
    basis : str
        The number it rests on, as a sentence; never a language model's.
    fact : str
        The fact's id.
    """

    text: str
    basis: str
    fact: str


@dataclass(frozen=True)
class Feedback:
    """Sentences of one voice about one analysis.

    Attributes
    ----------
    greeting, sign_off : str
        May be empty.
    well : tuple of str
        What went well: one or two; none where there is no score.
    change : tuple of Change
        At most three, the costliest first.
    notes : tuple of str
        How far this can be trusted, and what could not be seen.
    source : Source
    reason : str
        A word for programs: why a configured language model's words are not used, else empty.
    """

    persona: str
    language: str
    verdict: str
    greeting: str
    headline: str
    well: tuple[str, ...]
    change: tuple[Change, ...]
    next: str
    closing: str
    sign_off: str
    notes: tuple[str, ...]
    source: Source = "built_in"
    reason: str = ""

    def sentences(self) -> list[str]:
        """Everything it says, in order."""
        changes = [part for change in self.change for part in (change.text, change.basis)]
        said = [self.greeting, self.headline, *self.well, *changes, *self.notes]
        return [part for part in (*said, self.next, self.closing, self.sign_off) if part]

    def text(self) -> str:
        """The same as plain text, a line for each part."""
        changes = [f"{change.text} {change.basis}" for change in self.change]
        said = [self.greeting, self.headline, *self.well, *changes, *self.notes]
        return "\n".join(part for part in (*said, self.next, self.closing, self.sign_off) if part)

    def to_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "persona": self.persona,
            "language": self.language,
            "verdict": self.verdict,
            "greeting": self.greeting,
            "headline": self.headline,
            "well": list(self.well),
            "change": [
                {"text": change.text, "basis": change.basis, "fact": change.fact}
                for change in self.change
            ],
            "next": self.next,
            "closing": self.closing,
            "sign_off": self.sign_off,
            "notes": list(self.notes),
            "source": self.source,
            "reason": self.reason,
        }
