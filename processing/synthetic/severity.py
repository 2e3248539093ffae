"""Faults of a known size: a performance that differs from a right one by so many degrees.

What an exercise's parameters do to the joints depends on body and exercise, so the parameter is
found by measuring: the athlete's own joints, at the bottom (or top) of the movement, are as many
degrees off as was asked for.

| fault | severity |
|---|---|
| depth, half_range | degrees the knee (push-up: elbow; arms: their elevation) goes less far |
| valgus | degrees the knees point further inwards, seen from above |
| trunk_lean | degrees the trunk leans further (overhead press: backwards) |
| asymmetry | degrees the right arm is raised less than the left |
| too_fast | per cent of a repetition's time that is missing |
| wrong_lag | degrees of the cycle by which every second repetition comes late |

``half_range`` befalls every second repetition, ``depth`` all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, Literal, get_args

import numpy as np
from scipy.optimize import brentq

from processing.motion.skeleton import INDEX
from processing.synthetic.body import Body, Floats, landmarks
from processing.synthetic.exercises import pose_at
from processing.synthetic.performance import REP_S, Exercise, Performance

Fault = Literal["depth", "valgus", "trunk_lean", "asymmetry", "half_range", "too_fast", "wrong_lag"]
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)

APPLIES: Final[dict[Fault, tuple[Exercise, ...]]] = {
    "depth": ("squat", "lunge", "push_up", "jumping_jack", "overhead_press"),
    "valgus": ("squat", "lunge"),
    "trunk_lean": ("squat", "lunge", "overhead_press"),
    "asymmetry": ("squat", "jumping_jack", "overhead_press"),
    "half_range": ("squat", "lunge", "push_up", "jumping_jack", "overhead_press"),
    "too_fast": ("squat", "lunge", "push_up", "jumping_jack", "overhead_press"),
    "wrong_lag": ("squat", "lunge", "push_up", "jumping_jack", "overhead_press"),
}
"""Exercises in which a fault can be made. `valgus` bends the knees of both legs in a squat, that of
the front leg in a lunge."""

_SIDES: Final = ("left", "right")
_BOTTOM: Final = 0.5
"""Phase at which every exercise is as far as it goes."""


def flawed(performance: Performance, body: Body, fault: Fault, severity: float) -> Performance:
    """Give a performance a fault.

    Parameters
    ----------
    performance : Performance
    body : Body
    fault : one of ``FAULTS``
    severity : degrees, or per cent, as in the table above; 0 changes nothing

    Returns
    -------
    Performance
        Measured without variation, it differs by ``severity`` within 0.01.

    Raises
    ------
    ValueError
        The exercise can't have the fault, or not one of this size.
    """
    if performance.exercise not in APPLIES[fault]:
        raise ValueError(f"{performance.exercise} has no {fault}; {APPLIES[fault]} have.")
    if severity == 0:
        return performance
    every_second = tuple(range(1, performance.reps, 2))
    if fault == "too_fast":
        return replace(performance, hasty=severity / 100)
    if fault == "wrong_lag":
        rep_s = performance.rep_s or REP_S[performance.exercise]
        return replace(performance, late_s=severity / 360 * rep_s, faulty=every_second)
    if fault == "half_range":
        short = _solve(performance, body, "depth", severity)
        return replace(short, faulty=every_second)
    return _solve(performance, body, fault, severity)


def _solve(performance: Performance, body: Body, fault: Fault, severity: float) -> Performance:
    name, most = _PARAMETER[fault]

    def with_fault(one: Performance, value: float) -> Performance:
        changed: Any = {name: value}
        return replace(one, **changed)

    still = replace(
        performance, variation=0.0, reps=1, faulty=None, late_s=0.0, pauses=(), follows=None
    )
    right = _measure(fault, still, body)

    def missing(value: float) -> float:
        now = _measure(fault, with_fault(still, value), body)
        return abs(now - right) - severity

    if missing(most) < 0:
        reached = missing(most) + severity
        raise ValueError(f"{fault} of {severity}° can't be done, only {reached:.0f}°.")
    return with_fault(performance, float(brentq(missing, 0.0, most, xtol=1e-5)))


_PARAMETER: Final[dict[str, tuple[str, float]]] = {
    "depth": ("short", 0.9),
    "valgus": ("knees_in_m", 0.6),
    "trunk_lean": ("lean_deg", 60.0),
    "asymmetry": ("uneven", 0.95),
}
"""Field of a performance that makes the fault, and its largest value."""


def _measure(fault: Fault, performance: Performance, body: Body) -> float:
    start, end = performance.reps_s[0]
    points = landmarks(body, pose_at(performance, body, start + _BOTTOM * (end - start)))
    return _MEASURES[fault](points, performance)


def _depth_deg(points: Floats, performance: Performance) -> float:
    if performance.exercise in ("jumping_jack", "overhead_press"):
        return float(np.mean([arm_elevation_deg(points, side) for side in _SIDES]))
    chain = ("shoulder", "elbow", "wrist") if performance.exercise == "push_up" else _LEG
    # In a lunge the first leg in front is the left one.
    sides = ("left",) if performance.exercise == "lunge" else _SIDES
    return float(np.mean([_flexion_deg(points, side, chain) for side in sides]))


def _valgus_deg(points: Floats, performance: Performance) -> float:
    sides = ("left",) if performance.exercise == "lunge" else _SIDES
    return float(np.mean([knee_direction_deg(points, side) for side in sides]))


def _asymmetry_deg(points: Floats, performance: Performance) -> float:
    left, right = (arm_elevation_deg(points, side) for side in _SIDES)
    return left - right


def trunk_lean_deg(points: Floats) -> float:
    """How far the trunk (33, 3; y up) is from upright, degrees, forwards positive."""
    hips, shoulders = (
        0.5 * (points[INDEX[f"left_{name}"]] + points[INDEX[f"right_{name}"]])
        for name in ("hip", "shoulder")
    )
    up = shoulders - hips
    return float(np.degrees(np.arctan2(up[2], up[1])))


def knee_direction_deg(points: Floats, side: str) -> float:
    """Where a bent knee points, seen from above: degrees outwards from straight ahead."""
    hip, knee, ankle = (points[INDEX[f"{side}_{name}"]] for name in _LEG)
    line = ankle - hip
    ahead = knee - hip - line * ((knee - hip) @ line) / (line @ line)
    sign = 1.0 if side == "left" else -1.0
    return float(np.degrees(np.arctan2(sign * ahead[0], ahead[2])))


def arm_elevation_deg(points: Floats, side: str) -> float:
    """How far an upper arm is raised from hanging along the trunk, degrees."""
    shoulder, elbow = points[INDEX[f"{side}_shoulder"]], points[INDEX[f"{side}_elbow"]]
    hip = points[INDEX[f"{side}_hip"]]
    return _between_deg(elbow - shoulder, hip - shoulder)


def _flexion_deg(points: Floats, side: str, chain: tuple[str, str, str]) -> float:
    a, b, c = (points[INDEX[f"{side}_{name}"]] for name in chain)
    return _between_deg(b - a, c - b)


def _between_deg(a: Floats, b: Floats) -> float:
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)))


_LEG: Final = ("hip", "knee", "ankle")
_MEASURES: Final[dict[str, Callable[[Floats, Performance], float]]] = {
    "depth": _depth_deg,
    "valgus": _valgus_deg,
    "trunk_lean": lambda points, _: trunk_lean_deg(points),
    "asymmetry": _asymmetry_deg,
}
