"""The studio grade V11, as one look-up.

On RGB in 0..1: add 0.08; stretch by 1.12 about 0.5; in CIE Lab (D65, sRGB) lift L, counted in
0..255, by at most 52 in the shadows and mid-tones; red × 1.03, blue × 0.97; clip. Results leave
the range only at the end: Lab takes what is outside 0..1 clipped, since no colour is there.

The grade depends on nothing but a pixel's colour, so all 2^24 answers fit into one table of 48 MB:
exact, and several times faster than computing, whatever is in the picture. The table is a picture
itself, and looking colours up is what OpenCV does when it moves pixels about: three times faster
than NumPy's own indexing.
"""

import functools
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

BRIGHTNESS: Final = 0.08
CONTRAST: Final = 1.12
LIFT: Final = 52.0
RED: Final = 1.03
BLUE: Final = 0.97

Table = NDArray[np.uint8]
"""(4096, 4096, 3) uint8: colour number r | g << 8 | b << 16 has its graded colour in row
number // 4096, column number % 4096."""


def lift(lightness: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lift shadows and mid-tones towards the highlights.

    `L + 52 · 27/4 · x (1 − x)²` with x = L / 255: black and white stay, a third of the way up
    gains the whole 52, and the curve rises everywhere (its slope is at least 0.54).

    Parameters
    ----------
    lightness : float32, 0..255

    Returns
    -------
    float32, 0..255, of the same shape
    """
    x = lightness / 255
    return np.asarray(lightness + LIFT * 6.75 * x * (1 - x) ** 2, np.float32)


# sRGB's primaries (IEC 61966-2-1) under D65, each row divided by the white point's X, Y, Z.
_TO_XYZ: Final = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
) / np.array([[0.950456], [1.0], [1.088754]])
_TO_RGB: Final = np.linalg.inv(_TO_XYZ)
_DELTA: Final = 6 / 29  # where CIE Lab's cube root gives way to a straight line
_STEPS: Final = 1 << 16


@functools.cache
def table() -> Table:
    """Build the table (about a second), once in a process."""
    channels = _xyz_of_levels()
    encoded = [_encoded(gain) for gain in (RED, 1.0, BLUE)]
    result = np.empty((256, 256 * 256, 3), np.uint8)

    def fill(blue: int) -> None:
        linear = _lifted(red_green + channels[2][blue][:, None])
        linear *= np.float32(_STEPS - 1)
        linear += np.float32(0.5)
        level = np.clip(linear, 0, _STEPS - 1, out=linear).astype(np.uint16)
        for channel, code in enumerate(encoded):
            result[blue, :, channel] = code[level[channel]]

    red_green = (channels[0][None, :] + channels[1][:, None]).reshape(-1, 3).T.copy()
    # By slices: all at once would take a gigabyte. NumPy lets go of the interpreter, so side by
    # side is twice as soon.
    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(fill, range(256)):
            pass
    return result.reshape(_SIDE, _SIDE, 3)


def _xyz_of_levels() -> list[NDArray[np.float32]]:
    """Return what each level of red, of green and of blue adds to X, Y, Z: 3 × (256, 3)."""
    level = np.clip((np.arange(256) / 255 + BRIGHTNESS - 0.5) * CONTRAST + 0.5, 0, 1)
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    return [np.outer(linear, _TO_XYZ[:, c]).astype(np.float32) for c in range(3)]


def _lifted(xyz: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lift the lightness of colours given as X, Y, Z (white = 1, 1, 1); returns linear RGB.

    Both are (3, n): whole rows are computed with.
    """
    f = np.cbrt(xyz)
    dark = xyz <= np.float32(_DELTA**3)
    f[dark] = xyz[dark] * np.float32(1 / (3 * _DELTA**2)) + np.float32(4 / 29)
    before = 116 * f[1] - 16
    after = lift(before * np.float32(2.55)) / np.float32(2.55)
    # a and b are differences of f, so keeping them means moving all three alike.
    f += (after - before) / np.float32(116)
    dark = f <= np.float32(_DELTA)
    lifted = f * f * f
    lifted[dark] = np.float32(3 * _DELTA**2) * (f[dark] - np.float32(4 / 29))
    # Not `@`: BLAS would wake threads of its own for nine multiplications a colour.
    return np.asarray(np.einsum("ij,jn->in", _TO_RGB.astype(np.float32), lifted), np.float32)


def _encoded(gain: float) -> NDArray[np.uint8]:
    """Return the final level (0..255) of 2^16 linear intensities, after the channel's gain."""
    linear = np.linspace(0, 1, _STEPS)
    value = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(np.clip(value * gain, 0, 1) * 255).astype(np.uint8)


def grade(picture: NDArray[np.uint8], lookup: Table) -> NDArray[np.uint8]:
    """Grade a picture.

    Parameters
    ----------
    picture : (height, width, 3) uint8, RGB
    lookup : Table
        From `table()`.

    Returns
    -------
    (height, width, 3) uint8, RGB
    """
    number = cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA).view("<u4")[..., 0]
    # The place in the table as OpenCV wants it: column and row, two int16 side by side. The fourth
    # byte of a number (cvtColor makes it 255) falls away.
    place = np.bitwise_and(number, _ROW)
    np.left_shift(place, _BITS, out=place)
    np.bitwise_or(place, np.bitwise_and(number, _COLUMN, out=number), out=place)
    columns_rows = place.view("<i2").reshape(*place.shape, 2)
    return np.asarray(cv2.remap(lookup, columns_rows, None, cv2.INTER_NEAREST), np.uint8)


_SIDE: Final = 4096
_BITS: Final = np.uint32(4)  # 16 bits a coordinate, 12 of them used
_COLUMN: Final = np.uint32(0xFFF)
_ROW: Final = np.uint32(0xFFF000)
