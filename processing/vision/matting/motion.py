"""Coarse masks that agree with their neighbours in time, along the way things move."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.vision.matting.grid import Box

Float32 = NDArray[np.float32]
Gray = NDArray[np.uint8]

_SAME_LEVELS: Final = 8.0
"""Difference of grey at which a neighbour counts 1/e of its weight: the flow is wrong there."""
_BEFORE: Final = 0.9
_AFTER: Final = 0.7
"""Weight of the neighbours in time; the picture itself has 1. What is before has already taken in
what was before it."""


@dataclass(frozen=True)
class Look:
    """What is needed of one picture while its neighbours are worked on.

    Attributes
    ----------
    gray : (h / 2, w / 2) uint8, about
    mask : (h, w) uint8, 0..255, the trainer's alone
    """

    gray: Gray
    mask: Gray

    @classmethod
    def at(cls, small: NDArray[np.uint8], mask: Gray) -> Self:
        """Look at a picture (h, w, 3), RGB, on the mask's grid."""
        return cls(_halved(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)), mask)

    @cached_property
    def coarse(self) -> Gray:
        """The mask at the size of `gray`."""
        return _halved(self.mask)


def _halved(values: Gray) -> Gray:
    height, width = values.shape
    # The search needs patches of 8 pixels on its smaller pictures.
    size = max(32, width // 2), max(32, height // 2)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True)
class Past:
    """Where pixels were in the picture before, on half the mask's grid.

    Attributes
    ----------
    steps : (h / 2, w / 2, 2) float32
        From each pixel to where it was: x, y, in its own grid's pixels.
    likeness : (h / 2, w / 2) float32, 0..1
        1 where it looked the same.
    """

    steps: Float32
    likeness: Float32

    def fetch(self, before: Gray, box: Box) -> tuple[Gray, Float32]:
        """Return what was in a picture (h, w), moved to where it is now, and its likeness.

        Both cover the box of the grid.
        """
        height, width = before.shape
        rows, columns = self.likeness.shape
        size = width, height
        steps = cv2.resize(self.steps, size, interpolation=cv2.INTER_LINEAR)[box.cut]
        scale = width / columns, height / rows, 0, 0
        there = cv2.add(cv2.multiply(steps, scale), _places(height, width)[box.cut])
        moved = cv2.remap(before, there, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        likeness = cv2.resize(self.likeness, size, interpolation=cv2.INTER_LINEAR)[box.cut]
        return np.asarray(moved, np.uint8), np.ascontiguousarray(likeness)


class Steadier:
    """Averages masks over neighbouring pictures, each pulled along by dense optical flow.

    Where the flow does not explain a neighbour (a fast limb, a cut that was not marked), that
    neighbour does not count: nothing is smeared. Works on half the mask's grid and adds only the
    change to the mask, which stays as sharp as it is. Start a new one after a cut.

    References: Kroeger et al. 2016, "Fast optical flow using dense inverse search".
    """

    def __init__(self) -> None:
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._before: tuple[Look, Gray, Float32 | None] | None = None

    def steadied(self, now: Look, after: Look | None) -> tuple[Gray, Past | None]:
        """Return the mask of `now`, and where its pixels were in the picture before.

        Parameters
        ----------
        now : Look
        after : Look or None
            The next picture, if it belongs to the same take.

        Returns
        -------
        mask : (h, w) uint8, 0..255
        past : Past or None
        """
        mask, total = now.coarse, np.ones(now.gray.shape, np.float32)
        past = None
        if self._before is not None and self._before[2] is not None:
            look, its_mask, flow = self._before
            # What came here from there goes back there: near enough for one picture's movement.
            back = cv2.multiply(flow, -1.0)
            moved, likeness = _pulled(now, look, its_mask, back)
            mask = cv2.blendLinear(moved, mask, likeness * np.float32(_BEFORE), total)
            total = total + likeness * np.float32(_BEFORE)
            past = Past(back, likeness)
        flow = None
        if after is not None:
            flow = self._search.calc(now.gray, after.gray, None)
            moved, likeness = _pulled(now, after, after.coarse, flow)
            mask = cv2.blendLinear(moved, mask, likeness * np.float32(_AFTER), total)
        self._before = now, mask, flow
        change = cv2.subtract(mask, now.coarse, dtype=cv2.CV_16S)
        height, width = now.mask.shape
        change = cv2.resize(change, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.add(now.mask, change, dtype=cv2.CV_8U), np.uint8), past


def _pulled(now: Look, other: Look, its_mask: Gray, steps: Float32) -> tuple[Gray, Float32]:
    """Return a neighbour's mask moved to where things are now, and how alike they look there."""
    there = cv2.add(steps, _places(*now.gray.shape))
    both = cv2.merge([other.gray, its_mask])
    both = cv2.remap(both, there, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    gray, mask = cv2.split(both)
    difference = cv2.blur(cv2.absdiff(now.gray, gray), (3, 3))
    return np.asarray(mask, np.uint8), np.asarray(cv2.LUT(difference, _LIKENESS), np.float32)


@lru_cache(maxsize=4)
def _places(rows: int, columns: int) -> Float32:
    """Return each pixel's own place (x, y): (rows, columns, 2)."""
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    return np.stack([x, y], axis=-1).astype(np.float32)


_LIKENESS: Final = np.exp(-((np.arange(256) / _SAME_LEVELS) ** 2)).astype(np.float32)
