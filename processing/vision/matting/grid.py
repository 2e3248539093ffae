"""The small pictures that matting thinks on, and how they lie in the full one."""

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

_BODY_PX: Final = 70.0
"""The body's scale on the coarse grid, about: a person is looked at with as many pixels as the pose
model's mask has of them, whatever the picture's size."""
_STEPS: Final = (2, 8)


@dataclass(frozen=True)
class Box:
    """Rows and columns of a grid."""

    top: int
    bottom: int
    left: int
    right: int

    @classmethod
    def around(cls, mask: NDArray[np.uint8], margin: float) -> Self | None:
        """Hold what the mask holds and a margin (pixels); None of an empty mask."""
        x, y, w, h = cv2.boundingRect(cv2.compare(mask, 8, cv2.CMP_GT))
        if w == 0 or h == 0:
            return None
        height, width = mask.shape
        m = round(margin)
        return cls(max(0, y - m), min(height, y + h + m), max(0, x - m), min(width, x + w + m))

    def times(self, factor: int) -> "Box":
        """The same box of a grid that is finer by this factor."""
        return Box(*(factor * edge for edge in (self.top, self.bottom, self.left, self.right)))

    @property
    def cut(self) -> tuple[slice, slice]:
        """Index that cuts the box out of an array (h, w, ...)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.right - self.left, self.bottom - self.top


@dataclass(frozen=True)
class Grid:
    """A coarse and a fine grid over pictures of one size.

    Attributes
    ----------
    width, height : int
        Of the coarse grid, pixels. The picture's last few rows and columns, too few for a pixel
        of it, are left out.
    step : int
        Pixels of the picture, across and down, to one of the coarse grid.
    """

    width: int
    height: int
    step: int

    @classmethod
    def over(cls, shape: tuple[int, ...], scale_px: float) -> Self:
        """Choose a grid for pictures (height, width, ...) with a body of this scale in them."""
        step = min(max(round(scale_px / _BODY_PX), _STEPS[0]), _STEPS[1])
        return cls(max(1, shape[1] // step), max(1, shape[0] // step), step)

    def of_picture(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the picture (height, width, 3) on the grid."""
        # OpenCV averages squares of 2 by 2 at many times the speed of any others.
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        whole = picture[: 2 * height, : 2 * width]
        half = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
        return _sampled(half, self.step / 2, self.step / 2, (self.width, self.height))

    def of_mask(self, mask: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return a mask of any size on the coarse grid.

        `shape` (height, width, ...) is that of the picture, all of which the mask covers.
        """
        across = self.step * mask.shape[1] / shape[1]
        down = self.step * mask.shape[0] / shape[0]
        return _sampled(mask, across, down, (self.width, self.height))


def _sampled(
    values: NDArray[np.uint8], across: float, down: float, size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Return a picture on a grid (width, height) with pixels that are so wide and high."""
    if across == down == 1 and values.shape[1::-1] == size:
        return values
    if across == down == 2:
        used = values[: 2 * size[1], : 2 * size[0]]
        return np.asarray(cv2.resize(used, size, interpolation=cv2.INTER_AREA), np.uint8)
    # Centres of pixels, not corners: pixel 0's lies at half of `across` less a half.
    there = np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(values, there, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)
