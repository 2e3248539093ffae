"""The measures of the scoring bench: ranks, areas and rates. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]


def auc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Chance that a positive is above a negative; a tie counts half. NaN where either lacks.

    J. A. Hanley, B. J. McNeil: The meaning and use of the area under a ROC curve. Radiology 143,
    1982.
    """
    a, b = np.asarray(positives, float), np.asarray(negatives, float)
    if a.size == 0 or b.size == 0:
        return float("nan")
    difference = a[:, None] - b[None]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def stratified_auc(strata: Iterable[tuple[Sequence[float], Sequence[float]]]) -> float:
    """Chance that a positive is above a negative of its own stratum, over all such pairs."""
    wins = pairs = 0.0
    for positives, negatives in strata:
        count = len(positives) * len(negatives)
        if count:
            wins += count * auc(positives, negatives)
            pairs += count
    return wins / pairs if pairs else float("nan")


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Rank correlation, equal values sharing a rank; 0 where either does not vary at all."""
    if len(a) < 3:
        return float("nan")
    x, y = (rankdata(values) - 0.5 * (len(a) + 1) for values in (a, b))
    norm = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / norm if norm > 0 else 0.0


def mean_spearman(strata: Iterable[tuple[Sequence[float], Sequence[float]]]) -> float:
    """Mean of the rank correlations of strata, each as heavy as its number of values."""
    total = weight = 0.0
    for a, b in strata:
        one = spearman(a, b)
        if np.isfinite(one):
            total += len(a) * one
            weight += len(a)
    return total / weight if weight else float("nan")


def per_minute(events: float, seconds: float) -> float:
    """Events a minute; NaN where no time was watched."""
    return 60.0 * events / seconds if seconds > 0 else float("nan")


def alarm_level(peaks: Sequence[float], share: float) -> float:
    """The highest level that at least this share (0..1) of the peaks reaches."""
    if len(peaks) == 0:
        return float("nan")
    ordered = np.sort(np.asarray(peaks, float))[::-1]
    return float(ordered[max(int(np.ceil(share * len(ordered))) - 1, 0)])


def alarms(times_s: Floats, values: Floats, level: float, apart_s: float = 1.0) -> list[float]:
    """Moments at which a curve (T,) comes up to a level, seconds.

    After one it must have been below for ``apart_s`` before there can be another; NaN is below.
    """
    found: list[float] = []
    last = -np.inf
    for t, value in zip(times_s, values, strict=True):
        if np.isfinite(value) and value >= level:
            if t - last > apart_s:
                found.append(float(t))
            last = float(t)
    return found


def share_within(differences: Sequence[float], bounds: Sequence[float]) -> float:
    """Share of differences that are within their bounds."""
    if len(differences) == 0:
        return float("nan")
    return float((np.abs(np.asarray(differences)) <= np.asarray(bounds)).mean())
