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
"""Masks between stages: lossless."""

TRANSPARENT: Final = Encoding(
    "libvpx-vp9",
    "yuva420p",
    {
        # Alternate reference frames and alpha exclude one another in libvpx.
        "auto-alt-ref": "0",
        # Between 6 (a tenth smaller, a tenth slower) and 8 (a third larger) on filmed clips.
        "deadline": "realtime",
        "cpu-used": "7",
        # A fifth smaller at the same SSIM.
        "tune": "ssim",
        "crf": "30",
        "b": "0",
        "lag-in-frames": "0",
    },
    {"alpha_mode": "1"},
)
"""The published video: straight alpha, about 1 Mbit/s at 602×722, of which the matte is a third.
Players only look for alpha where the stream says `alpha_mode`."""

STACKED: Final = Encoding(
    "libx264",
    "yuv420p",
    {
        "preset": "superfast",
        "crf": "24",
        "g": "60",
        # Frames in the order they are shown: nothing has to be shifted to be cut or seeked.
        "bf": "0",
        "x264-params": (
            # Smaller blocks than a macroblock's cost a tenth of the time and gain nothing here.
            "subme=1:me=dia:partitions=none"
            # Looking ahead costs a quarter of the time, and here it gains nothing.
            ":rc-lookahead=0:sync-lookahead=0:weightp=0:scenecut=0"
        ),
    },
)
"""The same for decoders without alpha: colour over matte, in one picture of twice the height."""


def tag_bt709(target: Any) -> None:
    """Mark a codec context or a frame as BT.709, limited range.

    Untagged, players take standard-definition sizes for BT.601, and skin turns red.
    """
    target.colorspace = Colorspace.ITU709
    target.color_primaries = ColorPrimaries.BT709
    target.color_trc = ColorTrc.BT709
    target.color_range = ColorRange.MPEG
