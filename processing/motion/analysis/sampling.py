"""A track on an even grid: its angles, what of them is seen, and from where it was filmed."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.angles import (
    ANGLES,
    angles_of,
    body_axes,
    part_sight_of,
    sight_of,
)
from processing.motion.posture import Postures, postures
from processing.motion.sight import inside
from processing.motion.track import PoseTrack

Bools = NDArray[np.bool_]
View = Literal["front", "oblique", "side", "back"]

STEP_S: Final = 0.04
"""Grid of the angles. Stored timelines have 10 to 25 poses a second, videos 24 to 60."""
VISIBLE: Final = 0.5
LONGEST_GAP_S: Final = 0.4
"""Poses further apart are not joined by a line."""
_SIGMA_S: Final = 0.06
"""Of the Gaussian over the angles: keeps 0.93 of a 1 Hz movement, and evens out 10 poses a second
and 60."""


@dataclass(frozen=True)
class Motion:
    """A person's movement.

    Attributes
    ----------
    times_s : (N,) float, ``STEP_S`` apart, from the track's zero
    angles : (N, 18) float, degrees; NaN = not seen
    sight : (N, 11) float, 0..1, how visible each of ``PARTS`` is; NaN where nobody is seen
    across_m : (N,) float, metres the middle of the hips is to the body's left of that of the ankles
    body : Postures, on their own grid
    view_deg : float, how far the body is turned from facing the camera, to the picture's right;
        typical of the track; NaN where nobody is seen
    """

    times_s: Array
    angles: Array
    sight: Array
    across_m: Array
    body: Postures
    view_deg: float

    @property
    def duration_s(self) -> float:
        """Until the last pose."""
        return float(self.times_s[-1])


def motion_of(track: PoseTrack) -> Motion:
    """Measure a track.

    Parameters
    ----------
    track : PoseTrack
        With at least one pose. NaN in ``image`` means that the picture is not known.
    """
    visibility = np.nan_to_num(np.asarray(track.visibility, np.float64), nan=0.0)
    image = np.asarray(track.image, np.float64)
    known = np.isfinite(image).all(axis=-1)
    visibility = np.where(known, inside(visibility, image, track.width, track.height), visibility)
    world = np.asarray(track.world, np.float64)
    angles = np.where(sight_of(visibility) >= VISIBLE, angles_of(world), np.nan)
    end = float(track.times_s[-1])
    count = int(np.floor(end / STEP_S + 1e-6)) + 1
    times = np.arange(count, dtype=np.float64) * STEP_S
    rows = np.column_stack([angles, part_sight_of(visibility), _across(world)])
    grid = evened(track, rows, times)
    count = len(ANGLES)
    return Motion(
        times_s=times,
        angles=grid[:, :count],
        sight=grid[:, count:-1],
        across_m=grid[:, -1],
        body=postures(track, end),
        view_deg=_view_deg(world),
    )


def evened(track: PoseTrack, rows: Array, times_s: Array) -> Array:
    """Rows (T, C), one for each of a track's poses, smoothed on an even grid (N, C)."""
    return _smooth(_on_grid(np.asarray(track.times_s, np.float64), rows, times_s))


def view_of(view_deg: float) -> View:
    """Name the side a body is seen from."""
    away = abs((view_deg + 180.0) % 360.0 - 180.0)
    if away < 25.0:
        return "front"
    if away > 155.0:
        return "back"
    return "side" if 62.0 < away < 118.0 else "oblique"


def _across(world: Array) -> Array:
    left = body_axes(world)[0]
    ankles = 0.5 * (world[:, 27] + world[:, 28])
    hips = 0.5 * (world[:, 23] + world[:, 24])
    return np.asarray(((hips - ankles) * left).sum(axis=-1))


def _view_deg(world: Array) -> float:
    left = body_axes(world)[0]
    seen = np.isfinite(left).all(axis=-1)
    if not seen.any():
        return float("nan")
    x, z = left[seen][:, 0], left[seen][:, 2]
    return float(np.degrees(np.arctan2(np.median(z), np.median(x))))


def _on_grid(at: Array, rows: Array, times: Array) -> Array:
    """Rows (T, C) at times ``at`` on the grid; NaN in long gaps and next to NaN."""
    after = np.clip(np.searchsorted(at, times), 1, max(len(at) - 1, 1))
    if len(at) == 1:
        return np.repeat(rows, len(times), axis=0)
    before = after - 1
    gap = at[after] - at[before]
    share = np.clip((times - at[before]) / gap, 0.0, 1.0)[:, None]
    # A value next to one that is not seen stands for itself, not for the way to it.
    low, high = rows[before], rows[after]
    low, high = np.where(np.isfinite(low), low, high), np.where(np.isfinite(high), high, low)
    nearest = np.where(share < 0.5, rows[before], rows[after])
    grid = np.where(np.isfinite(nearest), low * (1 - share) + high * share, np.nan)
    grid[(gap > LONGEST_GAP_S) | (times < at[0] - STEP_S)] = np.nan
    return np.asarray(grid)


def _smooth(rows: Array) -> Array:
    """Gaussian along time over what is seen (N, C)."""
    sigma = _SIGMA_S / STEP_S
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    seen = np.isfinite(rows)
    padded = np.pad(np.where(seen, rows, 0.0), ((reach, reach), (0, 0)))
    weight = np.pad(seen.astype(np.float64), ((reach, reach), (0, 0)))
    total, mass = np.zeros(rows.shape), np.zeros(rows.shape)
    for k, share in enumerate(kernel):
        total += share * padded[k : k + len(rows)]
        mass += share * weight[k : k + len(rows)]
    return np.where(seen, total / np.maximum(mass, 1e-12), np.nan)
