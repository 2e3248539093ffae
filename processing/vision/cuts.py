"""Hard cuts: where the picture changes from one frame to the next as no movement could."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_GRID: Final = 24
_BINS: Final = 16

_PICTURE_JUMP: Final = 0.10
"""Mean change of the thumbnail (0..1) from which a cut is possible. Fast jumping jacks filling
the picture stay below 0.06 on filmed clips, cuts between camera angles lie above 0.15."""
_COLOUR_JUMP: Final = 0.35
"""Least change of the colour histogram (0..1): a swinging camera moves pixels, not colours."""

Signature = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Thumbnail (24, 24, 3) 0..1 and histogram (3, 16) with rows that sum to 1."""


def signature(picture: NDArray[np.uint8]) -> Signature:
    """Reduce a picture to what cuts are found by.

    Parameters
    ----------
    picture : (height, width, 3) uint8

    Returns
    -------
    Signature
    """
    # Every few pixels are enough, and averaging all of them is not cheap.
    step = max(1, min(picture.shape[:2]) // (_GRID * 4))
    sparse = np.ascontiguousarray(picture[::step, ::step])
    small = cv2.resize(sparse, (_GRID * 4, _GRID * 4), interpolation=cv2.INTER_AREA)
    thumbnail = cv2.resize(small, (_GRID, _GRID), interpolation=cv2.INTER_AREA)
    bins = small.reshape(-1, 3) // (256 // _BINS)
    histogram = np.stack([np.bincount(bins[:, c], minlength=_BINS) for c in range(3)])
    return (
        np.asarray(thumbnail, np.float32) / np.float32(255),
        np.asarray(histogram, np.float32) / np.float32(len(bins)),
    )


def is_cut(before: Signature, after: Signature) -> bool:
    """Say whether a hard cut lies between two frames that follow one another."""
    picture_jump = float(np.abs(after[0] - before[0]).mean())
    # Half the L1 distance of two distributions is the share of pixels that changed bins.
    colour_jump = float(np.abs(after[1] - before[1]).sum()) / 6
    return picture_jump > _PICTURE_JUMP and (
        colour_jump > _COLOUR_JUMP or picture_jump > 2 * _PICTURE_JUMP
    )
