"""What lies under straight alpha: the person's own colours at the edge, a soft haze beyond.

A transparent pixel still has a colour. It costs bits, and where a player scales the picture or a
codec rounds the matte, it shows. So the room goes, even under the half-covered pixels of the edge,
and colours pulled from inside the person take its place, ever softer with the distance.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_INSIDE: Final = 0.97
"""Alpha from which a pixel shows nothing but the person."""
_SOLID: Final = (0.70, 0.97)
"""Between these alphas the pixel's own colour takes over from the one pulled from inside."""
_SMALLEST: Final = 4
"""Pixels; the pyramid of colours ends at this size."""


def foreground(picture: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Replace every colour that is not wholly the person's.

    Parameters
    ----------
    picture : (height, width, 3) uint8, RGB
    alpha : (height, width) uint8, straight

    Returns
    -------
    (height, width, 3) uint8
        The picture where alpha is (nearly) 1; else colours spread from inside the person. All
        mid-grey where alpha is 0 everywhere.
    """
    height, width = alpha.shape
    small = (max(1, width // 4), max(1, height // 4))
    inside = cv2.erode(cv2.threshold(alpha, _INSIDE * 255, 255, cv2.THRESH_BINARY)[1], _CROSS)
    if not inside.any():
        inside = cv2.threshold(alpha, 127, 255, cv2.THRESH_BINARY)[1]
        if not inside.any():
            return np.full_like(picture, 128)
    weight = cv2.resize(inside, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    own = cv2.bitwise_and(picture, picture, mask=inside)
    colour = cv2.resize(own, small, interpolation=cv2.INTER_AREA).astype(np.float32)
    filled = cv2.convertScaleAbs(_pull_push(colour, weight))
    spread = cv2.resize(filled, (width, height), interpolation=cv2.INTER_LINEAR)
    keep = cv2.LUT(alpha, _KEEP)
    return np.asarray(cv2.blendLinear(picture, spread, keep, 1.0 - keep), np.uint8)


def _pull_push(colour: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill where weight is 0 from ever coarser averages (Gortler et al. 1996, §3.4).

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


_CROSS: Final = np.ones((3, 3), np.uint8)
_RAMP = np.clip((np.arange(256) / 255 - _SOLID[0]) / (_SOLID[1] - _SOLID[0]), 0, 1)
_KEEP: Final = (_RAMP * _RAMP * (3 - 2 * _RAMP)).astype(np.float32)
