"""What lies under straight alpha: the person's own colours at the edge, a soft haze beyond.

A transparent pixel still has a colour. It costs bits, and where a player scales the picture or a
codec rounds the matte, it shows. So the room goes, even under the half-covered pixels of the edge,
and colours pulled from inside the person take its place, ever softer with the distance, until one
colour remains that is the same in all frames: what never changes costs next to nothing.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

REACH_PX: Final = 32
"""Beyond this distance from the person's outline nothing but the surround is left."""
_INSIDE: Final = 247
"""Alpha (of 255) from which a pixel shows nothing but the person."""
_SOLID: Final = (178, 247)
"""Between these alphas the pixel's own colour takes over from the one pulled from inside."""
_SMALLEST: Final = 4
"""Pixels; the pyramid of colours ends at this size."""
_QUARTER: Final = 4

Colour = tuple[int, int, int]


def codable(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Take from a matte what is finer than a pixel and costs bits without being seen.

    A codec spends more on a matte's steps and specks than on the person's face. Softened over
    three pixels, and with what is all but transparent or opaque made so, it takes half the bits.

    Parameters
    ----------
    alpha : (height, width) uint8, straight

    Returns
    -------
    (height, width) uint8, straight
    """
    return np.asarray(cv2.LUT(cv2.GaussianBlur(alpha, (3, 3), 0), _SNAP), np.uint8)


def person_part(alpha: NDArray[np.uint8]) -> tuple[slice, slice] | None:
    """Return rows and columns that hold the person and the haze around, on even pixels.

    Parameters
    ----------
    alpha : (height, width) uint8, straight; both even

    Returns
    -------
    (rows, columns) or None
        None where nobody is there.
    """
    x, y, w, h = cv2.boundingRect(alpha)
    if w == 0 or h == 0:
        return None
    height, width = alpha.shape
    # In sixteens where there is room: the small pictures below then have whole pixels.
    top, left = max(0, (y - REACH_PX) // 16 * 16), max(0, (x - REACH_PX) // 16 * 16)
    bottom = min(height, -(-(y + h + REACH_PX) // 16) * 16)
    right = min(width, -(-(x + w + REACH_PX) // 16) * 16)
    return slice(top, bottom), slice(left, right)


def mean_colour(picture: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> Colour | None:
    """Return the person's mean colour; None where nobody is wholly there."""
    inside = cv2.threshold(alpha, _INSIDE - 1, 255, cv2.THRESH_BINARY)[1]
    if not cv2.countNonZero(inside):
        return None
    red, green, blue, _ = cv2.mean(picture, inside)
    return round(red), round(green), round(blue)


def foreground(
    picture: NDArray[np.uint8], alpha: NDArray[np.uint8], surround: Colour | None = None
) -> NDArray[np.uint8]:
    """Replace every colour that is not wholly the person's.

    Parameters
    ----------
    picture : (height, width, 3) uint8, RGB
    alpha : (height, width) uint8, straight
    surround : (red, green, blue), optional
        What the haze ends in; without it, it goes on for ever.

    Returns
    -------
    (height, width, 3) uint8
        The picture where alpha is (nearly) 1; else colours spread from inside the person. All
        of the surround, or mid-grey, where alpha is 0 everywhere.

    References
    ----------
    S. Gortler, R. Grzeszczuk, R. Szeliski, M. Cohen: The Lumigraph. SIGGRAPH 1996, §3.4 (pull and
    push).
    """
    height, width = alpha.shape
    inside = cv2.erode(cv2.threshold(alpha, _INSIDE - 1, 255, cv2.THRESH_BINARY)[1], _CROSS)
    if not cv2.countNonZero(inside):
        inside = cv2.threshold(alpha, 127, 255, cv2.THRESH_BINARY)[1]
        if not cv2.countNonZero(inside):
            return np.full_like(picture, (128, 128, 128) if surround is None else surround)
    own = cv2.copyTo(picture, inside)
    weight = _quarter(inside).astype(np.float32) * np.float32(1 / 255)
    filled = _pull_push(_quarter(own).astype(np.float32), weight)
    if surround is not None:
        filled = _ended(filled, _quarter(alpha), surround)
    spread = _enlarged(cv2.convertScaleAbs(filled), width, height)
    cv2.copyTo(picture, cv2.threshold(alpha, _SOLID[1] - 1, 255, cv2.THRESH_BINARY)[1], spread)
    _blend_edge(picture, alpha, spread)
    return spread


def _quarter(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Average squares of 4 by 4; a rest at the right or below counts with the last ones."""
    height, width = picture.shape[:2]
    if min(height, width) < _QUARTER:
        return picture
    # Whole squares only, and twice by 2: OpenCV averages those several times faster than others.
    small = picture[: height // _QUARTER * _QUARTER, : width // _QUARTER * _QUARTER]
    for _ in range(2):
        size = small.shape[1] // 2, small.shape[0] // 2
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.uint8)
    return small


def _enlarged(small: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Undo `_quarter` in size."""
    if min(height, width) < _QUARTER:
        return small
    size = width // _QUARTER * _QUARTER, height // _QUARTER * _QUARTER
    large = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
    right, below = width - size[0], height - size[1]
    if right or below:
        large = cv2.copyMakeBorder(large, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(large, np.uint8)


def _blend_edge(
    picture: NDArray[np.uint8], alpha: NDArray[np.uint8], spread: NDArray[np.uint8]
) -> None:
    """Let the picture's own colour fade into `spread` where alpha is not quite 1.

    These pixels are few: to blend them one by one is much less than to blend all.
    """
    edge = cv2.inRange(alpha, _SOLID[0], _SOLID[1] - 1)
    places = np.flatnonzero(edge.view(np.bool_))
    keep = _KEEP.take(alpha.reshape(-1).take(places))[:, None]
    ours = spread.reshape(-1, 3).take(places, axis=0).astype(np.float32)
    ours += keep * (picture.reshape(-1, 3).take(places, axis=0) - ours)
    spread.reshape(-1, 3)[places] = (ours + np.float32(0.5)).astype(np.uint8)


def _ended(
    filled: NDArray[np.float32], alpha: NDArray[np.uint8], surround: Colour
) -> NDArray[np.float32]:
    """Let the haze fade into the surround within `REACH_PX`, at a quarter of the size."""
    near = cv2.dilate(cv2.threshold(alpha, 0, 1, cv2.THRESH_BINARY)[1], _NEAR).astype(np.float32)
    part = cv2.blur(near, (5, 5))
    end = np.empty_like(filled)
    end[:] = surround
    return np.asarray(cv2.blendLinear(filled, end, part, 1 - part), np.float32)


def _pull_push(colour: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill where weight is 0 from ever coarser averages.

    Parameters
    ----------
    colour : (h, w, 3) float32, already multiplied by the weight
    weight : (h, w) float32, 0..1

    Returns
    -------
    (h, w, 3) float32
    """
    h, w = weight.shape
    if min(h, w) <= _SMALLEST:
        total = float(weight.sum())
        return np.broadcast_to(colour.sum(axis=(0, 1)) / total, colour.shape).astype(np.float32)
    size = ((w + 1) // 2, (h + 1) // 2)
    # Summed, not averaged: one sure pixel of four is nearly enough to be sure of the square.
    coarse_weight = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    coarse_colour = cv2.resize(colour, size, interpolation=cv2.INTER_AREA)
    gain = np.minimum(1.0, 4.0 * coarse_weight) / np.maximum(coarse_weight, 1e-6)
    coarse = _pull_push(coarse_colour * gain[..., None], coarse_weight * gain)
    fill = cv2.resize(coarse, (w, h), interpolation=cv2.INTER_LINEAR)
    return np.asarray(colour + fill * (1.0 - weight)[..., None], np.float32)


_SNAPPED: Final = 10
_SNAP: Final = np.round(
    np.clip((np.arange(256) - _SNAPPED) * 255 / (255 - 2 * _SNAPPED), 0, 255)
).astype(np.uint8)
_CROSS: Final = np.ones((3, 3), np.uint8)
_NEAR: Final = np.ones((7, 7), np.uint8)
_RAMP = np.clip((np.arange(256) - _SOLID[0]) / (_SOLID[1] - _SOLID[0]), 0, 1)
_KEEP: Final = (_RAMP * _RAMP * (3 - 2 * _RAMP)).astype(np.float32)
