"""Top-level boxes of an MP4 or MOV file, enough to see that it was cut off."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_FIRST: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp"})
"""Boxes a file may begin with; later ones may be anything an editor made up."""
_MOST_BOXES: Final = 100_000


def is_cut_off(path: Path) -> bool:
    """Say whether an MP4 or MOV file ends before one of its boxes does, or has no index.

    Files of other kinds are never called cut off.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bool
    """
    size = path.stat().st_size
    kinds: set[bytes] = set()
    for kind, end in _boxes(path, size):
        kinds.add(kind)
        if end > size:
            return True
    return bool(kinds) and b"moov" not in kinds


def _boxes(path: Path, size: int) -> Iterator[tuple[bytes, int]]:
    """Yield each top-level box's kind and where it claims to end, until one makes no sense."""
    start = 0
    with path.open("rb") as file:
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
