"""Idle time at a clip's ends: the walk from the phone and back to it."""

from typing import Final

from processing.motion.segments import Segment, segment
from processing.motion.track import PoseTrack

_MARGIN_S: Final = 0.5
"""Kept before the first and after the last exercise: a beat to get ready in."""
_LEAST_TRIM_S: Final = 0.4
"""Less than this is not worth cutting off."""


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
    start, end = busy[0].start_s - _MARGIN_S, busy[-1].end_s + _MARGIN_S
    return (
        start if start - whole[0] >= _LEAST_TRIM_S else whole[0],
        end if whole[1] - end >= _LEAST_TRIM_S else whole[1],
    )
