"""A recorded voice as a file that every browser plays and seeks in.

Browsers record WebM or MP4 without a length or an index, in codecs that not every other browser
knows. Two minutes of sound are encoded anew within a second or two: AAC in MP4, its index first.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any, Final

import av
import av.error
from django.utils.translation import gettext as _

from sessions.notes.drawing import NoteError

LONGEST_S: Final = 120.0
SLACK_S: Final = 3.0
"""A recorder does not stop at once."""
SHORTEST_S: Final = 0.3
LARGEST_BYTES: Final = 6 * 1024 * 1024
RATE_HZ: Final = 48_000
BITS_PER_S: Final = 64_000

# A container that is named by its first bytes, and none that could name other files.
_MAGIC: Final = ((0, b"\x1a\x45\xdf\xa3", "matroska"), (4, b"ftyp", "mp4"), (0, b"OggS", "ogg"))


@dataclass(frozen=True)
class Voice:
    """An M4A file and its length in seconds."""

    content: bytes
    duration_s: float


def encode_voice(source: IO[bytes], size_bytes: int) -> Voice:
    """Make a playable file of what a browser recorded.

    Raises
    ------
    NoteError
        `voice_too_large`, `voice_too_long`, `voice_empty` or `voice_damaged`.
    """
    if size_bytes > LARGEST_BYTES:
        raise NoteError(
            "voice_too_large",
            _("The recording has more than %(most)d MB. Record a shorter one.")
            % {"most": LARGEST_BYTES // 1024 // 1024},
        )
    source.seek(0)
    head = source.read(12)
    source.seek(0)
    container = next((name for at, magic, name in _MAGIC if head[at:].startswith(magic)), "")
    if not container:
        raise _damaged() if size_bytes else _empty()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "voice.m4a")
        try:
            samples = _encode(source, container, path)
        except av.error.FFmpegError:
            raise _damaged() from None
        if samples < SHORTEST_S * RATE_HZ:
            raise _empty()
        return Voice(path.read_bytes(), samples / RATE_HZ)


def _damaged() -> NoteError:
    return NoteError(
        "voice_damaged", _("The browser sent a recording that can't be played. Record it again.")
    )


def _empty() -> NoteError:
    return NoteError("voice_empty", _("There is no sound in the recording. Record it again."))


def _encode(source: IO[bytes], container: str, path: Path) -> int:
    """Write the sound to `path`; returns how many samples it has."""
    with av.open(source, "r", format=container, metadata_errors="replace") as incoming:
        if not incoming.streams.audio:
            raise _damaged()
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out:
            target = out.add_stream("aac", rate=RATE_HZ, layout="mono")
            target.bit_rate = BITS_PER_S
            resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE_HZ)
            samples = 0
            for frame in itertools.chain(_frames(incoming), [None]):
                for piece in resampler.resample(frame):
                    # One after the other: what the recorder left out is no silence.
                    piece.pts, piece.time_base = samples, Fraction(1, RATE_HZ)
                    samples += piece.samples
                    out.mux(target.encode(piece))
                if samples > (LONGEST_S + SLACK_S) * RATE_HZ:
                    raise NoteError(
                        "voice_too_long",
                        _("A recording takes two minutes at most. Record a shorter one."),
                    )
            out.mux(target.encode(None))
    return samples


def _frames(incoming: Any) -> Iterator[Any]:
    """Sound, up to where the file breaks off."""
    decoded = incoming.decode(audio=0)
    while True:
        try:
            frame = next(decoded, None)
        except av.error.FFmpegError:
            return
        if frame is None:
            return
        yield frame
