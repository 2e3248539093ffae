"""Cuts a take into exercises, their repetitions, and rests."""

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from processing.motion.alignment import Array
from processing.motion.cycles import PAUSE_S, UNLIKE, Chain, chains, unlikeness
from processing.motion.holds import UNUSUAL, Hold, far, holds
from processing.motion.posture import (
    APART,
    ARMS,
    ARMS_RAISED,
    STEP_S,
    UPRIGHT,
    Postures,
    postures,
)
from processing.motion.reps import Rep, timed
from processing.motion.track import PoseTrack

# Exercises nearer to each other than this touch: nobody rests for half a second.
_LEAST_REST_S: Final = 0.6
# Small movements are exercise only if even: one gesture after another is not.
_SMALL: Final = 2.0
_UNEVEN: Final = 1.7
# Weighted radians: hands go to the hips by 1.2, in a biceps curl by 3.
_BOTH_ARMS: Final = 1.8
# Postures of two holds of one exercise, weighted radians.
_SAME_HOLD: Final = 1.2


@dataclass(frozen=True)
class Segment:
    """A stretch of a take.

    Attributes
    ----------
    kind : "exercise" or "rest"
    start_s, end_s : float, seconds
    reps : tuple of (start_s, end_s)
        Whole repetitions. A posture that is held is one.
    group : int
        The same for all sets of one exercise, counted from 0 in order of appearance; -1 at rest.
    """

    kind: Literal["exercise", "rest"]
    start_s: float
    end_s: float
    reps: tuple[Rep, ...] = ()
    group: int = -1


@dataclass(frozen=True)
class _Set:
    """An exercise found: its times, and what it looks like."""

    start_s: float
    end_s: float
    reps: tuple[Rep, ...]
    cycles: Chain = ()
    posture: Array | None = None


def segment(track: PoseTrack, duration_s: float | None = None) -> tuple[Segment, ...]:
    """Cut a take into exercises and rests.

    An exercise is a movement that goes there and back, once if much of the body takes part and
    more often if only an arm does, or an unusual posture that is held. Between exercises that look
    unlike, and where there is a pause, a new segment begins.

    Parameters
    ----------
    track : PoseTrack
        Where it has no poses, nobody is there.
    duration_s : float, optional
        Length of the take; by default until the last pose.

    Returns
    -------
    tuple of Segment
        In order, touching, from 0 to ``duration_s``.
    """
    if duration_s is None:
        last = float(track.times_s[-1]) if len(track) else 0.0
        duration_s = last + (1.0 / track.fps if track.fps > 0 else 0.0)
    body = postures(track, duration_s)
    held = holds(body)
    moving = _merged([chain for chain in chains(body) if _is_exercise(body, chain, held)])
    sets = [_moving_set(body, chain) for chain in moving]
    sets += [
        _Set(span[0], span[1], (span,), posture=hold.posture)
        for hold in held
        if _is_own(body, hold, moving)
        for span in [(hold.start * STEP_S, hold.end * STEP_S)]
    ]
    sets.sort(key=lambda s: s.start_s)
    return _with_rests(_touching(sets), duration_s)


def _moving_set(body: Postures, chain: Chain) -> _Set:
    reps = tuple(timed(body, chain))
    return _Set(reps[0][0], reps[-1][1], reps, cycles=chain)


def _is_exercise(body: Postures, chain: Chain, held: list[Hold]) -> bool:
    """Whether a row of cycles is more than a gesture or a few steps."""
    count = len(chain)
    x = body.angles
    way = np.mean([x[c.apex] - 0.5 * (x[c.start] + x[c.end]) for c in chain], axis=0)
    range_ = float(np.median([c.range_ for c in chain]))
    least = {1: 1.8, 2: 1.2}.get(count, 0.8)
    if count == 1 and any(chain[0].start <= h.start and h.end <= chain[0].end for h in held):
        # The way to a posture that is held, and from it.
        return False
    if count == 1 and body.upright[chain[0].apex] < UPRIGHT < UNUSUAL < body.upright[chain[0].left]:
        # Up from the floor and down again.
        return False
    if np.median(body.upright[chain[0].start : chain[-1].end + 1]) > UNUSUAL:
        return range_ >= least
    if range_ < 3.2 and _walks(body, chain):
        return False
    lengths = [c.end - c.start for c in chain]
    if range_ < _SMALL and max(lengths) > _UNEVEN * min(lengths):
        return False
    arms = float((way[ARMS] ** 2).sum()) / max(float((way**2).sum()), 1e-9)
    if arms < 0.8:
        return range_ >= least
    apart = np.intersect1d(ARMS, APART)
    together = np.setdiff1d(ARMS, APART)
    one_sided = float(np.linalg.norm(way[apart])) / max(float(np.linalg.norm(way[together])), 1e-9)
    if one_sided > 0.5:
        # One hand at the mouth, at the forehead, at the watch.
        return count >= 4
    # Both hands to the hips or to the face, unless they go up all the way.
    return (count >= 3 and range_ >= _BOTH_ARMS) or abs(float(way[ARMS_RAISED])) >= 1.3 * np.sqrt(2)


def _walks(body: Postures, chain: Chain) -> bool:
    """Whether the body goes somewhere with every cycle: across the picture or in its depth."""
    ends = [(body.place[c.end], body.place[c.start]) for c in chain]
    across = np.median([np.linalg.norm(b - a) for a, b in ends])
    sizes = [(float(body.size[c.end]), float(body.size[c.start])) for c in chain]
    depth = np.median([abs(np.log(max(b, 1e-3) / max(a, 1e-3))) for a, b in sizes])
    return bool(across > 0.15 or depth > 0.10)


def _merged(found: list[Chain]) -> list[Chain]:
    """Join neighbours that are one exercise: an odd rep in the middle had parted them."""
    merged: list[Chain] = []
    for chain in found:
        if merged:
            last = merged[-1]
            pause = PAUSE_S / STEP_S + 0.2 * (last[-1].end - last[-1].start)
            if chain[0].start - last[-1].end <= pause and _unlike(last, chain) < UNLIKE:
                merged[-1] = last + chain
                continue
        merged.append(chain)
    return merged


def _unlike(a: Chain, b: Chain) -> float:
    """How unlike two rows are: each cycle of the shorter against the nearest of the other."""
    few, many = (a, b) if len(a) < len(b) else (b, a)
    return float(np.median([min(unlikeness(c, other) for other in many) for c in few]))


def _is_own(body: Postures, hold: Hold, moving: list[Chain]) -> bool:
    """Whether a hold is an exercise of its own, not the pause of another."""
    for chain in moving:
        start, end = chain[0].start, chain[-1].end
        if hold.start < end and start < hold.end:
            inside = min(hold.end, end) - max(hold.start, start)
            if inside > 0.3 * (hold.end - hold.start):
                return False
        near = min(abs(hold.end - start), abs(hold.start - end)) * STEP_S < 1.2
        home = 0.5 * (body.angles[chain[0].start] + body.angles[chain[-1].end])
        if near and far(home, hold.posture) < max(_SAME_HOLD, 0.4 * chain[0].range_):
            return False
    return True


def _touching(sets: list[_Set]) -> list[_Set]:
    """Let exercises without a rest between them meet half-way."""
    met = list(sets)
    for n in range(len(met) - 1):
        a, b = met[n], met[n + 1]
        if b.start_s - a.end_s < _LEAST_REST_S:
            middle = 0.5 * (a.end_s + b.start_s)
            met[n] = _bounded(a, a.start_s, middle)
            met[n + 1] = _bounded(b, middle, b.end_s)
    return met


def _bounded(one: _Set, start_s: float, end_s: float) -> _Set:
    reps = list(one.reps)
    reps[0] = (start_s, reps[0][1])
    reps[-1] = (reps[-1][0], end_s)
    return replace(one, start_s=start_s, end_s=end_s, reps=tuple(reps))


def _with_rests(sets: list[_Set], duration_s: float) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    first_of: list[_Set] = []
    at = 0.0
    for one in sets:
        if one.start_s > at:
            segments.append(Segment("rest", at, one.start_s))
        group = next((n for n, other in enumerate(first_of) if _same(one, other)), len(first_of))
        if group == len(first_of):
            first_of.append(one)
        end = min(one.end_s, duration_s)
        segments.append(Segment("exercise", max(at, one.start_s), end, one.reps, group))
        at = end
    if at < duration_s or not segments:
        segments.append(Segment("rest", at, duration_s))
    return tuple(segments)


def _same(a: _Set, b: _Set) -> bool:
    if a.posture is not None and b.posture is not None:
        return far(a.posture, b.posture) < _SAME_HOLD
    return bool(a.cycles and b.cycles) and _unlike(a.cycles, b.cycles) < UNLIKE
