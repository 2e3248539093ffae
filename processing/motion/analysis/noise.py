"""How far two people who move alike seem to differ to the detector, by view and angle.

A detector is off by 10 to 25 degrees, but off much alike for everyone it sees from one side. What
is left, the difference between two people's errors, is the noise of a comparison. ``python -m
benchmarks.analysis_noise`` measures it on the synthetic athlete: five builds, in other clothes and
rooms, a camera some degrees elsewhere, drawn, and seen by the detector that sees trainers (full)
and the one that sees clients (lite).
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from processing.motion.alignment import Array
from processing.motion.analysis.angles import ANGLE_INDEX, ANGLE_MIRROR, ANGLES, PART_OF, bare
from processing.motion.analysis.document import Fault
from processing.motion.analysis.robust import mean, median
from processing.motion.analysis.sampling import View

Kind = Literal["near", "far", "both", "apart", "extent"]
KINDS: Final[tuple[Kind, ...]] = ("near", "far", "both", "apart", "extent")

_ORDER: Final = (
    "knee_flexion",
    "hip_flexion",
    "hip_abduction",
    "knee_valgus",
    "elbow_flexion",
    "shoulder_flexion",
    "shoulder_abduction",
    "ankle_flexion",
    "trunk_lean",
    "trunk_side_lean",
)
_Row = tuple[float, ...]
# Root mean square, degrees, of the difference between a client's and the trainer's errors: of the
# side nearer to the camera and the other one, of both sides' mean, of the difference between the
# sides. From behind nothing was measured: as from the front, and a third more.
_FRONT: Final[dict[Kind, _Row]] = {
    "near": (12.5, 8.8, 3.5, 6.2, 5.0, 8.6, 2.9, 12.6, 4.1, 3.1),
    "far": (15.9, 14.2, 9.0, 11.6, 6.3, 14.1, 2.9, 9.2, 4.1, 3.1),
    "both": (14.6, 9.9, 4.3, 5.4, 4.7, 9.7, 1.5, 11.1, 4.1, 3.1),
    "apart": (8.1, 12.3, 10.6, 9.3, 5.1, 10.8, 4.2, 7.8, 4.1, 3.1),
}
_OBLIQUE: Final[dict[Kind, _Row]] = {
    "near": (7.9, 6.2, 6.4, 8.4, 8.1, 13.7, 5.3, 7.0, 3.7, 3.4),
    "far": (7.9, 6.2, 8.2, 12.7, 8.1, 13.7, 12.9, 7.3, 3.7, 3.4),
    "both": (6.4, 5.2, 3.0, 5.0, 5.8, 11.1, 5.5, 6.6, 3.7, 3.4),
    "apart": (8.3, 6.4, 13.4, 17.6, 8.1, 9.4, 15.8, 8.2, 3.7, 3.4),
}
# The far arm is hidden: what stands there is that of the near one and half as much again.
_SIDE: Final[dict[Kind, _Row]] = {
    "near": (4.9, 6.3, 5.1, 11.2, 4.9, 4.0, 9.6, 9.4, 2.6, 3.4),
    "far": (5.8, 8.7, 7.7, 11.3, 7.4, 6.0, 14.8, 10.2, 2.6, 3.4),
    "both": (4.2, 3.3, 3.7, 7.2, 4.9, 4.0, 9.6, 7.6, 2.6, 3.4),
    "apart": (7.1, 14.0, 10.7, 14.3, 7.4, 6.0, 18.3, 10.9, 2.6, 3.4),
}
# Of how far a movement goes, by all the angles that make it: of legs, of arms.
_EXTENT_DEG: Final[dict[View, tuple[float, float]]] = {
    "front": (12.0, 4.0),
    "oblique": (5.5, 5.0),
    "side": (4.6, 4.6),
    "back": (16.0, 5.5),
}
_AT_HOME: Final = 0.55
"""Noise of legs and trunk at home, where they are straight, against that of the other windows."""
_MEASURED: Final[dict[View, dict[Kind, _Row]]] = {
    "front": _FRONT,
    "oblique": _OBLIQUE,
    "side": _SIDE,
    "back": {kind: tuple(1.33 * value for value in row) for kind, row in _FRONT.items()},
}
RANDOM_DEG: Final = (1.5, 6.0)
"""Of one person's repetitions, at least and at most: a fault in every second repetition spreads
them as well, and must not pass as noise."""
VIEW_DEG_PER_DEG: Final = 0.12
"""What a degree between the two views adds, beyond those of the measured films."""
_MEASURED_APART_DEG: Final = 10.0
SURE: Final = 2.8
"""Standard deviations of noise that a difference must exceed to be called a fault."""
SURER: Final = 3.5
"""The same for how a limb is held, which is looked at in many places."""
_SURER: Final[frozenset[Fault]] = frozenset({"arm_position", "leg_position"})


@dataclass(frozen=True)
class Noise:
    """Standard deviations, degrees, in the trainer's convention.

    from_front : whether neither side is nearer to the camera
    one, both, apart : (18,) of an angle, of both sides' mean, of the difference of the sides
    extent_of_legs, extent_of_arms : of how far the movement goes
    random : (18,) of a repetition's own, on top
    tolerance_deg : up to this nobody minds
    """

    from_front: bool
    one: Array
    both: Array
    apart: Array
    extent_of_legs: float
    extent_of_arms: float
    random: Array
    tolerance_deg: float

    @property
    def total(self) -> Array:
        """Of one repetition's difference (18,)."""
        return np.asarray(np.hypot(self.one, self.random))

    def limit(self, fault: Fault, systematic: float, angle: int, at_home: bool) -> float:
        """The difference up to which it is no fault, degrees."""
        sure = SURER if fault in _SURER else SURE
        straight = at_home and PART_OF[angle].endswith(("hip", "knee", "ankle", "trunk"))
        shared = systematic * (_AT_HOME if straight else 1.0)
        return max(self.tolerance_deg, sure * float(np.hypot(shared, self.random[angle])))


def noise_of(
    differences: Array,
    spread: Array,
    view: View,
    right_is_near: bool,
    apart_deg: float,
    tolerance_deg: float,
) -> Noise:
    """Judge the noise of a comparison: measured before, and between the repetitions themselves.

    Parameters
    ----------
    differences : (R, 20, 18) float, degrees, in the trainer's convention; NaN = not seen
    spread : (18,) float, the trainer's own, degrees
    view : from where the client is seen
    right_is_near : whether what is right in the trainer's convention is nearer to the camera
    apart_deg : degrees between the two views
    tolerance_deg : up to this nobody minds
    """
    near = "right" if right_is_near else "left"
    turned = VIEW_DEG_PER_DEG * max(apart_deg - _MEASURED_APART_DEG, 0.0)
    natural = np.maximum(spread, spread[ANGLE_MIRROR])

    def row(kinds: list[Kind]) -> Array:
        table = _MEASURED[view]
        own = [
            table[kind][_ORDER.index(bare(name))] for kind, name in zip(kinds, ANGLES, strict=True)
        ]
        return np.asarray(np.sqrt(np.square(own) + turned**2 + natural**2))

    sides: list[Kind] = ["near" if name.startswith((near, "trunk")) else "far" for name in ANGLES]
    making = float(np.median(natural[: ANGLE_INDEX["trunk_lean"]]))
    between = 1.4826 * median(np.abs(differences - median(differences)), least=0.5)
    random = np.nan_to_num(mean(between), nan=RANDOM_DEG[0])
    legs, arms = (float(np.sqrt(own**2 + turned**2 + making**2)) for own in _EXTENT_DEG[view])
    return Noise(
        from_front=view == "front",
        one=row(sides),
        both=row(["both"] * len(ANGLES)),
        apart=row(["apart"] * len(ANGLES)),
        extent_of_legs=legs,
        extent_of_arms=arms,
        random=np.clip(random, *RANDOM_DEG),
        tolerance_deg=tolerance_deg,
    )
