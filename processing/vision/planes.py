"""Published frames, put together from planes: no colour is converted twice, or for nothing."""

from dataclasses import dataclass
from typing import Any, Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from processing.vision.codecs import tag_bt709

_GREY: Final = 128
_KR, _KB = 0.2126, 0.0722
"""BT.709's shares of red and blue in luma (table 3)."""
_LUMA: Final = np.array([_KR, 1 - _KR - _KB, _KB])
_TO_YCC: Final = np.array(
    [
        [*(_LUMA * (219 / 255)), 16],
        [*((np.array([0, 0, 1]) - _LUMA) / (1 - _KB) * (112 / 255)), 128],
        [*((np.array([1, 0, 0]) - _LUMA) / (1 - _KR) * (112 / 255)), 128],
    ],
    np.float32,
)
"""RGB 0..255 to limited range: luma 16..235, chroma 16..240."""
_LIMITED: Final = np.round(16 + np.arange(256) * (235 - 16) / 255).astype(np.uint8)
"""Alpha as luma of limited range: whoever decodes to RGB gets 0..255 back."""

Plane = NDArray[np.uint8]
Part = tuple[slice, slice]


@dataclass(frozen=True)
class Planes:
    """A picture as codecs have it: BT.709, limited range, chroma at half the size.

    Attributes
    ----------
    luma : (height, width) uint8
    blue, red : (height / 2, width / 2) uint8
    """

    luma: Plane
    blue: Plane
    red: Plane


def rows(plane: Any) -> Plane:
    """View a plane of bytes as (height, width); its lines may be padded."""
    lines = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return lines[: plane.height, : plane.width]


class PlaneMaker:
    """Turns parts of RGB pictures into planes of whole ones.

    Parameters
    ----------
    width, height : int
        Of the whole pictures, pixels, both even.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height

    def planes(self, picture: Plane, part: Part | None, around: tuple[int, int, int]) -> Planes:
        """Convert a part, with one colour around it.

        Parameters
        ----------
        picture : (h, w, 3) uint8, RGB
            The part's own pixels; not looked at where there is no part.
        part : (rows, columns) or None
            Where it lies, on even pixels.
        around : (red, green, blue)
        """
        width, height = self._size
        plain = _converted(np.full((2, 2, 3), around, np.uint8))
        whole = Planes(
            np.full((height, width), plain.luma[0, 0], np.uint8),
            np.full((height // 2, width // 2), plain.blue[0, 0], np.uint8),
            np.full((height // 2, width // 2), plain.red[0, 0], np.uint8),
        )
        if part is not None:
            converted = _converted(picture)
            whole.luma[part] = converted.luma
            half = tuple(slice(edge.start // 2, edge.stop // 2) for edge in part)
            whole.blue[half] = converted.blue
            whole.red[half] = converted.red
        return whole


def _converted(picture: Plane) -> Planes:
    # Within 0.7 of a level of the exact values, and nearer to them than FFmpeg's scaler, which
    # takes four times as long.
    height, width = picture.shape[:2]
    half = cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    chroma = cv2.transform(half, _TO_YCC)
    luma = cv2.extractChannel(cv2.transform(picture, _TO_YCC), 0)
    blue, red = (cv2.extractChannel(chroma, channel) for channel in (1, 2))
    return Planes(*(np.asarray(plane, np.uint8) for plane in (luma, blue, red)))


def with_alpha(colour: Planes, alpha: Plane) -> Any:
    """Join colours and straight alpha.

    Parameters
    ----------
    colour : Planes
    alpha : (height, width) uint8, straight

    Returns
    -------
    av.VideoFrame, yuva420p
    """
    height, width = alpha.shape
    frame = av.VideoFrame(width, height, "yuva420p")
    parts = colour.luma, colour.blue, colour.red, alpha
    for target, source in zip(frame.planes, parts, strict=True):
        rows(target)[:] = source
    tag_bt709(frame)
    return frame


def stacked(colour: Planes, alpha: Plane) -> Any:
    """Put colours over a grey picture of the straight alpha.

    Parameters
    ----------
    colour : Planes
    alpha : (height, width) uint8, straight; height even

    Returns
    -------
    av.VideoFrame, yuv420p, of twice the height
    """
    height, width = alpha.shape
    frame = av.VideoFrame(width, 2 * height, "yuv420p")
    luma = rows(frame.planes[0])
    luma[:height] = colour.luma
    luma[height:] = cv2.LUT(alpha, _LIMITED)
    for target, source in zip(frame.planes[1:], (colour.blue, colour.red), strict=True):
        chroma = rows(target)
        chroma[: height // 2] = source
        chroma[height // 2 :] = _GREY
    tag_bt709(frame)
    return frame
