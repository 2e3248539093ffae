"""A small athlete on film, whole and in every odd way a camera or an editor may write a clip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tests.processing.clips import turn_by_metadata

Picture = NDArray[np.uint8]
FPS: Final = 12
SIZE: Final = (128, 160)


def film(video: Path) -> list[Picture]:
    """Take a clip of an athlete down to 128x160 pixels and every fourth picture."""
    with av.open(str(video)) as container:
        filmed = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return [_sized(picture, *SIZE) for picture in filmed[::4]]


def write(
    path: Path,
    pictures: Sequence[Picture],
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    sound: str | None = "aac",
    sound_rate: int = 44_100,
    layout: str = "stereo",
    sound_from_s: float = 0.0,
    times_s: Sequence[float] | None = None,
    time_base: Fraction = Fraction(1, 90_000),
    fps: Fraction | int = FPS,
    options: dict[str, str] | None = None,
    aspect: Fraction | None = None,
    cover: bool = False,
) -> Path:
    """Write a clip; parameters as FFmpeg calls them."""
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w", options={"strict": "-2"}) as container:
        quick = {"preset": "ultrafast", "crf": "16"} if codec == "libx264" else {}
        quick |= {"deadline": "realtime", "cpu-used": "8"} if codec == "libvpx-vp9" else {}
        stream: Any = container.add_stream(codec, rate=fps, options=quick | (options or {}))
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        if codec not in ("mpeg4", "mjpeg"):
            stream.codec_context.time_base = time_base
        else:
            time_base = 1 / Fraction(fps)
        stream.bit_rate = 1_000_000
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if cover:
            stream.disposition = av.stream.Disposition.attached_pic
        tone: Any = container.add_stream(sound, rate=sound_rate) if sound else None
        if tone is not None:
            tone.layout = layout
        for i, picture in enumerate(pictures):
            time_s = float(i / Fraction(fps)) if times_s is None else times_s[i]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame = frame.reformat(format=pixel_format)
            frame.pts, frame.time_base = round(Fraction(time_s) / time_base), time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if tone is not None:
            _hum(container, tone, len(pictures) / float(fps), sound_from_s)
    return path


def _hum(container: Any, stream: Any, length_s: float, from_s: float) -> None:
    context = stream.codec_context
    if not context.is_open:
        context.open()
    block, made = context.frame_size or 1024, 0
    sample_format, channels = context.format.name, context.layout.nb_channels
    while made < length_s * context.sample_rate:
        wave = 0.3 * np.sin(np.arange(made, made + block) * 0.06)
        if sample_format.startswith("s16"):
            wave = (wave * 32767).astype(np.int16)
        rows = np.repeat(wave[None], channels, axis=0).astype(
            np.int16 if sample_format.startswith("s16") else np.float32
        )
        if not sample_format.endswith("p"):
            rows = np.ascontiguousarray(rows.T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(rows, format=sample_format, layout=context.layout.name)
        frame.sample_rate, frame.time_base = context.sample_rate, Fraction(1, context.sample_rate)
        frame.pts = made + round(from_s * context.sample_rate)
        made += block
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def whole(folder: Path, pictures: Sequence[Picture]) -> dict[str, Path]:
    """Write the clips that are harmed afterwards, by name."""
    vp9: dict[str, Any] = {"codec": "libvpx-vp9", "sound": "libopus", "sound_rate": 48_000}
    turned = [np.ascontiguousarray(np.rot90(picture)) for picture in pictures]
    paths = {
        "a.mp4": write(folder / "a.mp4", pictures),
        "a.webm": write(folder / "a.webm", pictures, **vp9, time_base=Fraction(1, 1000)),
        "a.mov": write(folder / "a.mov", turned, sound="pcm_s16le"),
        "a.mkv": write(folder / "a.mkv", pictures, time_base=Fraction(1, 1000)),
        "a.avi": write(
            folder / "a.avi", pictures, codec="mjpeg", pixel_format="yuvj420p", sound="pcm_s16le"
        ),
    }
    turn_by_metadata(paths["a.mov"], turned[0].shape[0])
    return paths


Make = Callable[[Path, Sequence[Picture]], Path]


def _sized(picture: Picture, width: int, height: int) -> Picture:
    return np.asarray(cv2.resize(picture, (width, height)), np.uint8)


def _all_sized(pictures: Sequence[Picture], width: int, height: int) -> list[Picture]:
    return [_sized(picture, width, height) for picture in pictures]


def _changing(formats: Sequence[str], sizes: Sequence[tuple[int, int]]) -> Make:
    """Pictures whose size or pixel format changes on the way: JPEGs one after another."""

    def make(folder: Path, pictures: Sequence[Picture]) -> Path:
        path = folder / "a.mkv"
        with av.open(str(path), "w") as container:
            stream: Any = container.add_stream("mjpeg", rate=FPS)
            stream.width, stream.height, stream.pix_fmt = *SIZE, "yuvj420p"
            stream.codec_context.open()
            for i, picture in enumerate(pictures):
                part = min(i * len(sizes) // len(pictures), len(sizes) - 1)
                encoder: Any = av.CodecContext.create("mjpeg", "w")
                encoder.width, encoder.height = sizes[part]
                encoder.pix_fmt = formats[part % len(formats)]
                encoder.time_base = Fraction(1, FPS)
                frame = av.VideoFrame.from_ndarray(_sized(picture, *sizes[part]), format="rgb24")
                for packet in encoder.encode(frame.reformat(format=encoder.pix_fmt)):
                    packet.stream, packet.time_base = stream, Fraction(1, FPS)
                    packet.pts = packet.dts = i
                    container.mux(packet)
        return path

    return make


def _sound_alone(folder: Path, pictures: Sequence[Picture]) -> Path:
    path = folder / "a.mp4"
    with av.open(str(path), "w") as container:
        _hum(container, container.add_stream("aac", rate=44_100), 1.0, 0.0)
    return path


def _no_pictures(folder: Path, pictures: Sequence[Picture]) -> Path:
    """An MP4 that announces pictures and has none."""
    path = folder / "a.mp4"
    with av.open(str(path), "w", options={"movflags": "empty_moov"}) as container:
        stream: Any = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        container.start_encoding()
    return path


def _made(suffix: str = "mp4", **how: Any) -> Make:
    return lambda folder, pictures: write(folder / f"a.{suffix}", pictures, **how)


def _after(change: Callable[[Sequence[Picture]], list[Picture]], **how: Any) -> Make:
    suffix = how.pop("suffix", "mp4")
    return lambda folder, pictures: write(folder / f"a.{suffix}", change(pictures), **how)


def _with_times(times: Callable[[int], list[float]], suffix: str = "mkv", **how: Any) -> Make:
    def make(folder: Path, pictures: Sequence[Picture]) -> Path:
        path = folder / f"a.{suffix}"
        return write(path, pictures, times_s=times(len(pictures)), sound=None, **how)

    return make


_TICK: Final = Fraction(1, 1000)

ODDITIES: Final[dict[str, Make]] = {
    "1 fps": _made(fps=1),
    "240 fps": _after(lambda p: [one for one in p for _ in range(20)], fps=240),
    "one picture": _after(lambda p: list(p[:1])),
    "two pictures a second apart": _after(lambda p: list(p[:2]), fps=1),
    "three pictures": _after(lambda p: list(p[:3]), fps=2),
    "sound alone": _sound_alone,
    "cover art alone": _after(lambda p: list(p[:1]), codec="mjpeg", pixel_format="yuvj420p",
                              cover=True, fps=1),
    "no pictures": _no_pictures,
    "tall": _after(lambda p: _all_sized(p, 64, 2000), sound=None),
    "wide": _after(lambda p: _all_sized(p, 2000, 64), sound=None),
    "odd sides": _after(lambda p: _all_sized(p, 129, 161), codec="libx264rgb",
                        pixel_format="rgb24", suffix="mkv", time_base=_TICK),
    "too small": _after(lambda p: _all_sized(p, 32, 40)),
    "too large": _after(lambda p: _all_sized(p[:2], 5000, 2100), codec="mpeg4", fps=1),
    "grey": _made("mkv", codec="ffv1", pixel_format="gray", time_base=_TICK),
    "10 bits 4:2:2": _made("mov", codec="prores_ks", pixel_format="yuv422p10le"),
    "4:4:4": _made("mkv", pixel_format="yuv444p", time_base=_TICK),
    "palette": _made("mov", codec="qtrle", pixel_format="rgb24"),
    "pixels four times as wide": _made(aspect=Fraction(4, 1)),
    "pixels half as wide, turned": _made("mov", aspect=Fraction(1, 2)),
    "another size on the way": _changing(["yuvj420p"], [SIZE, (256, 320), (88, 64)]),
    "another pixel format on the way": _changing(["yuvj420p", "yuvj444p", "yuvj422p"], [SIZE] * 3),
    "a picture of one pixel on the way": _changing(["yuvj444p"], [SIZE, SIZE, SIZE, (1, 1), SIZE]),
    "mono at 8 kHz": _made(sound_rate=8000, layout="mono"),
    "six channels": _made(layout="5.1", sound_rate=48_000),
    "three channels": _made("mkv", sound="flac", layout="2.1", time_base=_TICK),
    "sound from hour ten on": _made("mkv", sound_from_s=36_000, time_base=_TICK),
    "begins at hour two": _with_times(lambda n: [7200 + i / FPS for i in range(n)]),
    "pictures long after the sound": _made("mkv", times_s=[3 + i / FPS for i in range(99)]),
    "times in the far future": _with_times(lambda n: [2e6 + i / FPS for i in range(n)], "mp4"),
    "a gap of an hour": _with_times(lambda n: [i / FPS + (i > n // 2) * 3600 for i in range(n)]),
    "a gap of a minute": _with_times(lambda n: [i / FPS + (i > n // 2) * 60 for i in range(n)]),
    "times before zero": _with_times(lambda n: [i / FPS - 1 for i in range(n)], "mp4"),
    "uneven times": _with_times(lambda n: [i / FPS + (i % 3) * 0.03 for i in range(n)],
                                time_base=_TICK),
    "interlaced": _made(options={"flags": "+ildct+ilme", "preset": "veryfast"}),
    "transport stream": _made("ts"),
    "black": _after(lambda p: [np.zeros_like(one) for one in p]),
    "B-frames": _made(options={"preset": "medium", "bf": "3"}),
}  # fmt: skip
