"""High dynamic range brought to the range of ordinary screens: HLG, as phones film, and PQ.

Both are taken to the light a 1000 cd/m² reference display would show. Their reference white, at
203 cd/m², is where an ordinary screen has its own white (BT.2408); what is brighter is rolled off
below it by BT.2390's curve. The curve takes the brightest of a colour's three lights and scales
all of them alike, so that no hue moves and nothing clips; skin under a lamp stays skin.

All of it is a function of one colour, so it is computed once, for a lattice of colours, and looked
up for each pixel.

References
----------
ITU-R BT.2100-2 (2018), Tables 4 and 5: the PQ EOTF; the HLG inverse OETF and OOTF.
ITU-R BT.2390-8 (2020), 5.4.1: the EETF, a Hermite spline in PQ space.
ITU-R BT.2408-4 (2021), 2.2, Table 1: reference white 203 cd/m², HLG 75 %, PQ 58 %.
ITU-R BT.2087-0 (2015), 2: BT.709's primaries in BT.2020's; its inverse is used here.
ITU-R BT.1886 (2011), Annex 1: the display that published video is for, gamma 2.4.
"""

from collections.abc import Callable
from functools import cache
from typing import Final

import cv2
import numpy as np
from av.video.reformatter import ColorTrc
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SWSCALE_WHITE: Final = 65280.0
"""White in its 16-bit RGB: 255 · 256."""

_PEAK_NIT: Final = 1000.0
"""The display HLG is rendered for, and what phones and most PQ films are mastered to. Brighter PQ
becomes white."""
_WHITE_NIT: Final = 203.0
_HLG_GAMMA: Final = 1.2
"""System gamma at 1000 cd/m² (BT.2100 Table 5, note 5f)."""
_SDR_GAMMA: Final = 2.4
_BT2020_LUMA: Final = np.array([0.2627, 0.6780, 0.0593])
_BT709_LUMA: Final = np.array([0.2126, 0.7152, 0.0722])
_BT2020_TO_BT709: Final = np.linalg.inv(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
)

_NODES: Final = 65
_SLICES: Final = 480
"""The lattice: red and green are interpolated between 65 values, blue, to which the eye is least
sensitive, is the nearest of 480. As a picture 65 wide it stays below OpenCV's 32767 lines."""


def tone_map(transfer: int) -> Callable[[NDArray[np.uint16]], NDArray[np.uint8]] | None:
    """Return what brings pictures of a transfer characteristic to BT.709; None: they are there.

    Parameters
    ----------
    transfer : int
        As H.273 numbers them: 18 is HLG, 16 is PQ.

    Returns
    -------
    callable or None
        (H, W, 3) uint16 -> (H, W, 3) uint8. In: R'G'B' of BT.2020, 0..65280 (swscale's white).
        Out: R'G'B' of BT.709 for a display of gamma 2.4, 0..255. 35 ms of one core for
        1920×1080, after 1 s for the first picture.
    """
    if transfer not in _DISPLAYED:
        return None
    table = _lattice(transfer)

    def mapped(picture: NDArray[np.uint16]) -> NDArray[np.uint8]:
        red, green, blue = cv2.split(picture)
        # cv2 rounds and saturates: the nearest slice, as lines of the lattice.
        slices = cv2.multiply(blue, (_SLICES - 1) / SWSCALE_WHITE, dtype=cv2.CV_16U)
        x = cv2.multiply(red, (_NODES - 1) / SWSCALE_WHITE, dtype=cv2.CV_32F)
        y = cv2.multiply(green, (_NODES - 1) / SWSCALE_WHITE, dtype=cv2.CV_32F)
        # Whiter than white would lead into the next slice.
        y = cv2.min(y, float(_NODES - 1))
        y = cv2.scaleAdd(np.asarray(slices, np.float32), float(_NODES), y)
        return np.asarray(
            cv2.remap(table, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
        )

    return mapped


@cache
def _lattice(transfer: int) -> NDArray[np.uint8]:
    """Return (slices · nodes, nodes, 3): blue by slices, green down, red across."""
    table = np.empty((_SLICES, _NODES, _NODES, 3), np.uint8)
    axis = np.linspace(0, 1, _NODES)
    signal = np.empty((_NODES, _NODES, 3))
    signal[..., 0], signal[..., 1] = axis, axis[:, None]
    # One slice after another: all at once would take hundreds of megabytes.
    for number, blue in enumerate(np.linspace(0, 1, _SLICES)):
        signal[..., 2] = blue
        table[number] = np.round(255 * to_sdr(signal, transfer))
    return table.reshape(_SLICES * _NODES, _NODES, 3)


def to_sdr(signal: Floats, transfer: int) -> Floats:
    """Map HDR colours to SDR ones.

    Parameters
    ----------
    signal : (..., 3) float64
        R'G'B' of BT.2020, 0..1.
    transfer : int
        18 (HLG) or 16 (PQ).

    Returns
    -------
    (..., 3) float64
        R'G'B' of BT.709, 0..1, for a display of gamma 2.4.
    """
    nit = np.minimum(_DISPLAYED[transfer](signal), _PEAK_NIT)
    light = nit @ _BT2020_TO_BT709.T
    brightest = np.maximum(light.max(axis=-1, keepdims=True), 1e-6)
    light = light * (rolled_off(brightest) / brightest) / _WHITE_NIT
    return np.asarray(np.clip(_within(light), 0, 1) ** (1 / _SDR_GAMMA))


def _within(light: Floats) -> Floats:
    """Mix colours BT.709 does not have with as much grey of their luminance as they need."""
    luma = (light @ _BT709_LUMA)[..., None]
    lowest = light.min(axis=-1, keepdims=True)
    # A colour so saturated that its luminance itself is negative does not exist.
    needed = np.where(lowest < 0, -lowest / np.maximum(luma - lowest, 1e-9), 0.0)
    return np.asarray(light + np.clip(needed, 0, 1) * (luma - light))


def rolled_off(nit: Floats) -> Floats:
    """Apply BT.2390's EETF from 1000 to 203 cd/m², black to black (5.4.1, equations 1 to 4)."""
    whole = _pq(np.array(_PEAK_NIT))
    highest = _pq(np.array(_WHITE_NIT)) / whole
    knee = 1.5 * highest - 0.5
    e = np.minimum(_pq(nit) / whole, 1.0)
    t = np.maximum((e - knee) / (1 - knee), 0.0)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * highest
    )
    return _from_pq(np.where(e < knee, e, spline) * whole)


_M1: Final = 2610 / 16384
_M2: Final = 2523 / 4096 * 128
_C1: Final = 3424 / 4096
_C2: Final = 2413 / 4096 * 32
_C3: Final = 2392 / 4096 * 32


def _from_pq(signal: Floats) -> Floats:
    """Return the light of PQ's signal, cd/m² (BT.2100 Table 4)."""
    power = np.maximum(signal, 0) ** (1 / _M2)
    ratio = np.maximum(power - _C1, 0) / (_C2 - _C3 * power)
    return np.asarray(10_000 * ratio ** (1 / _M1))


def _pq(nit: Floats) -> Floats:
    """Return PQ's signal of a light, the inverse of `_from_pq`."""
    power = (np.maximum(nit, 0) / 10_000) ** _M1
    return np.asarray(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2)


_A: Final = 0.17883277
_B: Final = 1 - 4 * _A
_C: Final = 0.5 - _A * np.log(4 * _A)


def _from_hlg(signal: Floats) -> Floats:
    """Return what the reference display shows of HLG's signal, cd/m² (BT.2100 Table 5)."""
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - _C) / _A) + _B) / 12)
    luma = (scene @ _BT2020_LUMA)[..., None]
    return np.asarray(_PEAK_NIT * np.maximum(luma, 1e-12) ** (_HLG_GAMMA - 1) * scene)


_DISPLAYED: Final[dict[int, Callable[[Floats], Floats]]] = {
    int(ColorTrc.ARIB_STD_B67): _from_hlg,
    int(ColorTrc.SMPTE2084): _from_pq,
}
