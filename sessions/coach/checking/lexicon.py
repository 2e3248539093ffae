"""What a language is read by: its numerals, its words for the body, for praise and for blame.

These are patterns for reading, not strings for users. They are wide on purpose: a word too many
costs a good sentence, a word too few lets a false one through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sessions.coach.facts import Unit

Pattern = re.Pattern[str]


def pattern(*words: str) -> Pattern:
    """Any of these, as whole words; each may be an expression."""
    return re.compile(rf"\b(?:{'|'.join(words)})(?!\w)")


@dataclass(frozen=True)
class Lexicon:
    """How one language says what may be claimed of a movement. All in lower case.

    Attributes
    ----------
    letters : pattern
        A letter of the language.
    common : frozenset of str
        Words that hardly a text lacks, and few other languages have.
    foreign : pattern
        Spellings that only other languages written with the same letters have.
    joints, areas : mapping of str to pattern
        Names of joints and of whole limbs.
    elsewhere : pattern
        Parts of the body of which nothing is measured.
    feet : pattern
        Where a knee or an ankle points: nothing by themselves.
    left, right, both : pattern
    units : sequence of (pattern, unit)
        What follows a number.
    before : sequence of (pattern, unit)
        What stands before a number: ``rep 3``.
    to : str
        What joins two numbers of the same unit, as an expression.
    hundred : pattern
        The end of "84 of 100".
    numerals : mapping of pattern to number
        Number words; None where nothing can vouch for them ("twice").
    praise, absolute, blame, never : pattern
        ``absolute`` leaves no room for a fault, ``never`` is not for a coach to say.
    topics : mapping of str to pattern
        What praise may be about, by kind of fact.
    corrections : sequence of (pattern, supports)
        Words that claim a fault, and what supports them; see ``claims.supported``.
    markers : pattern
        With a part of the body beside it, a demand to change that part.
    less, more, than : pattern
    negation : pattern
    unseen : pattern
        Says that something could not be seen.
    formal, informal, gendered : pattern or None
        Ways to address a person, and forms that presume a person's gender.
    """

    letters: Pattern
    common: frozenset[str]
    foreign: Pattern
    joints: dict[str, Pattern]
    areas: dict[str, tuple[Pattern, tuple[str, ...]]]
    elsewhere: Pattern
    feet: Pattern
    left: Pattern
    right: Pattern
    both: Pattern
    units: tuple[tuple[Pattern, Unit], ...]
    before: tuple[tuple[Pattern, Unit], ...]
    to: str
    hundred: Pattern
    numerals: tuple[tuple[Pattern, int | None], ...]
    praise: Pattern
    absolute: Pattern
    blame: Pattern
    never: Pattern
    topics: dict[str, Pattern]
    corrections: tuple[tuple[Pattern, tuple[str, ...]], ...]
    markers: Pattern
    less: Pattern
    more: Pattern
    than: Pattern
    negation: Pattern
    unseen: Pattern
    formal: Pattern | None = None
    informal: Pattern | None = None
    gendered: Pattern | None = None
