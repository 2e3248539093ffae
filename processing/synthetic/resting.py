"""What an athlete does between exercises: stands, shifts weight, drinks, wipes, turns, walks."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np

from processing.synthetic.body import BONE, Body, Floats, Pose, joints, landmarks
from processing.synthetic.performance import bump, ramp
from processing.synthetic.posing import SIDES, Poser, side_sign
from processing.synthetic.rotation import about, turn, unit

Gesture = Literal["shift", "drink", "wipe", "turn", "hips"]
GESTURES: Final[tuple[Gesture, ...]] = get_args(Gesture)
STEP_M: Final = 0.62
STEPS_PER_S: Final = 1.8
WALK_M_S: Final = STEP_M * STEPS_PER_S


def standing(body: Body, t: float, gesture: Gesture | None = None, much: float = 0.0) -> Pose:
    """Stand with the arms hanging.

    Parameters
    ----------
    t : seconds, of breath and sway.
    gesture, much : what else is done, and how far into it, 0..1.
    """
    shift = much if gesture == "shift" else 0.0
    sway = 0.004 * np.sin(2 * np.pi * t / 5.3) + 0.045 * shift
    half = 0.5 * body.hip_width_m + 0.03
    rest = joints(body)
    ankle = np.array([half, rest[BONE["left_foot"], 1], -0.008])
    measure = Poser(body, np.zeros(3), np.eye(3))
    leg = 0.996 * (measure.thigh_m + measure.shin_m)
    rise = np.sqrt(leg**2 - (half - 0.5 * body.hip_width_m + abs(sway)) ** 2)
    poser = Poser(body, [sway, ankle[1] + rise, 0.0], turn("z", 4.0 * shift))
    nod = 10.0 * much if gesture == "drink" else 0.0
    breath = 0.9 * np.sin(2 * np.pi * t / 3.7)
    poser.trunk(turn("z", -4.0 * shift), turn("x", breath), np.eye(3), turn("x", -nod))
    for side in SIDES:
        sign = side_sign(side)
        poser.leg_to(side, ankle * [sign, 1, 1], [sign * 0.15, 0.0, 1.0], turn("y", sign * 9.0))
        hang = poser.shoulder(side) + 0.98 * (body.upper_arm_m + body.forearm_m) * unit(
            [sign * 0.20, -1.0, 0.06]
        )
        goal, share = _hand_goal(poser, body, side, gesture), much
        if goal is None:
            goal, share = hang, 0.0
        # The hand swings out in front of the body on its way, as round the elbow.
        on_the_way = np.array([sign * 0.05, 0.0, 0.14]) * 4 * share * (1 - share)
        wrist = hang + (goal - hang) * share + on_the_way
        pole = [sign * (0.45 + 0.6 * share), -0.35, -1.0 + 0.6 * share]
        poser.arm_to(side, wrist, pole, curl_deg=20.0)
    return poser.pose()


def _hand_goal(poser: Poser, body: Body, side: str, gesture: Gesture | None) -> Floats | None:
    """Where a gesture takes a wrist (3,), or None where this hand has no part in it."""
    sign = side_sign(side)
    head = poser.positions[BONE["head"]]
    if gesture == "hips":
        at = poser.positions[BONE[f"{side}_thigh"]]
        return np.asarray(at + [sign * 0.09, 0.10, 0.02])
    if gesture == "drink" and side == "right":
        return np.asarray(head + np.array([sign * 0.03, 0.02, 0.17]) * body.head)
    if gesture == "wipe" and side == "left":
        return np.asarray(head + np.array([sign * 0.02, 0.13, 0.14]) * body.head)
    return None


def gesturing(body: Body, t: float, gesture: Gesture, phase: float) -> Pose:
    """Do a gesture from 0 to 1: there, hold, back. A turn is done by the whole body, round once."""
    if gesture == "turn":
        return turned(standing(body, t), 360.0 * ramp(phase, 0.0, 1.0))
    return standing(body, t, gesture, ramp(phase, 0.0, 0.35) - ramp(phase, 0.65, 1.0))


def walking(body: Body, t: float) -> Pose:
    """Walk on the spot's treadmill along z; the caller moves the body at ``WALK_M_S``."""
    rest = joints(body)
    half = 0.5 * body.hip_width_m - 0.01
    measure = Poser(body, np.zeros(3), np.eye(3))
    leg = 0.985 * (measure.thigh_m + measure.shin_m)
    floor = rest[BONE["left_foot"], 1]
    ankles = {}
    for side, offset in (("left", 0.0), ("right", 0.5)):
        # A stride is two steps; a foot stands for 0.6 of it, sliding back at walking speed.
        p = (0.5 * STEPS_PER_S * t + offset) % 1.0
        stood, reach = 0.6, 0.6 * 2 * STEP_M
        swing = ramp(p, stood, 1.0)
        z = reach * (0.5 - p / stood) if p < stood else reach * (swing - 0.5)
        lift = 0.11 * bump(p, 0.78, 0.20)
        ankles[side] = (np.array([side_sign(side) * half, floor + lift, z]), p)
    reach_m = [np.sqrt(max(leg**2 - a[2] ** 2, 0.1)) + floor for a, p in ankles.values() if p < 0.6]
    poser = Poser(body, [0.0, min(reach_m), 0.0], turn("x", 3.0))
    poser.trunk(np.eye(3), np.eye(3), np.eye(3), np.eye(3))
    for side in SIDES:
        sign = side_sign(side)
        ankle, _ = ankles[side]
        poser.leg_to(side, ankle, [sign * 0.1, 0.0, 1.0], turn("x", 40.0 * (ankle[1] - floor)))
        swing = -ankle[2] / STEP_M
        poser.arm_by(side, [sign * 0.2, -1.0, 0.35 * swing], 22.0, [sign * 0.3, 0.0, -1.0])
    return poser.pose()


def crouching(body: Body) -> Pose:
    """Half-way to the floor: deep in the knees, hands in front of the feet."""
    rest = joints(body)
    ankle = np.array([0.5 * body.hip_width_m + 0.05, rest[BONE["left_foot"], 1], -0.1])
    foot = turn("x", 32.0)
    poser = Poser(body, [0.0, 0.52 * (body.thigh_m + body.shin_m), -0.22], turn("x", 68.0))
    poser.trunk(turn("x", 10.0), turn("x", 6.0), turn("x", -20.0), turn("x", -20.0))
    for side in SIDES:
        sign = side_sign(side)
        raised = ankle * [sign, 1, 1] + [0.0, 0.07, 0.0]
        poser.leg_to(side, raised, [sign * 0.5, 0.0, 1.0], foot, 32.0)
        shoulder = poser.shoulder(side)
        poser.arm_to(side, [shoulder[0], 0.08, shoulder[2] + 0.05], [sign * 0.5, 0.0, -1.0])
    return poser.pose()


def turned(pose: Pose, yaw_deg: float, at: Floats | None = None) -> Pose:
    """The pose turned about the vertical through the origin, then moved by ``at`` (3,) metres."""
    r = turn("y", yaw_deg)
    root = r @ pose.root
    return Pose(root if at is None else root + at, r @ pose.rotations)


def between(body: Body, first: Pose, second: Pose, share: float) -> Pose:
    """A pose part of the way from one to another; whatever touches the floor goes on touching it.

    Each bone turns evenly about one axis (spherical interpolation; Shoemake 1985, "Animating
    rotation with quaternion curves").
    """
    if share <= 0.0 or share >= 1.0:
        return first if share <= 0.0 else second
    rotations = np.stack(
        [a @ _part(a.T @ b, share) for a, b in zip(first.rotations, second.rotations, strict=True)]
    )
    root = (1 - share) * first.root + share * second.root
    mixed = Pose(root, rotations)
    low = [float(landmarks(body, pose)[:, 1].min()) for pose in (first, second, mixed)]
    lift = (1 - share) * low[0] + share * low[1] - low[2]
    return Pose(root + [0.0, lift, 0.0], mixed.rotations)


def _part(rotation: Floats, share: float) -> Floats:
    """A rotation (3, 3) about the same axis by a share of its angle."""
    vector = np.array(
        [
            rotation[2, 1] - rotation[1, 2],
            rotation[0, 2] - rotation[2, 0],
            rotation[1, 0] - rotation[0, 1],
        ]
    )
    sine = float(np.linalg.norm(vector))
    if sine < 1e-9:
        # No turn, or half a turn, whose axis is anybody's choice.
        return rotation if share >= 0.5 else np.eye(3)
    angle = np.degrees(np.arctan2(sine, np.trace(rotation) - 1.0))
    return about(vector / sine, share * float(angle))
