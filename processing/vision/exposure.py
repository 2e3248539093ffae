"""How bright a picture, or a part of it, is."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_PERCENTILES: Final = np.array([0.05, 0.50, 0.95])
_LEAST_PIXELS: Final = 20


def luma_percentiles(
    gray: NDArray[np.uint8], inside: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """Measure dark parts, middle and bright parts.

    Parameters
    ----------
    gray : (h, w) uint8, luma 0..255
    inside : (h, w) bool, optional
        The pixels that count.

    Returns
    -------
    (3,) float32
        5th, 50th and 95th percentile, 0..1; NaN where fewer than 20 pixels count.
    """
    pixels = gray.ravel() if inside is None else gray[inside]
    if len(pixels) < _LEAST_PIXELS:
        return np.full(3, np.nan, np.float32)
    # Counting 256 levels is several times faster than sorting.
    below = np.cumsum(np.bincount(pixels, minlength=256))
    levels = np.searchsorted(below, _PERCENTILES * below[-1])
    return np.asarray(levels / 255, np.float32)
