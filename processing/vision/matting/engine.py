"""The embedded matting engine: a body model's coarse mask, made worth looking at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.engines.contract import Shot
from processing.vision.matting.bridging import bridged
from processing.vision.matting.edges import fitted
from processing.vision.matting.evidence import Evidence
from processing.vision.matting.grid import Box, Grid
from processing.vision.matting.motion import Look, Steadier
from processing.vision.matting.selection import Selection, body_scale, select

_MARGIN: Final = 0.3
"""Share of the body's scale around the mask that is looked at: room enough to know its colours."""


class BodyMatting:
    """Mattes from the masks that come with a pose: the engine named `mediapipe`.

    Transparent where nobody is; a person lost for less than 0.3 s is bridged. Holds back at most
    one shot, and the shots of a gap while it may still be bridged.
    """

    def mattes(self, shots: Iterable[Shot]) -> Iterator[tuple[Shot, NDArray[np.uint8]]]:
        """Yield each shot with its matte: (height, width) uint8, straight alpha."""
        take = _Take()
        seen: _Seen | None = None
        for shot in bridged(shots):
            grid = None if seen is None or shot.cut else seen.grid
            after = _seen(shot, grid)
            if seen is not None:
                yield seen.shot, take.matte(seen, None if shot.cut else after)
            seen = after
        if seen is not None:
            yield seen.shot, take.matte(seen, None)

    def close(self) -> None:
        """Hold nothing: there is no model here."""


@dataclass(frozen=True)
class _Seen:
    """A shot on the take's grid; `found` is None where nobody is."""

    shot: Shot
    grid: Grid | None
    found: "_Found | None"


@dataclass(frozen=True)
class _Found:
    grid: Grid
    small: NDArray[np.uint8]
    selection: Selection
    look: Look


def _seen(shot: Shot, grid: Grid | None) -> _Seen:
    person, picture = shot.person, shot.picture
    if person is None:
        return _Seen(shot, grid, None)
    if grid is None:
        grid = Grid.over(picture.shape, body_scale(person.keypoints))
    small = grid.of_picture(picture)
    keypoints = person.keypoints * np.float32(1 / grid.step)
    selection = select(grid.of_mask(person.mask, picture.shape), keypoints, person.visibility)
    look = Look.at(small, selection.mask)
    return _Seen(shot, grid, _Found(grid, small, selection, look))


class _Take:
    """What one picture after the other leaves behind, until a cut."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._evidence = Evidence()
        self._lose()

    def _lose(self) -> None:
        self._steadier = Steadier()
        self._alpha: NDArray[np.uint8] | None = None

    def matte(self, seen: _Seen, after: _Seen | None) -> NDArray[np.uint8]:
        if seen.shot.cut:
            self._forget()
        height, width = seen.shot.picture.shape[:2]
        found = seen.found
        if found is None:
            self._lose()
            return np.zeros((height, width), np.uint8)
        next_look = None if after is None or after.found is None else after.found.look
        mask, past = self._steadier.steadied(found.look, next_look)
        scale = found.selection.scale
        box = Box.around(mask, _MARGIN * scale)
        if box is None:
            return np.zeros((height, width), np.uint8)
        mask[box.cut] = self._evidence.weigh(mask, found.small, box, found.selection.clear, scale)
        alpha, self._alpha = fitted(
            mask, seen.shot.picture, found.small, found.grid, scale, self._alpha, past
        )
        return alpha
