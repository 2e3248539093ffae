"""Bones as directions, and the rotation and mirroring that lay one body over another.

Directions do not depend on body size. A rotation about the vertical stands for the camera's
place: nothing else is free, so leaning and bending stay visible as errors.
``static/js/shadow/alignment.js`` is the twin.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import BONE_INDEX, BONE_MIRROR, BONE_MIRROR_SIGN, BONES

Array = NDArray[np.float64]

# A bone shorter than this is a detector's collapse, not a direction.
SHORTEST_M: Final = 1e-3
# Upper and lower bone of elbows and knees.
HINGES: Final[NDArray[np.intp]] = np.array(
    [
        [BONE_INDEX[f"{side}_{upper}"], BONE_INDEX[f"{side}_{lower}"]]
        for upper, lower in (("upper_arm", "forearm"), ("thigh", "shin"))
        for side in ("left", "right")
    ],
    dtype=np.intp,
)
_FLIP_X: Final = np.array([-1.0, 1.0, 1.0])


def unit_bones(world: Array) -> Array:
    """Give the direction of every bone.

    Parameters
    ----------
    world : (..., 33, 3) float, metres, x right, y down, z from the camera; NaN = not seen

    Returns
    -------
    (..., 13, 3) float, unit vectors in the order of ``skeleton.BONES``; NaN where an end is not
    seen or the bone has no length
    """
    world = np.asarray(world, dtype=np.float64)
    bones = np.stack(
        [world[..., b.end, :].mean(axis=-2) - world[..., b.start, :].mean(axis=-2) for b in BONES],
        axis=-2,
    )
    length = np.sqrt((bones**2).sum(axis=-1, keepdims=True))
    units: Array = np.full_like(bones, np.nan)
    np.divide(bones, length, out=units, where=length >= SHORTEST_M)
    return units


def bone_visibility(visibility: Array) -> Array:
    """Give each bone the visibility of its least visible landmark.

    Parameters
    ----------
    visibility : (..., 33) float, 0..1; NaN counts as 0

    Returns
    -------
    (..., 13) float, 0..1
    """
    seen = np.nan_to_num(np.asarray(visibility, dtype=np.float64), nan=0.0)
    return np.stack([seen[..., b.start + b.end].min(axis=-1) for b in BONES], axis=-1)


def mirror_bones(bones: Array) -> Array:
    """Mirror a body: exchange left and right and flip x.

    Parameters
    ----------
    bones : (..., 13, 3) float

    Returns
    -------
    (..., 13, 3) float; bone i holds what bone ``BONE_MIRROR[i]`` did
    """
    mirrored: Array = bones[..., BONE_MIRROR, :] * BONE_MIRROR_SIGN[:, None] * _FLIP_X
    return mirrored


def rotate_yaw(bones: Array, yaw_rad: float) -> Array:
    """Rotate directions about the vertical axis y.

    Parameters
    ----------
    bones : (..., 3) float
    yaw_rad : radians; positive carries z towards x

    Returns
    -------
    (..., 3) float
    """
    cos, sin = np.cos(yaw_rad), np.sin(yaw_rad)
    x, y, z = bones[..., 0], bones[..., 1], bones[..., 2]
    return np.stack([cos * x + sin * z, y, cos * z - sin * x], axis=-1)


def yaw_terms(subject: Array, target: Array) -> tuple[Array, Array, Array]:
    """Give the terms whose weighted sums hold the best rotation in closed form.

    For a rotation by ``yaw`` the dot product target . R(yaw) subject is
    ``level + along * cos(yaw) + across * sin(yaw)``: the sums of these over any number of bones and
    moments are greatest at ``yaw = atan2(across, along)``, where they reach
    ``level + hypot(along, across)``.

    Parameters
    ----------
    subject, target : (..., 3) float, unit vectors

    Returns
    -------
    level, along, across : (...) float
    """
    level = target[..., 1] * subject[..., 1]
    along = target[..., 0] * subject[..., 0] + target[..., 2] * subject[..., 2]
    across = target[..., 0] * subject[..., 2] - target[..., 2] * subject[..., 0]
    return level, along, across


def angles_deg(a: Array, b: Array) -> Array:
    """Give the angles between directions.

    Parameters
    ----------
    a, b : (..., 3) float, unit vectors

    Returns
    -------
    (...) float, degrees, 0..180; NaN where either is
    """
    # atan2 of sine and cosine: acos would lose half the digits near 0, and the twins would differ.
    cross = np.stack(
        [
            a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1],
            a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2],
            a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0],
        ],
        axis=-1,
    )
    sine = np.sqrt((cross**2).sum(axis=-1))
    angles: Array = np.degrees(np.arctan2(sine, (a * b).sum(axis=-1)))
    return angles


def hinge_angles_deg(bones: Array) -> Array:
    """Give how far elbows and knees are bent.

    Parameters
    ----------
    bones : (..., 13, 3) float, unit vectors

    Returns
    -------
    (..., 4) float, degrees: left and right elbow, left and right knee; 0 = straight, NaN = not seen
    """
    return angles_deg(bones[..., HINGES[:, 0], :], bones[..., HINGES[:, 1], :])
