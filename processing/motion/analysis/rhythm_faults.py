"""Faults of time: too fast, too slow, and out of step with a trainer who is followed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.document import Evidence, Fault, Moment
from processing.motion.analysis.repetitions import Rep
from processing.motion.analysis.rhythm import Tempo, Timing
from processing.motion.analysis.scoring import Losses, cost_of, total_without
from processing.motion.analysis.settings import TEMPO_TOLERANCE, Settings

_TEMPO_NOISE: Final = 0.035
"""Standard deviation of a repetition's measured time, as a share of it."""
_LEGS_AHEAD_NOISE: Final = 0.1
"""The same of legs seen from the front or from behind, alike for all repetitions of a set: how far
a knee is bent towards the camera is guessed, and with it when it is (0.06 to 0.17 measured on films
of the scoring bench; from elsewhere, and of arms, at most 0.035)."""
_LATE_NOISE_S: Final = 0.03
_LATE_TOLERANCE: Final = 0.03
"""Share of a repetition's time by which it may come late."""
_SURE: Final = 2.2
_SURE_OF_ONE: Final = 3.2
"""Of a single repetition, among many, in standard deviations."""
_HALF_MARKS: Final = 0.35
"""Logarithm of the tempo that costs half of the marks."""
_HALF_LATE: Final = 0.15
"""Share of a repetition's time: being so late costs half of the marks."""


@dataclass(frozen=True)
class Rhythm:
    """Tempo and timing of R repetitions against the trainer's.

    ratio : (R,) logarithm of each repetition's time over the trainer's; NaN of holds
    limit : (R,) up to which that is noise or tolerated: all of a set alike, or one alone
    tolerance : the share of the time by which all may be off
    late_s : (R,) NaN = not judged. late_limit_s, period_s : float
    loss : (R,) 0..1
    """

    ratio: Array
    limit: Array
    tolerance: float
    late_s: Array
    late_limit_s: float
    period_s: float
    loss: Array


def rhythm_of(
    tempo: Tempo,
    lead: Tempo,
    timing: Timing,
    sets: list[tuple[int, int]],
    legs_ahead: bool,
    settings: Settings,
) -> Rhythm:
    """Judge tempo and timing.

    legs_ahead : whether legs make the movement, and bend towards the camera or away from it
    """
    count = len(tempo.out_s)
    period = float(np.median(lead.moving_s))
    late_limit = max(_LATE_TOLERANCE * period, _SURE * _LATE_NOISE_S)
    if not lead.moves:
        nothing = np.full(count, np.nan)
        zero = np.zeros(count)
        return Rhythm(nothing, np.ones(count), 1.0, nothing, late_limit, period, zero)
    times, usual = np.maximum(tempo.beyond_s, 0.05), np.maximum(lead.moving_s, 0.05)
    theirs = np.median(np.maximum(lead.beyond_s, 0.05), axis=0)
    ratio = np.median(np.log(times) - np.log(theirs), axis=1)
    spread = float(np.std(np.log(usual))) if len(usual) > 1 else 0.0
    variance = _TEMPO_NOISE**2 + spread**2
    shared = _LEGS_AHEAD_NOISE**2 if legs_ahead else 0.0
    tolerance = max(TEMPO_TOLERANCE[settings.strictness], _SURE * float(np.sqrt(shared)))
    limit = np.full(count, max(1.5 * tolerance, _SURE_OF_ONE * np.sqrt(variance + shared)))
    typical = np.zeros(count)
    for first, last in sets:
        typical[first:last] = np.median(ratio[first:last])
        sure = _SURE * np.sqrt(shared + variance * (1 / (last - first) + 1 / len(usual)))
        together = max(tolerance, sure)
        alike = np.abs(np.median(ratio[first:last])) > together
        if alike:
            # The set as a whole is off: every repetition on that side is part of it.
            same = np.sign(ratio[first:last]) == np.sign(typical[first])
            part = limit[first:last]
            part[same] = np.minimum(part[same], 0.6 * together)
    # Who goes at another tempo falls behind or ahead by more and more: that is told once.
    late_s = np.where(np.abs(typical) > tolerance, np.nan, timing.late_s)
    off = np.maximum(ratio**2 - variance - shared, 0.0) / _HALF_MARKS**2
    late = np.nan_to_num(late_s) / period
    off = off + np.maximum(late**2 - (_LATE_NOISE_S / period) ** 2, 0.0) / _HALF_LATE**2
    return Rhythm(ratio, limit, tolerance, late_s, late_limit, period, off / (1 + off))


def rhythm_evidence(rhythm: Rhythm) -> dict[Fault, Evidence]:
    """What speaks for each fault of time: per cent of the time, degrees of the cycle."""
    evidence: dict[Fault, Evidence] = {}
    if np.isfinite(rhythm.ratio).any():
        share = 100.0 * (np.exp(float(np.median(rhythm.ratio))) - 1.0)
        noise = 100.0 * rhythm.tolerance
        evidence["too_fast"] = Evidence(max(-share, 0.0), noise)
        evidence["too_slow"] = Evidence(max(share, 0.0), noise)
    if np.isfinite(rhythm.late_s).any():
        cycle = 360.0 / rhythm.period_s
        late = float(np.nanmax(np.abs(rhythm.late_s)))
        evidence["wrong_phase"] = Evidence(late * cycle, rhythm.late_limit_s * cycle)
    return evidence


def rhythm_moments(
    rhythm: Rhythm,
    reps: list[Rep],
    trainer_at_s: Array,
    losses: Losses,
    weights: Array,
    sets: list[tuple[int, int]],
) -> list[Moment]:
    """Find the moments of too fast, too slow and wrong phase.

    trainer_at_s : (R,) the trainer's time at the far end of each repetition
    """
    without = total_without(losses, np.zeros(losses.cells.shape, bool), weights, 0 * rhythm.loss)
    moments = []
    for first, last in sets:
        here = np.arange(first, last, dtype=np.intp)
        ratio, late = rhythm.ratio[here], np.abs(rhythm.late_s[here])
        kinds: tuple[tuple[Fault, NDArray[np.intp]], ...] = (
            ("too_fast", here[ratio < -rhythm.limit[here]]),
            ("too_slow", here[ratio > rhythm.limit[here]]),
            ("wrong_phase", here[late > rhythm.late_limit_s]),
        )
        for fault, numbers in kinds:
            if len(numbers):
                right = losses.total.copy()
                right[numbers] = without[numbers]
                cost = cost_of(losses.total, right)
                moments.append(_moment(fault, numbers, rhythm, reps, trainer_at_s, cost))
    return moments


def _moment(
    fault: Fault,
    numbers: NDArray[np.intp],
    rhythm: Rhythm,
    reps: list[Rep],
    trainer_at_s: Array,
    cost: float,
) -> Moment:
    lateness = fault == "wrong_phase"
    seconds = rhythm.late_s if lateness else (np.exp(rhythm.ratio) - 1) * rhythm.period_s
    worst = int(numbers[int(np.argmax(np.abs(seconds[numbers])))])
    limit_s = rhythm.late_limit_s
    if not lateness:
        limit_s = float(np.exp(rhythm.limit[worst]) - 1) * rhythm.period_s
    cycle = 360.0 / rhythm.period_s if lateness else np.nan
    size = float(seconds[worst])
    return Moment(
        fault=fault,
        part=None,
        angle=None,
        side=None,
        direction="more" if size > 0 else "less",
        difference_deg=size * cycle,
        noise_deg=limit_s * cycle,
        difference_s=size,
        start_s=reps[int(numbers[0])].start_s,
        end_s=reps[int(numbers[-1])].end_s,
        at_s=reps[worst].apex_s,
        trainer_at_s=float(trainer_at_s[worst]),
        reps=tuple(int(r) + 1 for r in numbers),
        phase="hold",
        cost=cost,
        severe=abs(size) > 2 * limit_s,
    )
