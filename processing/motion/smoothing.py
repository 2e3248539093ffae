"""Poses without the detector's jitter, and without lag: every filter runs forwards and backwards.

What is noise depends on the movement: a squat ends below 2 Hz, a jumping jack's wrists reach 5 Hz.
So two low-passes are run, and each landmark takes, moment by moment, as much of the band between
them as there is movement in it:

    smooth = narrow + gain · (wide − narrow),   gain = max(0, 1 − noise power / band power)

the local Wiener filter of Lee (1980), on a band instead of a picture. Band power is that around the
moment, noise power is read off what lies above the wide low-pass, where no movement is. Powers
are sums over a landmark's coordinates, so turning the axes turns the result and changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.ndimage import gaussian_filter1d
from scipy.signal import butter, sosfiltfilt

from processing.motion.gaps import runs
from processing.motion.track import LANDMARK_COUNT, PoseTrack

WIDE_HZ: Final = 6.0
"""Cut-off while moving fast, that of Winter (2009) for gait; on a synthetic athlete's jumping jacks
0.9 s long, the least 2D error of all cut-offs from 2 to 10 Hz (4.72% of the torso, 4.85% before).
"""
NARROW_HZ: Final = 2.5
"""Cut-off while slow. Steep enough to keep 1.5 Hz whole (99%)."""
NOISE_FACTOR: Final = 8.0
"""Noise power in the band against white noise of the power above it: a detector's errors hang
together over a few frames. Fitted on four exercises of the synthetic athlete: the error of
acceleration falls to 0.40 (jumping jack) and 0.13 to 0.19 (the others) of the detector's; a fixed
6 Hz gives 0.46 and 0.31 to 0.35. Nineteen real jumping jacks keep their wrists' range within 1%."""
_AROUND_S: Final = 0.2
"""Standard deviation of the window around a moment."""
_PAD_S: Final = 1.0
"""Length of the mirrored ends: longer than either filter remembers."""
_LEAST_FPS: Final = 10.0
"""Below it noise can't be told from movement; nothing is changed."""
_LEAST_POSES: Final = 6
_EVEN: Final = 0.1
"""Times count as even where none is further from its place, in steps."""

Floats = NDArray[np.float64]


def smooth(track: PoseTrack, *, cuts_s: Sequence[float] = ()) -> PoseTrack:
    """Take the jitter out of world and image coordinates.

    Nothing leaks across a cut or a gap that was left open. Visibility, times and marks stay as
    they are, and so do NaN. Runs of fewer than six poses, or of fewer than ten a second, are left
    alone. Fill gaps before: an interpolated pose is smoothed with its neighbours.

    Parameters
    ----------
    track : PoseTrack
    cuts_s : times of the first picture after each hard cut, seconds

    Returns
    -------
    PoseTrack

    References
    ----------
    J.-S. Lee: Digital image enhancement and noise filtering by use of local statistics. IEEE
    Trans. PAMI 2(2), 1980, eq. 10. D. A. Winter: Biomechanics and motor control of human movement,
    4th ed., 2009, §3.4.4.2 (zero-lag Butterworth filter and its corrected cut-off).
    """
    world, image = track.world.copy(), track.image.copy()
    for run in runs(track.times_s, cuts_s):
        times_s = track.times_s[run]
        for array in (world, image):
            for landmark in range(LANDMARK_COUNT):
                path = array[run, landmark]
                for part in _seen(path):
                    path[part] = _smooth_path(times_s[part], path[part].astype(np.float64))
    return replace(track, world=world, image=image)


def _seen(path: NDArray[np.float32]) -> Iterator[slice]:
    """Stretches of a landmark's path (n, d) without NaN."""
    finite = np.isfinite(path).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], finite, [False]]).astype(np.int8)))
    yield from (slice(start, end) for start, end in edges.reshape(-1, 2))


def _smooth_path(times_s: Floats, path: Floats) -> Floats:
    """Smooth one landmark's path (n, d) whose times may be uneven."""
    if len(path) < _LEAST_POSES:
        return path
    step = float(np.median(np.diff(times_s)))
    length = times_s[-1] - times_s[0]
    count = round(length / step) + 1
    if (count - 1) / length < _LEAST_FPS:
        return path
    even = np.linspace(times_s[0], times_s[-1], count)
    step = length / (count - 1)
    if count == len(path) and np.abs(times_s - even).max() < _EVEN * step:
        return _smooth_even(path, 1 / step)
    # To even times and back. Monotone on the way in, where two close times of a noisy path would
    # make any other cubic swing out; the smooth path takes a spline.
    resampled = PchipInterpolator(times_s, path, axis=0)(even)
    return np.asarray(CubicSpline(even, _smooth_even(resampled, 1 / step), axis=0)(times_s))


def _smooth_even(path: Floats, fps: float) -> Floats:
    """Smooth one landmark's path (n, d) of evenly spaced times."""
    wide_hz = min(WIDE_HZ, 0.35 * fps)
    wide = _low_pass(path, fps, wide_hz, order=2)
    narrow_hz = min(NARROW_HZ, 0.4 * wide_hz)
    narrow = _low_pass(path, fps, narrow_hz, order=4)
    band = wide - narrow
    above = _power(path - wide, fps) / (0.5 * fps - wide_hz)
    noise = NOISE_FACTOR * float(np.median(above)) * (wide_hz - narrow_hz)
    power = _power(band, fps)
    gain = np.maximum(1 - noise / np.maximum(power, 1e-18), 0)
    return np.asarray(narrow + gain[:, None] * band)


def _low_pass(path: Floats, fps: float, cutoff_hz: float, order: int) -> Floats:
    """Butterworth filter forwards and backwards: zero phase, half power at the cut-off."""
    pad = min(len(path) - 1, round(_PAD_S * fps))
    return np.asarray(sosfiltfilt(_sections(fps, cutoff_hz, order), path, axis=0, padlen=pad))


@lru_cache(maxsize=16)
def _sections(fps: float, cutoff_hz: float, order: int) -> Floats:
    """Coefficients of a filter that is run twice; making them takes longer than a short run."""
    # Winter, §3.4.4.2: run twice, a filter's half-power point moves down by this factor.
    corrected = cutoff_hz / (np.sqrt(2) - 1) ** (0.5 / order)
    return np.asarray(butter(order, corrected, fs=fps, output="sos"))


def _power(path: Floats, fps: float) -> Floats:
    """Square length (n,) around each moment."""
    squares = np.asarray((path**2).sum(axis=1))
    return np.asarray(gaussian_filter1d(squares, _AROUND_S * fps, mode="nearest"))
