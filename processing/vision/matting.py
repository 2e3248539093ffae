"""From a soft mask to a matte: only the trainer, edges where the picture has them, no flicker.

Every alpha here is straight: it says how much of a pixel the person covers, and multiplies no
colour.
"""

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

_BAND: Final = 0.02
"""How far the picture's edges may move the mask's outline (share of the body's scale): as far as
the model's 256 pixels for a whole person are imprecise."""
_BAND_PX: Final = (3.0, 14.0)
_GUIDE_EPSILON: Final = (0.02 * 255) ** 2
"""Regularisation of the guided filter (He et al. 2013, eq. 5) for a guide of 0..255."""
_SOFT: Final = (0.3, 0.7)
_STEEPEN: Final = (0.15, 0.85)
"""Mask values stretched to 0..1, before and after filtering: both are softer than a body's edge."""

_STILL_LEVELS: Final = 6.0
"""Change of grey (of 255) at which the matte of the frame before counts half of its most."""
_MEMORY: Final = 0.6
"""Weight of the frame before where nothing moves."""


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
        The mask within the connected parts that the skeleton runs through (all parts where it
        runs through none), less sure the farther from the skeleton.
    """
    connected = _connected(mask, keypoints, visibility)
    scale = body_scale(keypoints)
    body = np.full(mask.shape, 255, np.uint8)
    for start, end, reach in _lines(keypoints):
        cv2.line(body, start, end, 0, max(1, min(255, round(2 * reach * scale))))
    distance = cv2.distanceTransform(body, cv2.DIST_L2, 3)
    doubt = np.clip((distance / scale - _NEAR) / (_FAR - _NEAR), 0, 1) * (_DOUBT * 255)
    surer = (connected - doubt) * (255 / (255 - doubt))
    return np.asarray(cv2.convertScaleAbs(np.maximum(surer, 0)), np.uint8)


def _lines(
    keypoints: NDArray[np.float32],
) -> Iterator[tuple[tuple[int, int], tuple[int, int], float]]:
    points = np.clip(np.round(np.nan_to_num(keypoints)), -(2**14), 2**14).astype(int).tolist()
    for (start, end), reach in _LIMBS:
        yield tuple(points[start]), tuple(points[end]), reach


def _connected(
    mask: NDArray[np.uint8],
    keypoints: NDArray[np.float32],
    visibility: NDArray[np.float32],
) -> NDArray[np.uint8]:
    count, labels = cv2.connectedComponents((mask > 80).astype(np.uint8), connectivity=8)
    if count <= 2:  # the background and one part at most
        return mask
    skeleton = np.zeros_like(mask)
    for ((first, second), _), (start, end, _) in zip(_LIMBS, _lines(keypoints), strict=True):
        if visibility[first] > _SEEN and visibility[second] > _SEEN:
            cv2.line(skeleton, start, end, 255, 1)
    kept = np.zeros(count, np.uint8)
    kept[labels[skeleton > 0]] = 1
    kept[0] = 0
    if not kept.any():
        return mask
    dropped = 1 - kept
    dropped[0] = 0
    # Grown, so that a dropped part takes its soft edge with it; what is kept stays whole.
    strangers = cv2.dilate(dropped[labels], np.ones((9, 9), np.uint8)) & (1 - kept[labels])
    return np.where(strangers > 0, 0, mask).astype(np.uint8)


def refine(
    mask: NDArray[np.uint8], picture: NDArray[np.uint8], scale_px: float
) -> NDArray[np.uint8]:
    """Fit a soft, low-resolution mask to the edges of the picture.

    A guided filter moves the outline to where the picture has an edge, within a narrow band
    around where the mask has it: nothing flares into a background of the same colour.

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
    band = min(max(_BAND * scale_px, _BAND_PX[0]), _BAND_PX[1])
    box = _box(mask, picture.shape, margin=3 * band)
    if box is None:
        return alpha
    least, most = _limits(mask, band * mask.shape[0] / height)

    def enlarged(small: NDArray[np.uint8]) -> NDArray[np.float32]:
        large = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(large[box], np.float32) * np.float32(1 / 255)

    guide = np.ascontiguousarray(picture[box])
    soft = _stretched(enlarged(mask), _SOFT)
    radius = max(2, round(1.2 * band))
    filtered = cv2.ximgproc.guidedFilter(guide, soft, radius, _GUIDE_EPSILON, scale=0.5)
    fitted = np.clip(_stretched(filtered, _STEEPEN), enlarged(least), enlarged(most))
    alpha[box] = cv2.convertScaleAbs(fitted, alpha=255.0)
    return alpha


def _stretched(values: NDArray[np.float32], span: tuple[float, float]) -> NDArray[np.float32]:
    low, high = span
    stretched = (values - np.float32(low)) * np.float32(1 / (high - low))
    return np.asarray(np.clip(stretched, 0, 1), np.float32)


def _limits(mask: NDArray[np.uint8], band: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return least and most alpha (0..255): 1 well inside the outline, 0 well outside it."""
    inside = cv2.threshold(mask, 127, 1, cv2.THRESH_BINARY)[1]
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    height = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 3)
    # Over one pixel from none to all, so that the limits have no steps of their own. (Without any
    # outline OpenCV calls the distance infinite.)
    least = (np.clip(depth - band, 0, 1) * 255).astype(np.uint8)
    most = (np.clip(band + 1 - height, 0, 1) * 255).astype(np.uint8)
    return least, most


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
