"""Is it plain text of the right length, in the right language?"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from sessions.coach.checking.english import ENGLISH
from sessions.coach.checking.lexicon import Lexicon
from sessions.coach.checking.russian import RUSSIAN

LEXICONS: Final[dict[str, Lexicon]] = {"en": ENGLISH, "ru": RUSSIAN}
LIMIT: Final = 1500
"""Longest text as a whole, in characters."""
# Letters, plain digits and these; anything else (markup, emoji, hidden characters) is refused.
_PUNCTUATION: Final = frozenset(" \n.,:;!?…—–-()«»“”„\"’'%°±+№/&\u00a0\u202f")
_LINK: Final = re.compile(r"https?|www|//|@|[^\W_]\.[^\W\d_]{2,}")
_WORD: Final = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_ENOUGH_WORDS: Final = 12
"""Shorter texts have no need of common words; their letters must do."""
_LEAST_COMMON: Final = 0.12
"""Share of words that must be common ones. The built-in texts have 0.2 and more."""


@dataclass(frozen=True)
class Objection:
    """Why a text is refused: a code for programs, and what it is about."""

    code: str
    what: str = ""


def normalised(text: str) -> str:
    """Lower case, one kind of apostrophe, ordinary spaces."""
    told = unicodedata.normalize("NFC", text).lower().replace("'", "’")
    return told.replace("\u00a0", " ").replace("\u202f", " ")


def plain(text: str, limit: int = LIMIT) -> list[Objection]:
    """Object to what is empty, too long, or more than words, digits and punctuation."""
    if not text.strip():
        return [Objection("empty")]
    found = []
    if len(text) > limit:
        found.append(Objection("too_long", f"{len(text)} of {limit} characters"))
    for character in sorted(set(text)):
        ours = character.isascii() and character.isalnum() or character in _PUNCTUATION
        # Letters of other scripts are for spoken_in to judge; other scripts' digits are refused.
        if not ours and unicodedata.category(character) not in ("Ll", "Lu"):
            found.append(Objection("character", f"U+{ord(character):04X}"))
    if link := _LINK.search(text.lower()):
        found.append(Objection("link", link.group()))
    return found


def spoken_in(text: str, language: str) -> list[Objection]:
    """Object to words that are not of this language."""
    lexicon = LEXICONS[language]
    words = _WORD.findall(normalised(text))
    strange = [word for word in words if re.sub(r"[’'-]", "", lexicon.letters.sub("", word))]
    if strange:
        return [Objection("language", strange[0])]
    common = sum(word in lexicon.common for word in words)
    if len(words) >= _ENOUGH_WORDS and common < _LEAST_COMMON * len(words):
        return [Objection("language", f"{common} of {len(words)} words are common ones")]
    if match := lexicon.foreign.search(" ".join(words)):
        return [Objection("language", match.group())]
    return []


def addressed_as(text: str, language: str, *, formal: bool) -> list[Objection]:
    """Object to the other way of addressing a person, and to forms that presume a gender."""
    lexicon = LEXICONS[language]
    other = lexicon.informal if formal else lexicon.formal
    told = normalised(text)
    found = []
    if other and (word := other.search(told)):
        found.append(Objection("address", word.group()))
    if lexicon.gendered and (word := lexicon.gendered.search(told)):
        found.append(Objection("gender", word.group()))
    return found
