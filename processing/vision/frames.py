"""From a decoder's frames to upright RGB arrays of the published size, and their times."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

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
    """

    width: int
    height: int
    rotation: int = 0

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
