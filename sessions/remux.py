"""From what a browser's MediaRecorder sent to a file that seeks and knows its length.

Paths in, path out; nothing is encoded again. The recorder writes for a live viewer: its WebM has
neither a duration nor an index, its MP4 is in fragments, and both end anywhere when a tab is
closed. Frames are taken as they are, their times are moved so that the first one is at 0, and
the result is opened again to see that it plays.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import av.error

from processing.errors import InvalidClip
from processing.stages import Options, Stage
from processing.stages.contract import Paths, Progress

OUTPUT: Final = "recording"

# Codecs a container may hold, the first container that fits wins.
_FORMATS: Final[dict[str, frozenset[str]]] = {
    "webm": frozenset({"vp8", "vp9", "av1", "opus", "vorbis"}),
    "mp4": frozenset({"h264", "hevc", "av1", "vp9", "aac", "opus", "mp3"}),
}
# Both put their index first, so that a player need not fetch the end before it can seek.
_MUXER: Final[dict[str, dict[str, str]]] = {
    "webm": {"cues_to_front": "1"},
    "mp4": {"movflags": "+faststart"},
}
_USUAL_STEP_S: Final = 1 / 30


class PartsReader(io.RawIOBase):
    """Files one after the other, read as one."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = list(paths)
        sizes = [path.stat().st_size for path in self._paths]
        self._starts = [0, *itertools.accumulate(sizes)]
        self._at = 0
        self._open: tuple[int, io.BufferedReader] | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._starts[-1]}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes, fewer only at the end."""
        left = self._starts[-1] - self._at if size < 0 else size
        blocks = []
        while left > 0 and self._at < self._starts[-1]:
            block = self._piece(left)
            blocks.append(block)
            left -= len(block)
            self._at += len(block)
        return b"".join(blocks)

    def _piece(self, most: int) -> bytes:
        # Reading goes forward, so the part that is open is nearly always the one.
        number = self._open[0] if self._open else 0
        if not self._starts[number] <= self._at < self._starts[number + 1]:
            number = next(k for k, end in enumerate(self._starts[1:]) if self._at < end)
        if self._open is None or self._open[0] != number:
            self._shut()
            self._open = (number, self._paths[number].open("rb"))
        file = self._open[1]
        file.seek(self._at - self._starts[number])
        block = file.read(min(most, self._starts[number + 1] - self._at))
        if not block:
            raise OSError(f"{self._paths[number].name} has become shorter")
        return block

    def _shut(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def close(self) -> None:
        self._shut()
        super().close()


@dataclass
class _Track:
    """A stream on its way: its last packet waits until the next one tells how long it lasts."""

    source: Any
    target: Any
    waiting: Any = None
    written: int = 0
    step: int = 0

    def ticks(self, seconds: float) -> int:
        count: int = round(Fraction(seconds) / self.source.time_base)
        return max(1, count)


def remux(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Make one playable file of parts, in the order of their names.

    Parameters
    ----------
    inputs : mapping
        Part's name -> path.
    outputs : mapping
        `OUTPUT` -> where the file shall be. Which container it has is among the facts.
    options : Options
        Pictures from `max_duration_s` on are left out; larger ones than `max_frame_px` refused.
    progress : callable

    Returns
    -------
    dict
        `format` (`webm` or `mp4`), `duration_s`, `frames`, `width`, `height`, `cut` (whether
        something was left out for its length).

    Raises
    ------
    InvalidClip
        `not_a_video`, `no_video_stream`, `too_large`, `unsupported`, or `damaged` where the
        result does not play.
    """
    target = outputs[OUTPUT]
    with PartsReader([inputs[name] for name in sorted(inputs)]) as parts:
        try:
            facts = _copy(parts, target, options, progress)
            _prove(target, facts)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    return facts


def _copy(
    parts: PartsReader, target: Path, options: Options, progress: Progress
) -> dict[str, object]:
    try:
        source = av.open(parts, "r", metadata_errors="replace")
    except av.error.FFmpegError as error:
        raise InvalidClip("not_a_video", reason=str(error)) from error
    with source:
        streams = _streams(source)
        video = streams[0]
        if video.codec_context.width * video.codec_context.height > options.max_frame_px:
            raise InvalidClip("too_large")
        container = _container_for([stream.codec_context.name for stream in streams])
        cut = False
        try:
            with av.open(str(target), "w", format=container, options=_MUXER[container]) as out:
                tracks = {
                    stream.index: _Track(stream, out.add_stream_from_template(stream))
                    for stream in streams
                }
                start_s: Fraction | None = None
                for packet in _packets(source, streams):
                    at_s = _shown_at(packet) * packet.time_base
                    if start_s is None:
                        # Nothing can be shown before the first whole picture.
                        if packet.stream.index != video.index or not packet.is_keyframe:
                            continue
                        start_s = at_s
                    if at_s < start_s:
                        continue
                    if at_s - start_s >= options.max_duration_s:
                        cut = True
                        break
                    _write(out, tracks[packet.stream.index], packet, start_s)
                    progress(tracks[video.index].written, 0)
                for track in tracks.values():
                    _write_last(out, track)
        except av.error.FFmpegError as error:
            raise InvalidClip("unsupported", reason=str(error)) from error
        frames = tracks[video.index].written
        if not frames:
            raise InvalidClip("no_video_stream")
        return {
            "format": container,
            "frames": frames,
            "width": video.codec_context.width,
            "height": video.codec_context.height,
            "cut": cut,
        }


def _streams(source: Any) -> list[Any]:
    """The picture, and the sound where there is some."""
    if not source.streams.video:
        raise InvalidClip("no_video_stream")
    streams = [source.streams.video[0], *source.streams.audio[:1]]
    if any(stream.codec_context is None for stream in streams):
        raise InvalidClip("unsupported", reason="codec")
    return streams


def _container_for(codecs: list[str]) -> str:
    # Decoders of one codec go by several names: libvpx-vp9, libdav1d.
    known = {name.removeprefix("libvpx-").replace("libdav1d", "av1") for name in codecs}
    known = {name.replace("libopus", "opus").replace("libvorbis", "vorbis") for name in known}
    for container, holds in _FORMATS.items():
        if known <= holds:
            return container
    raise InvalidClip("unsupported", reason=", ".join(sorted(known)))


def _packets(source: Any, streams: list[Any]) -> Iterator[Any]:
    """Whole packets, up to where the file breaks off: a tab that is closed writes no end."""
    demuxed = source.demux(streams)
    while True:
        try:
            packet = next(demuxed, None)
        except av.error.FFmpegError:
            return
        if packet is None:
            return
        if packet.dts is None or not packet.size or packet.is_corrupt:
            # Empty ones only flush decoders; a corrupt one is the last, cut short.
            continue
        yield packet


def _shown_at(packet: Any) -> int:
    at: int = packet.dts if packet.pts is None else packet.pts
    return at


def _write(out: Any, track: _Track, packet: Any, start_s: Fraction) -> None:
    offset = round(start_s / packet.time_base)
    later = _shown_at(packet) - packet.dts
    packet.dts -= offset
    before = track.waiting
    if before is not None:
        # Two frames in the same millisecond are two frames.
        packet.dts = max(packet.dts, before.dts + 1)
        track.step = packet.dts - before.dts
        before.duration = track.step
        _mux(out, track, before)
    packet.pts = packet.dts + later
    track.waiting = packet
    track.written += 1


def _write_last(out: Any, track: _Track) -> None:
    """The last packet lasts as long as the one before it."""
    if track.waiting is not None:
        track.waiting.duration = track.step or track.ticks(_USUAL_STEP_S)
        _mux(out, track, track.waiting)
        track.waiting = None


def _mux(out: Any, track: _Track, packet: Any) -> None:
    packet.stream = track.target
    out.mux(packet)


def _prove(path: Path, facts: dict[str, object]) -> None:
    """See that the file plays from 0, has every frame, and seeks; and measure how long it is."""
    try:
        with av.open(str(path)) as made:
            video = made.streams.video[0]
            if made.duration is None:
                raise InvalidClip("damaged", reason="no duration")
            duration_s = made.duration / av.time_base
            times = [packet.pts for packet in made.demux(video) if packet.size]
            if len(times) != facts["frames"] or times[0] != 0:
                raise InvalidClip("damaged", reason="frames")
            for at_s in (0.0, duration_s / 2, duration_s):
                made.seek(round(at_s / video.time_base), stream=video)
                frame = next(made.decode(video), None)
                if frame is None or frame.time is None or frame.time > at_s:
                    raise InvalidClip("damaged", reason=f"no picture at {at_s:.3f} s")
    except av.error.FFmpegError as error:
        raise InvalidClip("damaged", reason=str(error)) from error
    facts["duration_s"] = duration_s


REMUX: Final = Stage("remux", needs=(), produces=(OUTPUT,), run=remux)
