"""From a matting network's output to an 8-bit matte."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.engines.onnx_session import Network

_SLACK: Final = 1e-3
"""Half precision's rounding around 0 and 1."""


def as_matte(values: NDArray[Any], size: tuple[int, int], network: Network) -> NDArray[np.float32]:
    """Return the matte in a network's output, after checking that it is one.

    Parameters
    ----------
    values : (1, 1, height, width) float, 0..1
    size : height, width
    network : Network
        Whose output it is.

    Returns
    -------
    (height, width) float32, straight alpha, 0..1

    Raises
    ------
    WrongWeights
        Of another shape, or not within 0..1.
    """
    if values.shape != (1, 1, *size):
        raise network.wrong(f"expected a matte of {(1, 1, *size)}; got {values.shape}")
    matte = np.asarray(values[0, 0], np.float32)
    low, high = float(matte.min()), float(matte.max())
    if not (low >= -_SLACK and high <= 1 + _SLACK):  # NaN is neither
        raise network.wrong(f"expected a matte within 0..1; got {low:.3g}..{high:.3g}")
    return np.clip(matte, 0, 1, out=np.empty_like(matte))


def as_uint8(matte: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a matte of 0..1 as 0..255, cut off as all three projects do: only 1.0 is 255."""
    return (matte * 255).astype(np.uint8)
