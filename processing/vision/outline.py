"""A small grey picture and roughly where the person is in it, from joints alone."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import INDEX

_SMALL_SIDE_PX: Final = 160
"""Longer side of the small picture: enough for light and camera, a sixteenth of the work."""

_LIMBS: Final = tuple(
    (INDEX[f"{side}_{start}"], INDEX[f"{side}_{end}"])
    for side in ("left", "right")
    for start, end in (
        ("shoulder", "elbow"),
        ("elbow", "wrist"),
        ("wrist", "index"),
        ("hip", "knee"),
        ("knee", "ankle"),
        ("ankle", "foot_index"),
    )
)
_TRUNK: Final = [
    INDEX[name] for name in ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
]
_HEAD: Final = [INDEX[name] for name in ("nose", "left_ear", "right_ear")]


def small_gray(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """Reduce a picture to luma and at most 160 pixels a side.

    Parameters
    ----------
    picture : (H, W, 3) uint8, RGB

    Returns
    -------
    (h, w) uint8
        BT.601 luma, gamma-encoded, 0..255.
    float
        Small pixels a pixel, <= 1.
    """
    scale = min(1.0, _SMALL_SIDE_PX / max(picture.shape[:2]))
    if scale == 1.0:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8), scale
    size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8), scale


class Outline:
    """The person as capsules around the bones.

    Parameters
    ----------
    image : (33, 2) float32, pixels of the small picture
    shape : height and width of the small picture
    """

    def __init__(self, image: NDArray[np.float32], shape: tuple[int, ...]) -> None:
        self._shape = shape[0], shape[1]
        # Far outside the picture lies nothing to draw, and huge coordinates overflow.
        limit = 4 * _SMALL_SIDE_PX
        self._image = np.clip(np.nan_to_num(image), -limit, limit)
        trunk = self._image[_TRUNK]
        # Lying towards the camera or seen from the side, a trunk is short or narrow, never both.
        self._trunk_px = max(float(np.ptp(trunk[:, 0])), float(np.ptp(trunk[:, 1])), 2.0)

    def inside(self) -> NDArray[np.bool_]:
        """(h, w) bool, pixels that are the person's and nobody else's: limbs drawn slender."""
        return self._drawn(0.12) > 0

    def around(self) -> NDArray[np.uint8]:
        """(h, w) uint8, 255 where the person may be, with hair, clothes and close shadows."""
        return self._drawn(0.55)

    def _drawn(self, share: float) -> NDArray[np.uint8]:
        canvas: NDArray[np.uint8] = np.zeros(self._shape, np.uint8)
        points = np.round(self._image).astype(np.int32)
        thickness = max(1, round(share * self._trunk_px))
        tone: Any = 255
        cv2.fillConvexPoly(canvas, cv2.convexHull(points[_TRUNK]), tone)
        cv2.polylines(canvas, [points[_TRUNK]], True, tone, thickness)
        for start, end in _LIMBS:
            cv2.line(canvas, points[start].tolist(), points[end].tolist(), tone, thickness)
        middle = np.round(self._image[_HEAD].mean(axis=0)).astype(int).tolist()
        cv2.circle(canvas, middle, max(1, round((0.12 + share) * self._trunk_px)), tone, -1)
        return canvas
