"""First stage: is this a clip that can be processed, and what are its measures?"""

import json
from array import array
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from processing.errors import InvalidClip
from processing.stages.contract import Options, Paths, Progress
from processing.stages.cut_off import is_cut_off
from processing.stages.facts import Facts
from processing.stages.files import replacing
from processing.stages.source import (
    decoded,
    frame_rate,
    opened,
    packets,
    picture_stream,
    prepare,
)
from processing.vision.frame_times import thinned
from processing.vision.frames import clockwise_rotation, fit

_SMALLEST_SIDE: Final = 64
"""Pixels; nothing smaller shows a person well enough to be found."""
_MISSING_SHARE: Final = 0.05
_MISSING_S: Final = 0.5
"""A file that ends earlier than it says, by this share and this long, was cut off."""
_VFR_SPREAD: Final = 0.25
"""Share by which frames' durations differ from the median before a clip counts as VFR."""


def run(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Write `probe.json`.

    Raises
    ------
    InvalidClip
        Where the file can't become a clip; the code says why.
    """
    facts = measure(inputs["source"], options, progress)
    with replacing(outputs["probe"]) as (path,):
        path.write_text(json.dumps(facts.as_json(), indent=1) + "\n")
    return facts.as_json()


def measure(path: Path, options: Options, progress: Progress) -> Facts:
    """Read every packet's header and the first frame; decode nothing else.

    Parameters
    ----------
    path : Path
        The uploaded file.
    options : Options
        Limits and the published size.
    progress : callable
        Called once a packet, the total being unknown.

    Returns
    -------
    Facts

    Raises
    ------
    InvalidClip
    """
    if path.stat().st_size == 0:
        raise InvalidClip("empty")
    cut_off = is_cut_off(path)
    with opened(path, code="truncated" if cut_off else "not_a_video") as container:
        stream = picture_stream(container)
        _refuse_size(stream.width, stream.height, options)
        first = _first_frame(container, stream, options, cut_off)
        has_audio = any(audio.codec_context is not None for audio in container.streams.audio)
    if cut_off:
        raise InvalidClip("truncated")
    with opened(path) as container:
        window_s = _window(options, first.start_s)
        times = _packet_times(container, picture_stream(container), options, progress, window_s)

    geometry = fit(
        first.width,
        first.height,
        rotation=first.rotation,
        pixel_aspect=first.pixel_aspect,
        max_side=options.max_side,
    )
    return Facts(
        width=geometry.width,
        height=geometry.height,
        source_width=first.width,
        source_height=first.height,
        rotation=geometry.rotation,
        fps=round(times.fps, 6),
        duration_s=round(times.duration_s, 6),
        total_frames=times.frames,
        start_s=round(
            first.start_s if window_s is None or times.start_s is None else times.start_s, 6
        ),
        has_audio=has_audio,
        vfr=times.vfr,
        window_s=window_s,
    )


def _window(options: Options, start_s: float) -> tuple[float, float] | None:
    """Return the part of the file that is the take, on the file's own clock."""
    if options.window_s is None:
        return None
    first_s, end_s = options.window_s
    return round(start_s + first_s, 6), round(start_s + end_s, 6)


@dataclass(frozen=True)
class _FirstFrame:
    width: int
    height: int
    rotation: int
    pixel_aspect: Fraction
    start_s: float


def _first_frame(
    container: InputContainer, stream: VideoStream, options: Options, cut_off: bool
) -> _FirstFrame:
    prepare(stream, options)
    try:
        _, frame = next(decoded(container, stream))
    except InvalidClip as error:
        raise InvalidClip("truncated" if cut_off else "damaged") from error
    _refuse_size(frame.width, frame.height, options)
    if min(frame.width, frame.height) < _SMALLEST_SIDE:
        raise InvalidClip("unsupported", reason="size", width=frame.width, height=frame.height)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    plausible = Fraction(1, 4) <= aspect <= 4
    start = frame.pts * stream.time_base if frame.pts is not None and stream.time_base else 0
    return _FirstFrame(
        width=frame.width,
        height=frame.height,
        rotation=clockwise_rotation(frame),
        pixel_aspect=Fraction(aspect) if plausible else Fraction(1),
        start_s=float(start),
    )


def _refuse_size(width: int, height: int, options: Options) -> None:
    if width * height > options.max_frame_px:
        raise InvalidClip("too_large", width=width, height=height, limit_px=options.max_frame_px)


@dataclass(frozen=True)
class _Times:
    frames: int
    fps: float
    duration_s: float
    vfr: bool
    start_s: float | None = None


def _packet_times(
    container: InputContainer,
    stream: VideoStream,
    options: Options,
    progress: Progress,
    window_s: tuple[float, float] | None,
) -> _Times:
    """Read all packets of the stream, and judge the take's length by them."""
    time_base = float(stream.time_base or Fraction(1, 1000))
    ticks = array("q")
    untimed = 0
    lowest: int | None = None
    for packet in packets(container, stream):
        if packet.is_discard:
            continue
        tick = packet.pts if packet.pts is not None else packet.dts
        if tick is None:
            untimed += 1
        else:
            ticks.append(tick)
            lowest = tick if lowest is None else min(lowest, tick)
            # Stop reading as soon as it is clear: a limit must bound the work, too.
            if window_s is None:
                _refuse_long((tick - lowest) * time_base, options)
        progress(len(ticks) + untimed, 0)
    rate = frame_rate(stream)
    if len(ticks) < untimed:
        times = _Times(untimed, rate, untimed / rate, vfr=False)
    else:
        seconds = np.sort(np.asarray(ticks, np.float64)) * time_base
        times = _times_of(seconds, rate)
        if window_s is not None:
            first_s, end_s = window_s
            seconds = seconds[(seconds >= first_s - 5e-4) & (seconds < end_s - 5e-4)]
            if len(seconds) < 2:
                raise InvalidClip("too_short", duration_s=0.0, limit_s=options.min_duration_s)
            times = _times_of(seconds, rate)
    if window_s is None:
        _refuse_missing_end(times, stream, container)
    _refuse_long(times.duration_s, options)
    if times.frames < 2 or times.duration_s < options.min_duration_s:
        raise InvalidClip(
            "too_short", duration_s=round(times.duration_s, 3), limit_s=options.min_duration_s
        )
    return times


def _times_of(seconds: NDArray[np.float64], rate: float) -> _Times:
    seconds = thinned(seconds)
    steps = np.diff(seconds)
    steps = steps[steps > 0]
    if len(steps) == 0:
        return _Times(len(seconds), rate, len(seconds) / rate, vfr=False)
    median = float(np.median(steps))
    span = float(seconds[-1] - seconds[0])
    uneven = np.abs(steps - median) > max(_VFR_SPREAD * median, 0.002)
    return _Times(
        frames=len(steps) + 1,
        fps=len(steps) / span,
        duration_s=span + median,
        vfr=bool(uneven.mean() > 0.02),
        start_s=float(seconds[0]),
    )


def _refuse_long(duration_s: float, options: Options) -> None:
    if duration_s > options.max_duration_s:
        raise InvalidClip(
            "too_long", duration_s=round(duration_s, 3), limit_s=options.max_duration_s
        )


def _refuse_missing_end(times: _Times, stream: VideoStream, container: InputContainer) -> None:
    """Compare with the length the file states; MP4 has been looked at before."""
    if "mp4" in container.format.name:
        return
    if stream.duration is not None and stream.time_base is not None:
        stated_s = float(stream.duration * stream.time_base)
    elif container.duration is not None and not container.streams.audio:
        stated_s = container.duration / av.time_base
    else:
        return
    found_s = times.duration_s
    # Matroska counts from zero, also where the first frame comes later.
    missing_s = stated_s - found_s - max(0.0, times.start_s or 0.0)
    if missing_s > _MISSING_S and missing_s > _MISSING_SHARE * stated_s:
        raise InvalidClip("truncated", duration_s=round(found_s, 3), stated_s=round(stated_s, 3))
