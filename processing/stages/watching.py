"""Looking at a take's pictures with several threads, as one that looks from its start would.

Pictures go to the threads in batches. Each batch starts anew from the person detector, which fails
in postures it does not know (the bottom of a squat, seen from near) where a tracker that comes from
a better moment does not. So what a batch has missed at its start is looked at again, from either
side.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import SimpleQueue
from types import TracebackType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from processing.vision.blazepose import Detection, PoseTracker, Roi
from processing.vision.cuts import is_cut, signature

_BATCH: Final = 40
"""Pictures one thread takes at a time. Each batch starts from the detector, which costs about as
much as one picture."""

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Sight:
    """A picture and who is in it.

    Attributes
    ----------
    time_ms : int
    picture : (height, width, 3) uint8, RGB
    cut : bool
        Whether it is the first one after a hard cut.
    detection : Detection or None
    """

    time_ms: int
    picture: Picture
    cut: bool
    detection: Detection | None


@dataclass
class _Batch:
    """Consecutive pictures, and the last one before them."""

    before: Picture | None
    times_ms: list[int] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


@dataclass
class _Seen:
    """What was found in a batch, picture by picture; where the track led on at its end."""

    batch: _Batch
    cuts: list[bool]
    found: list[Detection | None]
    heading: Roi | None


class Watchers:
    """Threads with a tracker each. A context manager: networks hold memory.

    Parameters
    ----------
    make : callable
        Makes a tracker.
    count : int
        Threads.
    """

    def __init__(self, make: Callable[[], PoseTracker], count: int) -> None:
        self._count = max(1, count)
        self._stack = ExitStack()
        self._make = make
        self._free: SimpleQueue[PoseTracker] = SimpleQueue()
        for _ in range(self._count):
            self._free.put(self._stack.enter_context(make()))
        self._second_look: PoseTracker | None = None
        self._pool = ThreadPoolExecutor(self._count, thread_name_prefix="watch")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._stack.close()

    def watch(self, clip: Iterable[tuple[int, Picture]]) -> Iterator[Sight]:
        """Yield every picture with what is in it, in order.

        Parameters
        ----------
        clip : iterable of (time in ms, picture), all of one size
            Read ahead by two batches for each thread.
        """
        heading: Roi | None = None
        for seen in self._in_order(_batches(clip)):
            self._begin_from(seen, heading)
            heading = seen.heading
            batch = seen.batch
            for i, detection in enumerate(seen.found):
                yield Sight(batch.times_ms[i], batch.pictures[i], seen.cuts[i], detection)

    def _in_order(self, batches: Iterator[_Batch]) -> Iterator[_Seen]:
        running: deque[Future[_Seen]] = deque()
        for batch in batches:
            running.append(self._pool.submit(self._watch, batch))
            if len(running) > self._count:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()

    def _watch(self, batch: _Batch) -> _Seen:
        tracker = self._free.get()
        try:
            return _watch(batch, tracker)
        finally:
            self._free.put(tracker)

    def _begin_from(self, seen: _Seen, heading: Roi | None) -> None:
        """Look again at what a batch has missed at its start, coming from the batch before."""
        if heading is None or seen.found[0] is not None or seen.cuts[0]:
            return
        if self._second_look is None:
            self._second_look = self._stack.enter_context(self._make())
        self._second_look.follow(heading)
        for i, picture in enumerate(seen.batch.pictures):
            if seen.found[i] is not None or seen.cuts[i]:
                return
            seen.found[i] = self._second_look.detect(picture)
            if seen.found[i] is None:
                return
        seen.heading = self._second_look.heading


def _batches(clip: Iterable[tuple[int, Picture]]) -> Iterator[_Batch]:
    batch = _Batch(None)
    for time_ms, picture in clip:
        if len(batch.pictures) == _BATCH:
            yield batch
            batch = _Batch(batch.pictures[-1])
        batch.times_ms.append(time_ms)
        batch.pictures.append(picture)
    if batch.pictures:
        yield batch


def _watch(batch: _Batch, tracker: PoseTracker) -> _Seen:
    tracker.restart()
    before = None if batch.before is None else signature(batch.before)
    cuts: list[bool] = []
    found: list[Detection | None] = []
    for picture in batch.pictures:
        now = signature(picture)
        cuts.append(before is not None and is_cut(before, now))
        before = now
        if cuts[-1]:
            tracker.restart()
        starts = tracker.heading is None
        detection = tracker.detect(picture)
        if starts and detection is not None:
            # The detector's square differs a little from one that follows the landmarks: with a
            # second look a batch begins as the one before has ended.
            detection = tracker.detect(picture) or detection
        found.append(detection)
    heading = tracker.heading
    _look_back(batch, cuts, found, tracker)
    return _Seen(batch, cuts, found, heading)


def _look_back(
    batch: _Batch, cuts: list[bool], found: list[Detection | None], tracker: PoseTracker
) -> None:
    """Fill what the detector missed before it found the person, going backwards from there."""
    for i in range(len(found) - 1, 0, -1):
        after = found[i]
        if after is None or found[i - 1] is not None or cuts[i]:
            continue
        tracker.follow(after.roi)
        found[i - 1] = tracker.detect(batch.pictures[i - 1])
