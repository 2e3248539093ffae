"""Writing a video frame by frame, with its own times."""

import contextlib
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from processing.vision.codecs import Encoding, tag_bt709

MILLISECONDS: Final = Fraction(1, 1000)
"""Matroska and WebM count in these, and so do we: times go through unchanged."""

_MOST_FPS: Final = 240


class VideoWriter:
    """A Matroska, WebM or MP4 file with one video stream and perhaps audio.

    A context manager: the file is whole when the block ends well. A full disk is an `OSError`.

    Parameters
    ----------
    path : Path
    encoding : Encoding
    width, height : int
        Pixels.
    fps : float
        Average; a hint for rate control, every frame carries its own time.
    threads : int
    container_format : str
        `matroska`, `webm` or `mp4`.
    """

    def __init__(
        self,
        path: Path,
        encoding: Encoding,
        *,
        width: int,
        height: int,
        fps: float,
        threads: int,
        container_format: str = "matroska",
    ) -> None:
        # An MP4's index goes to its start, or browsers would have to fetch the end first.
        flags = {"movflags": "+faststart"} if container_format == "mp4" else {}
        self.container = av.open(str(path), "w", format=container_format, options=flags)
        rate = Fraction(min(max(fps, 1), _MOST_FPS)).limit_denominator(1001)
        self.stream = self.container.add_stream(
            encoding.codec, rate=rate, options=dict(encoding.options)
        )
        self.stream.width = width
        self.stream.height = height
        self.stream.pix_fmt = encoding.pixel_format
        self.stream.metadata.update(encoding.metadata)
        context = self.stream.codec_context
        context.time_base = MILLISECONDS
        context.thread_count = threads
        context.thread_type = "AUTO"
        if encoding.pixel_format.startswith("yuv"):
            tag_bt709(context)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.container.mux(self.stream.encode(None))
            self.container.close()
        else:
            # The trailer of a file nobody wants may fail once more, on a full disk for instance.
            with contextlib.suppress(av.error.FFmpegError):
                self.container.close()

    def write(self, frame: Any, time_ms: int) -> None:
        """Append an `av.VideoFrame` of the stream's size and pixel format."""
        frame.pts = time_ms
        frame.time_base = MILLISECONDS
        self.container.mux(self.stream.encode(frame))

    def write_gray(self, picture: NDArray[np.uint8], time_ms: int) -> None:
        """Append a (height, width) uint8 picture to a grey stream."""
        self.write(av.VideoFrame.from_ndarray(picture, format="gray"), time_ms)
