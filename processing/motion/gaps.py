"""Frames in which the detector lost the person for a moment.

A short gap is filled by interpolation and marked, a longer one stays a gap: whoever reads the track
must be able to tell a pose from a guess.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from processing.motion.skeleton import INDEX
from processing.motion.track import PoseTrack

MAX_GAP_S: Final = 0.25
"""Longest time between two poses that is bridged. Measured by taking poses out of filmed clips:
bridging 0.25 s misses the main joints by 9 mm in lunges, 17 mm in push-ups and 45 mm in jumping
jacks, which is what the detector itself is off by; bridging 0.5 s misses jumping jacks by 115 mm.
"""
FILLED_VISIBILITY: Final = 0.75
"""A filled pose's visibility against the lower of its two neighbours': limbs that were seen well
are still drawn and judged, with less weight; doubtful ones fall below one half, where none is."""

_CONTEXT: Final = 2
"""Poses on either side: as many as a monotone cubic's slopes depend on."""
_SAME_TIME_S: Final = 5e-4
"""Times are whole milliseconds."""

Floats = NDArray[np.float64]


def _limbs() -> tuple[tuple[int, int], ...]:
    """Bones (parent, child) whose length is kept, from the trunk outwards."""
    chain = [("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle")]
    chain += [("wrist", finger) for finger in ("pinky", "index", "thumb")]
    chain += [("ankle", end) for end in ("heel", "foot_index")]
    return tuple(
        (INDEX[f"{side}_{start}"], INDEX[f"{side}_{end}"])
        for side in ("left", "right")
        for start, end in chain
    )


_LIMBS: Final = _limbs()


def runs(times_s: Floats, cuts_s: Sequence[float] = ()) -> Iterator[slice]:
    """Split a track where its movement can't be followed: at cuts and long gaps.

    Parameters
    ----------
    times_s : (T,), seconds, strictly increasing
    cuts_s : times of the first picture after each hard cut, seconds

    Yields
    ------
    slice
        Of the track's entries; together they are all of them.
    """
    if len(times_s) == 0:
        return
    is_break = np.diff(times_s) > MAX_GAP_S
    # A cut lies between the last entry before its time and the first one at or after it.
    after = np.searchsorted(times_s, np.asarray(cuts_s, np.float64) - _SAME_TIME_S)
    is_break[[i - 1 for i in after if 0 < i < len(times_s)]] = True
    edges = [0, *(np.flatnonzero(is_break) + 1).tolist(), len(times_s)]
    yield from (slice(start, end) for start, end in zip(edges[:-1], edges[1:], strict=True))


def fill(
    track: PoseTrack, frame_times_s: NDArray[np.floating], *, cuts_s: Sequence[float] = ()
) -> PoseTrack:
    """Interpolate the poses of frames within short gaps, and mark them.

    Coordinates follow a monotone cubic (which does not overshoot) through two poses on either
    side; limbs keep their length, changing evenly from one side of the gap to the other, where
    plain interpolation would shorten an arm that swings. Landmarks that the poses next to the gap
    lack stay NaN.

    Parameters
    ----------
    track : PoseTrack
    frame_times_s : (N,), seconds, increasing
        Times of all frames of the clip, of those without a person too.
    cuts_s : times of the first picture after each hard cut, seconds
        Nothing is filled across a cut.

    Returns
    -------
    PoseTrack
        With an entry more for every frame between two poses at most `MAX_GAP_S` apart.

    References
    ----------
    F. N. Fritsch, J. Butland: A method for constructing local monotone piecewise cubic
    interpolants. SIAM J. Sci. Stat. Comput. 5(2), 1984.
    """
    frames = np.asarray(frame_times_s, np.float64)
    times, worlds, images, visibilities = [], [], [], []
    first = np.searchsorted(frames, track.times_s + _SAME_TIME_S)
    after = np.searchsorted(frames, track.times_s - _SAME_TIME_S)
    for run in runs(track.times_s, cuts_s):
        is_missing = after[run][1:] > first[run][:-1]
        for i in run.start + np.flatnonzero(is_missing).astype(int):
            begin, end = track.times_s[i], track.times_s[i + 1]
            inside = frames[first[i] : after[i + 1]]
            near = slice(max(run.start, i + 1 - _CONTEXT), min(run.stop, i + 1 + _CONTEXT))
            ends = slice(i, i + 2)
            share = (inside - begin) / (end - begin)
            world = _between(track.times_s, track.world, near, i, inside)
            lower = track.visibility[ends].min(axis=0) * FILLED_VISIBILITY
            times.append(inside)
            worlds.append(_with_limbs(world, track.world[ends].astype(np.float64), share))
            images.append(_between(track.times_s, track.image, near, i, inside))
            visibilities.append(np.repeat(lower[None], len(inside), axis=0))
    if not times:
        return track
    all_times = np.concatenate([track.times_s, *times])
    order = np.argsort(all_times, kind="stable")
    return replace(
        track,
        times_s=all_times[order],
        world=np.concatenate([track.world, *worlds])[order].astype(np.float32),
        image=np.concatenate([track.image, *images])[order].astype(np.float32),
        visibility=np.concatenate([track.visibility, *visibilities])[order].astype(np.float32),
        filled=np.append(track.filled, np.ones(len(all_times) - len(track), bool))[order],
    )


def _between(
    times_s: Floats, values: NDArray[np.float32], near: slice, last: int, inside: Floats
) -> Floats:
    """Interpolate ``values`` (T, 33, d) between entries ``last`` and ``last + 1``."""
    points = values[near].astype(np.float64)
    # Where a pose further off lacks a landmark, a straight line joins the two ends.
    share = ((inside - times_s[last]) / (times_s[last + 1] - times_s[last]))[:, None, None]
    begin, end = values[last].astype(np.float64), values[last + 1].astype(np.float64)
    out = np.asarray(begin + (end - begin) * share, np.float64)
    whole = np.isfinite(points).all(axis=(0, 2))
    if whole.any():
        out[:, whole] = PchipInterpolator(times_s[near], points[:, whole], axis=0)(inside)
    return out


def _with_limbs(world: Floats, ends: Floats, share: Floats) -> Floats:
    """Give limbs of ``world`` (n, 33, 3) their length, between that in both ``ends`` (2, 33, 3)."""
    out = world.copy()
    for parent, child in _LIMBS:
        bone = world[:, child] - world[:, parent]
        length = np.linalg.norm(bone, axis=1)
        before, after = np.linalg.norm(ends[:, child] - ends[:, parent], axis=1)
        wanted = before + (after - before) * share
        # A bone that turns right round passes through no length at all: any direction is wrong.
        scale = np.where(length > 0.2 * wanted, wanted / np.maximum(length, 1e-9), 1.0)
        out[:, child] = out[:, parent] + bone * scale[:, None]
    return out
