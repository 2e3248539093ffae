"""A trainer who is lost for a moment is still there: gaps between detections are filled."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.engines.contract import Person, Shot

_LONGEST_MS: Final = 300
"""Nobody seen for longer than this is nobody there."""
_MOST_SHOTS: Final = 24
"""And no more shots than this are held back: at 240 pictures a second they would fill memory."""


def bridged(shots: Iterable[Shot]) -> Iterator[Shot]:
    """Yield every shot, in order, with the person put in where detection missed them briefly.

    Only between two detections that no cut separates, `_LONGEST_MS` apart at most: the person is
    moved evenly from the first to the second.
    """
    before: Shot | None = None
    lost: list[Shot] = []
    for shot in shots:
        if shot.cut:
            yield from lost
            before, lost = None, []
        if shot.person is None:
            if before is None:
                yield shot
                continue
            lost.append(shot)
            if shot.time_ms - before.time_ms >= _LONGEST_MS or len(lost) >= _MOST_SHOTS:
                yield from lost
                before, lost = None, []
            continue
        if before is not None and shot.time_ms - before.time_ms > _LONGEST_MS:
            yield from lost
        elif before is not None:
            yield from (_filled(missing, before, shot) for missing in lost)
        before, lost = shot, []
        yield shot
    yield from lost


def _filled(shot: Shot, before: Shot, after: Shot) -> Shot:
    first, last = before.person, after.person
    if first is None or last is None or first.mask.shape != last.mask.shape:
        return shot
    share = (shot.time_ms - before.time_ms) / (after.time_ms - before.time_ms)
    keypoints = (first.keypoints * (1 - share) + last.keypoints * share).astype(np.float32)
    scale = first.mask.shape[0] / shot.picture.shape[0]
    mask = cv2.addWeighted(
        _moved(first.mask, _way(first, keypoints) * scale),
        1 - share,
        _moved(last.mask, _way(last, keypoints) * scale),
        share,
        0,
    )
    visibility = np.minimum(first.visibility, last.visibility)
    return replace(shot, person=Person(keypoints, visibility, np.asarray(mask, np.uint8)))


def _way(person: Person, keypoints: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far (x, y, pixels) the person as a whole is from these keypoints."""
    return np.asarray(np.median(keypoints - person.keypoints, axis=0), np.float32)


def _moved(mask: NDArray[np.uint8], by: NDArray[np.float32]) -> NDArray[np.uint8]:
    matrix = np.array([[1, 0, by[0]], [0, 1, by[1]]], np.float32)
    return np.asarray(cv2.warpAffine(mask, matrix, (mask.shape[1], mask.shape[0])), np.uint8)
