"""From a soft mask to a matte: only the trainer, edges where the picture has them, no flicker.

Every alpha here is straight: it says how much of a pixel the person covers, and multiplies no
colour.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_SEEN: Final = 0.5
"""Visibility from which a landmark says that the person is there."""

_LIMBS: Final = (
    (11, 12), (11, 23), (12, 24), (23, 24), (11, 13), (13, 15), (12, 14), (14, 16), (15, 19),
    (16, 20), (23, 25), (25, 27), (24, 26), (26, 28), (27, 31), (28, 32), (27, 29), (28, 30),
    (0, 11), (0, 12), (7, 8),
)  # fmt: skip
"""Pairs of landmarks with the person between them."""

_GUIDE_EPSILON: Final = (0.012 * 255) ** 2
"""Regularisation of the guided filter (He et al. 2013, eq. 5) for a guide of 0..255."""

_CORE: Final = 0.92
_OUTSIDE: Final = 0.06
_STEEPEN: Final = (0.18, 0.82)
"""The filtered mask is stretched between these: the model's mask is softer than a body's edge."""

_STILL_LEVELS: Final = 6.0
"""Change of grey (of 255) at which the matte of the frame before counts half of its most."""
_MEMORY: Final = 0.6
"""Weight of the frame before where nothing moves."""


def body_scale(keypoints: NDArray[np.float32], visibility: NDArray[np.float32]) -> float:
    """Return the size the person has in the picture, for radii that follow it.

    Parameters
    ----------
    keypoints : (33, 2) float32, pixels
    visibility : (33,) float32, 0..1

    Returns
    -------
    float
        Length of the trunk or breadth of the shoulders × 1.5, whichever is more, in pixels.
    """
    shoulders, hips = keypoints[[11, 12]], keypoints[[23, 24]]
    trunk = float(np.linalg.norm(shoulders.mean(axis=0) - hips.mean(axis=0)))
    breadth = 1.5 * float(np.linalg.norm(shoulders[0] - shoulders[1]))
    return max(trunk, breadth, 8.0)


def keep_person(
    mask: NDArray[np.uint8],
    keypoints: NDArray[np.float32],
    visibility: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """Drop what the mask holds besides the person whose skeleton is known.

    Parameters
    ----------
    mask : (h, w) uint8, 0..255
    keypoints : (33, 2) float32, pixels of the mask
    visibility : (33,) float32, 0..1

    Returns
    -------
    (h, w) uint8
        The mask within the connected parts that the skeleton runs through; all of it where no
        part does.
    """
    _, labels = cv2.connectedComponents((mask > 80).astype(np.uint8), connectivity=8)
    skeleton = np.zeros_like(mask)
    points = np.clip(np.round(keypoints), -(2**14), 2**14).astype(np.int32)
    for start, end in _LIMBS:
        if visibility[start] > _SEEN and visibility[end] > _SEEN:
            cv2.line(skeleton, points[start].tolist(), points[end].tolist(), 255, 1)
    kept = np.unique(labels[skeleton > 0])
    kept = kept[kept > 0]
    if len(kept) == 0:
        return mask
    dropped = np.ones(int(labels.max()) + 1, np.uint8)
    dropped[kept] = 0
    dropped[0] = 0
    if not dropped.any():
        return mask
    # Grown, so that a dropped part takes its soft edge with it.
    strangers = cv2.dilate(dropped[labels], np.ones((9, 9), np.uint8))
    strangers[np.isin(labels, kept)] = 0
    return np.where(strangers > 0, 0, mask).astype(np.uint8)


def refine(
    mask: NDArray[np.uint8], picture: NDArray[np.uint8], scale_px: float
) -> NDArray[np.uint8]:
    """Fit a soft, low-resolution mask to the edges of the picture.

    Parameters
    ----------
    mask : (h, w) uint8, 0..255, of any smaller size
    picture : (height, width, 3) uint8, RGB
    scale_px : float
        Size of the person (`body_scale`), pixels of the picture.

    Returns
    -------
    (height, width) uint8, straight alpha
    """
    height, width = picture.shape[:2]
    alpha = np.zeros((height, width), np.uint8)
    box = _box(mask, picture.shape, margin=0.35 * scale_px)
    if box is None:
        return alpha
    rows, columns = box
    coarse = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)[rows, columns]
    guide = np.ascontiguousarray(picture[rows, columns])
    soft = coarse.astype(np.float32) / 255

    radius = max(3, round(0.06 * scale_px))
    filtered = cv2.ximgproc.guidedFilter(guide, soft, radius, _GUIDE_EPSILON, scale=0.5)
    low, high = _STEEPEN
    filtered = np.clip((filtered - low) / (high - low), 0, 1)

    # Where the model is sure all around, the guide's texture must not punch holes or add specks.
    reach = np.ones((2 * (radius // 2) + 1,) * 2, np.uint8)
    core = cv2.erode(soft, reach) > _CORE
    outside = cv2.dilate(soft, reach) < _OUTSIDE
    filtered[core] = 1.0
    filtered[outside] = 0.0
    alpha[rows, columns] = cv2.convertScaleAbs(filtered, alpha=255.0)
    return alpha


def _box(
    mask: NDArray[np.uint8], shape: tuple[int, ...], margin: float
) -> tuple[slice, slice] | None:
    """Return rows and columns of the picture that hold the mask and a margin (pixels)."""
    x, y, w, h = cv2.boundingRect((mask > 8).astype(np.uint8))
    if w == 0 or h == 0:
        return None
    down, across = shape[0] / mask.shape[0], shape[1] / mask.shape[1]
    top, bottom = int(max(0, y * down - margin)), int(min(shape[0], (y + h) * down + margin))
    left, right = int(max(0, x * across - margin)), int(min(shape[1], (x + w) * across + margin))
    return slice(top, bottom), slice(left, right)


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

    A moving limb changes the pixels it leaves and enters, so it is not smeared.

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
    blended = cv2.blendLinear(before.alpha, alpha, weight, 1.0 - weight)
    return blended, Memory(gray, blended)


_STILLNESS: Final = (
    _MEMORY * 0.5 ** ((np.arange(256, dtype=np.float32) / np.float32(_STILL_LEVELS)) ** 2)
).astype(np.float32)
