"""What marked repetitions have of their own: the shape of a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.hits import HELD, WINDOWS
from processing.motion.analysis.robust import mean, median
from processing.motion.taught.measures import Measures
from processing.motion.taught.spread import Spread, place_names, places_of, spread_of, weights_for

VERSION: Final = 1
Against = Literal["own", "trainer"]

_STANDS_OUT: Final[dict[Against, float]] = {"own": 4.0, "trainer": 3.2}
"""Standard deviations of noise. More against one's own repetitions: there the noise is small, and
people vary."""
_BELONGS: Final = 2.0
_LEAST: Final = 6.0
"""Degrees (per cent) below which nothing is a fault that one sees."""
_SHARE: Final[dict[Against, float]] = {"own": 0.2, "trainer": 0.4}
"""Of the greatest difference, against its noise: less is no part of the shape. Against the trainer
there is also what people always differ by."""

_NEARER: Final = 0.5
"""Of a shape's size: half-way between the marked repetitions and the others."""


class NothingStandsOut(Exception):
    """The marked repetitions differ from the others, and from the trainer's, by no more than
    noise."""


@dataclass(frozen=True)
class Signature:
    """The shape of a fault, as it was when it was taught.

    Attributes
    ----------
    shape : (N,) float, degrees (tempo, hips and stance: per cent); 0 = no part of it
    usual : (2, N) float, how the one who was marked differs from the trainer otherwise, with either
        side; NaN = not known, for want of other repetitions
    against : what it was seen against: the client's own other repetitions, or the trainer's
    held : whether the exercise is a hold
    """

    shape: Array
    usual: Array
    against: Against
    held: bool

    @property
    def windows(self) -> tuple[str, ...]:
        return tuple(HELD if self.held else WINDOWS)

    def strongest(self, most: int = 3) -> list[tuple[str, str, float]]:
        """(window, measure, size) of what it is made of, the largest first, a measure once."""
        names = place_names(self.windows)
        told: dict[str, tuple[str, str, float]] = {}
        for i in np.argsort(-np.abs(self.shape)):
            window, measure = names[int(i)]
            if self.shape[i] != 0:
                told.setdefault(measure, (window, measure, float(self.shape[i])))
        return list(told.values())[:most]

    def to_json(self) -> dict[str, Any]:
        """Write it down by names, rounded to tenths."""
        names = place_names(self.windows)
        return {
            "version": VERSION,
            "against": self.against,
            "held": self.held,
            "shape": [
                [window, measure, round(float(value), 1)]
                for (window, measure), value in zip(names, self.shape, strict=True)
                if value != 0
            ],
            "usual": [
                [
                    [window, measure, round(float(value), 1)]
                    for (window, measure), value in zip(names, side, strict=True)
                    if np.isfinite(value)
                ]
                for side in self.usual
            ],
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Signature:
        """Read what ``to_json`` wrote.

        Raises
        ------
        ValueError
            It is of a version that is no longer known.
        """
        if content.get("version") != VERSION:
            raise ValueError(f"a signature of version {content.get('version')!r} can't be read")
        held = bool(content["held"])
        names = place_names(tuple(HELD if held else WINDOWS))
        shape, usual = np.zeros(len(names)), np.full((2, len(names)), np.nan)
        for rows, values in zip(
            (content["shape"], *content["usual"]), (shape, *usual), strict=True
        ):
            for window, measure, value in rows:
                values[names.index((window, measure))] = value
        return cls(shape, usual, content["against"], held)


def learned(measures: Measures, marked: NDArray[np.bool_]) -> Signature:
    """Learn a fault from the repetitions that a trainer marked.

    It is seen against the client's other repetitions where there are some and something stands out
    of them, else against the trainer's: a fault that is in every repetition.

    Parameters
    ----------
    measures : Measures
        Of R repetitions.
    marked : (R,) bool
        At least one.

    Raises
    ------
    NothingStandsOut
    """
    if not marked.any():
        raise NothingStandsOut
    rows, spread = places_of(measures), spread_of(measures)
    unknown = np.full((2, rows.shape[1]), np.nan)
    usual = unknown.copy()
    for side in (0, 1):
        others = ~marked & (measures.sides == side)
        if others.any():
            usual[side] = median(rows[others], least=0.5)
    beside = mean(rows[marked] - usual[measures.sides[marked]])
    count = int(marked.sum())
    least = min(int((~marked & (measures.sides == s)).sum()) for s in measures.sides[marked])
    random = np.sqrt(np.diag(spread.random) * (1 / count + 1.5 / max(least, 1)))
    shape = _shape(beside, random, "own")
    if shape.any() and _is_the_wrong_one(shape, mean(rows[marked]), spread):
        return Signature(shape, usual, "own", measures.held)
    noise = np.sqrt(np.diag(spread.lasting) + np.diag(spread.random) / count)
    shape = _shape(mean(rows[marked]), noise, "trainer")
    if not shape.any():
        raise NothingStandsOut
    return Signature(shape, unknown, "trainer", measures.held)


def _is_the_wrong_one(shape: Array, marked: Array, spread: Spread) -> bool:
    """Whether the marked repetitions are farther from the trainer's than the others are.

    Of two kinds of repetitions the one that is nearer to the trainer's is right: who marks that
    one, among wrong ones, has not shown a fault.
    """
    weights = weights_for(shape, spread.total, np.isfinite(marked))
    return float(weights @ np.nan_to_num(marked)) >= _NEARER


def _shape(difference: Array, noise: Array, against: Against) -> Array:
    """The part of a difference (N,) that belongs to what stands out; all 0 where nothing does."""
    known = np.nan_to_num(difference)
    against_noise = np.abs(known) / noise
    if not ((against_noise >= _STANDS_OUT[against]) & (np.abs(known) >= _LEAST)).any():
        return np.zeros_like(known)
    belongs = against_noise >= max(_BELONGS, _SHARE[against] * float(against_noise.max()))
    return np.where(belongs, known, 0.0)
