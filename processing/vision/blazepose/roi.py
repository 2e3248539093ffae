"""The turned square a network looks at, and the way between its pixels and the picture's.

Coordinates follow MediaPipe's CPU path (`image_to_tensor_converter_opencv.cc`): a square's corner
is given in the same coordinates as the centres of pixels, and pixel 0 of the network's input is
taken at that corner. What was sampled so must be put back so.
"""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

_MARGIN: Final = 1.25
"""Side of the square / diameter of the person's circle; what the networks were trained with."""
_SMALLEST_PX: Final = 2.0
"""A square smaller than this shows no person; a network asked for it would invent one."""


@dataclass(frozen=True)
class Roi:
    """A square in a picture, upright or turned.

    Attributes
    ----------
    centre_x, centre_y : float
        Pixels of the picture.
    side : float
        Pixels of the picture.
    rotation_rad : float
        By which the square is turned clockwise (as seen), -π to π. 0 where the person's head is
        up.
    """

    centre_x: float
    centre_y: float
    side: float
    rotation_rad: float

    @classmethod
    def around(cls, width: int, height: int) -> "Roi":
        """Return the smallest upright square that holds a whole picture (letterbox)."""
        return cls(width / 2, height / 2, float(max(width, height)), 0.0)

    @classmethod
    def from_alignment(cls, centre: ArrayLike, edge: ArrayLike) -> "Roi | None":
        """Build the square from the two points both networks give for it.

        Parameters
        ----------
        centre : (2,)
            Middle of the hips, pixels.
        edge : (2,)
            Where the circle around the whole body cuts the line from hips to head, pixels.

        Returns
        -------
        Roi or None
            None where the points are not numbers or all but coincide.
        """
        (x0, y0), (x1, y1) = np.asarray(centre, float).tolist(), np.asarray(edge, float).tolist()
        side = 2 * math.hypot(x1 - x0, y1 - y0) * _MARGIN
        if not math.isfinite(side) or side < _SMALLEST_PX:
            return None
        # Picture y points down: a head straight above the hips gives 0.
        turn = math.pi / 2 - math.atan2(y0 - y1, x1 - x0)
        return cls(x0, y0, side, (turn + math.pi) % (2 * math.pi) - math.pi)

    def to_picture(self, resolution: float = 1.0) -> NDArray[np.float64]:
        """Return the affine map from the square to the picture.

        Parameters
        ----------
        resolution : float
            What the square's own coordinates run to: 1 for shares, 256 for pixels of an input.

        Returns
        -------
        (2, 3) float64
        """
        cos, sin = math.cos(self.rotation_rad), math.sin(self.rotation_rad)
        half, scale = self.side / 2, self.side / resolution
        return np.array(
            [
                [scale * cos, -scale * sin, self.centre_x - half * (cos - sin)],
                [scale * sin, scale * cos, self.centre_y - half * (sin + cos)],
            ]
        )

    def points_in_picture(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring points (..., 2) from shares of the square (0..1) to pixels of the picture."""
        matrix = self.to_picture()
        return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float32)


def mask_in_picture(
    mask: NDArray[np.uint8],
    roi: Roi,
    size: tuple[int, int],
    *,
    scale: tuple[float, float] = (1.0, 1.0),
    offset: tuple[float, float] = (0.0, 0.0),
) -> NDArray[np.uint8]:
    """Put a mask of the square into a grid over the picture, or over a crop of it.

    Parameters
    ----------
    mask : (n, n) uint8
        Over the square, as in `Detection.mask`.
    roi : Roi
        The square, pixels of the picture.
    size : (int, int)
        Width and height of the grid.
    scale : (float, float)
        How many pixels of the picture one cell of the grid is wide and high: (2, 2) is a grid of
        half the picture's size.
    offset : (float, float)
        The picture's x and y at the grid's top left corner (the crop's origin), pixels.

    Returns
    -------
    (height, width) uint8
        0 outside the square.
    """
    to_mask = _inverse(roi.to_picture(mask.shape[0]))
    # Corners of cells coincide, so the centres of coarse cells lie between the picture's pixels.
    x0, y0 = (o + (s - 1) / 2 for o, s in zip(offset, scale, strict=True))
    matrix = np.column_stack(
        [to_mask[:, :2] * np.asarray(scale), to_mask[:, :2] @ (x0, y0) + to_mask[:, 2]]
    )
    return np.asarray(
        cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.uint8
    )


def _inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Invert a turn with scale and shift (2, 3)."""
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])
