"""Landmarks in space put where the picture shows them. ``static/js/shadow/rays.js`` is the twin.

The landmark network gives a body twice: in the picture, where it is a few hundredths of the trunk
off, and in space, where it is several times that, sideways and upwards as well. What it knows of
space and the picture does not show is how far away each landmark is. So depths are kept, and each
landmark is moved onto the ray that the camera sees it along, for the distance of the body at which
picture and space agree best.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import INDEX

FOCAL: Final = 1.0
"""Focal length as a share of the picture's longer side: a phone has 0.8, a laptop's webcam 0.9, a
phone at twice the zoom 1.6. What is assumed matters little: from 0.7 to 3 the error of knees
changes by 0.2 degrees."""
_NEAREST_M: Final = 0.2
"""Nothing of a body is nearer to the camera. Where it would be, picture and space don't agree."""
_LEAST_WEIGHT: Final = 0.05
_FITTED: Final = np.array(
    [
        INDEX[f"{side}_{joint}"]
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        for side in ("left", "right")
    ]
)
_HIPS: Final = np.array([INDEX["left_hip"], INDEX["right_hip"]])

Floats = NDArray[np.float64]


def on_rays(
    world: NDArray[np.floating],
    image: NDArray[np.floating],
    visibility: NDArray[np.floating],
    width: float,
    height: float,
) -> Floats:
    """Move bodies' landmarks onto the rays they are seen along.

    Parameters
    ----------
    world : (..., 33, 3) float, metres; x right, y down, z away from the camera; origin hip centre
    image : (..., 33, 2) float, pixels; x right, y down
    visibility : (..., 33) float, 0..1, how much each counts in placing the body
    width, height : of the picture that the camera made, pixels

    Returns
    -------
    (..., 33, 3) float64, in the axes of ``world``; bodies of which no distance fits, or of which
    something is NaN, as they were
    """
    points = np.asarray(world, np.float64)
    centre = 0.5 * np.array([width, height], np.float64)
    rays = (np.asarray(image, np.float64) - centre) / (FOCAL * max(width, height))
    seen, depth = rays[..., _FITTED, :], points[..., _FITTED, 2:]
    share = np.clip(np.asarray(visibility, np.float64)[..., _FITTED], _LEAST_WEIGHT, 1.0)
    weight = (share / share.sum(axis=-1, keepdims=True))[..., None]
    # x = u · (Z + z) − X, of which Z and X (and Y alike) are not known: linear least squares.
    wanted = points[..., _FITTED, :2] - seen * depth
    seen = seen - (weight * seen).sum(axis=-2, keepdims=True)
    wanted = wanted - (weight * wanted).sum(axis=-2, keepdims=True)
    spread = np.asarray((weight * seen**2).sum(axis=(-1, -2)))
    distance = np.full(spread.shape, np.nan)
    np.divide((weight * seen * wanted).sum(axis=(-1, -2)), spread, out=distance, where=spread > 0)
    fits = distance + points[..., 2].min(axis=-1) > _NEAREST_M
    away = distance[..., None, None] + points[..., 2:]
    moved = np.concatenate([rays * away, points[..., 2:]], axis=-1)
    moved = moved - moved[..., _HIPS, :].mean(axis=-2, keepdims=True)
    return np.where(fits[..., None, None], moved, points)
