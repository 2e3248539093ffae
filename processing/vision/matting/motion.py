"""Coarse masks that agree with their neighbours in time, along the way things move."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

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

    def steadied(self, now: Look, after: Look | None) -> tuple[Gray, Float32 | None]:
        """Return the mask of `now`, and where its pixels were in the picture before.

        Parameters
        ----------
        now : Look
        after : Look or None
            The next picture, if it belongs to the same take.

        Returns
        -------
        mask : (h, w) uint8, 0..255
        back : float32, of the size of `gray` and 2, or None
            Steps (x, y) to the picture before, pixels of `gray`.
        """
        mask, total = now.coarse, np.ones(now.gray.shape, np.float32)
        back = None
        if self._before is not None and self._before[2] is not None:
            look, its_mask, flow = self._before
            # What came here from there goes back there: near enough for one picture's movement.
            back = cv2.multiply(flow, -1.0)
            mask, total = _blended(now, look, its_mask, back, _WEIGHT_BEFORE, mask, total)
        flow = None
        if after is not None:
            flow = self._search.calc(now.gray, after.gray, None)
            mask, _ = _blended(now, after, after.coarse, flow, _WEIGHT_AFTER, mask, total)
        self._before = now, mask, flow
        change = cv2.subtract(mask, now.coarse, dtype=cv2.CV_16S)
        height, width = now.mask.shape
        change = cv2.resize(change, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.add(now.mask, change, dtype=cv2.CV_8U), np.uint8), back


def _blended(
    now: Look,
    other: Look,
    its_mask: Gray,
    flow: Float32,
    table: Float32,
    mask: Gray,
    total: Float32,
) -> tuple[Gray, Float32]:
    """Return the mask (so far of weight `total`) with a neighbour's, and their weight."""
    gray, moved = pulled(other.gray, its_mask, flow)
    weight = cv2.LUT(cv2.blur(cv2.absdiff(now.gray, gray), (3, 3)), table)
    blended = cv2.blendLinear(moved, mask, weight, total)
    return np.asarray(blended, np.uint8), np.asarray(cv2.add(total, weight), np.float32)


def pulled(gray: Gray, mask: Gray, steps: Float32) -> tuple[Gray, Gray]:
    """Fetch gray and mask (h, w) from `steps` (h', w', 2: x, y, pixels) away from each pixel."""
    there = cv2.add(steps, _places(*steps.shape[:2]))
    both = cv2.merge([gray, mask])
    both = cv2.remap(both, there, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    one, other = cv2.split(both)
    return one, other


@lru_cache(maxsize=4)
def _places(rows: int, columns: int) -> Float32:
    """Return each pixel's own place (x, y): (rows, columns, 2)."""
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    return np.stack([x, y], axis=-1).astype(np.float32)


_FALLING: Final = np.exp(-((np.arange(256) / _SAME_LEVELS) ** 2))
_WEIGHT_BEFORE: Final = (_BEFORE * _FALLING).astype(np.float32)
_WEIGHT_AFTER: Final = (_AFTER * _FALLING).astype(np.float32)
