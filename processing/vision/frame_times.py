"""From a decoder's times to the times of the pictures that are kept."""

from collections.abc import Callable
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

CLOSEST_S: Final = Fraction(13, 1000)
"""Pictures of slow-motion takes that follow more closely on the last one kept are left out: of 240
a second every fourth is kept, of 120 every other, up to 75 all. A screen shows no more, and the
work and the published size stay bounded. Those that are kept keep their times."""


def thinned(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the times (ascending, s) of the pictures that are kept; see `CLOSEST_S`."""
    closest_s = float(CLOSEST_S) - 1e-9
    # Single packets may be close where a container keeps no times and they are guessed.
    if len(seconds) < 2 or np.median(np.diff(seconds)) >= closest_s:
        return seconds
    kept: list[float] = []
    for time_s in seconds.tolist():
        if not kept or time_s - kept[-1] >= closest_s:
            kept.append(time_s)
    return np.array(kept)


def frame_clock(
    fallback_fps: float, closest_s: Fraction = Fraction(0)
) -> Callable[[Fraction | None], int | None]:
    """Make a clock that turns presentation times into whole ms since the first frame.

    Milliseconds, because WebM can hold nothing finer: poses, work files and the published video
    then agree exactly.

    Parameters
    ----------
    fallback_fps : float
        Assumed where a frame carries no time of its own.
    closest_s : Fraction
        Frames that follow more closely on the last one are dropped.

    Returns
    -------
    callable
        Takes a frame's time in seconds (None = not known); returns ms, or None where the frame is
        not later, or not late enough, and must be dropped.
    """
    step_s = Fraction(1000, max(1, round(fallback_fps * 1000)))
    start: Fraction | None = None
    last: Fraction | None = None
    last_ms = -1

    def tick(time_s: Fraction | None) -> int | None:
        nonlocal start, last, last_ms
        if time_s is None:
            time_s = Fraction(0) if last is None else last + step_s
        else:
            if start is None:
                start = time_s - (Fraction(0) if last is None else last + Fraction(1, 1000))
            time_s -= start
        now_ms = round(time_s * 1000)
        if now_ms <= last_ms or (last is not None and time_s - last < closest_s):
            return None
        last, last_ms = time_s, now_ms
        return now_ms

    return tick
