"""Counts repetitions while they are done: one pose at a time, each known the moment it is over.

A repetition is a visit to the far end of the trainer's main movement. Both ends are postures
(``posture.posture_angles``), which no turn about the vertical, no body size and no exchange of left
and right changes, so neither the camera's place nor the convention has to be found first, and
nothing depends on the score. ``place`` says how far a posture lies along the way from the one end
(0) to the other (1).

A person who moves as the trainer does swings between two places, though perhaps not quite 0 and 1:
another body, another side and another habit with the arms shift both. So what counts is the swing
itself: so far out, most of it back, and both ways *in the direction* in which the trainer moves,
above all with the half of the body (arms, or legs and trunk) that does most of it. Who bends down
to a laptop moves as far as someone who squats, but another way.

``static/js/shadow/reps.js`` is the twin.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array, bone_visibility, mirror_bones, unit_bones
from processing.motion.posture import (
    ARMS,
    JOINTS,
    PAIRS,
    TORSO,
    TORSO_WEIGHT,
    posture_angles,
)
from processing.motion.reference import VISIBLE, Reference
from processing.motion.skeleton import BONE_INDEX

LEAST_RANGE: Final = 1.0
"""Weighted radians between the ends of what can be counted: a push-up has 2, a squat 4. A hold, as
a detector sees it, stays under 0.7."""
# Out and back, as shares of the trainer's range and of the way out.
_OUT: Final = 0.45
_BACK: Final = 0.6
# The far end itself must be neared: steps on the way to the mat stay about the near one.
_FAR: Final = 0.35
# Cosine between the client's movement, there and back, and the trainer's: of the whole posture
# (squats with other arms than the trainer's have 0.73), and of the half that moves most (of all
# clips and synthetic takes 0.87 and more; crouching has 0.77 of a lunge).
_SAME_WAY: Final = 0.65
_SAME_HALF: Final = 0.82
# How much further than the trainer's the trunk may bend, radians. Crouching down is a squat but for
# the trunk, which bends 50 degrees further.
_BENT_FURTHER: Final = 0.7
# A movement begins when it leaves this share of the range about the place it starts from.
_NEAR: Final = 0.15
# Far beyond either end is another posture altogether: standing, before a push-up.
_BEFORE: Final = -0.25
_BEYOND: Final = 1.6
# Nobody does a rep faster; a detector's glitch does.
_SHORTEST_REP_S: Final = 0.4
# Who lifts the arms once and drops them after a minute has done nothing.
_LONGEST_REP_S: Final = 15.0
# Not seen for so long: what was begun is forgotten.
_LONGEST_GAP_S: Final = 1.0
# The parts that move must be seen, by this share of the movement.
_SEEN_SHARE: Final = 0.7

# The ends are the means of the poses within this share of the range of the outermost places.
_END_SHARE: Final = 0.2
_OUTERMOST: Final = 0.05
# A clip that begins and ends further than this from both ends does not tell where a rep starts.
_HALFWAY: Final = 0.25
_ITERATIONS: Final = 60

_PARTS: Final = (*PAIRS, "torso")
_COLUMNS: Final = (
    *((name,) for name in PAIRS for _ in range(2)),
    *((a, b) for a, b, _ in JOINTS for _ in range(2)),
    ("torso",),
    ("thigh",),
)
# Which parts (rows) each angle (column) is made of.
_NEEDS: Final[NDArray[np.bool_]] = np.array(
    [[part in column for column in _COLUMNS] for part in _PARTS]
)
# Elbows and knees, left and right together: 0 where they are straight.
_BENT: Final = np.array([8, 10])
_LEGS_AND_TRUNK: Final[NDArray[np.intp]] = np.setdiff1d(np.arange(len(_COLUMNS)), ARMS)


@dataclass(frozen=True)
class Axis:
    """The trainer's main movement.

    Attributes
    ----------
    home : (18,) posture in which a rep starts and ends, weighted radians
    way : (18,) unit vector towards the far end
    range_ : how far that is, weighted radians
    most : (n,) the angles of the half of the body that moves most
    """

    home: Array
    way: Array
    range_: float
    most: NDArray[np.intp]


@dataclass(frozen=True)
class Counter:
    """What the count remembers between frames."""

    reps: int
    t_s: float  # last time enough was seen
    low: float  # the place the present way out began from
    high: float  # how far out it has come; NaN while it is not far enough to be one
    high_before: float  # how far out the last rep went
    left_s: float  # when it was last near `low`
    left: Array  # (18,) posture then
    apex: Array  # (18,) posture at `high`


def initial() -> Counter:
    """Give the counter at the start of a set."""
    nowhere = np.zeros(len(_COLUMNS))
    nan = float("nan")
    return Counter(0, -np.inf, nan, nan, 1.0, nan, nowhere, nowhere)


def main_axis(reference: Reference) -> Axis | None:
    """Find the main movement of a reference; None where the trainer holds still."""
    angles = posture_angles(reference.bones)
    angles = angles[np.isfinite(angles).all(axis=1)]
    if len(angles) < 2:
        return None
    off = angles - angles.mean(axis=0)
    # Power iteration for the first principal component, from the frame that is furthest out.
    way = off[np.argmax((off**2).sum(axis=1))]
    for _ in range(_ITERATIONS):
        longer = (off @ way) @ off
        length = float(np.sqrt((longer**2).sum()))
        if length <= 0:
            return None
        way = longer / length
    places = off @ way
    ordered = np.sort(places)
    low = float(ordered[int(np.floor(_OUTERMOST * (len(ordered) - 1)))])
    high = float(ordered[int(np.ceil((1 - _OUTERMOST) * (len(ordered) - 1)))])
    margin = _END_SHARE * (high - low)
    one, other = angles[places <= low + margin], angles[places >= high - margin]
    ends = one.mean(axis=0), other.mean(axis=0)
    if not _starts_low(places, low, high, ends):
        ends = ends[1], ends[0]
    range_ = float(np.sqrt(((ends[1] - ends[0]) ** 2).sum()))
    if range_ < LEAST_RANGE:
        return None
    way = (ends[1] - ends[0]) / range_
    mostly_arms = float((way[ARMS] ** 2).sum()) >= 0.5
    return Axis(ends[0], way, range_, ARMS if mostly_arms else _LEGS_AND_TRUNK)


def _starts_low(places: Array, low: float, high: float, ends: tuple[Array, Array]) -> bool:
    """Say at which end a rep starts: where the clip does, or, failing that, where limbs are
    straighter."""
    begun = float((0.5 * (places[0] + places[-1]) - low) / (high - low))
    if abs(begun - 0.5) >= _HALFWAY:
        return begun < 0.5
    return float(ends[0][_BENT].sum()) <= float(ends[1][_BENT].sum())


def count(
    counter: Counter, axis: Axis, t_s: float, world: Array | None, visibility: Array | None
) -> tuple[Counter, float]:
    """Take one pose into account.

    Parameters
    ----------
    t_s : its time on any clock that only goes forward
    world : (33, 3) float, metres; None where nobody was found
    visibility : (33,) float, 0..1

    Returns
    -------
    counter : Counter
    phase : float, progress along the rep: 0 at its start, 0.5 at the far end, towards 1 on the way
        back; NaN where too little is seen
    """
    if world is None or visibility is None:
        return counter, float("nan")
    bones = unit_bones(world)
    # The one side stands in for the other: the angles take them together anyway.
    bones = np.where(np.isnan(bones), mirror_bones(bones), bones)
    angles = posture_angles(bones)
    if not _enough_seen(axis, angles, bone_visibility(visibility)):
        return counter, float("nan")
    angles = np.where(np.isnan(angles), axis.home, angles)
    off = float(((angles - axis.home) * axis.way).sum()) / axis.range_
    place = min(_BEYOND, max(_BEFORE, off))
    if t_s - counter.t_s > _LONGEST_GAP_S:
        counter = replace(initial(), reps=counter.reps, high_before=counter.high_before)
    counter = replace(counter, t_s=t_s)
    counter = _swing(counter, axis, t_s, place, angles)
    return counter, _phase(counter, place)


def _enough_seen(axis: Axis, angles: Array, seen: Array) -> bool:
    """Say whether the parts that move show, on one side at least."""
    shows = np.array([_side_seen(part, seen) >= VISIBLE for part in _PARTS])
    known = ~(_NEEDS & ~shows[:, None]).any(axis=0) & np.isfinite(angles)
    return float((axis.way[known] ** 2).sum()) >= _SEEN_SHARE


def _side_seen(part: str, seen: Array) -> float:
    if part == "torso":
        return float(seen[BONE_INDEX[part]])
    return float(max(seen[BONE_INDEX[f"left_{part}"]], seen[BONE_INDEX[f"right_{part}"]]))


def _swing(counter: Counter, axis: Axis, t_s: float, place: float, angles: Array) -> Counter:
    if np.isnan(counter.high):
        low = place if np.isnan(counter.low) else min(counter.low, place)
        if place <= low + _NEAR:
            counter = replace(counter, left_s=t_s, left=angles)
        counter = replace(counter, low=low)
        if place >= low + _OUT:
            counter = replace(counter, high=place, apex=angles)
        return counter
    if place > counter.high:
        return replace(counter, high=place, apex=angles)
    if counter.high - place < _BACK * (counter.high - counter.low):
        return counter
    real = (
        _SHORTEST_REP_S <= t_s - counter.left_s <= _LONGEST_REP_S
        and counter.high >= _FAR
        and _same_way(axis, counter.apex - counter.left)
        and _same_way(axis, counter.apex - angles)
    )
    return replace(
        counter,
        reps=counter.reps + real,
        high_before=counter.high if real else counter.high_before,
        low=place,
        high=float("nan"),
        left_s=t_s,
        left=angles,
    )


def _same_way(axis: Axis, moved: Array) -> bool:
    trunk = max(0.0, axis.range_ * float(axis.way[TORSO])) + TORSO_WEIGHT * _BENT_FURTHER
    return (
        float(moved[TORSO]) <= trunk
        and _cosine(moved, axis.way) >= _SAME_WAY
        and _cosine(moved[axis.most], axis.way[axis.most]) >= _SAME_HALF
    )


def _cosine(moved: Array, way: Array) -> float:
    return float((moved * way).sum() / np.sqrt((moved**2).sum() * (way**2).sum()))


def _phase(counter: Counter, place: float) -> float:
    high = counter.high_before if np.isnan(counter.high) else counter.high
    share = (place - counter.low) / max(high - counter.low, _OUT)
    share = 0.5 * min(1.0, max(0.0, share))
    back = not np.isnan(counter.high) and counter.high - place >= _NEAR
    return 1.0 - share if back else share
