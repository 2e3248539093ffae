"""Every number of a sentence, with its unit, against the numbers of the facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sessions.coach.checking.lexicon import Lexicon
from sessions.coach.checking.plain import Objection
from sessions.coach.facts import Fact, Unit

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_UNKNOWN: Final = re.compile(r"\s?[-×]?[^\W\d_]+")
_PERCENTAGE: Final = ("score", "pct")
_WITHOUT_UNIT: Final = ("score", "count", "rep", "grade")
"""Numbers that may stand alone; degrees and seconds need their unit."""


@dataclass(frozen=True)
class Said:
    """A number as it was said."""

    value: float
    decimals: int
    unit: Unit
    words: str

    def is_(self, value: float) -> bool:
        """Whether it is this value, rounded. Halves may go either way."""
        return abs(self.value - abs(value)) <= 0.5 / float(10**self.decimals) + 1e-6


def said_in(sentence: str, lexicon: Lexicon) -> tuple[list[Said], list[Objection]]:
    """Read a normalised sentence's numbers, and object to those that can't be read."""
    found: list[Said] = []
    objections: list[Objection] = []
    matches = list(_NUMBER.finditer(sentence))
    units = _units(sentence, matches, lexicon)
    for match, unit in zip(matches, units, strict=True):
        written = match.group()
        whole, _, fraction = written.replace(",", ".").partition(".")
        beside = sentence[max(match.start() - 1, 0) : match.start()]
        if "." in fraction or (beside.isalpha() and beside) or len(whole) > 4:
            objections.append(Objection("number", written))
        elif unit is None:
            rest = _UNKNOWN.match(sentence, match.end())
            objections.append(Objection("unit", written + (rest.group() if rest else "")))
        else:
            found.append(Said(float(f"{whole}.{fraction or 0}"), len(fraction), unit, written))
    for words, value in lexicon.numerals:
        for numeral in words.finditer(sentence):
            if value is None:
                objections.append(Objection("number", numeral.group()))
            else:
                unit = _unit(sentence, numeral, lexicon)
                found.append(Said(value, 0, unit or "", numeral.group()))
    return found, objections


def _units(sentence: str, matches: Sequence[re.Match[str]], lexicon: Lexicon) -> list[Unit | None]:
    """The unit of each number: after it, before it, or that of the number it is joined with."""
    units: list[Unit | None] = []
    for match in matches:
        units.append(_unit(sentence, match, lexicon))
    joined = re.compile(lexicon.to)
    for i in range(len(matches) - 2, -1, -1):
        between = sentence[matches[i].end() : matches[i + 1].start()]
        if units[i] == "" and joined.fullmatch(between):
            units[i] = units[i + 1]
    for i in range(len(matches) - 1):
        between = sentence[matches[i].end() : matches[i + 1].start()]
        if units[i] == "rep" and units[i + 1] == "" and joined.fullmatch(between):
            units[i + 1] = "rep"
    return units


def _unit(sentence: str, match: re.Match[str], lexicon: Lexicon) -> Unit | None:
    """The unit beside a number; ``""`` where there is none, None for one that nobody measured."""
    after = re.compile(r"\s?").match(sentence, match.end())
    start = after.end() if after else match.end()
    for words, unit in lexicon.units:
        if words.match(sentence, start):
            return unit
    for words, unit in lexicon.before:
        if words.search(sentence[: match.start()]):
            return unit
    if match.group() == "100" and _is_scale(sentence, match, lexicon):
        return "pct"
    if lexicon.hundred.match(sentence, match.end()):
        return "score"
    word = re.compile(r"\s?([-×]?[^\W\d_]+|×)").match(sentence, match.end())
    # A word of the sentence may follow; one that sticks to the number is a unit we don't know.
    if word and not word.group().startswith(" "):
        return None
    return None if word and _FOREIGN.fullmatch(word.group(1)) else ""


def _is_scale(sentence: str, match: re.Match[str], lexicon: Lexicon) -> bool:
    end = sentence[: match.end()]
    return bool(re.search(r"\d" + lexicon.hundred.pattern + "$", end))


_FOREIGN: Final = re.compile(
    r"kgs?|kilos?|kilograms?|lbs?|pounds?|m|mm|metres?|meters?|inch(?:es)?|feet|min(?:ute)?s?|"
    r"hours?|h|days?|weeks?|months?|years?|times|fold|x|×|calories|kcal|bpm|hz|sets?|of|"
    r"кг|килограмм\w*|м|мм|метр\w*|минут\w*|мин|час\w*|дн\w*|день|недел\w*|месяц\w*|год\w*|лет|"
    r"раза?|х|калори\w*|ккал|подход\w*|уд"
)
"""Units and counts that no fact has."""


def unsupported(
    said: Iterable[Said], facts: Iterable[Fact], about: frozenset[str], lexicon: Lexicon
) -> list[Objection]:
    """Numbers that no fact has.

    Parameters
    ----------
    about : frozenset of str
        Parts of the body the sentence names: degrees and scores must then be theirs.
    """
    facts = list(facts)
    theirs = [fact for fact in facts if about & {*fact.parts}] if about else facts
    found = []
    for number in said:
        source = theirs if number.unit in ("deg", "score") else facts
        allowed = [
            known.value
            for fact in source
            for known in fact.numbers.values()
            if _fits(number.unit, known.unit)
        ]
        is_scale = number.unit == "pct" and number.value == 100
        if not is_scale and not any(number.is_(value) for value in allowed):
            found.append(Objection("number", f"{number.words} {number.unit}".strip()))
    return found


def _fits(said: Unit, known: Unit) -> bool:
    if said == "":
        return known in _WITHOUT_UNIT
    if said in _PERCENTAGE:
        return known in _PERCENTAGE
    return said == known
