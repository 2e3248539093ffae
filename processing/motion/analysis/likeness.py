"""Whether two people do the same exercise at all."""

from typing import Final

import numpy as np

from processing.motion.alignment import Array
from processing.motion.analysis.repetitions import Rep
from processing.motion.posture import ARMS, Postures

_PHASES: Final = 24
SAME_BELOW: Final = 0.52
"""Unlikeness from which it is another exercise. Of seven clips of real people and eight films of
the synthetic athlete, the same exercise by two of them has 0.05 to 0.50, another one, but for
jumping jack and overhead press (0.43), 0.50 and more."""
_FREE_ARMS: Final = 0.4
"""What arms count for where legs and trunk move more: everyone squats with other arms."""
_MEAN: Final = 0.8
"""What the mean posture counts for, beside the movement about it: another view shifts it."""
_FURTHER: Final = (1.0, 1.3, 1.7, 2.0)
_FURTHER_COSTS: Final = 0.2
"""Times as far the other's movement may be taken to go, and what the logarithm of that costs."""
_LEGS_AND_TRUNK: Final = np.setdiff1d(np.arange(18), ARMS)


def shape_of(body: Postures, reps: list[Rep]) -> Array:
    """Postures over phase of a typical repetition (24, 18), weighted radians."""
    phase = np.linspace(0.0, 1.0, _PHASES, endpoint=False)
    shapes = []
    for rep in reps:
        times = rep.start_s + rep.length_s * phase
        shapes.append(
            np.stack([np.interp(times, body.times_s, column) for column in body.angles.T], axis=-1)
        )
    return np.asarray(np.median(shapes, axis=0))


def unlikeness(one: Array, other: Array) -> float:
    """How unlike two typical repetitions are: 0 the same, about 1 nothing in common.

    Neither has to begin at the same phase: the nearest turn of the cycle counts. Half of a movement
    is like the whole: the other's may be taken to go further than it does.

    Parameters
    ----------
    one, other : (24, 18) float, from ``shape_of``; ``one`` says whether arms are free
    """
    weights = np.ones(one.shape[1])
    if _size(one[:, _LEGS_AND_TRUNK]) >= _size(one[:, ARMS]):
        weights[ARMS] = _FREE_ARMS
    one, other = one * weights, other * weights
    home = other[0]
    return min(
        _apart(one, home + further * (other - home)) + _FURTHER_COSTS * float(np.log(further))
        for further in _FURTHER
    )


def _apart(one: Array, other: Array) -> float:
    a, b = one - one.mean(axis=0), other - other.mean(axis=0)
    turned = np.stack([np.roll(b, k, axis=0) for k in range(len(b))])
    moved = np.sqrt(((a - turned) ** 2).sum(axis=-1).mean(axis=-1)).min()
    posture = float(np.linalg.norm(one.mean(axis=0) - other.mean(axis=0)))
    return float(np.hypot(moved, _MEAN * posture) / max(_size(one) + _size(other), 1e-6))


def _size(shape: Array) -> float:
    """How much there is of a movement: root mean square about its mean posture."""
    return float(np.sqrt(((shape - shape.mean(axis=0)) ** 2).sum(axis=-1).mean()))
