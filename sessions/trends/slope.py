"""A robust trend with its interval: what has changed over weeks, and whether that is sure. Pure.

The slope is the median of all pairs' (P. K. Sen: Estimates of the regression coefficient based on
Kendall's tau. J. Am. Stat. Assoc. 63, 1968), so that one bad day counts little. Its interval is
Sen's, widened by what every value may be off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

Direction = Literal["up", "down", "unclear", "too_few"]

LEAST_COUNT: Final = 4
"""With three values even a row of accidents rises one time in three."""
LEAST_DAYS: Final = 6.0
_Z: Final = 1.645
"""Of a 90% interval."""


@dataclass(frozen=True)
class Trend:
    """Change from the first value to the last, by the slope, and its 90% interval.

    direction : ``unclear`` where the interval has no change in it, or the change is smaller than
    anybody would care for; ``too_few`` where there are too few values, or too few days between.
    """

    change: float
    low: float
    high: float
    days: float
    count: int
    direction: Direction


def trend_of(
    days: Sequence[float], values: Sequence[float], noise: Sequence[float], least: float
) -> Trend:
    """Say how values change.

    Parameters
    ----------
    days, values : (N,)
        When, in days, and what.
    noise : (N,)
        Standard deviation of each value.
    least : float
        A smaller change is none.
    """
    t, y, sd = (np.asarray(given, np.float64) for given in (days, values, noise))
    count = len(t)
    span = float(np.ptp(t)) if count else 0.0
    if count < LEAST_COUNT or span < LEAST_DAYS:
        return Trend(0.0, 0.0, 0.0, span, count, "too_few")
    first, second = np.triu_indices(count, 1)
    apart = t[second] - t[first]
    # Two sessions of one day say nothing of a slope.
    kept = np.abs(apart) > 0.25
    slopes = np.sort((y[second] - y[first])[kept] / apart[kept])
    if len(slopes) < LEAST_COUNT:
        return Trend(0.0, 0.0, 0.0, span, count, "too_few")
    slope = float(np.median(slopes))
    ranks = _Z * np.sqrt(count * (count - 1) * (2 * count + 5) / 18.0)
    outside = (len(slopes) - ranks) / 2.0
    below = slopes[max(int(np.floor(outside)), 0)]
    above = slopes[min(int(np.ceil(len(slopes) - 1 - outside)), len(slopes) - 1)]
    centred = t - t.mean()
    off = _Z * float(np.sqrt((centred**2 * sd**2).sum())) / float((centred**2).sum())
    low = span * (slope - float(np.hypot(slope - below, off)))
    high = span * (slope + float(np.hypot(above - slope, off)))
    change = span * slope
    direction: Direction = "unclear"
    if abs(change) >= least and low > 0:
        direction = "up"
    elif abs(change) >= least and high < 0:
        direction = "down"
    return Trend(change, low, high, span, count, direction)
