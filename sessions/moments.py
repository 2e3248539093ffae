"""The worst moments of a session: where the score was low, how long, and which bones.

Pure. A moment is an interval within one set whose score stays at or below the green threshold
for at least half a second; short good spells between two low ones do not part them. What is
low for long is cut in pieces short enough to look at one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from processing.motion.marks import TOLERANCE_DEG
from processing.motion.score import GREEN_ABOVE, YELLOW_ABOVE
from sessions.report import Block, Floats, Timeline, frame_seconds

SHORTEST_S: Final = 0.5
"""Shorter dips are detector noise or a moment's hesitation."""
MERGE_S: Final = 0.5
LONGEST_S: Final = 8.0
"""About one slow repetition: of a set that is low throughout, the worst part can be found."""
BONES_NAMED: Final = 3


@dataclass(frozen=True)
class BoneError:
    """A bone (position in ``BONES``) and its mean error over the moment, degrees."""

    bone: int
    degrees: float


@dataclass(frozen=True)
class Moment:
    """A low interval.

    Attributes
    ----------
    block : int
        Which block (item and set) it lies in.
    start_s, stop_s : float
        Seconds since the session's start.
    frame : int
        The frame with the lowest score.
    score : float
        Mean score over the interval's scored frames.
    lost : float
        Seconds × share of the full score that went missing: what it is ranked by.
    severe : bool
        Whether it was red for half a second in all.
    bones : tuple of BoneError
        Worst first, at most three, none within the tolerance. Empty: the pose was near, but it
        did not move along.
    """

    block: int
    start_s: float
    stop_s: float
    frame: int
    score: float
    lost: float
    severe: bool
    bones: tuple[BoneError, ...]


def worst_moments(
    timeline: Timeline, blocks: Sequence[Block], limit: int | None = 8
) -> list[Moment]:
    """Find the low intervals, the costliest first.

    Frames without a score neither make a moment nor part one, unless they last longer than
    the merging gap.
    """
    seconds = frame_seconds(timeline, blocks)
    moments = [
        _moment(timeline, seconds, number, start, stop)
        for number, block in enumerate(blocks)
        for low in _low_intervals(timeline, seconds, block)
        for start, stop in _pieces(seconds, *low)
    ]
    moments.sort(key=lambda moment: (-moment.lost, moment.start_s))
    return moments[:limit]


def _low_intervals(timeline: Timeline, seconds: Floats, block: Block) -> list[tuple[int, int]]:
    """Half-open index pairs, merged where the gap is short, long enough to matter."""
    low = timeline.score[block.start : block.stop] <= GREEN_ABOVE
    edges = np.flatnonzero(np.diff(np.concatenate([[False], low, [False]]).astype(int)))
    merged: list[tuple[int, int]] = []
    for start, stop in (edges.reshape(-1, 2) + block.start).tolist():
        if merged and float(seconds[merged[-1][1] : start].sum()) < MERGE_S:
            merged[-1] = (merged[-1][0], stop)
        else:
            merged.append((start, stop))
    # A tiny slack: sums of frame times are not exact.
    return [
        (start, stop)
        for start, stop in merged
        if float(seconds[start:stop].sum()) >= SHORTEST_S - 1e-6
    ]


def _pieces(seconds: Floats, start: int, stop: int) -> list[tuple[int, int]]:
    """Cut an interval in the fewest equal parts that are short enough.

    A part without frames of its own, in a stall, is left out.
    """
    ends = np.cumsum(seconds[start:stop])
    count = max(1, int(np.ceil(ends[-1] / LONGEST_S - 1e-6)))
    cuts = np.searchsorted(ends, ends[-1] * np.arange(1, count) / count - 1e-6) + 1 + start
    edges = sorted({start, *np.minimum(cuts, stop).tolist(), stop})
    return list(zip(edges[:-1], edges[1:], strict=True))


def _moment(timeline: Timeline, seconds: Floats, block: int, start: int, stop: int) -> Moment:
    score = timeline.score[start:stop]
    weight = np.where(np.isfinite(score), seconds[start:stop], 0.0)
    known = np.nan_to_num(score)
    red = np.isfinite(score) & (score <= YELLOW_ABOVE)
    return Moment(
        block=block,
        start_s=float(timeline.t[start]),
        stop_s=float(timeline.t[stop - 1] + seconds[stop - 1]),
        frame=start + int(np.nanargmin(score)),
        score=float((known * weight).sum() / weight.sum()),
        lost=float(((100 - known) * weight).sum() / 100),
        severe=float(seconds[start:stop][red].sum()) >= SHORTEST_S - 1e-6,
        bones=_worst_bones(timeline.errors[start:stop], seconds[start:stop]),
    )


def _worst_bones(errors: Floats, seconds: Floats) -> tuple[BoneError, ...]:
    """Means over the frames where a bone was judged; bones judged for less than half are out."""
    judged = np.isfinite(errors)
    time = (judged * seconds[:, None]).sum(axis=0)
    total = (np.nan_to_num(errors) * seconds[:, None]).sum(axis=0)
    mean = np.divide(total, time, out=np.zeros_like(total), where=time > 0.5 * seconds.sum())
    worst = np.argsort(-mean, kind="stable")[:BONES_NAMED]
    return tuple(BoneError(int(b), float(mean[b])) for b in worst if mean[b] > TOLERANCE_DEG)
