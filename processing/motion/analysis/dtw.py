"""Dynamic time warping: exact, within a Sakoe–Chiba band, many pairs at once.

The recurrence runs along anti-diagonals: all cells of one depend only on the two before it, so a
whole one is a few array operations.

References
----------
H. Sakoe, S. Chiba: Dynamic programming algorithm optimization for spoken word recognition. IEEE
Trans. ASSP 26(1), 1978, eq. 9 (band); steps (1, 0), (0, 1), (1, 1), all of weight 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array

Indices = NDArray[np.intp]
Choices = NDArray[np.uint8]

BAND: Final = 0.1
"""How far a way may leave the straight one, as a share of the length."""
_BOTH, _FIRST, _SECOND = 0, 1, 2


@dataclass(frozen=True)
class Warp:
    """The cheapest way to walk through two sequences together.

    Attributes
    ----------
    cost : float
        Sum of the distances, and of what steps cost, along the way.
    first, second : (L,) int
        Indices into the two sequences, step by step, from their first to their last entries.
    """

    cost: float
    first: Indices
    second: Indices


def warp(first: Array, second: Array, *, band: float = BAND, step_cost: float = 0.0) -> Warp:
    """Find the cheapest way through two sequences.

    Parameters
    ----------
    first : (n, D) float
    second : (m, D) float
        Without NaN. The distance of two entries is Euclid's.
    band : how far the way may leave the straight one, as a share of the longer sequence; 1 = free
    step_cost : what a step costs in which only one of the two advances

    Returns
    -------
    Warp
    """
    costs, choices = _walk(first[None], second, band, step_cost)
    i, j = _trace(choices, len(first), len(second))
    return Warp(float(costs[0]), i[:, 0][::-1], j[:, 0][::-1])


def warp_many(
    many: Array, reference: Array, *, band: float = BAND, step_cost: float = 0.0
) -> tuple[Array, Array]:
    """Lay many sequences of one length over a reference.

    Parameters
    ----------
    many : (B, n, D) float
    reference : (m, D) float

    Returns
    -------
    costs : (B,) float
    at : (B, m) float
        For each entry of the reference, where in the sequence (0..n − 1) its match lies: the mean,
        where it has several.
    """
    count, n, _ = many.shape
    m = len(reference)
    if count == 0:
        return np.zeros(0), np.zeros((0, m))
    costs, choices = _walk(many, reference, band, step_cost)
    i, j = _trace(choices, n, m)
    sums, hits = np.zeros((count, m)), np.zeros((count, m))
    rows = np.arange(count)
    for step in range(len(i)):
        alive = i[step] >= 0
        sums[rows[alive], j[step][alive]] += i[step][alive]
        hits[rows[alive], j[step][alive]] += 1
    return costs, sums / hits


def _diagonals(n: int, m: int, band: float) -> Iterator[tuple[int, int, int]]:
    """Every anti-diagonal k = i + j, with the first and one past the last i inside the band."""
    reach = max(1.0, 0.5 * band * max(n, m))
    slope = (n - 1) / max(n + m - 2, 1)
    for k in range(n + m - 1):
        low = max(0, k - m + 1, int(np.ceil(k * slope - reach)))
        high = min(k, n - 1, int(np.floor(k * slope + reach)))
        yield k, low, high + 1


def _walk(
    many: Array, reference: Array, band: float, step_cost: float
) -> tuple[Array, list[tuple[int, Choices]]]:
    """Costs (B,) of the cheapest ways, and by anti-diagonal its first i and the step into each."""
    count, n, _ = many.shape
    m = len(reference)
    # Axes (D, B, n): sums over D are then over whole planes. The second sequence runs backwards,
    # so that an anti-diagonal is a slice of both.
    first = np.ascontiguousarray(np.moveaxis(many, 2, 0), dtype=np.float64)
    second = np.ascontiguousarray(reference[::-1].T, dtype=np.float64)[:, None]
    before, last, now = (np.full((count, n + 3), np.inf) for _ in range(3))
    steps: list[tuple[int, Choices]] = []
    for k, low, past in _diagonals(n, m, band):
        difference = first[:, :, low:past] - second[:, :, m - 1 - k + low : m - 1 - k + past]
        np.square(difference, out=difference)
        distance = np.sqrt(difference.sum(axis=0))
        # Entry i stands at i + 1, so that i - 1 exists.
        both, one = before[:, low:past], last[:, low:past]
        other = last[:, low + 1 : past + 1]
        if k == 0:
            best, step = np.zeros_like(distance), np.zeros(distance.shape, np.uint8)
        else:
            if step_cost:
                one, other = one + step_cost, other + step_cost
            aside = np.minimum(one, other)
            best = np.minimum(both, aside)
            step = np.where(both <= aside, _BOTH, np.where(one <= other, _FIRST, _SECOND))
        now[:, low + 1 : past + 1] = best + distance
        # What three diagonals ago left beside this one's band.
        now[:, max(low - 1, 0) : low + 1] = np.inf
        now[:, past + 1 : past + 3] = np.inf
        steps.append((low, step.astype(np.uint8)))
        before, last, now = last, now, before
    return last[:, n].copy(), steps


def _trace(steps: list[tuple[int, Choices]], n: int, m: int) -> tuple[Indices, Indices]:
    """Walk back from the ends: indices (L, B) of both sequences, −1 before the beginning."""
    ways = [_trace_one(steps, n, m, pair) for pair in range(len(steps[0][1]))]
    both = np.full((2, max(len(way) for way in ways), len(ways)), -1, dtype=np.intp)
    for pair, way in enumerate(ways):
        both[:, : len(way), pair] = np.array(way).T
    return both[0], both[1]


def _trace_one(
    steps: list[tuple[int, Choices]], n: int, m: int, pair: int
) -> list[tuple[int, int]]:
    a, b = n - 1, m - 1
    way = [(a, b)]
    while a > 0 or b > 0:
        low, choices = steps[a + b]
        step = choices[pair, a - low]
        a -= step != _SECOND
        b -= step != _FIRST
        way.append((a, b))
    return way
