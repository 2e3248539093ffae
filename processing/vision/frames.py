"""From a decoder's frames to upright RGB arrays of the published size, and their times."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

_UNSPECIFIED_COLORSPACE = 2
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
        Stored pixels, all even (as chroma needs), holding the box as far as the frame goes.
    box : left, top, right, bottom
        Exactly that part, in shares of the upright picture.
    """
    left, top, right, bottom = _turned(box, -rotation)
    width, height = stored
    x0, y0 = (max(0, 2 * math.floor(v / 2 + 1e-9)) for v in (left * width, top * height))
    x1 = min(width // 2 * 2, 2 * math.ceil(right * width / 2 - 1e-9))
    y1 = min(height // 2 * 2, 2 * math.ceil(bottom * height / 2 - 1e-9))
    x0, y0 = min(x0, x1 - 2), min(y0, y1 - 2)
    exact = _turned((x0 / width, y0 / height, x1 / width, y1 / height), rotation)
    return (x0, y0, x1 - x0, y1 - y0), exact


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
    """

    def __init__(self, geometry: Geometry) -> None:
        self._geometry = geometry
        self._reformatter = VideoReformatter()

    def rgb(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        """Convert one frame.

        Parameters
        ----------
        frame : av.VideoFrame
            Of any size and pixel format; 10-bit and wide-gamut material is brought to 8-bit RGB
            by its matrix and range, without tone mapping.

        Returns
        -------
        (height, width, 3) uint8, RGB 0..255, contiguous
        """
        width, height = self._geometry.stored_size
        if self._geometry.crop is not None:
            frame = cropped(frame, self._geometry.crop)
        shrinks = width < frame.width or height < frame.height
        converted = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="rgb24",
            src_colorspace=_colorspace(frame),
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.AREA if shrinks else Interpolation.BILINEAR,
            threads=1,
        )
        picture = converted.to_ndarray()
        if self._geometry.rotation:
            picture = cv2.rotate(picture, _TURNS[self._geometry.rotation])
        return np.ascontiguousarray(picture)


_SAMPLES: dict[str, type[np.unsignedinteger]] = {
    "yuv420p": np.uint8,
    "yuvj420p": np.uint8,
    "yuv422p": np.uint8,
    "yuvj422p": np.uint8,
    "yuv444p": np.uint8,
    "yuv420p10le": np.uint16,
    "yuv422p10le": np.uint16,
}
"""Planar formats of cameras, whose planes can be cut without converting them first."""


def cropped(frame: av.VideoFrame, crop: tuple[int, int, int, int]) -> av.VideoFrame:
    """Cut a part out of a stored frame, as it is: copying it costs less than converting the rest.

    Parameters
    ----------
    frame : av.VideoFrame
        Its size may differ from the others' (streams may change it): the part is cut to fit.
    crop : (left, top, width, height), stored pixels, all even

    Returns
    -------
    av.VideoFrame
        With the colour tags of the whole.
    """
    left, top, width, height = crop
    if frame.format.name not in _SAMPLES:
        frame = frame.reformat(format="yuv444p" if frame.format.is_rgb else "yuv420p")
    left, top = min(left, frame.width - 2), min(top, frame.height - 2)
    width, height = min(width, frame.width - left), min(height, frame.height - top)
    part = av.VideoFrame(width, height, frame.format.name)
    sample = _SAMPLES[frame.format.name]
    for source, target in zip(frame.planes, part.planes, strict=True):
        # Chroma planes are smaller; even corners keep them in place.
        across, down = frame.width / source.width, frame.height / source.height
        x, y = int(left / across), int(top / down)
        rows = _samples(source, sample)
        _samples(target, sample)[:] = rows[y : y + target.height, x : x + target.width]
    part.colorspace, part.color_range = frame.colorspace, frame.color_range
    part.color_trc, part.color_primaries = frame.color_trc, frame.color_primaries
    return part


def _samples(plane: Any, sample: type[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    """View a plane as (height, width); its lines may be padded."""
    lines = np.frombuffer(plane, sample).reshape(-1, plane.line_size // np.dtype(sample).itemsize)
    return lines[: plane.height, : plane.width]


def _colorspace(frame: av.VideoFrame) -> Colorspace | None:
    if frame.colorspace != _UNSPECIFIED_COLORSPACE:
        return None
    return Colorspace.ITU709 if frame.height > _HD_HEIGHT else Colorspace.ITU601


def frame_clock(fallback_fps: float) -> Callable[[Fraction | None], int | None]:
    """Make a clock that turns presentation times into whole ms since the first frame.

    Milliseconds, because WebM can hold nothing finer: poses, work files and the published video
    then agree exactly.

    Parameters
    ----------
    fallback_fps : float
        Assumed where a frame carries no time of its own.

    Returns
    -------
    callable
        Takes a frame's time in seconds (None = not known); returns ms, or None where the frame is
        not later than the one before and must be dropped.
    """
    step_ms = 1000.0 / fallback_fps
    start: Fraction | None = None
    last_ms = -1

    def tick(time_s: Fraction | None) -> int | None:
        nonlocal start, last_ms
        if time_s is None:
            now_ms = 0 if last_ms < 0 else round(last_ms + step_ms)
        else:
            if start is None:
                start = time_s - Fraction(last_ms + 1, 1000)
            now_ms = round((time_s - start) * 1000)
        if now_ms <= last_ms:
            return None
        last_ms = now_ms
        return now_ms

    return tick
