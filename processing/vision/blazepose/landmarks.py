"""What the landmark network's numbers mean: points, the mask, and the next square.

MediaPipe's `tensors_to_landmarks_calculator`, `refine_landmarks_from_heatmap_calculator`,
`landmark_projection_calculator`, `world_landmark_projection_calculator` and
`tensors_to_segmentation_calculator`, with the options of its pose landmarks graph.
"""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.vision.blazepose.roi import Roi

INPUT_PX: Final = 256
LANDMARKS: Final = 33
POINTS: Final = 35
"""The landmarks, then the two points that place the square of the next picture."""
OUTPUTS: Final = 39
"""Of each of the network's outputs; the last four are not used."""

_KERNEL: Final = np.arange(-3, 4)
"""Cells of the heatmap around a point that may move it."""
_SURE: Final = 0.5
"""Least peak (0..1) of the heatmap near a point from which the heatmap is believed."""


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities, 0..1, of the same shape."""
    # Beyond 80 float32 can't tell the result from 0 or 1, and its exponential would overflow.
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -80, 80))), np.float32)


def refined(points: NDArray[np.float32], heatmap: NDArray[np.float32]) -> NDArray[np.float32]:
    """Move points to where the heatmap, near them, has its centre of mass.

    Parameters
    ----------
    points : (n, 2) float32
        x, y, shares of the square 0..1; may lie outside.
    heatmap : (rows, columns, m) float32, m >= n
        Logits; layer i is for point i.

    Returns
    -------
    (n, 2) float32
        Unchanged where a point lies outside the square or the heatmap is nowhere sure.
    """
    count, shape = len(points), np.array(heatmap.shape[1::-1])
    # Truncated, not floored, as MediaPipe does: a point up to a cell outside counts as inside.
    centre = np.trunc(points * shape).astype(np.int64)
    inside = ((centre >= 0) & (centre < shape)).all(axis=1)
    cells = centre[:, None] + _KERNEL[:, None]  # (n, 7, 2)
    real = (cells >= 0) & (cells < shape)
    columns, rows = np.moveaxis(np.clip(cells, 0, shape - 1), 2, 0)
    near = heatmap[rows[:, :, None], columns[:, None, :], np.arange(count)[:, None, None]]
    weight = sigmoid(near) * (real[:, :, None, 1] & real[:, None, :, 0])
    total = weight.sum(axis=(1, 2))
    moved = np.stack(
        [
            (weight.sum(axis=1) * columns).sum(axis=1),
            (weight.sum(axis=2) * rows).sum(axis=1),
        ],
        axis=1,
    ) / (np.maximum(total, 1e-9)[:, None] * shape)
    sure = inside & (weight.max(axis=(1, 2)) >= _SURE)
    return np.where(sure[:, None], moved, points).astype(np.float32)


def in_square(
    raw: NDArray[np.float32], heatmap: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Decode points and visibility.

    Parameters
    ----------
    raw : (195,) float32
        39 times x, y, z in pixels of the input, and logits of visibility and presence.
    heatmap : (64, 64, 39) float32

    Returns
    -------
    points : (35, 2) float32
        Shares of the square, 0..1.
    visibility : (33,) float32, 0..1
    """
    table = raw.reshape(OUTPUTS, 5)[:POINTS]
    points = refined(table[:, :2] / np.float32(INPUT_PX), heatmap)
    return points, sigmoid(table[:LANDMARKS, 3])


def world(raw: NDArray[np.float32], roi: Roi) -> NDArray[np.float32]:
    """Turn world landmarks back from the square's upright to the picture's.

    Parameters
    ----------
    raw : (117,) float32
        39 times x, y, z, metres.
    roi : Roi

    Returns
    -------
    (33, 3) float32
        Metres; origin hip centre, x right, y down, z away from the camera.
    """
    cos, sin = math.cos(roi.rotation_rad), math.sin(roi.rotation_rad)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]], np.float32)
    return np.asarray(raw.reshape(OUTPUTS, 3)[:LANDMARKS] @ turn.T, np.float32)


def mask(logits: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Turn the network's logits into a mask.

    Parameters
    ----------
    logits : (256, 256) float32

    Returns
    -------
    (256, 256) uint8
        0..255, how likely a pixel of the square shows the person.
    """
    # In place and by OpenCV's exponential, which overflows to infinity without a word: 255 / ∞ = 0.
    odds = np.negative(logits)
    cv2.exp(odds, dst=odds)
    odds += 1
    return np.asarray(cv2.divide(255.0, odds, dtype=cv2.CV_8U), np.uint8)
