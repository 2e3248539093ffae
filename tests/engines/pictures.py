"""Pictures without people, for adapters whose small networks do not look for any."""

import numpy as np
from numpy.typing import NDArray


def gradient(height: int, width: int, *, level: int = 0) -> NDArray[np.uint8]:
    """Return (height, width, 3) uint8: red across, green down, blue even, all of it smooth."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[..., 0] = np.linspace(0, 255, width)
    picture[..., 1] = np.linspace(0, 255, height)[:, None]
    picture[..., 2] = level
    return picture
