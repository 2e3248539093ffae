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
_LOW, _HIGH = 0.05, 0.15
_U_LOW, _U_HIGH = 0.1893, 0.2899
_NEAR_REST: Final = 2  # steps
# The longest a beginning can hide before the lower crossing.
_LONGEST_START_S: Final = 0.9
# Reps with a shorter pause touch each other.
_TOUCH_S: Final = 1.0
# A rep ends with the moment of rest before the next, the last one as well: as long as between the
# others, or this share of a single one.
_LONGEST_END_PAUSE_S: Final = 0.5
_END_PAUSE_SHARE: Final = 0.06


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
    home = np.median([x[at] for c in chain for at in (c.left, c.back)], axis=0)
    half = np.empty((len(chain), 2))
    hidden = np.empty((len(chain), 2))
    for n, cycle in enumerate(chain):
        way = x[cycle.apex] - home
        share = (x @ way - home @ way) / float(way @ way)
        before = chain[n - 1].apex if n > 0 else _seen_from(body, cycle.start)
        after = chain[n + 1].apex if n + 1 < len(chain) else _seen_until(body, cycle.end)
        peak = int(cycle.start + np.argmax(share[cycle.start : cycle.end + 1]))
        # People do not come back to quite where they began.
        sides = (
            (share[before : peak + 1][::-1], peak - cycle.left),
            (
                share[peak : after + 1],
                cycle.back - peak,
            ),
        )
        for side, (part, at) in enumerate(sides):
            base = float(np.median(part[max(at - _NEAR_REST, 0) : at + _NEAR_REST + 1]))
            half[n, side], hidden[n, side] = _rest_of((part - base) / (float(part[0]) - base))
        half[n] = peak - half[n, 0], peak + half[n, 1]
    # A set's reps are alike: the median of what is hidden has less noise than each rep's own.
    hidden = np.median(hidden, axis=0)
    first, last = _seen_from(body, chain[0].start), _seen_until(body, chain[-1].end)
    starts = np.clip(half[:, 0] - hidden[0], first, last) * STEP_S
    ends = np.clip(half[:, 1] + hidden[1], first, last) * STEP_S
    return _joined([(float(a), float(b)) for a, b in zip(starts, ends, strict=True)], last * STEP_S)


def _rest_of(share: NDArray[np.float64]) -> tuple[float, float]:
    """From the far end of a movement (share[0] is 1): steps to half-way, and from there to rest."""
    half = _crossing(share, 0.5)
    if half is None:
        return float(len(share) - 1), 0.0
    high, low = _crossing(share, _HIGH), _crossing(share, _LOW)
    if high is None or low is None:
        # It ends (or the picture does) on the way: the nearest it came.
        return half, max(float(np.argmin(share)) - half, 0.0)
    unseen = min((low - high) * _U_LOW / (_U_HIGH - _U_LOW), _LONGEST_START_S / STEP_S)
    return half, low + unseen - half


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
    usual = np.median(pauses) if pauses else _END_PAUSE_SHARE * (spans[0][1] - spans[0][0])
    times[-1][1] += float(np.clip(usual, 0.0, _LONGEST_END_PAUSE_S))
    return [(max(a, 0.0), min(b, last_s)) for a, b in times]


def _seen_from(body: Postures, at: int) -> int:
    gaps = np.flatnonzero(~body.seen[:at])
    return int(gaps[-1]) + 1 if len(gaps) else 0


def _seen_until(body: Postures, at: int) -> int:
    gaps = np.flatnonzero(~body.seen[at:])
    return at + int(gaps[0]) - 1 if len(gaps) else len(body) - 1
