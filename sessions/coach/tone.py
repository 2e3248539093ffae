"""The trainer's own tone: how to greet, part, cheer and address, over any voice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sessions.coach.checking.plain import plain

LONGEST: Final = 120
MOST_WORDS: Final = 8
_FORMS: Final = re.compile(r"\[([^\[\]|]*)(?:\|([^\[\]|]*))?\]")


class ToneError(ValueError):
    """A phrase that a coach must not be given.

    Parameters
    ----------
    code : str
        ``empty``, ``too_long``, ``too_many``, ``character``, ``link`` or ``number``.
    phrase : str
    """

    def __init__(self, code: str, phrase: str) -> None:
        self.code = code
        self.phrase = phrase
        super().__init__(f"{code}: {phrase!r}")


@dataclass(frozen=True)
class Tone:
    """A trainer's own phrases. They are said only where they contradict no fact.

    Attributes
    ----------
    greeting, sign_off : str
        Instead of the voice's; ``{name}`` is the client's first name.
    words : tuple of str
        Phrases the trainer likes, one of which is said before the sign-off.
    formal : bool, optional
        In Russian ``вы`` or ``ты``; None leaves it to the voice.

    Raises
    ------
    ToneError
        For a phrase that is too long, has digits (numbers come from measurements), links or marks.
    """

    greeting: str = ""
    sign_off: str = ""
    words: tuple[str, ...] = ()
    formal: bool | None = None

    def __post_init__(self) -> None:
        if len(self.words) > MOST_WORDS:
            raise ToneError("too_many", self.words[MOST_WORDS])
        for phrase in filter(None, (self.greeting, self.sign_off, *self.words)):
            for objection in plain(phrase.replace("{name}", ""), LONGEST):
                # A greeting may be the name alone.
                if objection.code != "empty" or "{name}" not in phrase:
                    raise ToneError(objection.code, phrase)
            if any(character.isdigit() for character in phrase):
                raise ToneError("number", phrase)


def addressed(template: str, *, formal: bool) -> str:
    """Choose between ways of address: ``[вы|ты]`` and ``Держи[те]``, formal first."""
    return _FORMS.sub(lambda found: (found[1] if formal else found[2]) or "", template)


def pick(variants: Sequence[str], seed: str, slot: str) -> str:
    """One of several, always the same for the same session.

    Parameters
    ----------
    seed : str
        The session's id.
    slot : str
        What it is for, so that one session's choices do not go together.
    """
    digest = hashlib.sha256(f"{seed}\n{slot}".encode()).digest()
    return variants[int.from_bytes(digest[:8], "big") % len(variants)]
