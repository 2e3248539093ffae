"""Sets: their score, whether technique decays within them, and how much slower they become."""

from typing import Final

import numpy as np

from processing.motion.alignment import Array
from processing.motion.analysis.document import Fatigue, SetResult
from processing.motion.analysis.repetitions import Rep
from processing.motion.analysis.rhythm import Tempo
from processing.motion.analysis.scoring import Losses
from processing.motion.analysis.tables import mean_score

_FATIGUE_REPS: Final = 5
"""Fewer repetitions tell nothing of a trend."""
_VELOCITY_REPS: Final = 4
_T90: Final = 1.645
_LEAST_ERROR: Final = 0.05
"""Standard error of a slope, points a repetition: scores are not known better."""


def set_results(
    own_reps: list[Rep], edges: list[tuple[int, int]], losses: Losses, tempo: Tempo
) -> tuple[SetResult, ...]:
    """Every set, with its fatigue and how much slower it became."""
    result = []
    for n, (first, last) in enumerate(edges, start=1):
        result.append(
            SetResult(
                n=n,
                start_s=own_reps[first].start_s,
                end_s=own_reps[last - 1].end_s,
                reps=last - first,
                score=mean_score(losses.total[first:last], losses.total_draws[:, first:last]),
                fatigue=_fatigue(100 * (1 - losses.total[first:last])),
                velocity_loss_pct=_velocity_loss(tempo.speed[first:last]),
            )
        )
    return tuple(result)


def _fatigue(scores: Array) -> Fatigue:
    """Slope of the scores (n,) over the repetitions; the noise that all share cancels out."""
    known = np.isfinite(scores)
    if known.sum() < _FATIGUE_REPS:
        return Fatigue(np.nan, np.nan, np.nan, False)
    x, y = np.flatnonzero(known).astype(np.float64), scores[known]
    x = x - x.mean()
    slope = float((x * y).sum() / (x**2).sum())
    left = y - y.mean() - slope * x
    error = float(np.sqrt((left**2).sum() / (len(x) - 2) / (x**2).sum()))
    # Student's t: few repetitions tell little.
    reach = _T90 * (1 + 1.5 / (len(x) - 2)) * max(error, _LEAST_ERROR)
    return Fatigue(
        slope, slope - reach, slope + reach, bool(slope + reach < 0 or slope - reach > 0)
    )


def _velocity_loss(speed: Array) -> float:
    """How much slower the last two repetitions are than the fastest one of the first three, %."""
    if len(speed) < _VELOCITY_REPS or not np.isfinite(speed).all():
        return np.nan
    best = float(np.max(speed[:3]))
    return 100.0 * (1.0 - float(np.mean(speed[-2:])) / best) if best > 0 else np.nan
