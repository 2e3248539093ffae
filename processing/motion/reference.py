"""The trainer's movement, made ready to be compared with.

``static/js/shadow/reference.js`` is the twin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array, bone_visibility, hinge_angles_deg, unit_bones
from processing.motion.skeleton import BONE_INDEX, BONE_MIRROR, BONES, FOCUS

# Poses further apart than this are not joined by a line.
LONGEST_GAP_S: Final = 0.25

# A bone seen worse than this is not judged.
VISIBLE: Final = 0.5

# Weight of a bone that never moves in the reference, against 1 for the one that moves most.
STILL_WEIGHT: Final = 0.35
# A movement smaller than this (rms about the mean direction) is a hold: all bones count alike.
HOLD_DEG: Final = 15.0
FOCUS_WEIGHT: Final = 1.5
# A hinge is straight within this share of its range from the straightest it becomes.
_STRAIGHT_SHARE: Final = 0.25
_OUTERMOST: Final = 0.05
# Feet and the two lines are short or lie along the depth axis, where the detector guesses most.
_RELIABILITY: Final = {
    "left_foot": 0.4,
    "right_foot": 0.4,
    "shoulder_line": 0.5,
    "hip_line": 0.5,
}

_BONE_COUNT: Final = len(BONES)


@dataclass(frozen=True)
class Reference:
    """The trainer's movement, ready to compare with."""

    times_s: Array  # (T,) increasing
    bones: Array  # (T, 13, 3) unit vectors, NaN = not seen
    visibility: Array  # (T, 13) 0..1
    weights: Array  # (13,)
    shown: Array  # (13,) weight of the bone and its mirror, in the frames that show either
    straight_deg: Array  # (4,) up to which angle a hinge is straight; NaN = never seen
    duration_s: float


def bone_weights(bones: Array, focus: Sequence[str] = ()) -> Array:
    """Say how much each bone counts: by how far the trainer moves it, and by the focus.

    Parameters
    ----------
    bones : (T, 13, 3) float, unit vectors, NaN = not seen
    focus : keys of ``skeleton.FOCUS``; others are passed over

    Returns
    -------
    (13,) float
    """
    seen: NDArray[np.bool_] = np.asarray(np.isfinite(bones).all(axis=-1))
    count = np.maximum(seen.sum(axis=0), 1)
    mean = np.where(seen[..., None], bones, 0.0).sum(axis=0) / count[:, None]
    # For unit vectors 1 - |mean|^2 is the variance; its root is the rms angle for small ones.
    variance = np.maximum(0.0, 1.0 - (mean**2).sum(axis=-1))
    moved_deg = np.where(seen.any(axis=0), np.degrees(np.sqrt(variance)), 0.0)
    trust = np.array([_RELIABILITY.get(bone.name, 1.0) for bone in BONES])
    most = float((moved_deg * trust).max())
    if most < HOLD_DEG:
        weights = trust
    else:
        share = np.minimum(1.0, moved_deg / most)
        weights = trust * (STILL_WEIGHT + (1.0 - STILL_WEIGHT) * share)
    focused = {BONE_INDEX[name] for word in focus for name in FOCUS.get(word, ())}
    return np.array([w * (FOCUS_WEIGHT if i in focused else 1.0) for i, w in enumerate(weights)])


def _straight_deg(bones: Array) -> Array:
    limits = np.full(4, np.nan)
    for hinge, angles in enumerate(hinge_angles_deg(bones).T):
        ordered = np.sort(angles[np.isfinite(angles)])
        if len(ordered):
            last = len(ordered) - 1
            low = ordered[int(np.floor(_OUTERMOST * last))]
            high = ordered[int(np.ceil((1 - _OUTERMOST) * last))]
            limits[hinge] = low + _STRAIGHT_SHARE * (high - low)
    return limits


def _shown(bones: Array, visibility: Array, weights: Array) -> Array:
    seen = np.isfinite(bones).all(axis=-1) & (visibility >= VISIBLE)
    either = seen | seen[:, BONE_MIRROR]
    return np.asarray((weights + weights[BONE_MIRROR]) * either.mean(axis=0))


def prepare(
    times_s: Array,
    world: Array,
    visibility: Array,
    duration_s: float,
    focus: Sequence[str] = (),
) -> Reference:
    """Make a reference of the trainer's poses.

    Parameters
    ----------
    times_s : (T,) float, seconds from the clip's start, increasing; T >= 1
    world : (T, 33, 3) float, metres
    visibility : (T, 33) float, 0..1
    duration_s : length of the clip; after it the clip starts anew
    focus : parts of the body that count more
    """
    bones, seen = unit_bones(world), bone_visibility(visibility)
    weights = bone_weights(bones, focus)
    return Reference(
        times_s=np.asarray(times_s, dtype=np.float64),
        bones=bones,
        visibility=seen,
        weights=weights,
        shown=_shown(bones, seen, weights),
        straight_deg=_straight_deg(bones),
        duration_s=float(duration_s),
    )


def pose_at(reference: Reference, position_s: float) -> tuple[Array, Array]:
    """Give the trainer's bones at a moment of play.

    Parameters
    ----------
    position_s : seconds played since the set began, over all loops; before 0 the first pose holds

    Returns
    -------
    bones : (13, 3) float, unit vectors; NaN = not seen
    visibility : (13,) float, 0..1
    """
    times = reference.times_s
    t = max(position_s, 0.0)
    t -= np.floor(t / reference.duration_s) * reference.duration_s
    after = int(np.searchsorted(times, t, side="right"))
    if after == 0 or after == len(times):
        end = 0 if after == 0 else after - 1
        near = abs(times[end] - t) <= LONGEST_GAP_S
        nothing = np.full((_BONE_COUNT, 3), np.nan), np.zeros(_BONE_COUNT)
        return (reference.bones[end], reference.visibility[end]) if near else nothing
    before = after - 1
    gap = times[after] - times[before]
    part = (t - times[before]) / gap
    if gap > LONGEST_GAP_S:
        part = np.floor(part + 0.5)
    bones = reference.bones[before] * (1.0 - part) + reference.bones[after] * part
    bones = bones / np.sqrt((bones**2).sum(axis=-1, keepdims=True))
    seen = reference.visibility[before] * (1.0 - part) + reference.visibility[after] * part
    return bones, seen
