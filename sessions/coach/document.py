"""Reading the analysis document: numbers as numbers, and what lacks as None."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Document = Mapping[str, Any]
"""What ``Analysis.to_json()`` gives."""

VERSION: Final = 1
VERDICTS: Final = ("judged", "other_exercise", "not_visible", "too_short")


class DocumentError(ValueError):
    """The document is not one that a coach can speak from."""


@dataclass(frozen=True)
class Interval:
    """A measured value with its 90% interval, all in the unit of the value."""

    value: float
    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


def number(value: Any) -> float | None:
    """A finite number, or None for anything else; ``True`` is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def interval(value: Any) -> Interval | None:
    """``{value, low, high}``; None where it was not measured.

    Raises
    ------
    DocumentError
        For a value without its interval: how sure it is must never be made up.
    """
    if not isinstance(value, Mapping) or number(value.get("value")) is None:
        return None
    middle, low, high = (number(value.get(key)) for key in ("value", "low", "high"))
    if middle is None or low is None or high is None or not low <= middle <= high:
        raise DocumentError(f"{dict(value)} is no value within its interval")
    return Interval(middle, low, high)


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def rows(value: Any) -> list[Mapping[str, Any]]:
    """The entries of a list that are objects; none where there is no list."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [entry for entry in value if isinstance(entry, Mapping)]


def whole_numbers(value: Any) -> tuple[int, ...]:
    """Sorted whole numbers of a list, each once."""
    if not isinstance(value, Iterable) or isinstance(value, str | Mapping):
        return ()
    found = {int(entry) for entry in map(number, value) if entry is not None}
    return tuple(sorted(found))


def seconds_of(tempo: Any) -> dict[str, float]:
    """Seconds by phase (``eccentric``, ``pause``, ``concentric``), and of the whole ``rep``."""
    phases = ("eccentric", "pause", "concentric")
    given = {phase: number(mapping(tempo).get(f"{phase}_s")) for phase in phases}
    known = {phase: value for phase, value in given.items() if value is not None}
    return {**known, "rep": sum(known.values())} if len(known) == len(phases) else known


def verdict_of(document: Document) -> str:
    """Why there may be no score: one of `VERDICTS`.

    Raises
    ------
    DocumentError
        Where the version or the verdict is not known.
    """
    if document.get("version") != VERSION:
        raise DocumentError(f"version {document.get('version')!r} of an analysis can't be read")
    verdict = document.get("verdict")
    if verdict not in VERDICTS:
        raise DocumentError(f"{verdict!r} is no verdict")
    # Judged, and yet without a score: nothing that counts could be seen.
    if verdict == "judged" and interval(document.get("score")) is None:
        return "not_visible"
    return str(verdict)
