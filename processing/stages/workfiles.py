"""Reading what an earlier stage wrote, in step with other files of the same clip."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import av
import numpy as np
from numpy.typing import NDArray

from processing.errors import ProcessingError

First = TypeVar("First")
Second = TypeVar("Second")


def frames(path: Path, threads: int) -> Iterator[tuple[int, Any]]:
    """Yield (time in ms, `av.VideoFrame`) of a work file."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = threads
        for frame in container.decode(stream):
            yield round(frame.pts * frame.time_base * 1000), frame


def gray_pictures(path: Path, threads: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield (time in ms, (height, width) uint8) of a work file of masks."""
    for time_ms, frame in frames(path, threads):
        yield time_ms, frame.to_ndarray()


def in_step(
    first: Iterator[tuple[int, First]], second: Iterator[tuple[int, Second]]
) -> Iterator[tuple[int, First, Second]]:
    """Join two files of one clip frame by frame.

    Raises
    ------
    ProcessingError
        Where their frames' times differ: one of them was made from something else.
    """
    for number, (one, other) in enumerate(_both(first, second)):
        if one is None or other is None or one[0] != other[0]:
            raise ProcessingError(f"the work files of this clip differ at frame {number}")
        yield one[0], one[1], other[1]


def _both(
    first: Iterator[tuple[int, First]], second: Iterator[tuple[int, Second]]
) -> Iterator[tuple[tuple[int, First] | None, tuple[int, Second] | None]]:
    while True:
        pair = next(first, None), next(second, None)
        if pair == (None, None):
            return
        yield pair
