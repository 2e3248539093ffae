"""What the colours say about where the trainer is: seen before as room, or as trainer.

A coarse mask errs where its model could not look closely: it fills the gap between arm and chest
and misses a foot. The picture knows better wherever the room behind has been seen (the camera
mostly stands still), or where a colour occurs only on the trainer or only beside them.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.vision.matting.grid import Box

Float32 = NDArray[np.float32]
Places = NDArray[np.intp]

# Tuned on computer-generated takes with true mattes and by eye on filmed clips.

_BITS: Final = 4
"""Of each colour channel, in histograms."""
_RARE: Final = 1e-3
"""Share of a histogram below which a colour says nothing."""
_HUES_EVERY: Final = 3
"""Pictures from one count of the colours to the next."""
_KEPT: Final = 0.75
"""Share of the histograms that comes from the pictures before."""
_HUES_SAY: Final = 0.5
_HUES_MOST: Final = 2.0
_ROOM_MOST: Final = 4.0
"""Log-odds: how far colours and the known room may take away from the mask."""
_HUES_ADD: Final = 2.0
_ROOM_ADDS: Final = 2.5
_TOTAL_ADDS: Final = 4.0
"""And how far they may add to it, which is riskier: new things and shadows differ too."""
_NOISE: Final = 8.0
"""Levels: what a still camera's picture of the room differs by, coding included."""
_SAME: Final = 2.0
"""Squared difference (in variances) from the room at which trainer and room are equally likely."""
_RATE: Final = 0.12
"""Share of the newest picture in what is remembered of the room."""
_OTHER_VIEW: Final = 0.3
_OTHER_LEVELS: Final = 20.0
"""Where more of the known room than this differs by more than this, the camera has moved."""
_ENOUGH: Final = 50
"""Pixels of known room: with fewer, nothing is compared."""
_REACH: Final = 0.10
"""Share of the body's scale over which the room's light is compared with what is remembered."""
_UNSURE: Final = 0.12
_SURE: Final = (13, 242)
"""Share of the body's scale: farther from its outline than this the mask is right, unless it says
itself that it is not sure."""
_APART: Final = 0.06
"""And farther than this, it is sure enough to learn from."""


@dataclass(frozen=True)
class _Hues:
    """How common each colour is (n, n, n), and what that says: log-odds, flat."""

    trainer: Float32
    room: Float32
    table: Float32


@dataclass
class Evidence:
    """What has been seen so far of the room and of the trainer's colours.

    Start a new one after a cut.
    """

    _room: Float32 | None = None
    """(h, w, 3), levels: the room behind."""
    _seen: NDArray[np.uint8] | None = None
    """(h, w): pictures that showed the room there, 255 at most."""
    _hues: _Hues | None = None
    _pictures: int = 0

    def weigh(
        self,
        mask: NDArray[np.uint8],
        small: NDArray[np.uint8],
        box: Box,
        clear: NDArray[np.uint8],
        scale: float,
    ) -> NDArray[np.uint8]:
        """Return the mask within the box, corrected by what the colours say.

        Parameters
        ----------
        mask : (h, w) uint8, 0..255
        small : (h, w, 3) uint8, RGB, the picture on the mask's grid
        box : rows and columns that hold the mask and some room around it
        clear : (h, w) uint8
            255 where no limb can be: what the mask calls room there is taken for room.
        scale : float
            The body's, pixels of the mask.
        """
        colours, part = np.ascontiguousarray(small[box.cut]), np.ascontiguousarray(mask[box.cut])
        solid = cv2.compare(part, 127, cv2.CMP_GT)
        apart, unsure = _square(max(2.0, _APART * scale)), _square(max(3.0, _UNSURE * scale))
        trainer, outside = cv2.erode(solid, apart), cv2.bitwise_not(cv2.dilate(solid, apart))
        settled = cv2.min(cv2.erode(solid, unsure), cv2.compare(part, _SURE[1], cv2.CMP_GT))
        possible = cv2.max(cv2.dilate(solid, unsure), cv2.compare(part, _SURE[0], cv2.CMP_GT))
        near = np.flatnonzero(cv2.compare(settled, possible, cv2.CMP_NE))
        if len(near) == 0:  # the mask fills its box, or has only certainties
            return part
        odds = self._by_hue(colours, trainer, outside, near)
        odds = self._by_room(colours, box, mask.shape, odds, outside, near, scale)
        self._learn(colours, box, cv2.bitwise_and(outside, clear[box.cut]))
        np.minimum(odds, _TOTAL_ADDS, out=odds)
        odds += _LOGIT.take(part.reshape(-1).take(near))
        steps = np.clip(odds * np.float32(_STEPS) + 128, 0, 255).astype(np.uint8)
        settled.reshape(-1)[near] = _PROBABILITY.take(steps)
        return np.asarray(cv2.GaussianBlur(settled, (3, 3), 0.6), np.uint8)

    def _by_hue(
        self,
        colours: NDArray[np.uint8],
        trainer: NDArray[np.uint8],
        room: NDArray[np.uint8],
        near: Places,
    ) -> Float32:
        if self._hues is None or self._pictures % _HUES_EVERY == 0:
            self._hues = self._hues_with(colours, trainer, room)
        self._pictures += 1
        hues = (colours.reshape(-1, 3).take(near, axis=0) >> (8 - _BITS)).astype(np.intp)
        return self._hues.table.take(((hues[:, 0] << _BITS) + hues[:, 1] << _BITS) + hues[:, 2])

    def _hues_with(
        self, colours: NDArray[np.uint8], trainer: NDArray[np.uint8], room: NDArray[np.uint8]
    ) -> _Hues:
        shares = []
        for region in (trainer, room):
            counts = cv2.calcHist([colours], [0, 1, 2], region, [1 << _BITS] * 3, [0, 256] * 3)
            shares.append(_spread(counts * np.float32(1 / max(1.0, float(counts.sum())))))
        if self._hues is not None:
            old = self._hues.trainer, self._hues.room
            shares = [_KEPT * a + (1 - _KEPT) * b for a, b in zip(old, shares, strict=True)]
        ratio = np.log((shares[0] + _RARE) / (shares[1] + _RARE))
        table = np.clip(_HUES_SAY * ratio, -_HUES_MOST, _HUES_ADD).astype(np.float32)
        return _Hues(shares[0], shares[1], table.ravel())

    def _by_room(
        self,
        colours: NDArray[np.uint8],
        box: Box,
        shape: tuple[int, ...],
        by_hue: Float32,
        outside: NDArray[np.uint8],
        near: Places,
        scale: float,
    ) -> Float32:
        if self._room is None or self._seen is None or self._seen.shape != shape:
            self._room, self._seen = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.uint8)
            return by_hue
        known = cv2.compare(self._seen[box.cut], 1, cv2.CMP_GT)
        compared = cv2.bitwise_and(known, outside)
        count = cv2.countNonZero(compared)
        if count < _ENOUGH:
            return by_hue
        now, remembered = colours.astype(np.float32), self._room[box.cut]
        # Light changes, and the trainer throws shadows: the room is as bright as just beside it.
        weight = cv2.multiply(compared, 1.0, scale=1 / 255, dtype=cv2.CV_32F)
        bright = cv2.merge([cv2.transform(now, _SUM), cv2.transform(remembered, _SUM)])
        side = 2 * max(2, round(_REACH * scale)) + 1
        beside = cv2.blur(cv2.multiply(bright, cv2.merge([weight, weight])), (side, side))
        brightness, before = cv2.split(beside)
        gain = cv2.divide(brightness + 30, before + 30)
        difference = cv2.subtract(now, cv2.multiply(remembered, cv2.merge([gain, gain, gain])))
        squared = cv2.blur(cv2.transform(cv2.multiply(difference, difference), _MEAN), (3, 3))
        other = cv2.bitwise_and(cv2.compare(squared, _OTHER_LEVELS**2, cv2.CMP_GT), compared)
        if cv2.countNonZero(other) > _OTHER_VIEW * count:
            self._seen[:] = 0
            return by_hue
        usual, share = cv2.split(
            cv2.blur(cv2.merge([cv2.multiply(squared, weight), weight]), (side, side))
        )
        variance = cv2.divide(usual + 0.05 * _NOISE**2, share + 0.05)
        variance = cv2.max(variance, 0.3 * _NOISE**2)
        # Half-covered pixels differ too: the least difference around keeps the outline's place.
        surprise = cv2.divide(cv2.erode(squared, _SQUARE), variance, scale=0.5)
        by_room = np.clip(surprise.reshape(-1).take(near) - _SAME, -_ROOM_MOST, _ROOM_ADDS)
        # Room of the trainer's own colour: that it looks like the room says little.
        alike = np.clip((1.5 - by_hue) * np.float32(1 / 3), 0, 1)
        both = np.where(by_room < 0, by_room * alike, by_room) + 0.5 * by_hue
        return np.where(known.reshape(-1).take(near), both, by_hue).astype(np.float32)

    def _learn(self, colours: NDArray[np.uint8], box: Box, room: NDArray[np.uint8]) -> None:
        if self._room is None or self._seen is None:
            return
        remembered, seen = self._room[box.cut], self._seen[box.cut]
        fresh = cv2.bitwise_and(room, cv2.compare(seen, 0, cv2.CMP_EQ))
        for share, region in ((1.0, fresh), (_RATE, room)):
            remembered = cv2.accumulateWeighted(colours, remembered, share, region)
        self._room[box.cut] = remembered
        self._seen[box.cut] = cv2.add(seen, cv2.min(room, 1))


def _square(radius: float) -> NDArray[np.uint8]:
    side = 2 * round(radius) + 1
    return np.ones((side, side), np.uint8)


def _spread(share: Float32) -> Float32:
    """Blur a histogram (n, n, n) by a bin, so that a colour counts for its neighbours too."""
    n = share.shape[0]
    lines = cv2.sepFilter2D(share.reshape(n * n, n), -1, _BINOMIAL, _ONE).reshape(n, n * n)
    lines = cv2.sepFilter2D(lines, -1, _ONE, _BINOMIAL).reshape(n, n, n)
    turned = np.ascontiguousarray(lines.transpose(1, 0, 2)).reshape(n, n * n)
    turned = cv2.sepFilter2D(turned, -1, _ONE, _BINOMIAL).reshape(n, n, n)
    return np.ascontiguousarray(turned.transpose(1, 0, 2), np.float32)


_ONE: Final = np.ones(1, np.float32)
_BINOMIAL: Final = np.array([0.25, 0.5, 0.25], np.float32)
_SQUARE: Final = np.ones((3, 3), np.uint8)


_SUM: Final = np.ones((1, 3), np.float32)
_MEAN: Final = np.full((1, 3), 1 / 3, np.float32)
_LEVELS: Final = np.clip(np.arange(256) / 255, 0.002, 0.998)
_LOGIT: Final = np.log(_LEVELS / (1 - _LEVELS)).astype(np.float32)
_STEPS: Final = 16.0
_PROBABILITY: Final = np.round(255 / (1 + np.exp(-(np.arange(256) - 128) / _STEPS))).astype(
    np.uint8
)
"""Log-odds in sixteenths, from -8 to 8, as 0..255."""
