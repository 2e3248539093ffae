"""Poses small enough for a phone: quantised, differenced, gzipped.

The format (`trainer_poses.bin`; the browser's twin is `static/js/shadow/packed.js`). The file is
one gzip member of

    magic    4 bytes  b"PCP1"
    length   uint32 little endian, bytes of the header
    header   UTF-8 JSON: version, fps, width, height, count, landmarks, world_scale_m,
             image_scale_px, visibility_scale, filled (numbers of the poses nobody saw)
    low      channels × count bytes, the low bytes of the differences
    high     channels × count bytes, their high bytes

A channel is one number over all frames, as 16 bits: time in ms (low half, then high half), 33×3
world coordinates, 33×2 image coordinates, 33 visibilities, each `value / scale` rounded to int16
(-32768 = not seen). Channel-major; a channel's first entry is its value, every other one the
difference to the one before, modulo 2^16. Differences of a smooth movement are small, so the
plane of high bytes is nearly all 0 and 255 and costs almost nothing.

Version 1 lacked `filled`. Clips published then keep their files, so both are read and 2 is written.
"""

import gzip
import json
import math
import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.track import LANDMARK_COUNT, PoseTrack

MAGIC: Final = b"PCP1"
VERSION: Final = 2

WORLD_SCALE_M: Final = 1 / 8192
"""Finest step of world coordinates: ±4 m in 0.12 mm steps, a tenth of the detector's noise."""
IMAGE_SCALE_PX: Final = 1 / 16
"""Finest step of image coordinates: ±2048 px."""
VISIBILITY_SCALE: Final = 1 / 255

_READABLE: Final = (1, 2)
_NOT_SEEN: Final = -32768
_LARGEST: Final = 32767
_CHANNELS: Final = 2 + LANDMARK_COUNT * (3 + 2 + 1)


def pack(track: PoseTrack) -> bytes:
    """Write a track in the packed format.

    Coordinates beyond the default range coarsen the step for the whole track instead of being
    cut off. Times are rounded to ms.

    Parameters
    ----------
    track : PoseTrack

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        Where a time is not within 0 and 2^31 ms, or a value is infinite.
    """
    count = len(track)
    world_scale = _scale_for(track.world, WORLD_SCALE_M)
    image_scale = _scale_for(track.image, IMAGE_SCALE_PX)
    header = {
        "version": VERSION,
        "fps": track.fps,
        "width": track.width,
        "height": track.height,
        "count": count,
        "landmarks": LANDMARK_COUNT,
        "world_scale_m": world_scale,
        "image_scale_px": image_scale,
        "visibility_scale": VISIBILITY_SCALE,
        "filled": np.flatnonzero(track.filled).tolist(),
    }
    header_bytes = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()

    values = np.empty((_CHANNELS, count), np.uint16)
    rounded = np.round(track.times_s * 1000)
    if not np.all((rounded >= 0) & (rounded < 2**31)):
        raise ValueError("times must be within 0 and 2^31 ms")
    milliseconds = rounded.astype(np.uint32)
    values[0] = milliseconds & 0xFFFF
    values[1] = milliseconds >> 16
    channel = 2
    for array, scale in (
        (track.world, world_scale),
        (track.image, image_scale),
        (track.visibility, VISIBILITY_SCALE),
    ):
        columns = array.reshape(count, math.prod(array.shape[1:])).T
        values[channel : channel + len(columns)] = _quantise(columns, scale)
        channel += len(columns)

    differences = values.copy()
    differences[:, 1:] -= values[:, :-1]  # uint16 wraps around, as the format says
    low = (differences & 0xFF).astype(np.uint8).tobytes()
    high = (differences >> 8).astype(np.uint8).tobytes()
    plain = MAGIC + struct.pack("<I", len(header_bytes)) + header_bytes + low + high
    return gzip.compress(plain, compresslevel=9, mtime=0)


def unpack(data: bytes) -> PoseTrack:
    """Read the packed format, version 1 or 2.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    PoseTrack

    Raises
    ------
    ValueError
        Where the data are not whole or of another version.
    """
    try:
        plain = gzip.decompress(data)
    except (OSError, EOFError) as error:
        raise ValueError(f"packed poses are not a whole gzip file: {error}") from error
    if plain[:4] != MAGIC or len(plain) < 8:
        raise ValueError("these are not packed poses: the magic bytes differ")
    (length,) = struct.unpack_from("<I", plain, 4)
    header = json.loads(plain[8 : 8 + length])
    if header["version"] not in _READABLE or header["landmarks"] != LANDMARK_COUNT:
        raise ValueError(f"packed poses of version {header['version']} can't be read")
    count = int(header["count"])
    body = np.frombuffer(plain, np.uint8, offset=8 + length)
    if body.size != 2 * _CHANNELS * count:
        raise ValueError(f"packed poses hold {body.size} bytes for {count} frames")
    low, high = body.reshape(2, _CHANNELS, count).astype(np.uint16)
    differences = low | (high << 8)
    values = np.cumsum(differences, axis=1, dtype=np.uint16)

    milliseconds = values[0].astype(np.uint32) | (values[1].astype(np.uint32) << 16)
    world, image, visibility = np.split(
        values[2:].view(np.int16), [LANDMARK_COUNT * 3, LANDMARK_COUNT * 5]
    )
    return PoseTrack(
        times_s=milliseconds.astype(np.float64) / 1000,
        world=_restore(world, header["world_scale_m"]).reshape(count, LANDMARK_COUNT, 3),
        image=_restore(image, header["image_scale_px"]).reshape(count, LANDMARK_COUNT, 2),
        visibility=_restore(visibility, header["visibility_scale"]),
        fps=float(header["fps"]),
        width=int(header["width"]),
        height=int(header["height"]),
        filled=_marks(header.get("filled", []), count),
    )


def _marks(numbers: list[int], count: int) -> NDArray[np.bool_]:
    if not all(isinstance(number, int) and 0 <= number < count for number in numbers):
        raise ValueError(f"packed poses mark poses as filled that are not among their {count}")
    filled = np.zeros(count, bool)
    filled[numbers] = True
    return filled


def _scale_for(values: NDArray[np.float32], finest: float) -> float:
    """Return the finest step at which every value fits into int16."""
    if np.isinf(values).any():
        raise ValueError("coordinates must be finite, or NaN where not seen")
    largest = float(np.nanmax(np.abs(values), initial=0.0)) if values.size else 0.0
    return max(finest, largest / _LARGEST)


def _quantise(columns: NDArray[np.float32], scale: float) -> NDArray[np.uint16]:
    steps = np.round(columns.astype(np.float64) / scale)
    steps = np.where(np.isnan(steps), _NOT_SEEN, np.clip(steps, -_LARGEST, _LARGEST))
    return steps.astype(np.int16).view(np.uint16)


def _restore(columns: NDArray[np.int16], scale: float) -> NDArray[np.float32]:
    """Return (count, channels) float32; the inverse of `_quantise`, transposed."""
    values = columns.astype(np.float64) * scale
    values[columns == _NOT_SEEN] = np.nan
    return np.ascontiguousarray(values.T, dtype=np.float32)
