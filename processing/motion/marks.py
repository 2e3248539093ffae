"""Marks of the single limbs, 0..1, calm enough to colour them by.

A limb is judged by its direction and, where it is one side of a hinge (elbow, knee), by the hinge's
angle as well. Directions must bear a camera that is tilted or turned a little; an angle between two
bones does not change with that and is judged more strictly. Two things it does change with:

- The detector's idea of a straight knee. Between its models, and between bodies, it differs by up
  to 15 degrees, by the same all through a movement. So it is measured where the trainer's hinge is
  straightest, and taken off.
- The side it is seen from: the same knee, seen from 30 degrees aside, is up to 25 degrees off on
  way. So the tolerance grows with the angle between the two cameras.

``static/js/shadow/marks.js`` is the twin.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from processing.motion.alignment import HINGES, Array, hinge_angles_deg
from processing.motion.skeleton import BONES

# Full marks up to the tolerance, none from the limit on; the whole score goes by the same.
TOLERANCE_DEG: Final = 15.0
LIMIT_DEG: Final = 60.0
# ... and what is added to both for a bone that points straight at the camera or away from it, times
# the square of its depth: an arm raised towards the camera is read up to 15 degrees off.
DEPTH_DEG: Final = 8.0
# Of elbows and knees, left and right, seen by both cameras from the same side; elbows are what the
# detector guesses worst. docs/score.md has what was measured.
HINGE_TOLERANCE_DEG: Final = np.array([16.0, 16.0, 4.0, 4.0])
HINGE_RANGE_DEG: Final = np.array([30.0, 30.0, 20.0, 20.0])
# ... and what is added to the tolerance, times the chord of the angle between the cameras beyond
# that to which it is known.
HINGE_VIEW_DEG: Final = 40.0
YAW_KNOWN_RAD: Final = 0.09
# More than this is not the detector's idea of straight, but a bent knee.
LARGEST_OFFSET_DEG: Final = 15.0
OFFSET_S: Final = 6.0
# Left and right that are off the same way confirm each other: the one that is seen worse counts for
# their mean, but for no more than this many times its own.
CONFIRMED: Final = 2.0
_OTHER_SIDE: Final = np.array([1, 0, 3, 2])
# A hinge's difference is calmed before it is judged: noise would count as a fault both ways.
_DIFFERENCE_S: Final = 0.25

# A limb that goes wrong shows it at once, and long enough to be noticed.
_WORSE_S: Final = 0.15
_BETTER_S: Final = 0.8
# Not seen for a moment is a blink of the detector.
_BLINK_S: Final = 0.3

_COUNT: Final = len(BONES)


@dataclass(frozen=True)
class Calm:
    """Marks as they are shown."""

    marks: Array  # (13,) 0..1; NaN = not seen
    t_s: Array  # (13,) when each was last seen


@dataclass(frozen=True)
class Hinges:
    """How much more than the trainer's the client's hinges are bent."""

    more_deg: Array  # (4,) now, calmed; NaN = not judged
    weight: Array  # (4,) seconds in which the trainer's were straight, a decaying sum
    off: Array  # (4,) degrees x seconds in those


def unseen() -> Calm:
    """Give the marks before anything was seen."""
    return Calm(np.full(_COUNT, np.nan), np.full(_COUNT, -np.inf))


def unknown() -> Hinges:
    """Give the hinges before anything was seen."""
    count = len(HINGES)
    return Hinges(np.full(count, np.nan), np.zeros(count), np.zeros(count))


def offsets_deg(hinges: Hinges) -> Array:
    """Give how much more (4,) than they are the client's hinges are taken to be bent, degrees."""
    known = hinges.weight > 0
    mean = np.where(known, hinges.off / np.where(known, hinges.weight, 1.0), 0.0)
    return np.clip(mean, -LARGEST_OFFSET_DEG, LARGEST_OFFSET_DEG)


def learn(
    hinges: Hinges, dt: float, body: Array, target: Array, errors_deg: Array, straight_deg: Array
) -> Hinges:
    """Take a frame's hinges into account.

    Parameters
    ----------
    dt : seconds since the frame before
    body, target, errors_deg : as for ``limb_marks``
    straight_deg : (4,) up to which angle each of the trainer's hinges is straight
    """
    theirs = hinge_angles_deg(target)
    judged = np.isfinite(errors_deg[HINGES].sum(axis=1))
    more = np.where(judged, hinge_angles_deg(body) - theirs, np.nan)
    before = np.where(np.isnan(hinges.more_deg), more, hinges.more_deg)
    gained = np.where(judged & (theirs <= straight_deg), dt, 0.0)
    keep = np.exp(-gained / OFFSET_S)
    return Hinges(
        more_deg=before + (1.0 - np.exp(-dt / _DIFFERENCE_S)) * (more - before),
        weight=hinges.weight * keep + gained,
        off=hinges.off * keep + np.where(gained > 0, more, 0.0) * gained,
    )


def direction_marks(errors_deg: Array) -> Array:
    """Mark bones by how far their directions are off; NaN stays."""
    return np.clip((LIMIT_DEG - errors_deg) / (LIMIT_DEG - TOLERANCE_DEG), 0.0, 1.0)


def limb_marks(errors_deg: Array, target: Array, hinges: Hinges, yaw_rad: float) -> Array:
    """Mark every bone of one frame.

    Parameters
    ----------
    errors_deg : (13,) float, between client and trainer; NaN = not judged
    target : (13, 3) float, the trainer's bones as their camera sees them
    hinges : the client's, this frame's learnt
    yaw_rad : by how much the client was turned into the trainer's view

    Returns
    -------
    (13,) float, 0..1; NaN = not judged
    """
    marks = direction_marks(errors_deg - DEPTH_DEG * target[:, 2] ** 2)
    aside = max(0.0, abs(yaw_rad) - YAW_KNOWN_RAD)
    tolerance = HINGE_TOLERANCE_DEG + HINGE_VIEW_DEG * 2.0 * float(np.sin(0.5 * aside))
    off = _confirmed(hinges.more_deg - offsets_deg(hinges))
    strict = np.clip((tolerance + HINGE_RANGE_DEG - off) / HINGE_RANGE_DEG, 0.0, 1.0)
    for (upper, lower), mark in zip(HINGES, strict, strict=True):
        if np.isfinite(mark):
            marks[upper] = min(marks[upper], mark)
            marks[lower] = min(marks[lower], mark)
    return marks


def _confirmed(more_deg: Array) -> Array:
    """Say how far hinges (4,) are off, each with what the other side says; NaN = not judged."""
    own, other = np.abs(more_deg), more_deg[_OTHER_SIDE]
    mean = np.where(more_deg * other > 0, 0.5 * (own + np.abs(other)), 0.0)
    return np.maximum(own, np.minimum(mean, CONFIRMED * own))


def follow(calm: Calm, t_s: float, marks: Array) -> Calm:
    """Let the marks on show follow those of a frame: quickly down, slowly up."""
    dt = t_s - calm.t_s
    fresh = np.isnan(calm.marks)
    before = np.where(fresh, marks, calm.marks)
    pace = np.where(marks < before, _WORSE_S, _BETTER_S)
    share = 1.0 - np.exp(-np.where(fresh, np.inf, dt) / pace)
    followed = before + share * (marks - before)
    seen = np.isfinite(marks)
    held = np.where(dt > _BLINK_S, np.nan, calm.marks)
    return Calm(np.where(seen, followed, held), np.where(seen, t_s, calm.t_s))
