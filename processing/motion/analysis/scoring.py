"""Marks for differences, and scores with their error bars.

A difference of d degrees, of which noise explains s, loses q / (1 + q) of the marks, where
q = max(d² − s², 0) / h² and h is the difference that costs half of them. Over phases, angles and
parts losses are joined by power means, so that one thing quite wrong weighs more than many things
slightly off. The error bar comes of drawing the noise again (with a fixed seed).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from processing.motion.alignment import Array
from processing.motion.analysis.angles import ANGLES, PART_OF, PARTS
from processing.motion.analysis.curves import PHASES, weights_of
from processing.motion.analysis.robust import mean, percentile
from processing.motion.skeleton import FOCUS

BINS: Final = 20
_DRAWS: Final = 40
_SEED: Final = 20261121
_FOCUS_WEIGHT: Final = 1.5
_OVER_ANGLES: Final = 3.0
_OVER_PARTS: Final = 3.0
RHYTHM_WEIGHT: Final = 0.12
"""What tempo counts beside the whole body."""
# Feet are short, and seen from above the floor they are guessed.
_TRUST: Final[dict[str, float]] = {"ankle_flexion": 0.4, "trunk_side_lean": 0.7}
_INTERVAL: Final = (0.05, 0.95)
_LEAST_SHARE: Final = 0.3

IN_PART: Final = np.array([[part == PART_OF[i] for i in range(len(ANGLES))] for part in PARTS])
"""(11, 18) which angles belong to which part."""


@dataclass(frozen=True)
class Score:
    """0..100 with its 90% interval; NaN = not seen."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, draws: Array) -> "Score":
        """Make one of its value and draws (K,) of it, all 0..1 losses."""
        if not np.isfinite(value):
            return cls(np.nan, np.nan, np.nan)
        best, worst = (float(percentile(draws, share)) for share in _INTERVAL)
        low, high = max(worst, value), min(best, value)
        return cls(100 * (1 - value), 100 * (1 - low), 100 * (1 - high))


def binned(differences: Array) -> Array:
    """Means over phase: (..., 101, 18) -> (..., 20, 18), NaN where less than half is seen."""
    parts = differences[..., : PHASES - 1, :]
    shape = (*parts.shape[:-2], BINS, (PHASES - 1) // BINS, parts.shape[-1])
    parts = parts.reshape(shape)
    often = 2 * np.isfinite(parts).sum(axis=-2) >= shape[-2]
    return np.where(often, mean(parts, axis=-2), np.nan)


def angle_weights(range_deg: Array, focus: Sequence[str]) -> Array:
    """How much each angle (18,) counts."""
    weights = weights_of(range_deg)
    for i, name in enumerate(ANGLES):
        bare = name.removeprefix("left_").removeprefix("right_")
        weights[i] *= _TRUST.get(bare, 1.0)
        if any(_touches(word, name) for word in focus):
            weights[i] *= _FOCUS_WEIGHT
    return weights


def _touches(word: str, angle: str) -> bool:
    if word not in FOCUS:
        return False
    return angle.startswith("trunk") if word == "back" else f"_{word.rstrip('s')}_" in angle


@dataclass(frozen=True)
class Losses:
    """Losses (0..1) of R repetitions, and K draws of each; NaN = not seen.

    parts : (R, 11), part_draws : (K, R, 11), total : (R,), total_draws : (K, R),
    cells : (R, 20, 18) by phase and angle, bins : (R, 20) all angles joined by phase
    """

    parts: Array
    part_draws: Array
    total: Array
    total_draws: Array
    cells: Array
    bins: Array


def losses_of(
    differences: Array,
    weights: Array,
    systematic: Array,
    random: Array,
    half_deg: float,
    rhythm: Array,
) -> Losses:
    """Judge repetitions.

    Parameters
    ----------
    differences : (R, 20, 18) float, degrees
    weights : (18,) float
    systematic, random : (18,) float, degrees; noise shared by all repetitions, and of each its own
    half_deg : what costs half of the marks
    rhythm : (R,) float, 0..1, what tempo and timing lose
    """
    variance = systematic**2 + random**2
    cells = _loss(differences, variance, half_deg)
    parts = _parts(cells, weights)
    total = _total(parts, weights, rhythm)
    rng = np.random.default_rng(_SEED)
    count = len(differences)
    part_draws = np.empty((_DRAWS, count, len(PARTS)))
    total_draws = np.empty((_DRAWS, count))
    # What the client may really have done, given what was seen: the less of a difference noise can
    # explain, the more of it is there (James & Stein's positive part, angle by angle).
    square = np.maximum(differences**2, 1e-6)
    share = np.clip(1.0 - variance / square, _LEAST_SHARE, 1.0)
    for k in range(_DRAWS):
        shared = systematic * rng.standard_normal(len(ANGLES))
        own = random * rng.standard_normal((count, 1, len(ANGLES)))
        drawn = _loss(share * differences + np.sqrt(share) * (shared + own), 0.0, half_deg)
        part_draws[k] = _parts(drawn, weights)
        total_draws[k] = _total(part_draws[k], weights, rhythm)
    bins = _over_parts(_angles_joined(cells, weights), weights)
    return Losses(parts, part_draws, total, total_draws, cells, bins)


def total_without(losses: Losses, cells: Array, weights: Array, rhythm: Array) -> Array:
    """Losses (R,) if what happens in some cells (R, 20, 18) bool were right."""
    kept = np.where(cells & np.isfinite(losses.cells), 0.0, losses.cells)
    return _total(_parts(kept, weights), weights, rhythm)


def cost_of(total: Array, without: Array) -> float:
    """Points of the whole score that something costs: its share of what is lost.

    Losses are joined by power means, so one of several loses little by itself: what each adds to
    the sum of the powers adds up to the whole.

    Parameters
    ----------
    total, without : (R,) float, 0..1, losses of the repetitions with it and without
    """
    ratio = np.divide(without, total, out=np.ones(total.shape), where=total > 0)
    return 100.0 * max(float(np.nan_to_num(mean(total * (1.0 - ratio**_OVER_PARTS)))), 0.0)


def _loss(differences: Array, variance: Array | float, half_deg: float) -> Array:
    q = np.maximum(differences**2 - variance, 0.0) / half_deg**2
    return np.asarray(q / (1 + q))


def _power_mean(values: Array, weights: Array, power: float) -> Array:
    """Power mean over the last axis of what is seen; NaN where nothing is."""
    seen = np.isfinite(values)
    weight = np.where(seen, weights, 0.0)
    total = weight.sum(axis=-1)
    sums = (np.where(seen, values, 0.0) ** power * weight).sum(axis=-1)
    means = np.divide(sums, total, out=np.full(total.shape, np.nan), where=total > 0)
    return np.asarray(means ** (1 / power))


def _parts(cells: Array, weights: Array) -> Array:
    """Losses (R, 11) of parts: over phases, then over their angles."""
    angles = _power_mean(np.moveaxis(cells, -2, -1), np.ones(BINS), 2.0)
    return _angles_joined(angles, weights)


def _angles_joined(angles: Array, weights: Array) -> Array:
    columns = [_power_mean(angles[..., own], weights[own], _OVER_ANGLES) for own in IN_PART]
    return np.stack(columns, axis=-1)


def _over_parts(parts: Array, weights: Array) -> Array:
    return _power_mean(parts, _part_weights(weights), _OVER_PARTS)


def _part_weights(weights: Array) -> Array:
    return np.array([float(weights[own].max()) for own in IN_PART])


def _total(parts: Array, weights: Array, rhythm: Array) -> Array:
    own = _part_weights(weights)
    joined = np.concatenate([parts, rhythm[..., None]], axis=-1)
    seen = np.isfinite(parts).any(axis=-1)
    total = _power_mean(joined, np.append(own, RHYTHM_WEIGHT * own.sum()), _OVER_PARTS)
    return np.where(seen, total, np.nan)
