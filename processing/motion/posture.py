"""Postures over time on an even grid: what a body does, whoever it is and from wherever seen.

A posture is a set of angles that no turn about the vertical, no body size and no exchange of left
and right changes: so the left and the right lunge of a pair are the same movement, and so is a
squat before and after a change of camera.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array, unit_bones
from processing.motion.skeleton import BONE_INDEX
from processing.motion.track import PoseTrack

Bools = NDArray[np.bool_]

STEP_S: Final = 1 / 15
"""Grid of all the analysis: fast exercises go at 2 to 3 reps a second."""
UPRIGHT: Final = 0.7
"""Radians off the vertical within which trunk and legs stand."""
# Poses further apart than this are not joined: nobody was there.
LONGEST_GAP_S: Final = 0.6
# A median over this rejects a detector's glitches; the Gaussian keeps 0.9 of a 1 Hz movement.
_MEDIAN: Final = 3
_SIGMA_S: Final = 0.075

PAIRS: Final = ("upper_arm", "forearm", "thigh", "shin")
# What each angle counts. Elbow angles and forearms are what the detector guesses worst, trunk and
# thighs carry most of the body.
_ELEVATION_WEIGHT: Final = {"upper_arm": 1.0, "forearm": 0.7, "thigh": 1.2, "shin": 0.9}
JOINTS: Final = (
    ("upper_arm", "forearm", 0.7),
    ("thigh", "shin", 0.9),
    ("torso", "upper_arm", 0.8),
    ("torso", "thigh", 1.0),
)
TORSO_WEIGHT: Final = 1.5
_STRIDE_WEIGHT: Final = 0.6
_LEGS: Final = ("thigh", "shin")

# Columns of the angles: pairs (together, apart) of elevations, then of joints, trunk, stride.
ARMS: Final = np.array([0, 1, 2, 3, 8, 9, 12, 13])
ARMS_RAISED: Final = 0
APART: Final = np.arange(1, 16, 2)
TORSO: Final = 16

_HIPS, _TRUNK_AND_LEGS = [23, 24], [11, 12, 23, 24, 25, 26, 27, 28]


@dataclass(frozen=True)
class Postures:
    """A track as postures on an even grid.

    Attributes
    ----------
    times_s : (N,) float, ``STEP_S`` apart, from 0
    angles : (N, D) float, weighted radians; 0 where nobody is seen
    seen : (N,) bool, whether somebody is
    upright : (N,) float, radians the body is off standing with straight legs (torso, thighs and
        shins off the vertical, the greatest of them)
    place : (N, 2) float, middle of the hips in the picture, in body lengths (shoulders to ankles)
        of the whole track
    size : (N,) float, how large the body is in the picture, in the same lengths
    """

    times_s: Array
    angles: Array
    seen: Bools
    upright: Array
    place: Array
    size: Array

    def __len__(self) -> int:
        return len(self.times_s)


def postures(track: PoseTrack, duration_s: float) -> Postures:
    """Turn poses into postures.

    Parameters
    ----------
    track : PoseTrack
    duration_s : how long the grid is, seconds; where the track has no poses nobody is seen
    """
    count = max(1, int(np.floor(duration_s / STEP_S)) + 1)
    times = np.arange(count, dtype=np.float64) * STEP_S
    raw, off = _angles(track)
    place, size = _place(track)
    rows = np.column_stack([raw, off, place, size])
    there = np.isfinite(raw[:, TORSO])
    at = np.asarray(track.times_s, dtype=np.float64)[there]
    grid, seen = _on_grid(at, rows[there], times)
    width = raw.shape[1]
    for first, last in runs(seen):
        grid[first:last] = _smooth(grid[first:last])
    return Postures(
        times_s=times,
        angles=grid[:, :width],
        seen=seen,
        upright=grid[:, width],
        place=grid[:, width + 1 : width + 3],
        size=grid[:, width + 3],
    )


def runs(mask: Bools) -> list[tuple[int, int]]:
    """Give the stretches of True as (first, one past the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def posture_angles(bones: Array) -> Array:
    """Give the angles that make a posture, left and right taken together.

    ``static/js/shadow/posture.js`` is the twin.

    Parameters
    ----------
    bones : (..., 13, 3) float, unit vectors in the order of ``skeleton.BONES``

    Returns
    -------
    (..., 18) float, weighted radians; NaN where a bone it needs is not seen
    """
    columns = []

    def add(left: Array, right: Array, weight: float) -> None:
        # Together and apart: an isometry of the pair, folded so that the sides are the same.
        columns.append(weight * (left + right) / np.sqrt(2))
        columns.append(weight * np.abs(left - right) / np.sqrt(2))

    for name in PAIRS:
        sides = [_elevation(bones, f"{side}_{name}") for side in ("left", "right")]
        add(sides[0], sides[1], _ELEVATION_WEIGHT[name])
    for a, b, weight in JOINTS:
        names = [
            (a if a == "torso" else f"{side}_{a}", f"{side}_{b}") for side in ("left", "right")
        ]
        add(_joint(bones, *names[0]), _joint(bones, *names[1]), weight)
    columns.append(TORSO_WEIGHT * (np.pi - _elevation(bones, "torso")))
    columns.append(_STRIDE_WEIGHT * _joint(bones, "left_thigh", "right_thigh"))
    return np.stack(columns, axis=-1)


def _elevation(bones: Array, name: str) -> Array:
    """Angle from straight down."""
    return np.asarray(np.arccos(np.clip(bones[..., BONE_INDEX[name], 1], -1, 1)))


def _joint(bones: Array, a: str, b: str) -> Array:
    cosine = (bones[..., BONE_INDEX[a], :] * bones[..., BONE_INDEX[b], :]).sum(axis=-1)
    return np.asarray(np.arccos(np.clip(cosine, -1, 1)))


def _angles(track: PoseTrack) -> tuple[Array, Array]:
    """Weighted symmetric angles (T, D) and how far off upright (T,), radians."""
    bones = unit_bones(np.asarray(track.world, dtype=np.float64))
    torso = np.pi - _elevation(bones, "torso")
    legs = [_elevation(bones, f"{side}_{part}") for side in ("left", "right") for part in _LEGS]
    return posture_angles(bones), np.fmax(torso, np.fmax.reduce(legs))


def _place(track: PoseTrack) -> tuple[Array, Array]:
    """Where the hips are (T, 2) and how large the body is (T,), in the track's body lengths."""
    image = np.asarray(track.image, dtype=np.float64)
    hips = image[:, _HIPS].mean(axis=1)
    joints = image[:, _TRUNK_AND_LEGS]
    size = np.linalg.norm(joints.max(axis=1) - joints.min(axis=1), axis=-1)
    finite = size[np.isfinite(size)]
    unit = max(float(np.percentile(finite, 90)), 1.0) if len(finite) else 1.0
    return hips / unit, size / unit


def _on_grid(at: Array, rows: Array, times: Array) -> tuple[Array, Bools]:
    """Rows (T, C) at times ``at`` on the grid, NaN filled in; False where nobody is near."""
    grid = np.zeros((len(times), rows.shape[1]))
    if len(at) == 0:
        return grid, np.zeros(len(times), bool)
    after = np.clip(np.searchsorted(at, times), 0, len(at) - 1)
    before = np.maximum(after - 1, 0)
    inside = (times >= at[0] - STEP_S) & (times <= at[-1] + STEP_S)
    seen = inside & (at[after] - at[before] <= LONGEST_GAP_S)
    for column in range(rows.shape[1]):
        good = np.isfinite(rows[:, column])
        if good.any():
            grid[:, column] = np.interp(times, at[good], rows[good, column])
    grid[~seen] = 0.0
    return grid, seen


def _smooth(rows: Array) -> Array:
    """Median against glitches, then a zero-phase low-pass, along time; (n, C)."""
    half = _MEDIAN // 2
    padded = np.pad(rows, ((half, half), (0, 0)), mode="edge")
    rows = np.median(np.stack([padded[i : i + len(rows)] for i in range(_MEDIAN)]), axis=0)
    sigma = _SIGMA_S / STEP_S
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(rows, ((reach, reach), (0, 0)), mode="edge")
    return np.asarray(sum(k * padded[i : i + len(rows)] for i, k in enumerate(kernel)))
