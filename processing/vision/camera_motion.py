"""How the camera moves: by what the background does behind the person."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

UNKNOWN: Final = np.full(4, np.nan, np.float32)
"""No measure: the first picture, or a background without anything to hold on to."""

_CORNERS: Final = 60
_QUALITY: Final = 0.004
"""Of the weakest corner, against the strongest: a bare wall counts as much as a shadow's edge."""
_APART_PX: Final = 6
_LEAST_CORNERS: Final = 10
_LEAST_AGREEING: Final = 0.6
"""Share of corners that must move as one; trees, mirrors and passers-by move on their own."""
_TOLERANCE_PX: Final = 0.6
_STILL_PX: Final = 0.1
_STILL_SHARE: Final = 0.35
"""Where so many corners stay where they are, to the error of the tracking, so does the camera, and
what moves is a shadow, a curtain or a screen."""
_GRID: Final = 4
_LEAST_CELLS: Final = 4
"""Cells of a 4 x 4 grid the agreeing corners must lie in: a thing is not the background."""


class CameraMotion:
    """Follows corners of the background from picture to picture.

    Corners: Shi and Tomasi, "Good features to track", 1994; followed by pyramidal Lucas-Kanade;
    the motion is the similarity most of them agree on (RANSAC).
    """

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None
        self._corners: NDArray[np.float32] | None = None

    def restart(self) -> None:
        """Forget the picture before: another scene begins."""
        self._before = self._corners = None

    def step(
        self, gray: NDArray[np.uint8], person: NDArray[np.uint8] | None, scale: float
    ) -> NDArray[np.float32]:
        """Measure how the background moved since the last call.

        Parameters
        ----------
        gray : (h, w) uint8, luma
        person : (h, w) uint8, optional
            Not 0 where the person may be.
        scale : float
            Small pixels a pixel of the picture.

        Returns
        -------
        (4,) float32
            Right and down at the centre in pixels of the picture, logarithm of the scale, turn in
            radians; `UNKNOWN` where it can't be told.
        """
        motion = UNKNOWN
        if self._before is not None and self._corners is not None:
            motion = _similarity(self._before, gray, self._corners, person)
            motion = motion * np.array([1 / scale, 1 / scale, 1, 1], np.float32)
        free = None if person is None else cv2.bitwise_not(person)
        self._before = gray
        self._corners = cv2.goodFeaturesToTrack(
            gray, _CORNERS, _QUALITY, _APART_PX, mask=free, blockSize=3
        )
        return motion


def _similarity(
    before: NDArray[np.uint8],
    after: NDArray[np.uint8],
    corners: NDArray[np.float32],
    person: NDArray[np.uint8] | None,
) -> NDArray[np.float32]:
    height, width = after.shape
    if len(corners) < _LEAST_CORNERS:
        return UNKNOWN
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        before, after, corners, None, winSize=(11, 11), maxLevel=2
    )
    old, new, ok = corners[:, 0], moved[:, 0], status[:, 0] > 0
    ok &= (new >= 0).all(axis=1) & (new[:, 0] < width) & (new[:, 1] < height)
    if person is not None:
        # A corner that the person has walked over holds on to the person.
        at = np.clip(np.floor(new), 0, (width - 1, height - 1)).astype(int)
        ok &= person[at[:, 1], at[:, 0]] == 0
    old, new = old[ok], new[ok]
    if len(old) < _LEAST_CORNERS:
        return UNKNOWN
    if (np.linalg.norm(new - old, axis=1) < _STILL_PX).mean() >= _STILL_SHARE:
        return np.zeros(4, np.float32)
    matrix, agreeing = cv2.estimateAffinePartial2D(
        old, new, ransacReprojThreshold=_TOLERANCE_PX, maxIters=200, confidence=0.98
    )
    if matrix is None or agreeing.mean() < _LEAST_AGREEING:
        return UNKNOWN
    held = old[agreeing[:, 0] > 0]
    cells = np.floor(held / (width, height) * _GRID).astype(int) @ (1, _GRID)
    if len(held) < _LEAST_CORNERS or len(np.unique(cells)) < _LEAST_CELLS:
        return UNKNOWN
    centre = np.array([width, height]) / 2
    shift = matrix[:, :2] @ centre + matrix[:, 2] - centre
    growth = float(np.log(np.hypot(matrix[0, 0], matrix[1, 0])))
    turn = float(np.arctan2(matrix[1, 0], matrix[0, 0]))
    return np.array([*shift, growth, turn], np.float32)
