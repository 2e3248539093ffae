"""Edges where the picture has them."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_BAND: Final = 0.02
"""How far the picture's edges may move the mask's outline (share of the body's scale): as far as
the model's 256 pixels for a whole person are imprecise."""
_BAND_PX: Final = (3.0, 14.0)
_GUIDE_EPSILON: Final = (0.02 * 255) ** 2
"""Regularisation of the guided filter (He et al. 2013, eq. 5) for a guide of 0..255."""
_SOFT: Final = (0.3, 0.7)
_STEEPEN: Final = (0.15, 0.85)
"""Mask values stretched to 0..1, before and after filtering: both are softer than a body's edge."""


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
