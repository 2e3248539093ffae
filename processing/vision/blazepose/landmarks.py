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

_LEVELS: Final = 20.0
"""Steps a logit's unit is cut into: 256 of them reach from -6.4 to 6.35, where a probability is
within half a step of 0 or 255, and an exponential for each of 65,536 pixels is saved."""
_CHANCE: Final = np.round(255 / (1 + np.exp((128 - np.arange(256)) / _LEVELS))).astype(np.uint8)


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
    count, (high, wide, layers) = len(points), heatmap.shape
    shape = np.array((wide, high))
    # Truncated, not floored, as MediaPipe does: a point up to a cell outside counts as inside.
    centre = (points * shape).astype(np.int64)
    inside = ((centre >= 0) & (centre < shape)).all(axis=1)
    cells = centre[:, None] + _KERNEL[:, None]  # (n, 7, 2)
    near = np.clip(cells, 0, shape - 1)
    columns, rows = near[..., 0], near[..., 1]
    places = (rows[:, :, None] * wide + columns[:, None]) * layers
    weight = sigmoid(heatmap.reshape(-1)[places + np.arange(count)[:, None, None]])
    real = cells == near
    weight *= real[:, :, None, 1] & real[:, None, :, 0]
    across, down = weight.sum(axis=1), weight.sum(axis=2)
    moments = [(across * columns).sum(axis=1), (down * rows).sum(axis=1)]
    total = np.maximum(across.sum(axis=1), 1e-9)
    moved = np.stack(moments, axis=1) / (total[:, None] * shape)
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
        0..255, how likely a pixel of the square shows the person, to within 2.
    """
    levels = cv2.addWeighted(logits, _LEVELS, logits, 0.0, 128.0, dtype=cv2.CV_8U)
    return np.asarray(cv2.LUT(levels, _CHANCE), np.uint8)
