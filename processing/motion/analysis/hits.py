"""Differences beyond their noise: where, in which repetition, and what a trainer would call them.

A repetition has four windows: at home, on the way out, at the far end, on the way back. In each the
mean difference of an angle is looked at, of both sides together (which has the least noise), of
either side, and between the sides. Means over a window rather than peaks: noise peaks, faults stay.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.angles import ANGLE_INDEX, ANGLES, SIDES, bare
from processing.motion.analysis.document import Fault, Phase
from processing.motion.analysis.noise import SURE, Noise
from processing.motion.analysis.robust import mean, median
from processing.motion.analysis.scoring import BINS

Window = Literal["home", "out", "far", "back", "held"]
Which = Literal["one", "both", "apart"]
Bools = NDArray[np.bool_]

WINDOWS: Final[dict[Window, tuple[int, ...]]] = {
    "home": (0, 1, 18, 19),
    "out": (3, 4, 5, 6),
    "far": (7, 8, 9, 10, 11, 12),
    "back": (13, 14, 15, 16),
}
HELD: Final[dict[Window, tuple[int, ...]]] = {"held": tuple(range(BINS))}
_ASYMMETRIC: Final = (
    "knee_flexion",
    "hip_flexion",
    "elbow_flexion",
    "shoulder_flexion",
    "shoulder_abduction",
)
_EVEN: Final = 2.0
"""Standard deviations of noise within which a trainer's sides are taken to be even."""
_DRIVER_SHARE: Final = 0.5
_DRIVER_DEG: Final = 25.0
_LEGS_DEG: Final = 40.0
"""An exercise in which knees or hips bend this far is one of the legs."""
_LEG_ANGLES: Final = ("knee_flexion", "hip_flexion", "hip_abduction")
_IN_TURN: Final = ("knee_valgus",)
"""Where the sides take turns, the one whose turn it is is looked at: what the knee behind does in a
lunge is nobody's fault."""
_FREE: Final = 2.5
"""Arms that keep the balance may point at the camera, where their angles are guessed."""
_ARM_ANGLES: Final = ("elbow_flexion", "shoulder_flexion", "shoulder_abduction")


@dataclass(frozen=True)
class Hit:
    """A difference in one window of one angle, of every repetition.

    fault : what it is called. angle : index of ``ANGLES``; of both sides, the left one.
    side : "left", "right" or None (both, or the trunk). window : where.
    difference_deg : (R,) float, client less trainer; NaN = not seen.
    noise_deg : a difference up to this is noise, or tolerated.
    angles : those that take part.
    """

    fault: Fault
    angle: int
    side: str | None
    window: Window
    difference_deg: Array
    noise_deg: float
    angles: tuple[int, ...]

    @property
    def ratio(self) -> Array:
        """(R,) size against the noise; 0 where not seen."""
        return np.nan_to_num(np.abs(self.difference_deg) / self.noise_deg)


def made_by_legs(range_deg: Array) -> bool:
    """Whether the legs make the movement, by the range of each angle (18,)."""
    return _most(range_deg, ("knee_flexion", "hip_flexion")) >= _LEGS_DEG


def _most(range_deg: Array, names: tuple[str, ...]) -> float:
    return max(float(range_deg[ANGLE_INDEX[f"{s}_{n}"]]) for s in SIDES for n in names)


def drivers(range_deg: Array) -> Bools:
    """Which angles (18,) make the movement: those of legs or arms that go far.

    Arms held out to keep the balance of a squat don't: where the legs bend, they make it.
    """
    names = _LEG_ANGLES if made_by_legs(range_deg) else _ARM_ANGLES
    least = max(_DRIVER_SHARE * _most(range_deg, names), _DRIVER_DEG)
    return np.array(
        [bare(name) in names and range_deg[i] >= least for i, name in enumerate(ANGLES)], np.bool_
    )


def phase_of(window: Window, lifts_first: bool) -> Phase:
    """Name a window as one sees it: the top is where the load is highest."""
    names: dict[Window, tuple[Phase, Phase]] = {
        "home": ("top", "bottom"),
        "out": ("down", "up"),
        "far": ("bottom", "top"),
        "back": ("up", "down"),
        "held": ("hold", "hold"),
    }
    return names[window][lifts_first]


def windowed(differences: Array, windows: dict[Window, tuple[int, ...]]) -> dict[Window, Array]:
    """Mean differences (R, 18) of (R, 20, 18) by window; NaN where less than half is seen."""
    result = {}
    for name, bins in windows.items():
        part = differences[:, list(bins)]
        often = 2 * np.isfinite(part).sum(axis=1) >= len(bins)
        result[name] = np.where(often, mean(part, axis=1), np.nan)
    return result


def candidates(
    differences: Array,
    lead: Array,
    noise: Noise,
    range_deg: Array,
    outward: Array,
    alternates: bool,
    held: bool,
) -> list[Hit]:
    """Every difference that might be a fault, large or small.

    Parameters
    ----------
    differences : (R, 20, 18) float, degrees, in the trainer's convention
    lead : (R, 20, 18) float, degrees, what the trainer does
    noise : what is noise or tolerated
    range_deg, outward : (18,) the trainer's range, and the sign of each angle's way out
    alternates : whether left and right take turns, so that they can't be compared
    """
    driving = np.zeros(len(ANGLES), np.bool_) if held else drivers(range_deg)
    found: list[Hit] = []
    windows = HELD if held else WINDOWS
    leads = windowed(lead, windows)
    turns = _turns(leads["far"], driving) if alternates and not held else None
    for window, values in windowed(differences, windows).items():
        found += _extents(window, values, noise, driving, outward)
        for i, name in enumerate(ANGLES):
            if name.startswith("trunk"):
                found.append(
                    Hit(
                        "trunk_lean",
                        i,
                        None,
                        window,
                        values[:, i],
                        noise.limit("trunk_lean", noise.one[i], i, window == "home"),
                        (i,),
                    )
                )
            elif name.startswith("left_"):
                other = ANGLE_INDEX[f"right_{bare(name)}"]
                pair = (i, other)
                if not alternates and bare(name) in _ASYMMETRIC:
                    free = bare(name) in _ARM_ANGLES and not driving[list(pair)].any() and not held
                    found += _asymmetry(window, values, leads[window], noise, pair, free)
                if turns is not None and bare(name) in _IN_TURN:
                    found += _in_turn(window, values, noise, pair, driving, turns)
                else:
                    found += _pair(window, values, noise, pair, driving, alternates)
    return found


def _extents(
    window: Window, values: Array, noise: Noise, driving: Bools, outward: Array
) -> list[Hit]:
    """How far the movement goes, by all the angles that make it: together they have less noise."""
    fault = _extent_fault(window)
    making = np.flatnonzero(driving)
    if fault is None or len(making) == 0:
        return []
    signed = values[:, making] * outward[making]
    seen = np.isfinite(signed)
    enough = 2 * seen.sum(axis=1) >= len(making)
    # The far leg is guessed more than seen.
    weight = np.where(seen, 1.0 / np.square(noise.one[making]), 0.0)
    total = np.maximum(weight.sum(axis=1), 1e-9)
    size = np.where(enough, (np.where(seen, signed, 0.0) * weight).sum(axis=1) / total, np.nan)
    if fault == "not_extended":
        size = np.where(size > 0, size, 0.0)
    arms = bare(ANGLES[making[0]]) in _ARM_ANGLES
    own = noise.extent_of_arms if arms else noise.extent_of_legs
    limit = noise.limit(fault, own, int(making[0]), window == "home")
    return [Hit(fault, int(making[0]), None, window, size, limit, tuple(making))]


def uneven_extent(
    reach: Array, kinds: NDArray[np.intp], range_deg: Array, usual_spread: float
) -> list[Hit]:
    """Repetitions that go less far than the client's own others: one person, seen from one side.

    Parameters
    ----------
    reach : (R,) float, how far each went, as a share of the trainer's way
    kinds : (R,) which of the trainer's repetitions each is compared with: left and right in turn
        look otherwise from one side
    range_deg : (18,) float, the trainer's
    usual_spread : how much the reach of right repetitions differs, standard deviation
    """
    making = np.flatnonzero(drivers(range_deg))
    if len(making) == 0:
        return []
    less = np.zeros(len(reach))
    for kind in set(kinds.tolist()):
        same = kinds == kind
        if same.sum() >= _ENOUGH:
            less[same] = np.minimum(reach[same] - np.percentile(reach[same], 75), 0.0)
    most = making[int(np.argmax(range_deg[making]))]
    size = less * float(range_deg[most])
    limit = max(_UNEVEN_DEG, SURE * usual_spread * float(range_deg[most]))
    return [Hit("depth", int(most), None, "far", size, limit, tuple(int(i) for i in making))]


_ENOUGH: Final = 3
_UNEVEN_DEG: Final = 10.0


def _extent_fault(window: Window) -> Fault | None:
    return {"far": "depth", "home": "not_extended"}.get(window)  # type: ignore[return-value]


def _pair(
    window: Window,
    values: Array,
    noise: Noise,
    pair: tuple[int, int],
    driving: Bools,
    alternates: bool,
) -> list[Hit]:
    left, right = pair
    found = []
    if not alternates:
        both = 0.5 * (values[:, left] + values[:, right])
        found += _named(window, left, None, both, noise, pair, driving)
    for side, i in zip(SIDES, pair, strict=True):
        one = values[:, i]
        found += _named(window, i, side, one, noise, (i,), driving)
    return found


def _turns(lead: Array, driving: Bools) -> Bools | None:
    """Which repetitions (R,) are the left side's, where both sides have some; else None.

    It is the side on which the trainer goes further, at the far end, in what differs most there.
    """
    apart = [
        lead[:, i] - lead[:, ANGLE_INDEX[f"right_{bare(name)}"]]
        for i, name in enumerate(ANGLES)
        if name.startswith("left_") and driving[i]
    ]
    if not apart:
        return None
    most = max(apart, key=lambda one: float(np.nan_to_num(np.abs(one)).mean()))
    left = most > 0
    return left if left.any() and not left.all() else None


def _in_turn(
    window: Window,
    values: Array,
    noise: Noise,
    pair: tuple[int, int],
    driving: Bools,
    left: Bools,
) -> list[Hit]:
    """Differences of the side whose turn it is, and of both over their turns.

    A camera a little aside makes of one side too much and of the other too little: over both it
    goes. What only one side does is that side's alone.
    """
    found = []
    for side, i, its in zip(SIDES, pair, (left, ~left), strict=True):
        own = np.where(its, values[:, i], np.nan)
        found += _named(window, i, side, own, noise, (i,), driving)
    working = np.where(left, values[:, pair[0]], values[:, pair[1]])
    usual = [float(median(working[its][:, None])[0]) for its in (left, ~left)]
    both = 0.5 * (working + np.where(left, usual[1], usual[0]))
    shared = 2.0 * min(abs(one) for one in usual) if usual[0] * usual[1] > 0 else 0.0
    both = np.clip(both, -shared, shared)
    return found + _named(window, pair[0], None, both, noise, pair, driving)


def _asymmetry(
    window: Window, values: Array, lead: Array, noise: Noise, pair: tuple[int, int], free: bool
) -> list[Hit]:
    """How much the sides differ; against the trainer's, where theirs differ beyond the noise.

    free : whether these are arms in an exercise of the legs, which only keep the balance.

    Within the noise a trainer who is seen from the front is taken to be even: the error of their
    detector would come on top. From aside both are off alike, the near side against the far one.
    """
    left, right = pair
    theirs = lead[:, left] - lead[:, right]
    reach = _EVEN * float(noise.apart[left]) if noise.from_front else 0.0
    apart = values[:, left] - values[:, right] + np.clip(theirs, -reach, reach)
    known = np.isfinite(apart)
    if not known.any():
        return []
    # The side that is off more is the one to speak of.
    off = median(np.abs(values[known][:, list(pair)]))
    mine = 0 if off[0] >= off[1] else 1
    sign = 1.0 if mine == 0 else -1.0
    limit = noise.limit("asymmetry", noise.apart[left], left, at_home=False)
    limit *= _FREE if free else 1.0
    return [Hit("asymmetry", pair[mine], SIDES[mine], window, sign * apart, limit, (pair[mine],))]


def _named(
    window: Window,
    i: int,
    side: str | None,
    size: Array,
    noise: Noise,
    angles: tuple[int, ...],
    driving: Bools,
) -> list[Hit]:
    """A difference of one angle by the name of its fault, or of either sign's."""
    name = bare(ANGLES[i])
    systematic = float((noise.both if side is None else noise.one)[i])

    def hit(fault: Fault, values: Array) -> Hit:
        limit = noise.limit(fault, systematic, i, window == "home")
        return Hit(fault, i, side, window, values, limit, angles)

    if name == "knee_valgus":
        inwards, outwards = np.maximum(size, 0.0), np.minimum(size, 0.0)
        return [hit("valgus", inwards), hit("leg_position", outwards)]
    extent = _extent_fault(window)
    if driving[i] and extent is not None:
        # Said of all that make the movement together, where there are several.
        return [] if side is None else [hit(extent, size)]
    return [hit("arm_position" if name in _ARM_ANGLES else "leg_position", size)]
