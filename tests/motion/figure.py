"""A stick figure with 33 landmarks, for tests of pose maths: exact, and nobody in particular."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import INDEX, MIRROR

Array = NDArray[np.float64]
Movement = Callable[[float], Array]


def _down(length: float, forward_rad: float, side_rad: float) -> Array:
    """A limb hanging down, swung forward (towards the camera) and then out to the image's right."""
    fall = np.cos(forward_rad) * np.cos(side_rad)
    return length * np.array(
        [np.cos(forward_rad) * np.sin(side_rad), fall, -np.sin(forward_rad)], dtype=np.float64
    )


def body(
    squat: float = 0.0,
    left_arm: float = 0.15,
    right_arm: float = 0.15,
    spread: float = 0.08,
    limbs: float = 1.0,
) -> Array:
    """Stand a figure facing the camera.

    Parameters
    ----------
    squat : 0 stands, 1 has its thighs level
    left_arm, right_arm : radians the arm is raised sideways
    spread : radians each leg is spread
    limbs : length of arms and legs against the trunk's

    Returns
    -------
    (33, 3) float, metres from the hip centre
    """
    points = np.zeros((33, 3))
    lean = 0.6 * squat
    up = np.array([0.0, -np.cos(lean), -np.sin(lean)])
    for side, sign, arm in (("left", 1.0, left_arm), ("right", -1.0, right_arm)):
        hip = np.array([0.11 * sign, 0.0, 0.0])
        shoulder = 0.48 * up + [0.18 * sign, 0.0, 0.0]
        elbow = shoulder + _down(0.29 * limbs, 0.2 + squat, sign * arm)
        wrist = elbow + _down(0.25 * limbs, 0.4 + squat, sign * arm)
        knee = hip + _down(0.42 * limbs, 1.5 * squat, sign * spread)
        ankle = knee + _down(0.40 * limbs, -0.5 * squat, sign * spread)
        heel, toe = ankle + [0.0, 0.06, 0.05], ankle + [0.03 * sign, 0.08, -0.14]
        joints = {
            "hip": hip,
            "shoulder": shoulder,
            "elbow": elbow,
            "wrist": wrist,
            "knee": knee,
            "ankle": ankle,
            "heel": heel,
            "foot_index": toe,
        }
        for name, point in joints.items():
            points[INDEX[f"{side}_{name}"]] = point
        for i, finger in enumerate(("pinky", "index", "thumb")):
            points[INDEX[f"{side}_{finger}"]] = wrist + [0.02 * (i - 1), 0.08, -0.01 * i]
        head = 0.66 * up
        for i, name in enumerate(("eye_inner", "eye", "eye_outer")):
            points[INDEX[f"{side}_{name}"]] = head + [sign * (0.02 + 0.01 * i), -0.02, -0.09]
        points[INDEX[f"{side}_ear"]] = head + [sign * 0.08, 0.0, 0.0]
        points[INDEX[f"mouth_{side}"]] = head + [sign * 0.02, 0.06, -0.08]
    points[INDEX["nose"]] = 0.66 * up + [0.0, 0.02, -0.11]
    return points


def _wave(t: float, period_s: float) -> float:
    return 0.5 - 0.5 * float(np.cos(2 * np.pi * t / period_s))


def squat(t: float, period_s: float = 2.5) -> Array:
    """Squat, one after the other."""
    return body(squat=_wave(t, period_s))


def jack(t: float, period_s: float = 1.5) -> Array:
    """Jumping jacks."""
    out = _wave(t, period_s)
    return body(left_arm=0.15 + 2.6 * out, right_arm=0.15 + 2.6 * out, spread=0.08 + 0.4 * out)


def wave_left(t: float, period_s: float = 2.0) -> Array:
    """Raise the left arm, the right one only a little."""
    out = _wave(t, period_s)
    return body(left_arm=0.15 + 2.0 * out, right_arm=0.15 + 0.2 * out)


def stand(t: float) -> Array:
    """Stand still."""
    return body()


def turned(world: Array, yaw_rad: float) -> Array:
    """See the figure from another side: rotate it about the vertical."""
    cos, sin = np.cos(yaw_rad), np.sin(yaw_rad)
    x, y, z = np.moveaxis(world, -1, 0)
    return np.stack([cos * x + sin * z, y, cos * z - sin * x], axis=-1)


def mirrored(world: Array) -> Array:
    """See the figure in a mirror, with its left and right named anew."""
    return np.asarray(world[..., MIRROR, :] * [-1.0, 1.0, 1.0])


def film(movement: Movement, times_s: Array) -> Array:
    """Stack a movement's poses: (T, 33, 3) metres."""
    return np.stack([movement(float(t)) for t in times_s])
