"""No flicker where nothing moves, no trail where something does."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_STILL_LEVELS: Final = 6.0
"""Change of grey (of 255) at which the matte of the frame before counts half of its most."""
_MEMORY: Final = 0.6
"""Weight of the frame before where nothing moves."""


@dataclass(frozen=True)
class Memory:
    """What steadying remembers of the frame before.

    Attributes
    ----------
    gray : (height, width) uint8
    alpha : (height, width) uint8, straight
    """

    gray: NDArray[np.uint8]
    alpha: NDArray[np.uint8]


def steady(
    alpha: NDArray[np.uint8], picture: NDArray[np.uint8], before: Memory | None
) -> tuple[NDArray[np.uint8], Memory]:
    """Blend the matte with that of the frame before, but only where the picture stood still.

    A moving limb changes the pixels it leaves and enters, so it is not smeared; and where limb and
    background look alike, the old matte may not leave the range of its new neighbourhood, so
    nothing trails behind.

    Parameters
    ----------
    alpha : (height, width) uint8, straight
    picture : (height, width, 3) uint8, RGB
    before : Memory or None
        None at the start and after a cut.

    Returns
    -------
    alpha : (height, width) uint8, straight
    memory : Memory
        For the next frame.
    """
    gray = cv2.blur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (5, 5))
    if before is None:
        return alpha, Memory(gray, alpha)
    change = cv2.blur(cv2.absdiff(gray, before.gray), (5, 5))
    weight = cv2.LUT(change, _STILLNESS)
    lowest, highest = cv2.erode(alpha, _NEIGHBOURHOOD), cv2.dilate(alpha, _NEIGHBOURHOOD)
    remembered = np.clip(before.alpha, lowest, highest)
    blended = cv2.blendLinear(remembered, alpha, weight, 1.0 - weight)
    return blended, Memory(gray, blended)


_NEIGHBOURHOOD: Final = np.ones((5, 5), np.uint8)
_STILLNESS: Final = (
    _MEMORY * 0.5 ** ((np.arange(256, dtype=np.float32) / np.float32(_STILL_LEVELS)) ** 2)
).astype(np.float32)
