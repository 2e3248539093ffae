"""Frames put together from planes as they are: no colour is converted twice."""

from typing import Any, Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from processing.vision.codecs import tag_bt709

_GREY: Final = 128
_LIMITED: Final = np.round(16 + np.arange(256) * (235 - 16) / 255).astype(np.uint8)
"""Alpha as luma of limited range: whoever decodes to RGB gets 0..255 back."""


def rows(plane: Any) -> NDArray[np.uint8]:
    """View a plane of bytes as (height, width); its lines may be padded."""
    lines = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return lines[: plane.height, : plane.width]


def with_alpha(colour: Any, alpha: NDArray[np.uint8]) -> Any:
    """Join colours and straight alpha.

    Parameters
    ----------
    colour : av.VideoFrame, yuv420p, limited range
    alpha : (height, width) uint8, straight

    Returns
    -------
    av.VideoFrame, yuva420p
    """
    frame = av.VideoFrame(colour.width, colour.height, "yuva420p")
    for target, source in zip(frame.planes[:3], colour.planes, strict=True):
        rows(target)[:] = rows(source)
    rows(frame.planes[3])[:] = alpha
    tag_bt709(frame)
    return frame


def stacked(colour: Any, alpha: NDArray[np.uint8]) -> Any:
    """Put colours over a grey picture of the straight alpha.

    Parameters
    ----------
    colour : av.VideoFrame, yuv420p, limited range, even height
    alpha : (height, width) uint8, straight

    Returns
    -------
    av.VideoFrame, yuv420p, of twice the height
    """
    height = colour.height
    frame = av.VideoFrame(colour.width, 2 * height, "yuv420p")
    luma = rows(frame.planes[0])
    luma[:height] = rows(colour.planes[0])
    luma[height:] = cv2.LUT(alpha, _LIMITED)
    for target, source in zip(frame.planes[1:], colour.planes[1:], strict=True):
        chroma = rows(target)
        chroma[: height // 2] = rows(source)
        chroma[height // 2 :] = _GREY
    tag_bt709(frame)
    return frame
