"""Exercises without movement: an unusual posture that is held, such as a plank."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from processing.motion.alignment import Array
from processing.motion.posture import STEP_S, Postures, runs

SHORTEST_S: Final = 2.5
UNUSUAL: Final = 1.05
"""Radians off upright: more than someone who leans on their knees to breathe."""
# Slower than this (weighted radians a second, over a second) is still. A detector's planks drift
# at 0.3; getting down or up goes at 2 to 5.
_STILL: Final = 0.9
_NEAR: Final = 0.8
"""Weighted radians within which postures are the same one."""
_REACHED: Final = 0.45
"""And within which one has been reached; noise is 0.1 to 0.2."""


@dataclass(frozen=True)
class Hold:
    """A posture (D,) and the indices of the grid between which it is held."""

    start: int
    end: int
    posture: Array


def holds(body: Postures) -> list[Hold]:
    """Find the postures that are held, in order of time."""
    found: list[Hold] = []
    half = round(0.5 / STEP_S)
    for first, last in runs(body.seen):
        x = body.angles[first:last]
        if len(x) * STEP_S < SHORTEST_S:
            continue
        ahead = x[np.minimum(np.arange(len(x)) + half, len(x) - 1)]
        behind = x[np.maximum(np.arange(len(x)) - half, 0)]
        still = np.sqrt(((ahead - behind) ** 2).sum(axis=1)) / (2 * half * STEP_S) < _STILL
        for a, b in runs(still & (body.upright[first:last] > UNUSUAL)):
            hold = _held(x, a, b, first)
            if found and hold.start <= found[-1].end + half and _same(found[-1], hold):
                hold = Hold(found[-1].start, hold.end, hold.posture)
                found.pop()
            found.append(hold)
    return [hold for hold in found if (hold.end - hold.start) * STEP_S >= SHORTEST_S]


def _held(x: Array, a: int, b: int, first: int) -> Hold:
    """Widen a still stretch to where the posture is reached and left."""
    posture = np.median(x[a:b], axis=0)
    near = np.sqrt(((x - posture) ** 2).sum(axis=1)) < _REACHED
    while a > 0 and near[a - 1]:
        a -= 1
    while b < len(x) and near[b]:
        b += 1
    return Hold(first + a, first + b - 1, posture)


def _same(a: Hold, b: Hold) -> bool:
    return far(a.posture, b.posture) < _NEAR


def far(a: Array, b: Array) -> float:
    """Distance between two postures (D,), weighted radians."""
    return float(np.sqrt(((a - b) ** 2).sum()))
