"""The clip's sound as Opus or AAC, in step with the pictures.

Sound that can't be decoded is left out: a silent exercise is worth more than none.
"""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, Final

import av
import av.error
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from processing.stages.source import opened, packets, pass_on_machine_error
from processing.stages.writing import VideoWriter

RATE_HZ: Final = 48_000
_FORMATS: Final = {"libopus": ("flt", 960), "aac": ("fltp", 1024)}
"""How an encoder wants its samples, and how many a frame (Opus: 20 ms)."""
_BIT_RATE: Final = 96_000
_TOLERANCE: Final = RATE_HZ // 20
"""Samples (50 ms) by which timestamps may wander before silence is put in or samples dropped."""


class SoundTrack:
    """Feeds a clip's sound into a file, as far as its pictures have come.

    Parameters
    ----------
    source : Path
        The uploaded file.
    start_s : float
        Time of the first picture on the file's clock; earlier sound is cut.
    end_s : float
        When the pictures end, on the clip's clock; later sound is cut.
    writer : VideoWriter
        Gets a second stream; must not have begun.
    codec : str
        `libopus` or `aac`.
    """

    def __init__(
        self, source: Path, *, start_s: float, end_s: float, writer: VideoWriter, codec: str
    ) -> None:
        self._container = writer.container
        self._stream = self._container.add_stream(codec, rate=RATE_HZ)
        self._format, samples = _FORMATS[codec]
        self._stream.layout = "stereo"
        self._stream.format = self._format
        self._stream.bit_rate = _BIT_RATE
        self._blocks = _blocks(source, start_s, round(end_s * RATE_HZ), samples)
        self._written = 0

    def advance(self, time_ms: int) -> None:
        """Write the sound up to a picture's time, so that both lie together in the file."""
        while self._written * 1000 < time_ms * RATE_HZ and self._write_next():
            pass

    def finish(self) -> None:
        """Write what is left."""
        while self._write_next():
            pass
        self._container.mux(self._stream.encode(None))

    def close(self) -> None:
        """Let go of the uploaded file; may be called early."""
        self._blocks.close()  # type: ignore[attr-defined]

    def _write_next(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            return False
        # Packed formats have one row of alternating samples, planar ones a row a channel.
        rows = block.reshape(1, -1) if self._format == "flt" else np.ascontiguousarray(block.T)
        frame = av.AudioFrame.from_ndarray(rows, format=self._format, layout="stereo")
        frame.sample_rate = RATE_HZ
        frame.time_base = Fraction(1, RATE_HZ)
        frame.pts = self._written
        self._written += len(block)
        self._container.mux(self._stream.encode(frame))
        return True


def _blocks(
    source: Path, start_s: float, total: int, samples_each: int
) -> Iterator[NDArray[np.float32]]:
    """Yield (samples_each, 2) float32, without gaps from 0 on; the last may be shorter."""
    pending = np.zeros((0, 2), np.float32)
    for samples in _without_gaps(_decoded(source, start_s), total):
        pending = np.concatenate([pending, samples])
        whole = len(pending) - len(pending) % samples_each
        for first in range(0, whole, samples_each):
            yield pending[first : first + samples_each]
        pending = pending[whole:]
    if len(pending):
        yield pending


def _without_gaps(
    pieces: Iterator[tuple[int, NDArray[np.float32]]], total: int
) -> Iterator[NDArray[np.float32]]:
    """Yield at most `total` samples: silence where some are missing, none twice."""
    given = 0
    for start, samples in pieces:
        gap = start - given
        if gap > _TOLERANCE:
            # Never more than the clip has room for, whatever a timestamp says; and a second at a
            # time, as sound may begin where a long clip ends.
            for silence in _silence(min(gap, total - given)):
                given += len(silence)
                yield silence
        elif gap < -_TOLERANCE or (given == 0 and gap < 0):
            samples = samples[-gap:]
        samples = samples[: total - given]
        given += len(samples)
        yield samples
        if given >= total:
            return


def _silence(count: int) -> Iterator[NDArray[np.float32]]:
    for first in range(0, count, RATE_HZ):
        yield np.zeros((min(RATE_HZ, count - first), 2), np.float32)


def _decoded(source: Path, start_s: float) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield (first sample's number on the clip's clock, (n, 2) float32)."""
    resampler = AudioResampler(format="flt", layout="stereo", rate=RATE_HZ)
    with opened(source) as container:
        stream = next(s for s in container.streams.audio if s.codec_context is not None)
        position = 0
        for packet in chain(packets(container, stream), [None]):
            for frame in _decode(stream, packet):
                if frame.pts is not None and stream.time_base is not None:
                    time_s = float(frame.pts * stream.time_base) - start_s
                    position = round(time_s * RATE_HZ)
                for part in _resampled(resampler, frame):
                    yield position, part
                    position += len(part)


def _decode(stream: Any, packet: Any) -> list[Any]:
    try:
        return list(stream.codec_context.decode(packet))
    except av.error.FFmpegError as error:
        pass_on_machine_error(error)
        return []


def _resampled(resampler: AudioResampler, frame: Any) -> Iterator[NDArray[np.float32]]:
    # The resampler insists on timestamps without gaps; ours are kept outside.
    frame.pts = None
    # A frame whose layout or rate changes in the middle is refused: that piece stays silent.
    with contextlib.suppress(av.error.FFmpegError, ValueError):
        for part in resampler.resample(frame):
            yield np.asarray(part.to_ndarray(), np.float32).reshape(-1, 2)
