"""The exercises as curves over phase: joint angles where limbs are free, targets where planted.

Feet (and, on the floor, hands and toes) stay exactly where they are put; the pelvis follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import numpy as np

from processing.synthetic.body import ARM, BONE, FLIP, PALM, Body, Floats, Pose, joints
from processing.synthetic.performance import Moment, Performance, bump, ramp
from processing.synthetic.posing import SIDES, Poser, side_sign
from processing.synthetic.rotation import turn, unit

_STANDING_KNEE_DEG = 7.0


class Staged(Protocol):
    """Anything else that can be filmed, such as a take of several exercises."""

    @property
    def duration_s(self) -> float:
        """Whole length, seconds."""

    @property
    def reps_s(self) -> Floats:
        """Start and end (reps, 2) of every repetition, seconds."""

    def moment(self, t: float) -> Moment:
        """Where in it ``t`` seconds is."""

    def pose(self, body: Body, t: float) -> Pose:
        """The pose ``t`` seconds into it."""


def pose_at(performance: Performance | Staged, body: Body, t: float) -> Pose:
    """The pose ``t`` seconds into a take."""
    if not isinstance(performance, Performance):
        return performance.pose(body, t)
    moment = performance.moment(t)
    if not performance.is_faulty(moment.rep):
        # Faults grow and fade with the movement: nothing jumps between repetitions.
        performance = replace(performance, lean_deg=0.0, knees_in_m=0.0, uneven=0.0)
    return _EXERCISES[performance.exercise](performance, body, moment)


def _sway(performance: Performance, t: float) -> tuple[float, float, float]:
    """Breath (degrees at the chest) and the drift (m) of someone who is not a statue."""
    a, b, c = np.random.default_rng(performance.seed).uniform(0, 2 * np.pi, 3)
    breath = 0.9 * np.sin(2 * np.pi * t / 3.7 + a)
    x = 0.004 * np.sin(2 * np.pi * t / 5.3 + b) + 0.002 * np.sin(2 * np.pi * t / 2.1 + c)
    z = 0.004 * np.sin(2 * np.pi * t / 4.4 + c)
    return float(breath), float(x), float(z)


def _leg_m(poser: Poser, knee_deg: float) -> float:
    """Hip to ankle with the knee bent by an angle, metres."""
    a, b = poser.thigh_m, poser.shin_m
    return float(np.sqrt(a * a + b * b + 2 * a * b * np.cos(np.radians(knee_deg))))


def _height(leg_m: float, across_m: float, along_m: float) -> float:
    """How high above the ankle a hip is, given the leg's length and horizontal offsets."""
    return float(np.sqrt(max(leg_m**2 - across_m**2 - along_m**2, 1e-4)))


def _ankle(body: Body, x: float, z: float) -> Floats:
    """A flat foot's ankle: x and z on the floor, height of the ankle over the sole."""
    return np.array([x, joints(body)[BONE["left_foot"], 1], z])


def _hand(side: str, along: Floats | list[float], palm: Floats | list[float]) -> Floats:
    """Global rotation of a hand that points ``along`` and whose palm faces ``palm``."""
    sign = side_sign(side)
    flip = np.ones(3) if side == "left" else FLIP
    a, n = unit(along), np.asarray(palm, float)
    n = unit(n - (n @ a) * a)
    posed = np.column_stack([a, n, -sign * np.cross(a, n)])
    rest = np.column_stack([ARM * flip, PALM * flip, [0.0, 0.0, 1.0]])
    return np.asarray(posed @ rest.T)


def _squat(performance: Performance, body: Body, moment: Moment) -> Pose:
    s = moment.there_and_back()
    breath, sway_x, sway_z = _sway(performance, moment.t)
    stance = 0.5 * body.hip_width_m + 0.075
    toe_out = 16.0
    lean = 34.0 * s + performance.lean_deg * s
    measure = Poser(body, np.zeros(3), np.eye(3))
    knee = _STANDING_KNEE_DEG + (112.0 - _STANDING_KNEE_DEG) * s
    back = -0.215 * s * measure.thigh_m / 0.417 + sway_z - 0.008
    ankle = _ankle(body, stance, -0.008)
    rise = _height(
        _leg_m(measure, knee), stance - 0.5 * body.hip_width_m + abs(sway_x), back + 0.008
    )
    root = np.array([sway_x, ankle[1] + rise, back])
    poser = Poser(body, root, turn("x", lean))
    poser.trunk(
        turn("x", -3.0 * s),
        turn("x", -4.0 * s + breath),
        turn("x", -0.28 * lean - 0.5 * breath),
        turn("x", -0.30 * lean),
    )
    flexion = 6.0 + 82.0 * s
    for side in SIDES:
        sign = side_sign(side)
        less = 1.0 - (performance.uneven if side == "right" else 0.0)
        foot = turn("y", sign * toe_out)
        out = np.sin(np.radians(toe_out + 8 * s)) - performance.knees_in_m * s / 0.35
        poser.leg_to(side, ankle * [sign, 1, 1], [sign * out, 0.0, 1.0], foot)
        a = np.radians(flexion * less)
        poser.arm_by(
            side,
            [sign * (0.20 - 0.10 * s), -np.cos(a), np.sin(a) + 0.02],
            16.0 - 6.0 * s,
            [sign * (0.35 + 0.35 * s), -np.sin(a), -np.cos(a)],
            roll_deg=12.0,
            curl_deg=22.0 - 14.0 * s,
        )
    return poser.pose()


def _lunge(performance: Performance, body: Body, moment: Moment) -> Pose:
    p = moment.phase
    active = moment.depth if moment.rep >= 0 else 0.0
    stepped = ramp(p, 0.0, 0.30) - ramp(p, 0.72, 1.0) if moment.rep >= 0 else 0.0
    drop = (ramp(p, 0.20, 0.48) - ramp(p, 0.53, 0.80)) * active
    front = SIDES[moment.rep % 2] if moment.rep >= 0 else "left"
    breath, sway_x, sway_z = _sway(performance, moment.t)
    stride = 0.76 * body.thigh_m / 0.417
    half = 0.5 * body.hip_width_m + 0.012
    measure = Poser(body, np.zeros(3), np.eye(3))
    shift = 0.52 * stride * stepped
    start_z = -0.5 * stride
    heel_deg = 12.0 * stepped + 40.0 * drop
    back_foot = turn("x", heel_deg)
    rest = joints(body)
    ball = rest[BONE["left_toes"]] - rest[BONE["left_foot"]]
    ankle_flat = _ankle(body, half, start_z - 0.008)
    ankle_back = ankle_flat + ball - back_foot @ ball
    lifted = 0.085 * 4 * stepped * (1 - stepped)
    ankle_front = _ankle(body, half, start_z - 0.008 + stride * stepped) + [0, lifted, 0]
    root_z = start_z - 0.008 + shift + sway_z
    tall = _leg_m(measure, _STANDING_KNEE_DEG)
    reach = min(
        ankle[1] + _height(tall, 0.02 + abs(sway_x), ankle[2] - root_z)
        for ankle in (ankle_flat, ankle_front)
    )
    low = ankle_flat[1] + 0.515 * measure.thigh_m / 0.417 * 0.82
    root = np.array([sway_x, reach + (min(low, reach) - reach) * drop, root_z])
    lean = 3.0 * stepped + (4.0 + performance.lean_deg) * drop
    poser = Poser(body, root, turn("x", lean))
    poser.trunk(turn("x", 0.0), turn("x", breath), turn("x", -0.4 * lean), turn("x", -0.3 * lean))
    for side in SIDES:
        sign = side_sign(side)
        mirror = np.array([sign, 1.0, 1.0])
        inwards = -performance.knees_in_m * drop / 0.35
        if side == front:
            toe_up = turn("x", -14.0 * 4 * stepped * (1 - stepped))
            poser.leg_to(side, ankle_front * mirror, [sign * (0.05 + inwards), 0.0, 1.0], toe_up)
        else:
            poser.leg_to(side, ankle_back * mirror, [sign * 0.04, -0.25, 1.0], back_foot, heel_deg)
        # Arms swing against the legs, elbows bending as in walking.
        swing = (-1.0 if side == front else 1.0) * stepped
        a = np.radians(3.0 + 22.0 * swing)
        poser.arm_by(
            side,
            [sign * 0.20, -np.cos(a), np.sin(a)],
            18.0 + 42.0 * max(swing, 0.0) + 14.0 * stepped,
            [sign * 0.30, -np.sin(a), -np.cos(a)],
            roll_deg=10.0,
            curl_deg=30.0,
        )
    return poser.pose()


def _jumping_jack(performance: Performance, body: Body, moment: Moment) -> Pose:
    p, depth = moment.phase, moment.depth
    moving = 1.0 if moment.rep >= 0 else 0.0
    fly_out, fly_in = (p - 0.10) / 0.30, (p - 0.60) / 0.30
    air = 0.0
    for u in (fly_out, fly_in):
        if 0 < u < 1:
            air = 4 * u * (1 - u)
    spread = (ramp(p, 0.08, 0.42) - ramp(p, 0.58, 0.92)) * moving
    raised = (ramp(p, 0.02, 0.46) - ramp(p, 0.54, 0.98)) * depth * moving
    dip = sum(bump(p, c, 0.11) for c in (0.04, 0.49, 0.97)) * moving
    breath, sway_x, _ = _sway(performance, moment.t)
    half = 0.5 * body.hip_width_m + 0.012 + 0.27 * spread * depth
    measure = Poser(body, np.zeros(3), np.eye(3))
    point_deg = 24.0 * air
    # Toes leave the floor last: the ankle rises by as much as they point down, and by the hop.
    toe_m = 0.215 * body.shin_m / 0.411
    ankle = _ankle(body, half, -0.008)
    ankle[1] += 0.025 * air + toe_m * np.sin(np.radians(point_deg))
    knee = _STANDING_KNEE_DEG + 20.0 * dip + 6.0 * air
    rise = _height(_leg_m(measure, knee), half - 0.5 * body.hip_width_m + abs(sway_x), 0.008)
    root = np.array([sway_x, ankle[1] + rise, -0.012])
    lean = 4.0 * dip
    poser = Poser(body, root, turn("x", lean))
    poser.trunk(turn("x", 0.0), turn("x", breath), turn("x", -0.5 * lean), turn("x", -0.4 * lean))
    for side in SIDES:
        sign = side_sign(side)
        less = 1.0 - (performance.uneven if side == "right" else 0.0)
        toe_out = turn("y", sign * (6.0 + 12.0 * spread))
        foot = toe_out @ turn("x", point_deg)
        pole = [sign * (0.12 + 0.2 * spread), 0.0, 1.0]
        poser.leg_to(side, ankle * [sign, 1, 1], pole, foot)
        a = np.radians(10.0 + 158.0 * raised * less)
        poser.arm_by(
            side,
            [sign * np.sin(a), -np.cos(a), 0.06],
            14.0 + 6.0 * (1 - raised),
            [sign * 0.2 * np.cos(a), 0.2 * np.sin(a), -1.0],
            roll_deg=8.0 - 95.0 * raised,
            curl_deg=14.0,
        )
    return poser.pose()


def _overhead_press(performance: Performance, body: Body, moment: Moment) -> Pose:
    s = moment.there_and_back()
    breath, sway_x, sway_z = _sway(performance, moment.t)
    stance = 0.5 * body.hip_width_m + 0.055
    measure = Poser(body, np.zeros(3), np.eye(3))
    ankle = _ankle(body, stance, -0.008)
    rise = _height(_leg_m(measure, _STANDING_KNEE_DEG), 0.055 + abs(sway_x), sway_z + 0.008)
    lean = -2.5 * s - performance.lean_deg * s
    poser = Poser(body, [sway_x, ankle[1] + rise, sway_z], turn("x", lean))
    poser.trunk(turn("x", -1.0 * s), turn("x", breath), turn("x", 1.5 * s), turn("x", 1.0 * s))
    reach = body.upper_arm_m + body.forearm_m
    for side in SIDES:
        sign = side_sign(side)
        less = 1.0 - (performance.uneven if side == "right" else 0.0)
        poser.leg_to(side, ankle * [sign, 1, 1], [sign * 0.16, 0.0, 1.0], turn("y", sign * 10.0))
        u = s * less
        up = poser.shoulder(side)
        # Wrists over elbows all the way, passing in front of the face at arm's width.
        wrist = up + np.array(
            [
                sign * (0.115 + 0.05 * np.sin(np.pi * u) - 0.085 * u),
                (0.035 + (0.955 - 0.035 / reach) * u * 1.0) * reach + 0.055 * u,
                0.120 * (1 - u) + 0.030,
            ]
        )
        pole = np.array([sign * (0.55 + 0.5 * u), -1.0 + 0.8 * u, 0.30])
        fore = unit([sign * 0.02, 1.0, 0.02])
        poser.arm_to(side, wrist, pole, _hand(side, fore, [0.0, 0.05, 1.0]), curl_deg=78.0)
    return poser.pose()


def _on_the_floor(
    performance: Performance, body: Body, moment: Moment, shoulder_y: float, sag_deg: float
) -> tuple[Poser, Floats]:
    """Face down on the toes, in line from ankle to head, shoulders at a height.

    Returns the poser with trunk and legs set, and the middle between the shoulders with straight
    trunk, (3,) metres. Toes are at z = 0, the head is on the side of z positive.
    """
    rest = joints(body)
    foot_deg = 72.0
    foot = turn("x", foot_deg)
    ball = rest[BONE["left_toes"]] - rest[BONE["left_foot"]]
    half = 0.5 * body.hip_width_m + 0.02
    centre = -0.5 * (body.thigh_m + body.shin_m + body.torso_m)
    ball_at = np.array([half, rest[BONE["left_toes"], 1], centre])
    ankle = ball_at - foot @ ball
    measure = Poser(body, np.zeros(3), np.eye(3))
    leg_m = _leg_m(measure, 4.0)
    length = leg_m + body.torso_m
    incline = float(np.degrees(np.arcsin(np.clip((shoulder_y - ankle[1]) / length, -0.5, 0.9))))
    line = np.array([0.0, np.sin(np.radians(incline)), np.cos(np.radians(incline))])
    root = np.array([0.0, ankle[1], ankle[2]]) + leg_m * line
    root[1] -= leg_m * np.sin(np.radians(sag_deg))
    breath, _, _ = _sway(performance, moment.t)
    pelvis = turn("x", 90.0 - incline)
    poser = Poser(body, root, pelvis)
    poser.trunk(
        turn("x", -0.6 * sag_deg),
        turn("x", -0.6 * sag_deg + 0.5 * breath),
        turn("x", -14.0),
        turn("x", -12.0),
    )
    for side in SIDES:
        sign = side_sign(side)
        poser.leg_to(side, ankle * [sign, 1, 1], pelvis @ [0.0, 0.0, 1.0], foot, foot_deg)
    return poser, root + body.torso_m * line


def _push_up(performance: Performance, body: Body, moment: Moment) -> Pose:
    s = moment.there_and_back()
    wrist_y = 0.030 * body.forearm_m / 0.248
    top = wrist_y + 0.975 * (body.upper_arm_m + body.forearm_m)
    bottom = 0.205
    poser, _ = _on_the_floor(
        performance, body, moment, top + (bottom - top) * s, performance.lean_deg * s
    )
    # Hands are planted under where the shoulders are at the top.
    still = Moment(0.0, -1, 0.0, 0.0)
    _, shoulders = _on_the_floor(performance, body, still, top, 0.0)
    half = 0.5 * body.shoulder_width_m + 0.055
    for side in SIDES:
        sign = side_sign(side)
        wrist = np.array([sign * half, wrist_y, shoulders[2] - 0.02])
        hand = _hand(side, [sign * -0.06, -0.02, 1.0], [0.0, -1.0, 0.0])
        poser.arm_to(side, wrist, [sign * 0.75, 0.35, -1.0], hand, curl_deg=-3.0)
    return poser.pose()


def _plank(performance: Performance, body: Body, moment: Moment) -> Pose:
    elbow_y = 0.042 * body.forearm_m / 0.248
    height = elbow_y + body.upper_arm_m + 0.012
    tremble = 0.35 * np.sin(2 * np.pi * moment.t / 1.7) + 0.2 * np.sin(2 * np.pi * moment.t / 0.9)
    sag = (2.0 + performance.lean_deg) * (1 if moment.rep >= 0 else 0)
    sag *= float(np.sin(np.pi * moment.phase)) if moment.rep >= 0 else 0.0
    poser, _ = _on_the_floor(performance, body, moment, height, sag + 0.5 * float(tremble))
    still = Moment(0.0, -1, 0.0, 0.0)
    _, shoulders = _on_the_floor(performance, body, still, height, 0.0)
    half = 0.5 * body.shoulder_width_m
    for side in SIDES:
        sign = side_sign(side)
        wrist = np.array(
            [sign * (half - 0.03), elbow_y - 0.006, shoulders[2] + 0.97 * body.forearm_m]
        )
        hand = _hand(side, [sign * -0.10, -0.03, 1.0], [0.0, -1.0, 0.0])
        poser.arm_to(side, wrist, [sign * 0.15, -1.0, -0.9], hand, curl_deg=8.0)
    return poser.pose()


_EXERCISES: dict[str, Callable[[Performance, Body, Moment], Pose]] = {
    "squat": _squat,
    "push_up": _push_up,
    "lunge": _lunge,
    "jumping_jack": _jumping_jack,
    "overhead_press": _overhead_press,
    "plank": _plank,
}
