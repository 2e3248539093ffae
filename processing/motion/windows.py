"""Stretches of time: smoothing over a window, runs of a condition, and the worst second."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Span = tuple[float, float]

WINDOW_S: Final = 1.0
"""Length of a worst window: long enough to look at, short enough to point at something."""


def rolling_mean(times_s: Floats, values: Floats, window_s: float) -> Floats:
    """Mean over the window centred on each time, of what was measured.

    Parameters
    ----------
    times_s : (N,) seconds, increasing
    values : (N,) NaN where not measured

    Returns
    -------
    (N,) float64, NaN where nothing in the window was measured
    """
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    first = np.searchsorted(times_s, times_s - window_s / 2 - 1e-9, side="left")
    last = np.searchsorted(times_s, times_s + window_s / 2 + 1e-9, side="right")
    count = counts[last] - counts[first]
    mean = (sums[last] - sums[first]) / np.maximum(count, 1)
    return np.where(count > 0, mean, np.nan)


def rolling_median(times_s: Floats, values: Floats, window_s: float) -> Floats:
    """Median over the window around each time, of what was measured; windows step by a quarter.

    Parameters
    ----------
    times_s : (N,) seconds, increasing
    values : (N, K) NaN where not measured

    Returns
    -------
    (N, K) float64, NaN where less than a third of the window was measured
    """
    result = np.full(values.shape, np.nan)
    if len(times_s) == 0:
        return result
    for centre in np.arange(times_s[0], times_s[-1] + window_s / 4, window_s / 4):
        first, past = np.searchsorted(times_s, (centre - window_s / 2, centre + window_s / 2))
        window = values[first:past]
        known = np.isfinite(window)
        enough = known.sum(axis=0) * 3 >= max(len(window), 1)
        near = np.abs(times_s - centre) <= window_s / 8 + 1e-9
        # Unknown values sort to the end; the middle of the known ones is the median.
        ordered = np.sort(window, axis=0)
        if len(window):
            middle = ordered[(known.sum(axis=0) - 1) // 2, np.arange(values.shape[1])]
            result[near] = np.where(enough, middle, np.nan)
    return result


def spans_where(
    times_s: Floats, flags: Flags, step_s: float, *, join_s: float, least_s: float
) -> list[Span]:
    """Runs of a condition; a picture lasts until the next one, the last one a step.

    Parameters
    ----------
    times_s : (N,) seconds, increasing
    flags : (N,) bool
    step_s : float
        Typical time between pictures, seconds.
    join_s : float
        Runs with a gap up to this long between them are one.
    least_s : float
        Shorter runs are dropped, after joining.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    ends_s = np.append(times_s[1:], times_s[-1:] + step_s)
    runs = [
        (float(times_s[first]), float(ends_s[past - 1]))
        for first, past in zip(edges[::2], edges[1::2], strict=True)
    ]
    # A hair of tolerance: times are whole milliseconds, thirds of a second are not.
    return [run for run in joined_spans(runs, join_s) if run[1] - run[0] >= least_s - 2e-3]


def joined_spans(spans: list[Span], join_s: float) -> list[Span]:
    """Ordered spans, those with a gap up to ``join_s`` between them made one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start - result[-1][1] <= join_s + 2e-3:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def worst_window(times_s: Floats, badness: Floats, spans: list[Span]) -> Span:
    """The second, inside one of the spans, in which ``badness`` (N,) is greatest on average.

    A span shorter than a second is a window of its own.
    """
    mean = rolling_mean(times_s, badness, WINDOW_S)
    best, window = -np.inf, spans[0]
    for start, end in spans:
        inside = np.flatnonzero((times_s >= start - 1e-9) & (times_s < end))
        levels = mean[inside]
        if len(inside) == 0 or not np.isfinite(levels).any():
            continue
        top = int(np.nanargmax(levels))
        if levels[top] > best:
            best = float(levels[top])
            first = min(max(float(times_s[inside[top]]) - WINDOW_S / 2, start), end - WINDOW_S)
            window = (max(first, start), min(max(first, start) + WINDOW_S, end))
    return window
