"""The tables of an analysis: parts, repetitions, sets, tempo, symmetry, stability, strip, sight."""

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.angles import (
    ANGLE_INDEX,
    ANGLE_MIRROR,
    ANGLES,
    PART_MIRROR,
    PARTS,
    SIDES,
)
from processing.motion.analysis.curves import (
    HIGH,
    LOW,
    PHASES,
    SEEN_OFTEN,
    Curves,
    Reference,
    ranges_of,
)
from processing.motion.analysis.document import (
    Part,
    RepResult,
    Sight,
    Stability,
    Strip,
    Symmetry,
    TempoResult,
    Times,
)
from processing.motion.analysis.hidden import LESS_SEEN, less_seen
from processing.motion.analysis.hits import drivers
from processing.motion.analysis.repetitions import Rep
from processing.motion.analysis.rhythm import Tempo, Timing
from processing.motion.analysis.robust import mean, median, percentile
from processing.motion.analysis.sampling import LONGEST_GAP_S, Motion
from processing.motion.analysis.scoring import BINS, IN_PART, Losses, Score

Length = Literal["full", "half"]

HALF: Final = 0.76
"""Who goes less far than this share of the trainer's way has done a half repetition. A lunge that
goes down half-way only still goes 0.74 of its way: it steps out as far."""
_BEST: Final = (0.85, 1.0)
STRIP_STEP_S: Final = 0.5
_STEADY_M: Final = 0.02


def lifts_first(reference: Reference) -> bool:
    """Whether the way out is the lift: arms go up, legs don't bend."""

    def change(name: str) -> float:
        columns = [ANGLE_INDEX[f"{side}_{name}"] for side in SIDES]
        curve = reference.medians[0][:, columns]
        far, home = curve[45:56], np.concatenate([curve[:6], curve[-6:]])
        return float(np.nan_to_num(mean(median(far)) - mean(median(home))))

    if max(abs(change("knee_flexion")), abs(change("hip_flexion"))) > 40.0:
        return change("knee_flexion") < -40.0
    trunk = reference.medians[0][:, ANGLE_INDEX["trunk_lean"]]
    lying = bool(np.isfinite(trunk).any()) and abs(float(np.nanmedian(trunk))) > 50.0
    raised = max(change("shoulder_flexion"), change("shoulder_abduction"))
    return raised > 30.0 and not lying


def trainer_numbers(
    reference: Reference, kinds: NDArray[np.intp], timing: Timing
) -> NDArray[np.intp]:
    """The trainer's repetition (R,) each client one is shown beside.

    By the clock where they move together, else the reference or, of the other side, its first.
    """
    usual = np.array(
        [
            reference.medoid
            if kind == reference.kinds[reference.medoid]
            else int(np.flatnonzero(reference.kinds == kind)[0])
            for kind in kinds
        ],
        dtype=np.intp,
    )
    by_clock = np.isfinite(timing.late_s) & (timing.trainer_rep >= 0)
    return np.where(by_clock, timing.trainer_rep, usual)


def lengths_of(
    own_reps: list[Rep], laid: Array, reference: Reference, kinds: NDArray[np.intp]
) -> list[Length]:
    """Whole or half, against the trainer's.

    By the way of the whole posture and by the range of the angles that make the movement: a lunge
    steps out as far when it goes down half-way only.
    """
    making = drivers(reference.range_deg)
    shares = np.array([rep.reach for rep in own_reps])
    for r, (angles, kind) in enumerate(zip(laid, kinds, strict=True)):
        own, theirs = ranges_of(angles)[making], ranges_of(reference.medians[kind])[making]
        both = np.isfinite(own) & np.isfinite(theirs)
        if both.any():
            ratio = float(own[both].sum() / max(theirs[both].sum(), 1.0))
            shares[r] = 0.5 * (shares[r] + ratio)
    # From another side everything may look a little shorter, the client's best as well.
    best = float(np.clip(shares.max(), *_BEST))
    return [
        "full" if rep.held or share >= HALF * best else "half"
        for rep, share in zip(own_reps, shares, strict=True)
    ]


def overall(losses: Losses) -> Score:
    """The mean of all repetitions."""
    return mean_score(losses.total, losses.total_draws)


def mean_score(total: Array, draws: Array) -> Score:
    """The score of several repetitions' losses (R,) and their draws (K, R)."""
    if not np.isfinite(total).any():
        return Score(np.nan, np.nan, np.nan)
    return Score.of(float(mean(total)), mean(draws, axis=1))


def parts(
    losses: Losses, differences: Array, noise: Array, less: Array, mirror: bool
) -> tuple[Part, ...]:
    """Every part of the client's own body."""
    own, draws, sized = losses.parts, losses.part_draws, differences
    if mirror:
        own, draws = own[..., PART_MIRROR], draws[..., PART_MIRROR]
        sized = sized[..., ANGLE_MIRROR]
    result = []
    for p, name in enumerate(PARTS):
        angles = np.flatnonzero(IN_PART[p])
        value = np.abs(sized[..., angles])
        seen = np.isfinite(value)
        off, one = np.nan, angles[0]
        if seen.any():
            # The angle and phase in which the part is off most, typical of all repetitions.
            middle = median(value)
            at, column = np.unravel_index(int(np.nanargmax(middle)), middle.shape)
            off, one = float(middle[at, column]), angles[column]
        score = mean_score(own[:, p], draws[..., p])
        unsure = float(noise[one]) if seen.any() else np.nan
        result.append(Part(name, score, off, unsure, float(less[p])))
    return tuple(result)


def _times(tempo: Tempo, lifts: bool, at: int | None = None) -> Times:
    def value(values: Array) -> float:
        return float(np.median(values) if at is None else values[at])

    out, back = value(tempo.out_s), value(tempo.back_s)
    return Times(back if lifts else out, value(tempo.pause_s), out if lifts else back)


def tempo(own: Tempo, lead: Tempo, lifts: bool) -> TempoResult:
    """Typical tempo of both."""
    usual = float(np.median(lead.moving_s))
    return TempoResult(
        _times(own, lifts),
        _times(lead, lifts),
        float(np.median(own.moving_s)) / usual if usual > 0 else np.nan,
    )


def reps(
    own_reps: list[Rep],
    lengths: list[Length],
    losses: Losses,
    tempo: Tempo,
    lifts: bool,
    curves: Curves,
    mirror: bool,
    beside: NDArray[np.intp],
) -> tuple[RepResult, ...]:
    """Every repetition."""
    own = losses.parts[:, PART_MIRROR] if mirror else losses.parts
    lows, highs = _extremes(curves.angles)
    result = []
    for r, rep in enumerate(own_reps):
        ranges = {
            name: (float(lows[r, i]), float(highs[r, i]))
            for i, name in enumerate(ANGLES)
            if np.isfinite(lows[r, i])
        }
        seen = {name: 100 * (1 - float(own[r, p])) for p, name in enumerate(PARTS)}
        result.append(
            RepResult(
                n=r + 1,
                start_s=rep.start_s,
                end_s=rep.end_s,
                kind=lengths[r],
                trainer_rep=int(beside[r]) + 1,
                score=Score.of(float(losses.total[r]), losses.total_draws[:, r]),
                tempo=_times(tempo, lifts, r),
                range_deg=ranges,
                peak_speed=float(tempo.speed[r]),
                parts=seen,
            )
        )
    return tuple(result)


def _extremes(angles: Array) -> tuple[Array, Array]:
    """Lowest and highest (R, 18) of angles (R, 101, 18), of those that are seen often enough."""
    often = np.isfinite(angles).mean(axis=1) >= SEEN_OFTEN
    low, high = (np.where(often, percentile(angles, end, 1), np.nan) for end in (LOW, HIGH))
    return low, high


def symmetry(curves: Curves, noise: Array) -> tuple[Symmetry, ...]:
    """Ranges of the client's left and right."""
    lows, highs = _extremes(curves.angles)
    ranges = highs - lows
    result = []
    for i, name in enumerate(ANGLES):
        if not name.startswith("left_") or name.endswith("valgus"):
            continue
        bare = name.removeprefix("left_")
        sides = ranges[:, [i, ANGLE_INDEX[f"right_{bare}"]]]
        if (np.isfinite(sides).mean(axis=0) < 0.5).any():
            continue
        left, right = median(sides)
        apart, own_noise = float(left - right), float(2.0 * noise[i])
        result.append(
            Symmetry(bare, float(left), float(right), apart, own_noise, abs(apart) > own_noise)
        )
    return tuple(result)


def stability(own: Motion, curves: Curves, lead: Motion, reference: Reference) -> Stability:
    """How steady both stand."""
    mine, theirs = _sway(own, curves), _sway(lead, reference.curves)
    significant = np.isfinite(mine) and np.isfinite(theirs) and mine > 1.6 * theirs + _STEADY_M
    return Stability(mine, theirs, bool(significant))


def _sway(motion: Motion, curves: Curves) -> float:
    """Root mean square (m) of the hips' way to the side against that of a typical repetition."""
    across = np.interp(curves.times_s, motion.times_s, motion.across_m)
    if not np.isfinite(across).any():
        return float("nan")
    # Of a single repetition nothing is usual but standing still.
    usual = median(across) if len(across) > 1 else median(across, axis=1)[:, None]
    return float(np.sqrt(mean(mean((across - usual) ** 2))))


def agreement(laid: Array, target: Array) -> float:
    """Concordance of the repetitions' movement (R, 101, 18) with the trainer's, −1..1.

    References
    ----------
    Lin, L. I. (1989), A concordance correlation coefficient to evaluate reproducibility; the means'
    difference is left out.
    """
    both = np.isfinite(laid) & np.isfinite(target)
    a, b = (
        np.nan_to_num(values - mean(values, axis=1)[:, None])
        for values in (np.where(both, laid, np.nan), np.where(both, target, np.nan))
    )
    squares = float((a**2 + b**2).sum())
    return 2 * float((a * b).sum()) / squares if squares > 0 else float("nan")


def strip(own: Motion, curves: Curves, losses: Losses) -> Strip:
    """Score every half second; NaN where nothing is compared."""
    times = np.arange(0.0, own.duration_s + 1e-9, STRIP_STEP_S)
    values = np.full(len(times), np.nan)
    phase = (np.arange(BINS) + 0.5) * (PHASES - 1) / BINS
    for r, when in enumerate(curves.times_s):
        inside = np.flatnonzero((times >= when[0]) & (times <= when[-1]))
        if len(inside) == 0:
            continue
        at = np.interp(times[inside], when, np.arange(PHASES))
        bins = losses.bins[r]
        known = np.isfinite(bins)
        if known.any():
            values[inside] = 100 * (1 - np.interp(at, phase[known], bins[known]))
    return Strip(STRIP_STEP_S, tuple(float(v) for v in values))


def quality(own: Motion, own_reps: list[Rep], curves: Curves, less: Array) -> tuple[Sight, ...]:
    """What could not be seen: nobody there, and parts hidden through most of a set.

    A detector guesses what furniture hides, and most of its guesses look like any other leg. It is
    less sure of them, though, than of what it saw of the trainer.
    """
    there = np.isfinite(own.angles).any(axis=1)
    result = []
    edges = np.flatnonzero(np.diff(np.concatenate([[True], there, [True]]).astype(np.int8)))
    for first, past in edges.reshape(-1, 2):
        start, end = own.times_s[first], own.times_s[min(past, len(own.times_s) - 1)]
        if end - start > LONGEST_GAP_S:
            result.append(Sight("nobody", float(start), float(end), None, 1.0))
    never = ~np.isfinite(curves.angles)
    hidden = less > LESS_SEEN
    for p in range(len(PARTS)):
        hidden[p] |= never[..., IN_PART[p]].all(axis=-1).mean() > 0.5
    return (*result, *_hidden(hidden, less, own_reps[0].start_s, own_reps[-1].end_s))


def unseen(lead: Motion, own: Motion) -> tuple[Sight, ...]:
    """Which parts are hidden where too little is seen of the client to judge anything."""
    less = less_seen(lead.sight, own.sight, own.view_deg, mirror=False)
    return _hidden(less > LESS_SEEN, less, 0.0, own.duration_s)


def _hidden(
    which: NDArray[np.bool_], less: Array, start_s: float, end_s: float
) -> tuple[Sight, ...]:
    return tuple(
        Sight("hidden", start_s, end_s, PARTS[p], float(less[p])) for p in np.flatnonzero(which)
    )


def in_reps(motion: Motion, reps: list[Rep]) -> Array:
    """How visible parts are (n, 11) in the repetitions."""
    inside = np.zeros(len(motion.times_s), np.bool_)
    for rep in reps:
        inside |= (motion.times_s >= rep.start_s) & (motion.times_s <= rep.end_s)
    return motion.sight[inside]
