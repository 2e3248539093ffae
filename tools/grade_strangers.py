"""Movements that the grader was never taught: it must say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from processing.synthetic.body import BONE, Body, Floats, Pose, joints
from processing.synthetic.performance import Moment
from processing.synthetic.posing import SIDES, Poser, side_sign
from processing.synthetic.rotation import turn

_REP_S: Final = 2.6
_IDLE_S: Final = 0.5


@dataclass(frozen=True)
class Stranger:
    """A movement of ``MOVEMENTS``, three times; `seed` varies tempo and size a little."""

    movement: str
    seed: int = 0
    exercise: str = "stranger"

    @property
    def reps_s(self) -> Floats:
        lengths = _REP_S * (1 + 0.05 * np.random.default_rng(self.seed).standard_normal(3))
        edges = _IDLE_S + np.concatenate([[0.0], np.cumsum(lengths)])
        return np.stack([edges[:-1], edges[1:]], axis=1)

    @property
    def duration_s(self) -> float:
        return float(self.reps_s[-1, 1] + _IDLE_S)

    def moment(self, t: float) -> Moment:
        for rep, (start, end) in enumerate(self.reps_s):
            if start <= t < end:
                return Moment(t, rep, float((t - start) / (end - start)), 1.0)
        return Moment(t, -1, 0.0, 0.0)

    def pose(self, body: Body, t: float) -> Pose:
        size = 1 + 0.05 * float(np.random.default_rng([self.seed, 1]).standard_normal())
        share = 0.5 - 0.5 * np.cos(2 * np.pi * self.moment(t).phase)
        return MOVEMENTS[self.movement](body, size * float(share))


def _standing(body: Body, trunk: Floats, arm_deg: tuple[float, float], forwards: bool) -> Pose:
    """Upright legs, the pelvis turned, straight arms raised to the front or to the sides."""
    ankle = np.array([0.11, joints(body)[BONE["left_foot"], 1], 0.0])
    poser = Poser(body, [0.0, ankle[1] + 0.985 * (body.thigh_m + body.shin_m), 0.0], trunk)
    poser.trunk(np.eye(3), np.eye(3), np.eye(3), np.eye(3))
    for side, raised in zip(SIDES, arm_deg, strict=True):
        sign = side_sign(side)
        poser.leg_to(side, ankle * [sign, 1, 1], [sign * 0.15, 0.0, 1.0], np.eye(3))
        a = np.radians(raised)
        out = [sign * 0.15, -np.cos(a), np.sin(a)]
        if not forwards:
            out = [sign * np.sin(a), -np.cos(a), 0.1]
        poser.arm_by(side, out, 12.0, [sign * 0.4, -np.sin(a), -np.cos(a)])
    return poser.pose()


def _hinge(body: Body, s: float) -> Pose:
    return _standing(body, turn("x", 75.0 * s), (20.0 + 55.0 * s, 20.0 + 55.0 * s), True)


def _side_bend(body: Body, s: float) -> Pose:
    return _standing(body, turn("z", 38.0 * s), (15.0, 15.0 + 140.0 * s), False)


def _front_raise(body: Body, s: float) -> Pose:
    return _standing(body, np.eye(3), (10.0 + 80.0 * s, 10.0 + 80.0 * s), True)


def _one_arm(body: Body, s: float) -> Pose:
    return _standing(body, np.eye(3), (12.0 + 150.0 * s, 12.0), True)


MOVEMENTS: Final[dict[str, Callable[[Body, float], Pose]]] = {
    "hinge": _hinge,
    "side_bend": _side_bend,
    "front_raise": _front_raise,
    "one_arm": _one_arm,
}
