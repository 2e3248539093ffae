"""Which parts of the body, and of which side, a sentence names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sessions.coach.checking.lexicon import Lexicon

_BEFORE: Final = 26
"""Characters before a joint's name in which its side is looked for: "left and also the right"."""
_AFTER: Final = 16


@dataclass(frozen=True)
class Named:
    """A part of the body as a sentence names it.

    Attributes
    ----------
    parts : frozenset of str
        What it may mean: one part, or several where no side is given or a whole limb is named.
    every : bool
        Whether all of them are meant: ``both knees``.
    """

    parts: frozenset[str]
    every: bool


def named_in(sentence: str, lexicon: Lexicon) -> tuple[list[Named], bool]:
    """Parts that a normalised sentence names, and whether a side is named without a part."""
    spots: list[tuple[int, int, tuple[str, ...], bool]] = []
    for joint, words in lexicon.joints.items():
        spots += [(m.start(), m.end(), (joint,), False) for m in words.finditer(sentence)]
    for words, joints in lexicon.areas.values():
        spots += [(m.start(), m.end(), joints, True) for m in words.finditer(sentence)]
    spots.sort()
    used: set[int] = set()
    named = []
    for i, (start, end, joints, is_area) in enumerate(spots):
        if joints == ("trunk",):
            named.append(Named(frozenset({"trunk"}), True))
            continue
        floor = max(spots[i - 1][1] if i else 0, start - _BEFORE)
        ceiling = min(spots[i + 1][0] if i + 1 < len(spots) else len(sentence), end + _AFTER)
        sides = _sides(sentence, lexicon, floor, start, used) or _sides(
            sentence, lexicon, end, ceiling, used
        )
        both = bool(lexicon.both.search(sentence, floor, start)) or len(sides) == 2
        parts = frozenset(
            f"{side}_{joint}" for side in sides or ("left", "right") for joint in joints
        )
        named.append(Named(parts, (bool(sides) or both) and not is_area))
    loose = any(
        m.start() not in used
        for words in (lexicon.left, lexicon.right)
        for m in words.finditer(sentence)
    )
    return named, loose


def _sides(sentence: str, lexicon: Lexicon, start: int, end: int, used: set[int]) -> set[str]:
    sides = set()
    for side, words in (("left", lexicon.left), ("right", lexicon.right)):
        for match in re.finditer(words, sentence):
            if start <= match.start() < end:
                sides.add(side)
                used.add(match.start())
    return sides
