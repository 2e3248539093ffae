"""Joint angles of a body, with their signs: what a physiotherapist would measure.

Every angle is measured in axes that the body itself gives (along the trunk, towards its own left,
forwards), or against the vertical. So a turn about the vertical, the body's size and the camera's
distance change nothing, and a mirror exchanges left and right (and turns ``trunk_side_lean``
round). NaN = not seen, or not defined in this posture: how far an arm is lifted sideways can't be
said of an arm that points straight ahead.

| angle | degrees | 0 is | positive |
|---|---|---|---|
| ``knee_flexion``, ``elbow_flexion`` | 0..180 | straight | bent |
| ``hip_flexion`` | −90..270 | thigh in line with the trunk | thigh forwards |
| ``hip_abduction`` | −90..90 | thigh in the plane that halves the body | thigh outwards |
| ``knee_valgus`` | −180..180 | shin and thigh go outwards alike | knee falls inwards |
| ``shoulder_flexion`` | −90..270 | arm hangs along the trunk | arm forwards and up |
| ``shoulder_abduction`` | −90..270 | arm hangs along the trunk | arm outwards and up |
| ``ankle_flexion`` | −90..90 | foot square to the shin | shin over the toes |
| ``trunk_lean`` | −180..180 | upright | forwards |
| ``trunk_side_lean`` | −90..90 | upright | to the body's own left |
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import SHORTEST_M, Array, angles_deg
from processing.motion.skeleton import INDEX

SIDES: Final = ("left", "right")
_LIMB_ANGLES: Final = (
    "knee_flexion",
    "hip_flexion",
    "hip_abduction",
    "knee_valgus",
    "elbow_flexion",
    "shoulder_flexion",
    "shoulder_abduction",
    "ankle_flexion",
)
ANGLES: Final[tuple[str, ...]] = (
    *(f"{side}_{name}" for side in SIDES for name in _LIMB_ANGLES),
    "trunk_lean",
    "trunk_side_lean",
)
ANGLE_INDEX: Final[dict[str, int]] = {name: i for i, name in enumerate(ANGLES)}

PARTS: Final[tuple[str, ...]] = (
    *(
        f"{side}_{joint}"
        for joint in ("shoulder", "elbow", "hip", "knee", "ankle")
        for side in SIDES
    ),
    "trunk",
)
PART_OF: Final[tuple[str, ...]] = tuple(
    "trunk" if name.startswith("trunk") else "_".join(name.split("_")[:2]) for name in ANGLES
)
"""The part of the body that each angle belongs to."""


def bare(name: str) -> str:
    """Name of an angle without its side."""
    return name.removeprefix("left_").removeprefix("right_")


def _other_side(name: str) -> str:
    words = {"left": "right", "right": "left"}
    return "_".join(words.get(word, word) for word in name.split("_"))


ANGLE_MIRROR: Final[NDArray[np.intp]] = np.array(
    [ANGLE_INDEX[name if name == "trunk_side_lean" else _other_side(name)] for name in ANGLES],
    dtype=np.intp,
)
ANGLE_MIRROR_SIGN: Final[Array] = np.array(
    [-1.0 if name == "trunk_side_lean" else 1.0 for name in ANGLES]
)

_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "knee_flexion": ("hip", "knee", "ankle"),
    "hip_flexion": ("hip", "knee"),
    "hip_abduction": ("hip", "knee"),
    "knee_valgus": ("hip", "knee", "ankle"),
    "elbow_flexion": ("shoulder", "elbow", "wrist"),
    "shoulder_flexion": ("shoulder", "elbow"),
    "shoulder_abduction": ("shoulder", "elbow"),
    "ankle_flexion": ("knee", "ankle", "heel", "foot_index"),
}
_SHORT: Final = 0.6
"""Least share of an arm or thigh in the plane its angle is measured in: nearer to the plane's
normal (37 degrees) the angle turns with every tremble."""


def angles_of(world: Array) -> Array:
    """Measure every angle.

    Parameters
    ----------
    world : (..., 33, 3) float, metres, x right, y down, z away from the camera; NaN = not seen

    Returns
    -------
    (..., 18) float, degrees in the order of ``ANGLES``; NaN = not seen or not defined
    """
    points = np.asarray(world, dtype=np.float64)
    across, up, ahead = body_axes(points)
    columns: dict[str, Array] = {}
    for side in SIDES:
        out = across if side == "left" else -across
        thigh = _direction(points, f"{side}_hip", f"{side}_knee")
        shin = _direction(points, f"{side}_knee", f"{side}_ankle")
        foot = _direction(points, f"{side}_heel", f"{side}_foot_index")
        upper = _direction(points, f"{side}_shoulder", f"{side}_elbow")
        lower = _direction(points, f"{side}_elbow", f"{side}_wrist")
        columns |= {
            f"{side}_knee_flexion": angles_deg(thigh, shin),
            f"{side}_hip_flexion": _swing(thigh, ahead, up),
            f"{side}_hip_abduction": _sideways(thigh, out),
            f"{side}_knee_valgus": _sideways(shin, out) - _sideways(thigh, out),
            f"{side}_elbow_flexion": angles_deg(upper, lower),
            f"{side}_shoulder_flexion": _swing(upper, ahead, up),
            f"{side}_shoulder_abduction": _swing(upper, out, up),
            f"{side}_ankle_flexion": angles_deg(shin, foot) - 90.0,
        }
    lean, side_lean = _trunk(up, across)
    columns |= {"trunk_lean": lean, "trunk_side_lean": side_lean}
    return np.stack([columns[name] for name in ANGLES], axis=-1)


def mirrored(angles: Array) -> Array:
    """Give the angles (..., 18) of the mirrored body."""
    return np.asarray(angles[..., ANGLE_MIRROR] * ANGLE_MIRROR_SIGN)


def sight_of(visibility: Array) -> Array:
    """Give each angle the visibility of the least visible landmark it needs.

    Parameters
    ----------
    visibility : (..., 33) float, 0..1; NaN counts as 0

    Returns
    -------
    (..., 18) float, 0..1
    """
    seen = np.nan_to_num(np.asarray(visibility, dtype=np.float64), nan=0.0)
    trunk = [INDEX[f"{side}_{joint}"] for side in SIDES for joint in ("shoulder", "hip")]
    columns = []
    for name in ANGLES:
        if name.startswith("trunk"):
            # From aside the far shoulder hides behind the near one; one of each pair will do.
            pairs = seen[..., trunk].reshape(*seen.shape[:-1], 2, 2)
            columns.append(pairs.max(axis=-2).min(axis=-1))
            continue
        side, _, rest = name.partition("_")
        columns.append(seen[..., [INDEX[f"{side}_{joint}"] for joint in _NEEDS[rest]]].min(axis=-1))
    return np.stack(columns, axis=-1)


_SHOW: Final[dict[str, tuple[str, ...]]] = {
    "shoulder": ("shoulder",),
    "elbow": ("elbow", "wrist"),
    "hip": ("hip",),
    "knee": ("knee",),
    "ankle": ("ankle", "heel", "foot_index"),
}
"""Landmarks that show a part of a side."""
_TRUNK: Final = tuple(f"{side}_{joint}" for side in SIDES for joint in ("shoulder", "hip"))


def part_sight_of(visibility: Array) -> Array:
    """Give each part of the body the mean visibility of its landmarks.

    Parameters
    ----------
    visibility : (..., 33) float, 0..1; NaN counts as 0

    Returns
    -------
    (..., 11) float, 0..1, in the order of ``PARTS``
    """
    seen = np.nan_to_num(np.asarray(visibility, dtype=np.float64), nan=0.0)
    columns = []
    for part in PARTS:
        side, _, joint = part.partition("_")
        names = [f"{side}_{name}" for name in _SHOW[joint]] if joint else _TRUNK
        columns.append(seen[..., [INDEX[name] for name in names]].mean(axis=-1))
    return np.stack(columns, axis=-1)


PART_MIRROR: Final[NDArray[np.intp]] = np.array([PARTS.index(_other_side(p)) for p in PARTS])


def body_axes(points: Array) -> tuple[Array, Array, Array]:
    """Give the body's own axes: to its left, along the trunk to the head, forwards.

    Left is the mean of the shoulder and the hip line, each of which the detector guesses badly
    where it runs in depth.

    Parameters
    ----------
    points : (..., 33, 3) float, metres

    Returns
    -------
    across, up, ahead : (..., 3) float, orthogonal unit vectors
    """
    lines = [
        _unit(points[..., INDEX[f"left_{joint}"], :] - points[..., INDEX[f"right_{joint}"], :])
        for joint in ("shoulder", "hip")
    ]
    middles = [
        0.5 * (points[..., INDEX[f"left_{joint}"], :] + points[..., INDEX[f"right_{joint}"], :])
        for joint in ("shoulder", "hip")
    ]
    up = _unit(middles[0] - middles[1])
    across = lines[0] + lines[1]
    across = _unit(across - (across * up).sum(axis=-1, keepdims=True) * up)
    return across, up, np.cross(across, up)


def _unit(vectors: Array) -> Array:
    length = np.sqrt((vectors**2).sum(axis=-1, keepdims=True))
    units = np.full_like(vectors, np.nan)
    np.divide(vectors, length, out=units, where=length >= SHORTEST_M)
    return units


def _direction(points: Array, start: str, end: str) -> Array:
    return _unit(points[..., INDEX[end], :] - points[..., INDEX[start], :])


def _swing(limb: Array, towards: Array, up: Array) -> Array:
    """Angle of a limb from hanging along the trunk, in the plane of two axes, -90..270."""
    along, down = (limb * towards).sum(axis=-1), -(limb * up).sum(axis=-1)
    angle = np.degrees(np.arctan2(along, down))
    angle = np.where(angle < -90.0, angle + 360.0, angle)
    return np.where(np.hypot(along, down) >= _SHORT, angle, np.nan)


def _sideways(limb: Array, out: Array) -> Array:
    """Angle of a limb out of the plane that halves the body, -90..90."""
    return np.asarray(np.degrees(np.arcsin(np.clip((limb * out).sum(axis=-1), -1.0, 1.0))))


def _trunk(up: Array, across: Array) -> tuple[Array, Array]:
    """Lean forwards and to the body's left, against the vertical, which is -y."""
    level = across * np.array([1.0, 0.0, 1.0])
    level = _unit(level)
    vertical = np.array([0.0, -1.0, 0.0])
    ahead = np.cross(level, np.broadcast_to(vertical, level.shape))
    lean = np.degrees(np.arctan2((up * ahead).sum(axis=-1), -up[..., 1]))
    return np.asarray(lean), _sideways(up, level)
