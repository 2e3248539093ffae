"""From posted chunks to what a report shows. Pure: lists and arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from processing.motion.score import GREEN_ABOVE, YELLOW_ABOVE
from processing.motion.skeleton import BONES

Level = Literal["green", "yellow", "red", "unseen"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LONGEST_FRAME_S: Final = 0.5
"""A frame stands for the time until the next one, but a stall is not a movement."""
USUAL_FRAME_S: Final = 1 / 15


def level_of(score: float | None) -> Level:
    """A score's colour; None and NaN are "not visible"."""
    if score is None or not np.isfinite(score):
        return "unseen"
    if score > GREEN_ABOVE:
        return "green"
    return "yellow" if score > YELLOW_ABOVE else "red"


@dataclass(frozen=True)
class Timeline:
    """A session, frame by frame, in order of time; NaN = not visible.

    Attributes
    ----------
    t : (N,) seconds since the session's start
    clip_t : (N,) seconds within the trainer's clip
    score : (N,) 0..100
    lag : (N,) seconds the client follows behind
    errors : (N, 13) degrees, by the client's own bones
    item, set_index, seq, row : (N,)
        Where the frame belongs, and where it is stored.
    """

    t: Floats
    clip_t: Floats
    score: Floats
    lag: Floats
    errors: Floats
    item: Ints
    set_index: Ints
    seq: Ints
    row: Ints

    def __len__(self) -> int:
        return len(self.t)


@dataclass(frozen=True)
class Block:
    """A run of frames of one item and set: ``start`` to ``stop``, half-open."""

    item: int
    set_index: int
    start: int
    stop: int


def _column(values: Sequence[Any], width: int | None = None) -> Floats:
    shape = (len(values),) if width is None else (len(values), width)
    # float64 of an object array turns None into NaN.
    return np.array(values, dtype=object).astype(np.float64).reshape(shape)


def assemble(chunks: Iterable[Mapping[str, Any]]) -> Timeline:
    """Join chunks to one timeline.

    Parameters
    ----------
    chunks : iterable of mapping
        As posted, each with its ``seq``; landmarks and visibility are not needed.

    Returns
    -------
    Timeline
        Sorted by time, whatever the order of the chunks.
    """
    parts = []
    for chunk in chunks:
        frames = len(chunk["t"])
        parts.append(
            Timeline(
                t=_column(chunk["t"]),
                clip_t=_column(chunk["clip_t"]),
                score=_column(chunk["score"]),
                lag=_column(chunk["lag"]),
                errors=_column(chunk["errors"], len(BONES)),
                item=np.full(frames, chunk["item"], np.int64),
                set_index=np.full(frames, chunk["set"], np.int64),
                seq=np.full(frames, chunk["seq"], np.int64),
                row=np.arange(frames, dtype=np.int64),
            )
        )
    if not parts:
        none, nothing = np.empty(0), np.empty(0, np.int64)
        return Timeline(
            none, none, none, none, np.empty((0, len(BONES))), nothing, nothing, nothing, nothing
        )
    order = np.argsort(np.concatenate([part.t for part in parts]), kind="stable")
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])[order]
        for name in Timeline.__dataclass_fields__
    }
    return Timeline(**joined)


def blocks_of(timeline: Timeline) -> list[Block]:
    """Cut a timeline where the item or the set changes."""
    if not len(timeline):
        return []
    changed = (np.diff(timeline.item) != 0) | (np.diff(timeline.set_index) != 0)
    edges = [0, *(np.flatnonzero(changed) + 1).tolist(), len(timeline)]
    return [
        Block(int(timeline.item[start]), int(timeline.set_index[start]), start, stop)
        for start, stop in zip(edges[:-1], edges[1:], strict=True)
    ]


def frame_seconds(timeline: Timeline, blocks: Sequence[Block]) -> Floats:
    """Give the time each frame stands for.

    Returns
    -------
    (N,) seconds
        To the next frame of the same block, at most half a second; the block's last frame
        counts as its median one.
    """
    seconds = np.full(len(timeline), USUAL_FRAME_S)
    for block in blocks:
        gaps = np.minimum(np.diff(timeline.t[block.start : block.stop]), LONGEST_FRAME_S)
        if len(gaps):
            seconds[block.start : block.stop - 1] = gaps
            seconds[block.stop - 1] = np.median(gaps)
    return seconds


def mean_score(score: Floats) -> float | None:
    """Mean over scored frames; None where there are none."""
    known = score[np.isfinite(score)]
    return float(known.mean()) if len(known) else None


@dataclass(frozen=True)
class Bin:
    """A stretch of the strip: seconds from the block's start, and its mean score."""

    start_s: float
    stop_s: float
    score: float | None

    @property
    def level(self) -> Level:
        return level_of(self.score)


def bins_of(timeline: Timeline, block: Block, count: int) -> list[Bin]:
    """Cut a block in equal stretches of time.

    A stretch without a frame of its own belongs to the one before, but a stall shows as a gap. A
    stretch is "not visible" where more than half of its frames are.

    Parameters
    ----------
    timeline : Timeline
    block : Block
    count : int
        How many stretches at most.

    Returns
    -------
    list of Bin
    """
    t = timeline.t[block.start : block.stop] - timeline.t[block.start]
    score = timeline.score[block.start : block.stop]
    length = block_seconds(timeline, block)
    # At least two frames to a stretch, or uneven frame times would tear holes.
    count = max(1, min(count, len(t) // 2))
    # The slack: 5.9 / 6.0 * 60 may come out just below 59.
    index = np.minimum((t / length * count + 1e-6).astype(int), count - 1)
    present = np.unique(index).tolist()
    bins = []
    for k, following in zip(present, [*present[1:], count], strict=True):
        inside = score[index == k]
        seen = np.isfinite(inside)
        mean = float(inside[seen].mean()) if 2 * seen.sum() >= len(inside) else None
        gap_s = (following - k - 1) * length / count
        stop = following if gap_s <= LONGEST_FRAME_S else k + 1
        bins.append(Bin(k * length / count, stop * length / count, mean))
    return bins


def block_seconds(timeline: Timeline, block: Block) -> float:
    """A block's length, its last frame included."""
    t = timeline.t[block.start : block.stop]
    last = float(np.median(np.diff(t))) if len(t) > 1 else USUAL_FRAME_S
    return float(t[-1] - t[0]) + last


@dataclass(frozen=True)
class Shares:
    """How the session's time divides, each 0..1; all 0 for an empty session."""

    green: float
    yellow: float
    red: float
    unseen: float


def shares_of(timeline: Timeline, blocks: Sequence[Block]) -> Shares:
    """Divide the time among the four levels."""
    seconds = frame_seconds(timeline, blocks)
    total = float(seconds.sum())
    if total == 0:
        return Shares(0.0, 0.0, 0.0, 0.0)
    score = timeline.score
    green = float(seconds[score > GREEN_ABOVE].sum()) / total
    yellow = float(seconds[(score > YELLOW_ABOVE) & (score <= GREEN_ABOVE)].sum()) / total
    red = float(seconds[score <= YELLOW_ABOVE].sum()) / total
    return Shares(green, yellow, red, max(0.0, 1 - green - yellow - red))


def item_scores(timeline: Timeline) -> dict[int, float | None]:
    """Mean score of each item, in the order they were done."""
    order = dict.fromkeys(timeline.item.tolist())
    return {item: mean_score(timeline.score[timeline.item == item]) for item in order}


def median_lag(timeline: Timeline) -> float | None:
    """How far behind the client usually was, seconds."""
    known = timeline.lag[np.isfinite(timeline.lag)]
    return float(np.median(known)) if len(known) else None
