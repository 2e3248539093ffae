"""How two bodies move, and whether together: decaying sums over pairs of directions.

``static/js/shadow/moments.js`` is the twin.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from processing.motion.alignment import Array
from processing.motion.skeleton import BONES

_BONE_COUNT: Final = len(BONES)


@dataclass(frozen=True)
class Moments:
    """Decaying sums over pairs of directions: how much each side moves, and how much together."""

    weight: Array  # (13,) seconds x weight
    subject: Array  # (13, 3) sum of the client's directions, turned and mirrored
    target: Array  # (13, 3) sum of the trainer's
    subject_square: float  # sum of the client's directions' dot products with themselves
    target_square: float  # ... of the trainer's
    together: float  # ... of the two


def nothing() -> Moments:
    """Give the sums before anything was added."""
    directions = np.zeros((_BONE_COUNT, 3))
    return Moments(np.zeros(_BONE_COUNT), directions, directions, 0.0, 0.0, 0.0)


def add(
    moments: Moments,
    keep: float,
    weight: Array,
    subject: Array,
    target: Array,
    depth: float = 1.0,
) -> Moments:
    """Let the moments decay and add a pair of bodies; bones of weight 0 may be NaN.

    ``depth`` is what a metre of depth counts for.
    """
    known = weight[:, None] > 0
    scale = np.array([1.0, 1.0, depth])
    subject = np.where(known, subject * scale, 0.0)
    target = np.where(known, target * scale, 0.0)

    def square(one: Array, other: Array) -> float:
        return float(((one * other).sum(axis=-1) * weight).sum())

    return Moments(
        weight=moments.weight * keep + weight,
        subject=moments.subject * keep + subject * weight[:, None],
        target=moments.target * keep + target * weight[:, None],
        subject_square=moments.subject_square * keep + square(subject, subject),
        target_square=moments.target_square * keep + square(target, target),
        together=moments.together * keep + square(subject, target),
    )


def spreads(moments: Moments) -> tuple[float, float, float]:
    """Give the subject's and the target's variance (0..1) and their covariance."""
    total = float(moments.weight.sum())
    if total <= 0:
        return 0.0, 0.0, 0.0
    n = np.where(moments.weight > 0, moments.weight, 1.0)
    subject, target = moments.subject, moments.target

    def spread(squares: float, one: Array, other: Array) -> float:
        return (squares - float(((one * other).sum(axis=-1) / n).sum())) / total

    return (
        max(0.0, spread(moments.subject_square, subject, subject)),
        max(0.0, spread(moments.target_square, target, target)),
        spread(moments.together, subject, target),
    )


def agreement(moments: Moments) -> float:
    """Say how far two bodies moved alike: 1 the same, 0 nothing in common, -1 against each other.

    References
    ----------
    Lin, L. I. (1989), A concordance correlation coefficient to evaluate reproducibility.
    The means' difference is left out: a constant offset is an error of pose, counted there.
    """
    subject, target, covariance = spreads(moments)
    spread = subject + target
    return 2.0 * covariance / spread if spread > 1e-12 else 0.0
