"""Which part of a mask is the trainer: what their skeleton runs through, and what is near it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_SEEN: Final = 0.5
"""Visibility from which a landmark says that the person is there."""

_LIMBS: Final = (
    ((11, 12), 0.3), ((11, 23), 0.3), ((12, 24), 0.3), ((23, 24), 0.3), ((7, 8), 0.5),
    ((11, 13), 0.0), ((13, 15), 0.0), ((12, 14), 0.0), ((14, 16), 0.0), ((15, 19), 0.0),
    ((16, 20), 0.0), ((23, 25), 0.0), ((25, 27), 0.0), ((24, 26), 0.0), ((26, 28), 0.0),
    ((27, 31), 0.0), ((28, 32), 0.0), ((27, 29), 0.0), ((28, 30), 0.0), ((0, 11), 0.0),
    ((0, 12), 0.0),
)  # fmt: skip
"""Pairs of landmarks with the person between them, and how far the body reaches on either side
(as a share of the body's scale) beyond what every limb has: trunk, and head with its hair."""

# Tuned by eye on seven filmed clips and one computer-generated one, 360 to 1280 pixels.

_NEAR: Final = 0.14
_FAR: Final = 0.32
"""Distances from the skeleton (share of the body's scale) between which doubt grows."""
_DOUBT: Final = 0.8
"""What is far from the skeleton stays only where the mask is surer than this: cushions of the
trainer's colour go, a skirt stays."""


def body_scale(keypoints: NDArray[np.float32]) -> float:
    """Return the size the person has in the picture, for radii that follow it.

    Parameters
    ----------
    keypoints : (33, 2) float32, pixels

    Returns
    -------
    float
        Length of the trunk or breadth of the shoulders × 1.5, whichever is more, in pixels.
    """
    shoulders, hips = keypoints[[11, 12]], keypoints[[23, 24]]
    trunk = float(np.linalg.norm(shoulders.mean(axis=0) - hips.mean(axis=0)))
    breadth = 1.5 * float(np.linalg.norm(shoulders[0] - shoulders[1]))
    return max(trunk, breadth, 8.0)


@dataclass(frozen=True)
class Selection:
    """The trainer in one picture, on a grid.

    Attributes
    ----------
    mask : (h, w) uint8, 0..255, of the trainer alone
    clear : (h, w) uint8
        255 where no limb is: well away from the trainer's skeleton.
    scale : float
        The body's (`body_scale`), pixels of the grid.
    """

    mask: NDArray[np.uint8]
    clear: NDArray[np.uint8]
    scale: float


def select(
    mask: NDArray[np.uint8],
    keypoints: NDArray[np.float32],
    visibility: NDArray[np.float32],
) -> Selection:
    """Drop what the mask holds besides the person whose skeleton is known.

    Kept are the connected parts that the skeleton runs through (all parts where it runs through
    none), less sure the farther from the skeleton.

    Parameters
    ----------
    mask : (h, w) uint8, 0..255
    keypoints : (33, 2) float32, pixels of the mask
    visibility : (33,) float32, 0..1
    """
    scale = body_scale(keypoints)
    distance = _distance(mask.shape, keypoints, scale)
    clear = cv2.compare(distance, _NEAR * scale, cv2.CMP_GT)
    # Doubt in 255ths, by distance; then (mask - doubt) / (1 - doubt), where there is any.
    slope = _DOUBT * 255 / ((_FAR - _NEAR) * scale)
    doubt = cv2.addWeighted(distance, slope, distance, 0, -slope * _NEAR * scale, dtype=cv2.CV_8U)
    doubt = cv2.min(doubt, round(_DOUBT * 255))
    strangers = _strangers(mask, keypoints, visibility)
    if strangers is not None:
        doubt = cv2.max(doubt, strangers)
    alone = cv2.multiply(cv2.subtract(mask, doubt), cv2.LUT(doubt, _SURER), dtype=cv2.CV_8U)
    return Selection(np.asarray(alone, np.uint8), clear, scale)


def keep_person(
    mask: NDArray[np.uint8],
    keypoints: NDArray[np.float32],
    visibility: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """Return the mask of `select` alone."""
    return select(mask, keypoints, visibility).mask


def _distance(
    shape: tuple[int, ...], keypoints: NDArray[np.float32], scale: float
) -> NDArray[np.float32]:
    body = np.full(shape, 255, np.uint8)
    for start, end, reach in _lines(keypoints):
        cv2.line(body, start, end, 0, max(1, min(255, round(2 * reach * scale))))
    return np.asarray(cv2.distanceTransform(body, cv2.DIST_L2, 3), np.float32)


def _lines(
    keypoints: NDArray[np.float32],
) -> Iterator[tuple[tuple[int, int], tuple[int, int], float]]:
    points = np.clip(np.round(np.nan_to_num(keypoints)), -(2**14), 2**14).astype(int).tolist()
    for (start, end), reach in _LIMBS:
        yield tuple(points[start]), tuple(points[end]), reach


def _strangers(
    mask: NDArray[np.uint8],
    keypoints: NDArray[np.float32],
    visibility: NDArray[np.float32],
) -> NDArray[np.uint8] | None:
    """Return 255 where the mask holds parts that the skeleton does not run through, if any."""
    count, labels = cv2.connectedComponents(cv2.compare(mask, 80, cv2.CMP_GT), connectivity=8)
    if count <= 2:  # the background and one part at most
        return None
    skeleton = np.zeros_like(mask)
    for ((first, second), _), (start, end, _) in zip(_LIMBS, _lines(keypoints), strict=True):
        if visibility[first] > _SEEN and visibility[second] > _SEEN:
            cv2.line(skeleton, start, end, 255, 1)
    kept = np.zeros(count, np.uint8)
    kept[labels[skeleton > 0]] = 255
    kept[0] = 0
    if not kept.any():
        return None
    dropped = 255 - kept
    dropped[0] = 0
    # Grown, so that a dropped part takes its soft edge with it; what is kept stays whole.
    grown = cv2.dilate(dropped[labels], np.ones((9, 9), np.uint8))
    return np.asarray(cv2.bitwise_and(grown, cv2.bitwise_not(kept[labels])), np.uint8)


_SURER: Final = (255 / (255 - np.minimum(np.arange(256), 254))).astype(np.float32)
"""What is left of certainty (0..255), stretched to the full range again, by doubt."""
