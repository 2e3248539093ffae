"""Where repetitions begin and end, to a fraction of a second, and how many there are."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.cycles import Chain, chains
from processing.motion.posture import STEP_S, Postures, postures
from processing.motion.track import PoseTrack

Rep = tuple[float, float]

# Reaching movements have the least jerk: they go s(u) = 10 u^3 - 15 u^4 + 6 u^5 of their way in u
# of their time (Flash & Hogan 1985, eq. 2). Two crossings well above the noise tell when one began,
# which itself can't be seen: in the first fifth of its time it goes a twentieth of its way.
_LOW, _HIGH = 0.10, 0.40
_U_LOW, _U_HIGH = 0.2466, 0.4334
# The longest a beginning can hide before the lower crossing.
_LONGEST_START_S: Final = 0.9
# Reps with a shorter pause touch each other.
_TOUCH_S: Final = 1.0
_LONGEST_END_PAUSE_S: Final = 0.5


def count_reps(track: PoseTrack, start_s: float = 0.0, end_s: float = np.inf) -> list[Rep]:
    """Find the repetitions of a stretch that shows one exercise.

    A repetition is a whole there and back; halves at either end are not counted. Left and right of
    an alternating exercise count each.

    Parameters
    ----------
    track : PoseTrack
    start_s, end_s : seconds of the track's time

    Returns
    -------
    list of (start_s, end_s)
    """
    inside = (track.times_s >= start_s) & (track.times_s <= end_s)
    if not inside.any():
        return []
    part = PoseTrack(
        times_s=track.times_s[inside] - start_s,
        world=track.world[inside],
        image=track.image[inside],
        visibility=track.visibility[inside],
        fps=track.fps,
        width=track.width,
        height=track.height,
    )
    body = postures(part, float(part.times_s[-1]))
    found = chains(body)
    if not found:
        return []
    most = max(found, key=lambda chain: sum(cycle.gain for cycle in chain))
    return [(a + start_s, b + start_s) for a, b in timed(body, most)]


def timed(body: Postures, chain: Chain) -> list[Rep]:
    """Give the times of a chain's cycles, in seconds; those with a short pause between touch."""
    x = body.angles
    home = np.median([x[at] for c in chain for at in (c.start, c.end)], axis=0)
    spans = []
    for n, cycle in enumerate(chain):
        way = x[cycle.apex] - home
        share = (x @ way - home @ way) / float(way @ way)
        before = chain[n - 1].apex if n > 0 else _seen_from(body, cycle.start)
        after = chain[n + 1].apex if n + 1 < len(chain) else _seen_until(body, cycle.end)
        peak = int(cycle.start + np.argmax(share[cycle.start : cycle.end + 1]))
        top = float(share[peak])
        start = _beginning(share[before : peak + 1][::-1] / top)
        end = _beginning(share[peak : after + 1] / top)
        spans.append((float(peak - start) * STEP_S, float(peak + end) * STEP_S))
    return _joined(spans, float(body.times_s[-1]))


def _beginning(share: NDArray[np.float64]) -> float:
    """Steps from the far end of a movement (share[0] is 1) to its rest, by extrapolation."""
    high = _crossing(share, _HIGH)
    if high is None:
        return float(len(share) - 1)
    low = _crossing(share, _LOW)
    if low is None:
        # It ends (or the picture does) on the way: the nearest it came.
        return float(np.argmin(share))
    hidden = (low - high) * _U_LOW / (_U_HIGH - _U_LOW)
    return min(low + min(hidden, _LONGEST_START_S / STEP_S), float(len(share) - 1))


def _crossing(share: Array, level: float) -> float | None:
    """Where share first falls below a level, between samples; None where it does not."""
    below = np.flatnonzero(share < level)
    if len(below) == 0 or below[0] == 0:
        return None
    i = int(below[0])
    return float(i - 1 + (share[i - 1] - level) / (share[i - 1] - share[i]))


def _joined(spans: list[Rep], last_s: float) -> list[Rep]:
    """Let reps with a short pause between touch, and the last have such a pause as well."""
    pauses = [b[0] - a[1] for a, b in zip(spans, spans[1:], strict=False)]
    times = [list(span) for span in spans]
    for n, pause in enumerate(pauses):
        if pause < _TOUCH_S:
            middle = 0.5 * (spans[n][1] + spans[n + 1][0])
            times[n][1] = times[n + 1][0] = middle
    if pauses:
        times[-1][1] += float(np.clip(np.median(pauses), 0.0, _LONGEST_END_PAUSE_S))
    return [(max(a, 0.0), min(b, last_s)) for a, b in times]


def _seen_from(body: Postures, at: int) -> int:
    gaps = np.flatnonzero(~body.seen[:at])
    return int(gaps[-1]) + 1 if len(gaps) else 0


def _seen_until(body: Postures, at: int) -> int:
    gaps = np.flatnonzero(~body.seen[at:])
    return at + int(gaps[0]) - 1 if len(gaps) else len(body) - 1
