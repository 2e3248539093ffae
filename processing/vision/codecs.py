"""What each encoder is told, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc


@dataclass(frozen=True)
class Encoding:
    """A video encoder's name and settings.

    Attributes
    ----------
    codec, pixel_format : str
        As FFmpeg calls them.
    options : mapping
        The encoder's own.
    metadata : mapping
        Tags of the stream.
    """

    codec: str
    pixel_format: str
    options: Mapping[str, str]
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


GRAY: Final = Encoding("ffv1", "gray", {"level": "3", "slices": "4", "slicecrc": "0", "g": "1"})
"""Masks and mattes between stages: lossless."""

GRADED: Final = Encoding(
    "libx264", "yuv420p", {"preset": "ultrafast", "crf": "8", "bf": "0", "g": "60"}
)
"""Graded pictures between stages: near lossless, and fast. No B-frames: first in, first out."""

TRANSPARENT: Final = Encoding(
    "libvpx-vp9",
    "yuva420p",
    {
        # Alternate reference frames and alpha exclude one another in libvpx.
        "auto-alt-ref": "0",
        "deadline": "realtime",
        "cpu-used": "6",
        "row-mt": "1",
        "tile-columns": "1",
        "crf": "32",
        "b": "0",
        "lag-in-frames": "0",
    },
    {"alpha_mode": "1"},
)
"""The published video: straight alpha, 2 Mbit/s at 602×722 and 37 dB on filmed clips.
Players only look for alpha where the stream says `alpha_mode`."""


def tag_bt709(target: Any) -> None:
    """Mark a codec context or a frame as BT.709, limited range.

    Untagged, players take standard-definition sizes for BT.601, and skin turns red.
    """
    target.colorspace = Colorspace.ITU709
    target.color_primaries = ColorPrimaries.BT709
    target.color_trc = ColorTrc.BT709
    target.color_range = ColorRange.MPEG
