"""Looks at a take's pictures once, in passing, and notes what the quality gates need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.motion.signals import Signals
from processing.motion.track import LANDMARK_COUNT
from processing.vision.camera_motion import UNKNOWN, CameraMotion
from processing.vision.cuts import Signature, is_cut, signature
from processing.vision.exposure import luma_percentiles
from processing.vision.outline import Outline, small_gray

_MEASURE_EVERY_S: Final = 0.06
"""Light and camera are measured so often at most: every second picture of 25 or 30 a second."""
_COUNT_EVERY_S: Final = 0.5
"""People are counted so often at most: who is seen for less has walked by."""

_THUMBNAIL_PX: Final = 32

_NOBODY_WORLD: Final = np.full((LANDMARK_COUNT, 3), np.nan, np.float32)
_NOBODY_IMAGE: Final = np.full((LANDMARK_COUNT, 2), np.nan, np.float32)
_NOBODY_VISIBILITY: Final = np.full(LANDMARK_COUNT, np.nan, np.float32)
_NO_LUMA: Final = np.full(3, np.nan, np.float32)


class Seen(Protocol):
    """What a pose detector says about one picture; its coordinates are the picture's.

    world (33, 3) metres, image (33, 2) pixels, visibility (33,) 0..1.
    """

    @property
    def world(self) -> NDArray[np.float32]: ...
    @property
    def image(self) -> NDArray[np.float32]: ...
    @property
    def visibility(self) -> NDArray[np.float32]: ...


def _thumbnail(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The picture as (32, 32) float32 luma 0..1."""
    # Sixteen samples a cell are enough, and averaging all pixels is not cheap.
    side = _THUMBNAIL_PX * 4
    sparse = cv2.resize(picture, (side, side), interpolation=cv2.INTER_NEAREST)
    gray = cv2.cvtColor(sparse, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(gray, (_THUMBNAIL_PX, _THUMBNAIL_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)


class Observer:
    """Collects `Signals` from pictures that come in order.

    A take that is read in parts needs one observer a part: see `begin_after`.

    Parameters
    ----------
    people : callable, optional
        Counts the people in a picture (H, W, 3) uint8 RGB; called twice a second.
    source_scale : float
        Pixels of the upright source a picture's pixel covers along a side.
    """

    def __init__(
        self,
        people: Callable[[NDArray[np.uint8]], int] | None = None,
        *,
        source_scale: float = 1.0,
    ) -> None:
        self._count_people = people
        self._source_scale = source_scale
        self._size = (0, 0)
        self._before: Signature | None = None
        self._thumbnail: NDArray[np.float32] | None = None
        self._motion = CameraMotion()
        self._measured_s = self._counted_s = -np.inf
        self._times_s: list[float] = []
        self._rows: dict[str, list[NDArray[np.float32]]] = {
            name: []
            for name in ("world", "image", "visibility", "picture_luma", "person_luma", "camera")
        }
        self._cuts: list[bool] = []
        self._change: list[float] = []
        self._people: list[float] = []

    def begin_after(self, picture: NDArray[np.uint8]) -> None:
        """See the last picture of the part before, so that a cut between the parts is noticed.

        Parameters
        ----------
        picture : (H, W, 3) uint8, RGB
        """
        self._before = signature(picture)
        self._thumbnail = _thumbnail(picture)

    def add(
        self,
        time_ms: int,
        picture: NDArray[np.uint8],
        detection: Seen | None,
        *,
        cut: bool | None = None,
    ) -> None:
        """Note the next picture; nothing of the picture is kept.

        Parameters
        ----------
        time_ms : int
            Since the take's first picture; later than before.
        picture : (H, W, 3) uint8, RGB, all of one size
        detection : Seen or None
            The person in it.
        cut : bool, optional
            Whether a hard cut lies before it; looked for here where the caller doesn't know.
        """
        now_s = time_ms / 1000
        self._size = picture.shape[1], picture.shape[0]
        if cut is None:
            now = signature(picture)
            cut = self._before is not None and is_cut(self._before, now)
            self._before = now
        image = _NOBODY_IMAGE if detection is None else detection.image
        self._times_s.append(now_s)
        self._cuts.append(cut)
        self._change.append(self._change_to(_thumbnail(picture)))
        self._rows["image"].append(image)
        self._rows["world"].append(_NOBODY_WORLD if detection is None else detection.world)
        self._rows["visibility"].append(
            _NOBODY_VISIBILITY if detection is None else detection.visibility
        )
        self._measure(now_s, picture, None if detection is None else image, cut)
        self._count(now_s, picture)

    def _change_to(self, thumbnail: NDArray[np.float32]) -> float:
        before, self._thumbnail = self._thumbnail, thumbnail
        if before is None:
            return np.nan
        return float(np.sqrt(np.square(thumbnail - before).mean()))

    def _measure(
        self,
        now_s: float,
        picture: NDArray[np.uint8],
        image: NDArray[np.float32] | None,
        cut: bool,
    ) -> None:
        picture_luma, person_luma, camera = _NO_LUMA, _NO_LUMA, UNKNOWN
        if cut:
            self._motion.restart()
        if cut or now_s - self._measured_s >= _MEASURE_EVERY_S - 1e-6:
            self._measured_s = now_s
            gray, scale = small_gray(picture)
            outline = None if image is None else Outline(image * np.float32(scale), gray.shape)
            picture_luma = luma_percentiles(gray)
            if outline is not None:
                person_luma = luma_percentiles(gray, outline.inside())
            camera = self._motion.step(gray, None if outline is None else outline.around(), scale)
        self._rows["picture_luma"].append(picture_luma)
        self._rows["person_luma"].append(person_luma)
        self._rows["camera"].append(camera)

    def _count(self, now_s: float, picture: NDArray[np.uint8]) -> None:
        count = np.nan
        if self._count_people and now_s - self._counted_s >= _COUNT_EVERY_S - 1e-6:
            self._counted_s = now_s
            count = float(self._count_people(picture))
        self._people.append(count)

    def signals(self) -> Signals:
        """Everything noted so far."""
        shapes: dict[str, tuple[int, ...]] = {
            "world": (LANDMARK_COUNT, 3),
            "image": (LANDMARK_COUNT, 2),
            "visibility": (LANDMARK_COUNT,),
            "camera": (4,),
        }
        return Signals(
            width=self._size[0],
            height=self._size[1],
            source_scale=self._source_scale,
            times_s=np.array(self._times_s, np.float64),
            cuts=np.array(self._cuts, np.bool_),
            change=np.array(self._change, np.float32),
            people=np.array(self._people, np.float32),
            **{
                name: np.array(rows, np.float32).reshape(-1, *shapes.get(name, (3,)))
                for name, rows in self._rows.items()
            },
        )
