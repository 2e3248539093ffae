"""Reading what trainers upload: any codec's failure becomes an `InvalidClip`.

Uploaded files are hostile until proven otherwise. Only containers that hold their media
themselves are opened (a playlist would make FFmpeg read other files), and a codec may not
allocate pictures beyond the operator's limit.
"""

import contextlib
import errno
import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, Final

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from processing.errors import InvalidClip, ProcessingError
from processing.stages.contract import Options
from processing.stages.facts import Facts
from processing.vision.frame_times import CLOSEST_S, frame_clock
from processing.vision.frames import Geometry, PictureMaker

_CONTAINERS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mp3,aac,flac,wav"
)
_OURS: Final = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.ENOENT,
        errno.EACCES,
        errno.EMFILE,
        errno.ENFILE,
        errno.EROFS,
    }
)
"""Errors of this machine, not of the clip. EIO is missing on purpose: FFmpeg returns it for files
that end early."""

_MOST_BAD_FRAMES: Final = 0.1
"""Share of packets that may fail to decode before the clip counts as damaged."""
_FORGIVEN_FRAMES: Final = 5
_HOPELESS_FRAMES: Final = 600
"""So many packets that fail before anything could be shown end the search: nobody would hear of
progress for the length of the file."""

_MOST_FPS: Final = 1000.0

_PLENTY_BYTES: Final = 64 * 1024**2

_CLOCK_S: Final = 0.0005
"""Times closer than this are equal: the window is kept in seconds, the file's in ticks."""
_SEEK_FROM_S: Final = 10.0
_LATE_S: Final = 1.0
"""By so much a decoder's last frame may come later than the packets said."""


@contextlib.contextmanager
def codec_errors(code: str = "damaged") -> Iterator[None]:
    """Turn FFmpeg's complaints about its input into `InvalidClip(code)`.

    Errors of the machine (disk full, file gone, …) pass as `OSError`.
    """
    try:
        yield
    except av.error.FFmpegError as error:
        pass_on_machine_error(error)
        problem = InvalidClip(code, reason=str(error.strerror or error))
        if error.errno == errno.ENOMEM and _memory_is_left():
            # A header asked for an absurd amount. Without the error behind it the problem is the
            # clip's, where else it would be taken for the machine's and be tried again.
            raise problem from ProcessingError("more memory asked for than a clip needs")
        raise problem from error


def _memory_is_left() -> bool:
    try:
        bytearray(_PLENTY_BYTES)
    except MemoryError:
        return False
    return True


def pass_on_machine_error(error: av.error.FFmpegError) -> None:
    """Raise `OSError` where FFmpeg's error is about this machine; else return."""
    if error.errno in _OURS:
        raise OSError(error.errno, error.strerror, error.filename) from error


@contextlib.contextmanager
def opened(path: Path, *, code: str = "not_a_video") -> Iterator[InputContainer]:
    """Open an uploaded file for reading.

    Raises
    ------
    InvalidClip
        With `code` where no demuxer accepts it.
    """
    with codec_errors(code):
        container = av.open(
            str(path),
            mode="r",
            # Broken titles must not cost the trainer the clip.
            metadata_errors="replace",
            options={
                "format_whitelist": _CONTAINERS,
                "protocol_whitelist": "file",
                # An edit list's dropped frames and a stream's first packets are kept as they are.
                "fflags": "+genpts",
            },
        )
    try:
        yield container
    finally:
        container.close()


def picture_stream(container: InputContainer) -> VideoStream:
    """Return the stream that shows the trainer: the largest that is not cover art.

    Raises
    ------
    InvalidClip
        `no_video_stream`, or `unsupported` where the codec can't be decoded here.
    """
    streams = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not streams:
        raise InvalidClip("no_video_stream")
    decodable = [stream for stream in streams if stream.codec_context is not None]
    if not decodable:
        raise InvalidClip("unsupported", reason="codec")
    return max(decodable, key=lambda stream: stream.width * stream.height)


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def frame_rate(stream: VideoStream) -> float:
    """Return the frames a second that the file claims, or 30 where that can't be."""
    stated = float(stream.average_rate or stream.guessed_rate or 0)
    return stated if 0.1 <= stated <= _MOST_FPS else 30.0


def prepare(stream: VideoStream, options: Options) -> None:
    """Set threads and limits of a stream's decoder, before its first packet."""
    context = stream.codec_context
    context.thread_type = "AUTO"
    context.thread_count = options.threads
    # A header may change the size in the middle; the decoder then refuses to allocate it.
    context.options = {"max_pixels": str(options.max_frame_px)}


def decoded(
    container: InputContainer,
    stream: VideoStream,
    window_s: tuple[float, float] | None = None,
    longest_s: float = math.inf,
) -> Iterator[tuple[int, av.VideoFrame]]:
    """Yield every frame that is shown, with its time; slow motion is thinned out.

    Parameters
    ----------
    container, stream
    window_s : (start, end) or None
        Seconds on the file's own clock; frames outside are left out.
    longest_s : float
        Frames later than this are left out: no packet said so, a decoder has made up their times.

    Yields
    ------
    int, av.VideoFrame
        Milliseconds since the first frame, strictly increasing; the frame as stored.

    Raises
    ------
    InvalidClip
        `damaged` where nothing, or too little, can be decoded.
    """
    tick = frame_clock(frame_rate(stream), CLOSEST_S)
    first_s, end_s = window_s or (-math.inf, math.inf)
    if window_s is not None:
        _skip_to(container, stream, first_s)
    read = bad = shown = 0
    for packet in chain(packets(container, stream), [None]):  # None: what is still in the decoder
        read += 1
        try:
            frames = stream.codec_context.decode(packet)
        except av.error.FFmpegError as error:
            pass_on_machine_error(error)
            bad += 1
            if shown == 0 and bad > _HOPELESS_FRAMES:
                break
            continue
        for frame in frames:
            time_s = _time(frame, stream)
            if time_s is not None and time_s < first_s - _CLOCK_S:
                continue
            if time_s is not None and time_s >= end_s - _CLOCK_S:
                if shown == 0:
                    raise InvalidClip("damaged", bad_frames=bad, frames=read)
                return
            time_ms = tick(time_s)
            if time_ms is not None and time_ms <= longest_s * 1000:
                shown += 1
                yield time_ms, frame
    if shown == 0 or bad > _FORGIVEN_FRAMES + _MOST_BAD_FRAMES * read:
        raise InvalidClip("damaged", bad_frames=bad, frames=read)


def _skip_to(container: InputContainer, stream: VideoStream, time_s: float) -> None:
    """Go to the last key frame before a time, where the file can; else it is read from its start.

    Not for the first seconds: reading them costs little, and some files can't be seeked well.
    """
    if stream.time_base is None or time_s < _SEEK_FROM_S:
        return
    # Times that no file could have overflow the demuxer's integers.
    with contextlib.suppress(av.error.FFmpegError, OverflowError):
        container.seek(int((time_s - 1.0) / stream.time_base), stream=stream)


def packets(container: InputContainer, stream: Any) -> Iterator[Any]:
    """Yield one stream's packets as far as the file can be read; never the empty one at the end.

    A file that breaks off ends early here. Whether too much is missing is judged by who counts.
    """
    demuxed = container.demux(stream)
    while True:
        try:
            packet = next(demuxed)
        except StopIteration:
            return
        except av.error.FFmpegError as error:
            pass_on_machine_error(error)
            return
        except IndexError:
            # PyAV, at the end of an MPEG-TS that announced more streams on its way.
            return
        if packet.size:
            yield packet


def _time(frame: av.VideoFrame, stream: VideoStream) -> Fraction | None:
    # Not the frame's own time base: the frames that a decoder gives up at the end have none.
    if frame.pts is None or stream.time_base is None:
        return None
    return Fraction(frame.pts) * Fraction(stream.time_base)


def pictures(
    path: Path, facts: Facts, options: Options, geometry: Geometry | None = None
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield the pictures of a probed take.

    Parameters
    ----------
    path, facts, options
    geometry : Geometry, optional
        Their size and part; the whole picture, if not given.

    Yields
    ------
    int, (height, width, 3) uint8
        Milliseconds since the take's first frame; upright RGB.
    """
    maker = PictureMaker(geometry or facts.geometry, (facts.source_width, facts.source_height))
    with opened(path) as container:
        stream = picture_stream(container)
        prepare(stream, options)
        for time_ms, frame in decoded(
            container, stream, facts.window_s, facts.duration_s + _LATE_S
        ):
            with codec_errors():
                picture = maker.rgb(frame)
            yield time_ms, picture
