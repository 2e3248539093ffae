"""Files that end before they say they do, told from their outermost structure alone."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

_FIRST: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp"})
"""Boxes an MP4 or MOV file may begin with; later ones may be anything an editor made up."""
_MOST_BOXES: Final = 100_000

_EBML: Final = b"\x1a\x45\xdf\xa3"
_SEGMENT: Final = b"\x18\x53\x80\x67"


def is_cut_off(path: Path) -> bool:
    """Say whether a file's own sizes reach beyond its end, or an MP4 has lost its index.

    Knows MP4, MOV, Matroska, WebM and AVI; of other files it says no.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bool
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(12)
        if start.startswith(_EBML):
            return _stated_end_of_matroska(file) > size
        if start.startswith(b"RIFF"):
            return 8 + int.from_bytes(start[4:8], "little") > size
        kinds: set[bytes] = set()
        for kind, end in _boxes(file, size):
            kinds.add(kind)
            if end > size:
                return True
        return bool(kinds) and b"moov" not in kinds


def _stated_end_of_matroska(file: BinaryIO) -> int:
    """Return where the segment ends by its header; 0 where it does not say, as live recordings."""
    file.seek(4)
    header = _vint(file)
    if header is None:
        return 0
    file.seek(header, 1)
    if file.read(4) != _SEGMENT:
        return 0
    length = _vint(file)
    return 0 if length is None else file.tell() + length


def _vint(file: BinaryIO) -> int | None:
    """Read one of EBML's sizes; None where it is unknown or makes no sense."""
    first = file.read(1)
    if not first or first[0] == 0:
        return None
    more = 8 - first[0].bit_length()
    rest = file.read(more)
    value = int.from_bytes(bytes([first[0] & (0x7F >> more)]) + rest, "big")
    unknown = (1 << (7 * (more + 1))) - 1
    return None if value == unknown or len(rest) < more else value


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """Yield each top-level box's kind and where it claims to end, until one makes no sense."""
    start = 0
    for _ in range(_MOST_BOXES):
        if start >= size:
            return
        file.seek(start)
        header = file.read(16)
        if len(header) < 8:
            if start:
                yield b"free", start + 8  # a header that is itself cut off
            return
        length, kind = struct.unpack(">I4s", header[:8])
        if kind not in _FIRST if start == 0 else not _is_kind(kind):
            return
        if length == 1:
            if len(header) < 16:
                yield kind, size + 1
                return
            (length,) = struct.unpack(">Q", header[8:16])
        elif length == 0:
            length = size - start  # to the end of the file, by definition
        if length < 8:
            return
        yield kind, start + length
        start += length


def _is_kind(code: bytes) -> bool:
    return all(0x20 <= byte < 0x7F or byte == 0xA9 for byte in code)
