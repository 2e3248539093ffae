"""Repetitions over phase: every one laid over the reference, so that like is compared with like."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.angles import ANGLE_MIRROR, ANGLES, mirrored
from processing.motion.analysis.dtw import warp_many
from processing.motion.analysis.repetitions import Rep, Way
from processing.motion.analysis.robust import median, percentile
from processing.motion.analysis.sampling import Motion

PHASES: Final = 101
LOW, HIGH = 0.03, 0.97
"""Percentiles that a range lies between: a single glitch is none of it."""
SEEN_OFTEN: Final = 0.3
"""Share of a repetition in which an angle must be seen to have a range."""
_BAND: Final = 0.3
# Warping must be worth it: standing still is alike at all moments.
_STEP_COST: Final = 0.02


@dataclass(frozen=True)
class Curves:
    """Angles of R repetitions over P phases.

    angles : (R, P, 18) float, degrees; NaN = not seen
    times_s : (R, P) float, when each was
    costs : (R,) float, how unlike in time the reference they are: mean distance of the way's share
    """

    angles: Array
    times_s: Array
    costs: Array


def curves_of(
    motion: Motion, reps: list[Rep], way: Way | None, reference: Array | None = None
) -> Curves:
    """Cut repetitions out of a movement.

    Parameters
    ----------
    motion : Motion
    reps : R of them
    way : the trainer's movement; None for holds, which are not warped
    reference : (P,) float, the reference's share of its way over phase; None = even time
    """
    starts = np.array([rep.start_s for rep in reps])
    lengths = np.array([rep.length_s for rep in reps])
    phase = np.linspace(0.0, 1.0, PHASES)
    times = starts[:, None] + lengths[:, None] * phase
    costs = np.zeros(len(reps))
    if way is not None and reference is not None and len(reps):
        shares = _normal(_shares(motion, way, times))
        costs, at = warp_many(
            shares[..., None], reference[:, None], band=_BAND, step_cost=_STEP_COST
        )
        costs = costs / PHASES
        times = starts[:, None] + lengths[:, None] * at / (PHASES - 1)
    return Curves(sampled(motion.times_s, motion.angles, times), times, costs)


def own_share(motion: Motion, rep: Rep, way: Way) -> Array:
    """A repetition's share of its own way over even time (P,), 0..1."""
    times = rep.start_s + rep.length_s * np.linspace(0.0, 1.0, PHASES)
    return np.asarray(_normal(_shares(motion, way, times[None]))[0])


def _shares(motion: Motion, way: Way, times: Array) -> Array:
    place = way.share(motion.body.angles)
    return np.asarray(np.interp(times, motion.body.times_s, place))


def _normal(shares: Array) -> Array:
    low, high = shares.min(axis=-1, keepdims=True), shares.max(axis=-1, keepdims=True)
    return np.asarray((shares - low) / np.maximum(high - low, 1e-6))


def sampled(grid_s: Array, rows: Array, times: Array) -> Array:
    """Rows (N, C) of an even grid at times (R, P): (R, P, C); NaN where either neighbour is."""
    step = grid_s[1] - grid_s[0] if len(grid_s) > 1 else 1.0
    at = np.clip(times / step, 0.0, len(grid_s) - 1)
    low = np.minimum(at.astype(np.intp), max(len(grid_s) - 2, 0))
    high = np.minimum(low + 1, len(grid_s) - 1)
    part = (at - low)[..., None]
    return np.asarray(rows[low] * (1 - part) + rows[high] * part)


@dataclass(frozen=True)
class Reference:
    """The trainer's repetition: what all are compared with.

    Where left and right take turns there are two, else one.

    medians : (C, P, 18) float, degrees. spread : (18,) natural spread of the trainer, degrees.
    range_deg : (18,) how far each angle goes, at most. outward : (18,) sign of its way out.
    share : (P,) how far along the way, over phase.
    medoid : number of the repetition that is nearest to all others.
    kinds : (R,) which of the C each of the trainer's repetitions is.
    """

    medians: Array
    spread: Array
    range_deg: Array
    outward: Array
    share: Array
    medoid: int
    kinds: NDArray[np.intp]
    curves: Curves

    @property
    def alternates(self) -> bool:
        """Whether left and right take turns."""
        return len(self.medians) > 1


def weights_of(range_deg: Array) -> Array:
    """How much each angle (18,) tells of the movement: by how far the trainer moves it."""
    most = max(float(np.nan_to_num(range_deg).max(initial=0.0)), 1.0)
    return np.asarray(0.35 + 0.65 * np.nan_to_num(range_deg) / most)


def unlike(one: Array, other: Array, weights: Array) -> Array:
    """Weighted root mean square difference of curves (..., P, 18), degrees; NaN = nothing seen."""
    square = (one - other) ** 2
    seen = np.isfinite(square)
    weight = np.where(seen, weights, 0.0)
    total = weight.sum(axis=(-1, -2))
    sums = (np.where(seen, square, 0.0) * weight).sum(axis=(-1, -2))
    square_mean: Array = np.full(total.shape, np.nan)
    np.divide(sums, total, out=square_mean, where=total > 0)
    return np.sqrt(square_mean)


def reference_of(motion: Motion, reps: list[Rep], way: Way | None) -> Reference:
    """Make the reference of the trainer's repetitions (one or more)."""
    plain = curves_of(motion, reps, way)
    range_deg = np.nan_to_num(median(ranges_of(plain.angles), least=0.5))
    weights = weights_of(range_deg)
    both = np.stack([plain.angles, mirrored(plain.angles)])
    apart = np.array([unlike(both, plain.angles[k], weights) for k in range(len(reps))])
    # (R, 2, R): to each candidate, in either convention.
    nearest = np.nan_to_num(apart.min(axis=1), nan=1e3)
    medoid = int(np.argmin(nearest.sum(axis=1)))
    kinds = _sides(plain.angles, medoid)
    share = own_share(motion, reps[medoid], way) if way is not None else np.zeros(PHASES)
    curves = curves_of(motion, reps, way, share)
    medians = np.stack([median(curves.angles[kinds == kind], least=0.5) for kind in set(kinds)])
    spread = median(np.abs(curves.angles - medians[kinds]), least=0.5) * 1.4826
    ranges = np.nan_to_num(ranges_of(medians))
    widest = medians[ranges.argmax(axis=0), :, np.arange(medians.shape[2])].T
    return Reference(
        medians=medians,
        spread=np.nan_to_num(median(spread)),
        range_deg=ranges.max(axis=0),
        outward=_outward(widest),
        share=share,
        medoid=medoid,
        kinds=kinds,
        curves=curves,
    )


def _outward(curve: Array) -> Array:
    """Sign (18,) of each angle's change (P, 18) from home to the far end."""
    middle, edge = PHASES // 2, PHASES // 16
    far, home = curve[middle - edge : middle + edge], np.concatenate([curve[:edge], curve[-edge:]])
    return np.where(np.nan_to_num(median(far) - median(home)) < 0, -1.0, 1.0)


_LEFT: Final = np.array([i for i, name in enumerate(ANGLES) if name.startswith("left_")])
_HOME: Final = 8
_ONE_SIDED_DEG: Final = 12.0
_OTHER_SIDE: Final = -0.3


def _sides(angles: Array, medoid: int) -> NDArray[np.intp]:
    """Which repetitions (R,) are done with the medoid's side, 0, and which with the other, 1.

    What the left does more than the right in the one, the right does more in the other. (Seen from
    aside, the one is no mirror image of the other.)

    Parameters
    ----------
    angles : (R, P, 18) float, degrees
    """
    more = angles[..., _LEFT] - angles[..., ANGLE_MIRROR[_LEFT]]
    # Against how it is at home: what the far side is guessed to do all along says nothing.
    more = more - median(np.concatenate([more[:, :_HOME], more[:, -_HOME:]], axis=1), 1)[:, None]
    seen = np.isfinite(more) & np.isfinite(more[medoid])
    own, theirs = np.where(seen, more, 0.0), np.where(seen, more[medoid], 0.0)
    size = np.sqrt((own**2).sum(axis=(1, 2)) * (theirs**2).sum(axis=(1, 2)))
    alike = (own * theirs).sum(axis=(1, 2)) / np.maximum(size, 1e-9)
    usual = np.sqrt(size / np.maximum(seen.sum(axis=(1, 2)), 1))
    return np.asarray((alike < _OTHER_SIDE) & (usual > _ONE_SIDED_DEG), dtype=np.intp)


def ranges_of(curve: Array) -> Array:
    """Range (..., 18) of angles (..., P, 18), of those that are seen often enough."""
    often = np.isfinite(curve).mean(axis=-2) >= SEEN_OFTEN
    return np.where(often, percentile(curve, HIGH, -2) - percentile(curve, LOW, -2), np.nan)
