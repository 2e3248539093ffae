"""From a stored timeline to the movement of a client, on the clock of the trainer's clip. Pure.

The trainer's clip plays in a loop, stands still while a set is paused, and begins anew with every
set. The *played clock* counts what was played: it is a multiple of the clip's length ahead of the
place in the clip. So a client's movement on it can be held against the clip, repetition by
repetition, however often that was played.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import LANDMARKS
from processing.motion.track import PoseTrack

Floats = NDArray[np.float64]

_LEAST_REST_S: Final = 12.0
"""Between two sets on the played clock: the analysis must see where one ends."""
_MOST_REST_S: Final = 60.0
"""A longer rest (a workout gone on with in the evening) would only cost memory."""
_LEAST_STEP_S: Final = 1e-3


@dataclass(frozen=True)
class SetSpan:
    """A set: its number from 0, and from when to when, on both clocks, seconds."""

    number: int
    played_s: tuple[float, float]
    session_s: tuple[float, float]


@dataclass(frozen=True)
class Clock:
    """What the played clock showed when: (N,) seconds on either, rising; and the sets."""

    played_s: Floats
    session_s: Floats
    sets: tuple[SetSpan, ...]

    def session(self, played_s: float) -> float:
        """The session's time at a time of the played clock, seconds."""
        return float(np.interp(played_s, self.played_s, self.session_s))

    def set_at(self, played_s: float) -> int:
        """Number of the set, from 0, that a time of the played clock lies in, or is nearest to."""

        def away(span: SetSpan) -> float:
            start, end = span.played_s
            return max(start - played_s, played_s - end)

        return min(self.sets, key=away).number


@dataclass(frozen=True)
class Played:
    """A client's movement on the played clock. ``track`` is empty where no skeleton was shared."""

    track: PoseTrack
    clock: Clock


def played(chunks: Iterable[Mapping[str, Any]], loop_s: float) -> Played:
    """Put together what a client did of one exercise, all sets of it.

    Parameters
    ----------
    chunks : iterable of mapping
        Of one item, each with ``set``, ``t``, ``clip_t``, ``landmarks``, ``visibility``
        (docs/formats.md), in any order.
    loop_s : float
        Length of the trainer's clip, seconds.

    Raises
    ------
    ValueError
        Where there are no chunks, or the clip has no length.
    """
    if not loop_s > 0:
        raise ValueError(f"the trainer's clip is {loop_s} s long")
    rows = _in_order(chunks)
    if not rows:
        raise ValueError("there are no frames")
    numbers = np.array([number for number, *_ in rows])
    session_s = np.array([t for _, t, *_ in rows], np.float64)
    clip_s = np.array([clip_t for _, _, clip_t, *_ in rows], np.float64)
    played_s = np.empty(len(rows))
    spans = []
    edges = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(rows)]
    offset, before = 0.0, None
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        inside = _unwrapped(clip_s[start:stop], loop_s)
        if before is not None:
            rest = float(np.clip(session_s[start] - session_s[start - 1], 0.0, _MOST_REST_S))
            offset = loop_s * np.ceil((before + max(rest, _LEAST_REST_S) - inside[0]) / loop_s)
        played_s[start:stop] = inside + offset
        before = float(played_s[stop - 1])
        spans.append(
            SetSpan(
                int(numbers[start]),
                (float(played_s[start]), before),
                (float(session_s[start]), float(session_s[stop - 1])),
            )
        )
    kept = _rising(played_s)
    clock = Clock(played_s[kept], session_s[kept], tuple(spans))
    return Played(_track([rows[i] for i in kept], clock.played_s), clock)


_Row = tuple[int, float, float, Any, Any]


def _in_order(chunks: Iterable[Mapping[str, Any]]) -> list[_Row]:
    """Set, t, clip_t, landmarks and visibility of all frames, by time."""
    rows = [
        (chunk["set"], *row)
        for chunk in chunks
        for row in zip(
            *(chunk[name] for name in ("t", "clip_t", "landmarks", "visibility")), strict=True
        )
    ]
    return sorted(rows, key=lambda row: row[1])


def _unwrapped(clip_s: Floats, loop_s: float) -> Floats:
    """Seconds played since the beginning of the loop a set began in.

    A small step back is a video's clock that trembles, a large one the loop's end.
    """
    steps = np.diff(clip_s)
    return clip_s + loop_s * np.concatenate([[0], np.cumsum(steps < -0.5 * loop_s)])


def _rising(played_s: Floats) -> NDArray[np.intp]:
    """Positions of the entries that are later than all before."""
    highest = np.maximum.accumulate(played_s)
    earlier = np.concatenate([[-np.inf], highest[:-1]])
    return np.flatnonzero(played_s >= earlier + _LEAST_STEP_S)


def _track(rows: list[_Row], played_s: Floats) -> PoseTrack:
    seen = [i for i, row in enumerate(rows) if row[3] is not None]
    count, points = len(seen), len(LANDMARKS)
    millimetres = np.array([rows[i][3] for i in seen], np.float32).reshape(count, points, 3)
    per_cent = np.array([rows[i][4] for i in seen], np.float32).reshape(count, points)
    return PoseTrack(
        times_s=played_s[seen],
        world=millimetres / np.float32(1000),
        image=np.full((count, points, 2), np.nan, np.float32),
        visibility=per_cent / np.float32(100),
        # Of pictures that were never stored.
        fps=0.0,
        width=0,
        height=0,
    )
