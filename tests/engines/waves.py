"""A moving skeleton that is known to the last digit on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def wave(count: int) -> NDArray[np.float32]:
    """Return (count, 17, 2) float32: 17 points that swing round 17 places, pixels."""
    t = np.arange(count)[:, None, None]
    joint = np.arange(17)[None, :, None]
    axis = np.arange(2)[None, None, :]
    place = 300 + 40 * axis + 100 * np.sin(1.3 * joint + 2.1 * axis)
    return np.asarray(place + 60 * np.sin(0.8 * t + joint + axis), dtype=np.float32)
