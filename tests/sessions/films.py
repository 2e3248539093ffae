"""Videos as a browser's MediaRecorder sends them, with a number in every picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 160, 96
_BITS = 10
_BLOCK = WIDTH // _BITS


class _Wire(io.RawIOBase):
    """Where a live viewer listens: bytes go out and never come back."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, data: Any) -> int:
        self.sent.append(bytes(data))
        return len(data)


def picture(number: int) -> NDArray[np.uint8]:
    """A picture that says its number in black and white blocks."""
    bits = [255 * (number >> bit & 1) for bit in range(_BITS)]
    row = np.repeat(np.array(bits, np.uint8), _BLOCK)
    return np.broadcast_to(row[None, :, None], (HEIGHT, WIDTH, 3)).copy()


def number_in(frame: Any) -> int:
    """The number a decoded picture says."""
    grey = frame.to_ndarray(format="gray")
    bits = grey.reshape(HEIGHT, _BITS, _BLOCK).mean(axis=(0, 2)) > 127
    return int(sum(1 << int(bit) for bit in np.flatnonzero(bits)))


def times_ms(frames: int, fps: float = 25.0) -> list[int]:
    return [round(k * 1000 / fps) for k in range(frames)]


def film(
    times: Sequence[int],
    *,
    codec: str = "libvpx",
    container: str = "webm",
    sound: bool = False,
    keyframe_every: int = 20,
) -> bytes:
    """A recording as it comes over the wire: no duration, no index, clusters or fragments.

    Parameters
    ----------
    times : sequence of int
        Milliseconds of each picture; picture *k* says *k*.
    codec, container : str
    sound : bool
        With a tone.
    keyframe_every : int
    """
    wire = _Wire()
    options = (
        {"live": "1", "cluster_time_limit": "500"}
        if container != "mp4"
        else {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    )
    with av.open(wire, "w", format=container, options=options) as out:
        video: Any = out.add_stream(codec, rate=25)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        video.codec_context.gop_size = keyframe_every
        video.options = {"deadline": "realtime"} if "vpx" in codec else {"bf": "0"}
        audio: Any = out.add_stream("libopus", rate=48000) if sound else None
        for number, time_ms in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(number))
            frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
            out.mux(video.encode(frame))
            if audio is not None:
                until = (times[number + 1] if number + 1 < len(times) else time_ms + 40) * 48
                tone(out, audio, time_ms * 48, until)
        out.mux(video.encode(None))
        if audio is not None:
            out.mux(audio.encode(None))
    return b"".join(wire.sent)


def tone(out: Any, audio: Any, start: int, stop: int) -> None:
    """Encode a tone from one sample to another, at 48 kHz."""
    wave = np.sin(np.arange(start, stop) * 2 * np.pi * 440 / 48000)
    frame = av.AudioFrame.from_ndarray(
        np.stack([wave, wave]).astype(np.float32), format="fltp", layout="stereo"
    )
    frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
    out.mux(audio.encode(frame))


def cut(whole: bytes, parts: int) -> list[bytes]:
    """Equal parts, wherever the cuts fall: the recorder's own are no wiser."""
    size = -(-len(whole) // parts)
    return [whole[k * size : (k + 1) * size] for k in range(parts)]
