"""Idle time at a clip's ends: the walk from the phone and back to it."""

from typing import Final

import numpy as np

from processing.motion.posture import STEP_S, Postures, postures
from processing.motion.segments import Segment, segment
from processing.motion.track import PoseTrack

_MARGIN_S: Final = 0.5
"""Kept before the first and after the last exercise: a beat to get ready in."""
_LEAST_TRIM_S: Final = 0.4
"""Less than this is not worth cutting off."""
_HALF_REP_SPEED: Final = 0.5
"""Of the exercise's own mean speed; who walks in or stands moves slower, or for longer."""


def active_span(
    track: PoseTrack,
    duration_s: float | None = None,
    segments: tuple[Segment, ...] | None = None,
) -> tuple[float, float]:
    """Say from when to when a clip shows exercise.

    Parameters
    ----------
    track : PoseTrack
    duration_s : float, optional
        Length of the clip; by default until the last pose.
    segments : tuple of Segment, optional
        What ``segment`` said of the same track, if it was asked already.

    Returns
    -------
    (start_s, end_s)
        With a small margin, never inside a repetition; the whole clip where no exercise was found.
    """
    parts = segment(track, duration_s) if segments is None else segments
    whole = parts[0].start_s, parts[-1].end_s
    busy = [part for part in parts if part.kind == "exercise"]
    if not busy:
        return whole
    body = postures(track, whole[1])
    start, end = busy[0].start_s - _MARGIN_S, busy[-1].end_s + _MARGIN_S
    if start - whole[0] < _LEAST_TRIM_S or _is_half_a_rep(body, busy[0], whole[0], busy[0].start_s):
        start = whole[0]
    if whole[1] - end < _LEAST_TRIM_S or _is_half_a_rep(body, busy[-1], busy[-1].end_s, whole[1]):
        end = whole[1]
    return start, end


def _is_half_a_rep(body: Postures, beside: Segment, start_s: float, end_s: float) -> bool:
    """Whether the clip begins or ends in the middle of a rep of the exercise next to it."""
    rep_s = (beside.end_s - beside.start_s) / max(len(beside.reps), 1)
    if end_s - start_s > rep_s:
        return False
    return _speed(body, start_s, end_s) > _HALF_REP_SPEED * _speed(
        body, beside.start_s, beside.end_s
    )


def _speed(body: Postures, start_s: float, end_s: float) -> float:
    """Mean speed of the posture, weighted radians a second; 0 where nobody is there all along."""
    first, last = round(start_s / STEP_S), min(round(end_s / STEP_S), len(body) - 1)
    if last <= first or not body.seen[first:last].all():
        return 0.0
    steps = np.diff(body.angles[first : last + 1], axis=0)
    return float(np.sqrt((steps**2).sum(axis=1)).mean() / STEP_S)
