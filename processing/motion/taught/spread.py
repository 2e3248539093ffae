"""By how much a repetition may differ without meaning anything, as covariances. Pure.

A *place* is a measure in a window; last of all comes the tempo. What a detector makes of two people
hangs together: the sides of a joint (the noise of both, of either and of their difference is
known), the windows of a repetition, and all that makes the movement go far, for people vary most in
how far they go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.taught.measures import MEASURES, MIRROR, MIRROR_SIGN, Measures

TEMPO_NOISE_PCT: Final = 10.0
"""As much faster or slower nobody minds who judges strictly (``analysis.settings``)."""
TEMPO_RANDOM_PCT: Final = 5.0
_BETWEEN_WINDOWS: Final = 0.6
"""Correlation of an error in one window of a repetition with that in another. Assumed: most of an
error stays with a person and a camera, some goes with the posture."""
_MOST: Final = 0.9
_AT_HOME: Final = 0.55
"""As in ``analysis.noise``: legs and trunk are straight there."""
_NOT_AT_HOME: Final = ("elbow", "shoulder", "head_lean", "stance")
_FLOOR: Final = 2.0
"""Degrees or per cent that every place may be off on its own, whatever was measured."""


@dataclass(frozen=True)
class Spread:
    """Covariances (N, N) of N = W C + 1 places.

    lasting : what stays with a person and a camera. random : of one repetition.
    """

    lasting: Array
    random: Array

    @property
    def total(self) -> Array:
        return self.lasting + self.random


def places_of(measures: Measures) -> Array:
    """All differences as rows (R, N): window by window, then the tempo.

    Where left and right take turns, repetitions of side 1 are mirrored: the front knee of a lunge
    is at one place, whichever it is.
    """
    other = measures.differences[..., MIRROR] * MIRROR_SIGN
    rows = np.where(measures.sides[:, None, None] == 1, other, measures.differences)
    return np.column_stack([rows.reshape(len(rows), -1), measures.tempo_pct])


def place_names(windows: tuple[str, ...]) -> list[tuple[str, str]]:
    """(window, measure) of every place; the tempo's are ("", "tempo")."""
    return [*((window, measure) for window in windows for measure in MEASURES), ("", "tempo")]


def spread_of(measures: Measures) -> Spread:
    """Put together what was measured of a comparison's noise."""
    measures = _either_side(measures)
    windows = measures.differences.shape[1]
    between = np.full((windows, windows), _BETWEEN_WINDOWS)
    np.fill_diagonal(between, 1.0)
    scale = np.ones((windows, len(MEASURES)))
    if windows > 1:
        straight = [not any(word in name for word in _NOT_AT_HOME) for name in MEASURES]
        scale[0, straight] = _AT_HOME
    each = scale.ravel()
    lasting = np.kron(between, _sides(measures)) * np.outer(each, each)
    goes = measures.extent_noise * measures.extent.ravel()
    lasting += np.outer(goes, goes) + _FLOOR**2 * np.eye(len(each))
    random = np.kron(between, np.diag(measures.random**2)) + 0.25 * _FLOOR**2 * np.eye(len(each))
    return Spread(_with(lasting, TEMPO_NOISE_PCT), _with(random, TEMPO_RANDOM_PCT))


def _either_side(measures: Measures) -> Measures:
    """Where repetitions of both sides lie over one another, the worse side's noise counts."""
    if not measures.sides.any():
        return measures
    return replace(
        measures,
        one=np.maximum(measures.one, measures.one[MIRROR]),
        random=np.maximum(measures.random, measures.random[MIRROR]),
    )


def _sides(measures: Measures) -> Array:
    """Covariance (C, C) of the measures in one window: only sides of a joint hang together."""
    covariance = np.diag(measures.one**2)
    for i, name in enumerate(MEASURES):
        if not name.startswith("left_"):
            continue
        j = MEASURES.index("right_" + name.removeprefix("left_"))
        mean = 0.5 * (measures.one[i] ** 2 + measures.one[j] ** 2)
        # Both tell of it: the mean's variance is (mean + shared) / 2, the difference's
        # 2 (mean - shared).
        shared = 0.5 * ((2 * measures.both[i] ** 2 - mean) + (mean - 0.5 * measures.apart[i] ** 2))
        most = _MOST * measures.one[i] * measures.one[j]
        covariance[i, j] = covariance[j, i] = float(np.clip(shared, -most, most))
    return covariance


def _with(covariance: Array, tempo: float) -> Array:
    count = len(covariance)
    grown = np.zeros((count + 1, count + 1))
    grown[:count, :count] = covariance
    grown[count, count] = tempo**2
    return grown


def weights_for(shape: Array, covariance: Array, seen: NDArray[np.bool_]) -> Array:
    """Weights (N,) that read the size of a shape (N,) out of a row with the least noise.

    The generalised least squares estimate of *a* in row = *a* shape + noise, from what is seen.
    Weights that would subtract (to cancel noise by what is only assumed to hang together) are left
    out.
    """
    weights = np.zeros(len(shape))
    used = np.flatnonzero(seen & (shape != 0))
    if len(used) == 0:
        return weights
    own = covariance[np.ix_(used, used)]
    # A ridge: correlations are known to a few tenths only.
    own = own + 0.3 * np.diag(np.diag(own))
    raw = np.linalg.solve(own, shape[used])
    raw = np.where(raw * shape[used] > 0, raw, 0.0)
    size = float(raw @ shape[used])
    if size > 0:
        weights[used] = raw / size
    return weights
