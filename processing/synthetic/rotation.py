"""Rotations of bones: from angles, from directions, and the two-bone chains of limbs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from processing.synthetic.body import Floats

_AXES = {"x": 0, "y": 1, "z": 2}


def turn(axis: str, degrees: float) -> Floats:
    """Right-handed rotation (3, 3) about a coordinate axis."""
    a = np.radians(degrees)
    i = _AXES[axis]
    j, k = (i + 1) % 3, (i + 2) % 3
    result = np.eye(3)
    result[j, j] = result[k, k] = np.cos(a)
    result[k, j], result[j, k] = np.sin(a), -np.sin(a)
    return result


def about(axis: ArrayLike, degrees: float) -> Floats:
    """Right-handed rotation (3, 3) about any unit axis (Rodrigues)."""
    x, y, z = np.asarray(axis, float)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    a = np.radians(degrees)
    return np.asarray(np.eye(3) + np.sin(a) * k + (1 - np.cos(a)) * k @ k)


def frame(axis: ArrayLike, hinge: ArrayLike) -> Floats:
    """Orthonormal columns: the axis, the hinge made square to it, and their cross product."""
    a = unit(axis)
    h = np.asarray(hinge, float)
    h = unit(h - (h @ a) * a)
    return np.column_stack([a, h, np.cross(a, h)])


def unit(v: ArrayLike) -> Floats:
    """The direction of ``v``."""
    a = np.asarray(v, float)
    return np.asarray(a / max(float(np.linalg.norm(a)), 1e-12))


def twist_deg(rotation: Floats, axis: Floats) -> float:
    """How far a rotation turns about ``axis`` (its twist in the swing-twist split), degrees."""
    trace = float(np.trace(rotation))
    vector = np.array(
        [
            rotation[2, 1] - rotation[1, 2],
            rotation[0, 2] - rotation[2, 0],
            rotation[1, 0] - rotation[0, 1],
        ]
    )
    return float(np.degrees(2 * np.arctan2(vector @ axis, 1.0 + trace)))


def two_bones(
    start: Floats, target: Floats, pole: ArrayLike, first_m: float, second_m: float
) -> tuple[Floats, Floats, Floats]:
    """Bend a chain of two bones so that it ends at ``target``.

    Parameters
    ----------
    start, target : (3,) metres; a target out of reach is approached as far as the chain goes.
    pole : (3,) direction to which the middle joint (knee, elbow) points.
    first_m, second_m : lengths of the bones.

    Returns
    -------
    Directions (3,) of both bones and the hinge (3,) about which the second one flexes.
    """
    span = target - start
    reach = first_m + second_m
    distance = float(np.clip(np.linalg.norm(span), abs(first_m - second_m) + 1e-6, reach - 1e-6))
    e = unit(span)
    side = np.asarray(pole, float)
    f = unit(side - (side @ e) * e)
    cosine = (first_m**2 + distance**2 - second_m**2) / (2 * first_m * distance)
    sine = np.sqrt(max(0.0, 1.0 - cosine**2))
    first = e * cosine + f * sine
    middle = first_m * first
    return first, unit(distance * e - middle), np.cross(f, e)
