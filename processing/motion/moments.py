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
    together: float  # sum of their dot products


def nothing() -> Moments:
    """Give the sums before anything was added."""
    directions = np.zeros((_BONE_COUNT, 3))
    return Moments(np.zeros(_BONE_COUNT), directions, directions, 0.0)


def add(moments: Moments, keep: float, weight: Array, subject: Array, target: Array) -> Moments:
    """Let the moments decay and add a pair of bodies; bones of weight 0 may be NaN."""
    known = weight[:, None] > 0
    subject = np.where(known, subject, 0.0)
    target = np.where(known, target, 0.0)
    return Moments(
        weight=moments.weight * keep + weight,
        subject=moments.subject * keep + subject * weight[:, None],
        target=moments.target * keep + target * weight[:, None],
        together=moments.together * keep + float(((subject * target).sum(axis=-1) * weight).sum()),
    )


def spreads(moments: Moments) -> tuple[float, float, float]:
    """Give the subject's and the target's variance (0..1) and their covariance."""
    total = float(moments.weight.sum())
    if total <= 0:
        return 0.0, 0.0, 0.0
    n = np.where(moments.weight > 0, moments.weight, 1.0)

    def variance(directions: Array) -> float:
        return float((moments.weight - (directions**2).sum(axis=-1) / n).sum()) / total

    means = float(((moments.subject * moments.target).sum(axis=-1) / n).sum())
    covariance = (moments.together - means) / total
    return max(0.0, variance(moments.subject)), max(0.0, variance(moments.target)), covariance


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
