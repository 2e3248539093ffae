"""From a decoder's frames to upright RGB arrays of the published size."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from processing.vision.hdr import SWSCALE_WHITE, tone_map

_HD_HEIGHT = 576
"""Above this many lines untagged video is BT.709 by convention, up to it BT.601."""

_TURNS: dict[int, int] = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


@dataclass(frozen=True)
class Geometry:
    """How a stored frame becomes an upright picture.

    Attributes
    ----------
    width, height : int
        The published picture, pixels, both even.
    rotation : int
        Degrees clockwise by which a stored frame is turned: 0, 90, 180 or 270.
    crop : (left, top, width, height) or None
        The part of a stored frame that is used, stored pixels, all even; None for all of it.
    """

    width: int
    height: int
    rotation: int = 0
    crop: tuple[int, int, int, int] | None = None

    @property
    def stored_size(self) -> tuple[int, int]:
        """(width, height) of the scaled picture before it is turned, pixels."""
        if self.rotation % 180:
            return self.height, self.width
        return self.width, self.height


def fit(
    stored_width: int,
    stored_height: int,
    *,
    rotation: int,
    pixel_aspect: Fraction,
    max_side: int,
) -> Geometry:
    """Find the published size: upright, square pixels, even sides, never enlarged.

    Parameters
    ----------
    stored_width, stored_height : int
        As decoded, pixels.
    rotation : int
        Degrees clockwise to turn for display, a multiple of 90.
    pixel_aspect : Fraction
        Width / height of a stored pixel.
    max_side : int
        Longer side of the result at most, pixels.

    Returns
    -------
    Geometry
    """
    # Narrow pixels shrink the width, wide ones the height: either way nothing is made up.
    width = stored_width * min(1.0, float(pixel_aspect))
    height = stored_height / max(1.0, float(pixel_aspect))
    if rotation % 180:
        width, height = height, width
    scale = min(1.0, max_side / max(width, height))
    return Geometry(_even(width * scale), _even(height * scale), rotation % 360)


def _even(length: float) -> int:
    return max(2, 2 * int(length / 2 + 1e-6))


Box = tuple[float, float, float, float]


def upright_box(
    box: Box, stored: tuple[int, int], rotation: int
) -> tuple[tuple[int, int, int, int], Box]:
    """Find the stored pixels that hold a part of the upright picture.

    Parameters
    ----------
    box : left, top, right, bottom
        Shares (0..1) of the upright picture.
    stored : (width, height)
        Stored frame, pixels.
    rotation : int
        Degrees clockwise from stored to upright.

    Returns
    -------
    crop : (left, top, width, height)
        Stored pixels, all even (as chroma needs), holding the box as far as the frame goes; at
        least 64 each way.
    box : left, top, right, bottom
        Exactly that part, in shares of the upright picture.
    """
    left, top, right, bottom = _turned(box, -rotation)
    width, height = stored
    x0, x1 = _even_span(left * width, right * width, width)
    y0, y1 = _even_span(top * height, bottom * height, height)
    exact = _turned((x0 / width, y0 / height, x1 / width, y1 / height), rotation)
    return (x0, y0, x1 - x0, y1 - y0), exact


_LEAST_SIDE: Final = 64
"""Pixels of a part at least: somebody far away is published with some room around. Matting and
codecs do not work on a few pixels."""


def _even_span(low: float, high: float, length: int) -> tuple[int, int]:
    """Widen a span to even whole pixels, and to as many as a part must have."""
    lacking = max(0.0, min(_LEAST_SIDE, length) - (high - low))
    low = max(0.0, min(low - lacking / 2, length - (high - low) - lacking))
    first = 2 * math.floor(low / 2 + 1e-9)
    last = 2 * math.ceil(max(high, low + min(_LEAST_SIDE, length)) / 2 - 1e-9)
    last = min(last, length // 2 * 2)
    return min(first, last - 2), last


def _turned(box: Box, degrees: int) -> Box:
    """Turn a box of shares clockwise with its picture."""
    left, top, right, bottom = box
    match degrees % 360:
        case 90:
            return 1 - bottom, left, 1 - top, right
        case 180:
            return 1 - right, 1 - bottom, 1 - left, 1 - top
        case 270:
            return top, 1 - right, bottom, 1 - left
    return box


def clockwise_rotation(frame: av.VideoFrame) -> int:
    """Return the degrees clockwise (0, 90, 180, 270) the frame's display matrix asks for."""
    # The display matrix counts counter-clockwise; odd angles (a tilted phone) stay as filmed.
    return int(round(-frame.rotation / 90) * 90 % 360)


class PictureMaker:
    """Turns decoded frames into upright RGB arrays.

    Keeps only the scaler's tables between frames, so that frames do not depend on one another.

    Parameters
    ----------
    geometry : Geometry
    stored : (width, height), optional
        The stored size that the geometry is about: streams may change theirs on the way, and
        frames of another are brought to it before they are cropped.
    """

    def __init__(self, geometry: Geometry, stored: tuple[int, int] | None = None) -> None:
        self._geometry = geometry
        self._stored = stored
        self._reformatter = VideoReformatter()

    def rgb(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        """Convert one frame.

        Parameters
        ----------
        frame : av.VideoFrame
            Of any size and pixel format. HLG and PQ are tone mapped (`processing.vision.hdr`);
            anything else, 10-bit too, is brought to 8-bit RGB by its matrix and range alone.

        Returns
        -------
        (height, width, 3) uint8, RGB 0..255, contiguous
        """
        width, height = self._geometry.stored_size
        if self._geometry.crop is not None:
            if self._stored is not None and (frame.width, frame.height) != self._stored:
                matrix = colorspace_of(frame)
                frame = self._reformatter.reformat(
                    frame, *self._stored, src_colorspace=matrix, dst_colorspace=matrix, threads=1
                )
            frame = cropped(frame, self._geometry.crop)
        shrinks = width < frame.width or height < frame.height
        levels = tone_map(frame.color_trc) or (_rounded if _is_deep(frame) else None)
        converted = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="rgb24" if levels is None else "rgb48le",
            src_colorspace=colorspace_of(frame),
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.AREA if shrinks else Interpolation.BILINEAR,
            threads=1,
        )
        if levels is None:
            picture = np.asarray(converted.to_ndarray(), np.uint8)
        else:
            picture = levels(np.asarray(converted.to_ndarray(), np.uint16))
        if self._geometry.rotation:
            picture = np.asarray(cv2.rotate(picture, _TURNS[self._geometry.rotation]), np.uint8)
        return np.ascontiguousarray(picture)


_BYTES: Final = frozenset({"gray", "gbrp"}) | {
    f"yuv{range_}{sampling}p" for range_ in ("", "j") for sampling in (420, 422, 444)
}
_WORDS: Final = {
    f"{colours}{bits}le"
    for colours in ("gray", "yuv420p", "yuv422p", "yuv444p")
    for bits in (10, 12)
}
"""Planar formats of cameras, whose planes can be cut without converting them first."""


def cropped(frame: av.VideoFrame, crop: tuple[int, int, int, int]) -> av.VideoFrame:
    """Cut a part out of a stored frame, as it is: copying it costs less than converting the rest.

    Parameters
    ----------
    frame : av.VideoFrame
        Of any pixel format; what isn't planar is converted, without loss that could be seen.
    crop : (left, top, width, height), stored pixels, all even
        Where it reaches beyond the frame it is cut to fit.

    Returns
    -------
    av.VideoFrame
        With the colour tags of the whole.
    """
    left, top, width, height = crop
    if frame.format.name not in _BYTES | _WORDS:
        frame = frame.reformat(format=_planar(frame), src_colorspace=colorspace_of(frame))
    left, top = max(0, min(left, frame.width - 2)), max(0, min(top, frame.height - 2))
    width, height = min(width, frame.width - left), min(height, frame.height - top)
    part = av.VideoFrame(width, height, frame.format.name)
    sample = np.uint8 if frame.format.name in _BYTES else np.uint16
    for source, target in zip(frame.planes, part.planes, strict=True):
        # Chroma planes are smaller; even corners keep them in place.
        x = left // round(frame.width / source.width)
        y = top // round(frame.height / source.height)
        rows = _samples(source, sample)
        _samples(target, sample)[:] = rows[y : y + target.height, x : x + target.width]
    part.colorspace, part.color_range = frame.colorspace, frame.color_range
    part.color_trc, part.color_primaries = frame.color_trc, frame.color_primaries
    return part


def _planar(frame: av.VideoFrame) -> str:
    if frame.format.is_rgb or frame.format.has_palette:
        return "gbrp"
    return "yuv444p10le" if _is_deep(frame) else "yuv444p"


def _is_deep(frame: av.VideoFrame) -> bool:
    return any(component.bits > 8 for component in frame.format.components)


def _rounded(picture: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Bring 16 bits to 8: swscale would not round, and make white 253."""
    return np.asarray(cv2.convertScaleAbs(picture, alpha=255 / SWSCALE_WHITE), np.uint8)


def _samples(plane: Any, sample: type[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    """View a plane as (height, width); its lines may be padded."""
    lines = np.frombuffer(plane, sample).reshape(-1, plane.line_size // np.dtype(sample).itemsize)
    return lines[: plane.height, : plane.width]


_MATRICES: Final = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
}
"""YCbCr matrices as H.273 numbers them, for which swscale has a name of its own."""
_BT2020: Final = 9


def colorspace_of(frame: av.VideoFrame) -> Colorspace | None:
    """Return the matrix to read a frame with, None for its own; its size decides for odd tags."""
    if frame.format.is_rgb or frame.colorspace == _BT2020:
        return None
    by_size = Colorspace.ITU709 if frame.height > _HD_HEIGHT else Colorspace.ITU601
    return _MATRICES.get(frame.colorspace, by_size)
