"""Medians and percentiles of what is seen: NaN counts as not there, nothing seen gives NaN."""

import numpy as np

from processing.motion.alignment import Array


def percentile(values: Array, share: float, axis: int = 0) -> Array:
    """A percentile along an axis, interpolated; ``share`` is 0..1.

    Much faster than NumPy's own for many short columns, and without its warnings.
    """
    ordered = np.moveaxis(np.sort(values, axis=axis), axis, 0)  # NaN goes to the end
    count = np.isfinite(ordered).sum(axis=0)
    at = share * np.maximum(count - 1, 0)
    low = np.floor(at).astype(np.intp)
    high = np.minimum(low + 1, np.maximum(count - 1, 0))
    below, above = (np.take_along_axis(ordered, i[None], axis=0)[0] for i in (low, high))
    return np.where(count > 0, below + (above - below) * (at - low), np.nan)


def median(values: Array, axis: int = 0, least: float = 0.0) -> Array:
    """The median along an axis; NaN where less than a share ``least`` (0..1) is seen."""
    seen = np.isfinite(values).mean(axis=axis)
    return np.where(seen >= least, percentile(values, 0.5, axis), np.nan)


def mean(values: Array, axis: int = 0) -> Array:
    """The mean along an axis."""
    seen = np.isfinite(values)
    count = seen.sum(axis=axis)
    total = np.where(seen, values, 0.0).sum(axis=axis)
    result: Array = np.full(np.shape(total), np.nan)
    np.divide(total, count, out=result, where=count > 0)
    return result
