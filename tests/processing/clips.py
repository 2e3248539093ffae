"""Small clips made for tests, and readers that check what was published."""

import struct
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from processing.stages import Options
from processing.vision.codecs import tag_bt709

TIME_BASE = Fraction(1, 90_000)


def options(models_dir: Path = Path("."), **changes: Any) -> Options:
    return Options(models_dir=models_dir, **changes)


def no_progress(done: int, total: int) -> None:
    """Nobody watches."""


def moving_square(
    count: int, width: int = 160, height: int = 128, *, side: int = 48
) -> list[NDArray[np.uint8]]:
    """A red square that crosses a green and blue room, 2 pixels a frame."""
    room = np.zeros((height, width, 3), np.uint8)
    room[..., 1] = np.linspace(40, 200, width).astype(np.uint8)
    room[..., 2] = np.linspace(200, 40, height).astype(np.uint8)[:, None]
    pictures = []
    for i in range(count):
        picture = room.copy()
        picture[square_at(i, width, height, side)] = (210, 60, 50)
        pictures.append(picture)
    return pictures


def square_at(i: int, width: int = 160, height: int = 128, side: int = 48) -> tuple[slice, slice]:
    left, top = 8 + (2 * i) % (width - side - 8), (height - side) // 2
    return slice(top, top + side), slice(left, left + side)


def write_clip(
    path: Path,
    pictures: Sequence[NDArray[np.uint8]],
    times_s: Iterable[float] | None = None,
    *,
    fps: float = 25.0,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    crf: int = 12,
    sound_s: float | None = None,
    sound_from_s: float = 0.0,
    container_options: dict[str, str] | None = None,
) -> Path:
    """Write pictures (RGB) as BT.709 with these times, and perhaps a tone."""
    height, width = pictures[0].shape[:2]
    encoder_options = {"preset": "ultrafast", "crf": str(crf)} if codec == "libx264" else {}
    with av.open(str(path), "w", options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=round(fps), options=encoder_options)
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.codec_context.time_base = TIME_BASE
        tag_bt709(stream.codec_context)
        sound = container.add_stream("aac", rate=44_100) if sound_s else None
        for i, picture in enumerate(pictures):
            time_s = i / fps if times_s is None else list(times_s)[i]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                format=pixel_format, dst_colorspace="ITU709", dst_color_range="MPEG"
            )
            tag_bt709(frame)
            frame.pts, frame.time_base = round(time_s / TIME_BASE), TIME_BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None and sound_s is not None:
            _write_tone(container, sound, sound_s, sound_from_s)
    return path


def _write_tone(container: Any, stream: Any, length_s: float, from_s: float) -> None:
    """Write 440 Hz at half loudness, in blocks of AAC's 1024 samples."""
    samples = np.arange(int(length_s * 44_100))
    tone = (0.5 * np.sin(2 * np.pi * 440 * samples / 44_100)).astype(np.float32)
    for first in range(0, len(tone), 1024):
        block = np.stack([tone[first : first + 1024]] * 2)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = 44_100
        frame.time_base = Fraction(1, 44_100)
        frame.pts = first + round(from_s * 44_100)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def turn_by_metadata(path: Path, stored_height: int) -> None:
    """Write "turn by 90 degrees clockwise" into an MP4's track header, as phones do."""
    data = bytearray(path.read_bytes())
    plain = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    turned = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, stored_height << 16, 0, 1 << 30)
    at = data.index(plain, data.index(b"tkhd"))
    data[at : at + len(turned)] = turned
    path.write_bytes(data)


def read_transparent(path: Path) -> list[tuple[int, NDArray[np.uint8], NDArray[np.uint8]]]:
    """Decode a transparent WebM with libvpx: (ms, RGB, straight alpha) a frame.

    FFmpeg's own VP9 decoder drops alpha without a word.
    """
    frames = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoder = av.CodecContext.create("libvpx-vp9", "r")
        for packet in container.demux(stream):
            for frame in decoder.decode(packet if packet.size else None):
                assert frame.format.name == "yuva420p"
                plane = frame.planes[3]
                lines = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
                alpha = lines[: frame.height, : frame.width].copy()
                rgb = frame.to_ndarray(format="rgb24", src_colorspace="ITU709")
                frames.append((round(frame.pts * stream.time_base * 1000), rgb, alpha))
    return frames
