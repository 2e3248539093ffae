"""Uploads that should never have been: small clips harmed in every way that files are.

Deterministic: mutant n of a seed is always the same file.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from tests.processing.oddities import ODDITIES, Picture, film, whole

Harm = Callable[["Seeds", random.Random], tuple[str, bytes]]


@dataclass(frozen=True)
class Mutant:
    """A file to upload.

    Attributes
    ----------
    number : int
    kind : str
        How it was harmed.
    name : str
        As the trainer's computer calls it.
    content : bytes
    """

    number: int
    kind: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Seeds:
    """Whole clips by file name (`a.mp4`), and what odd ones are made of."""

    whole: dict[str, bytes]
    pictures: list[Picture]
    folder: Path

    def odd(self, name: str) -> Path:
        """Make one of `ODDITIES`, which is uploaded as it is."""
        place = self.folder / name.replace(" ", "_")
        place.mkdir(exist_ok=True)
        return ODDITIES[name](place, self.pictures)

    def any(self, rng: random.Random) -> tuple[str, bytearray]:
        name = rng.choice(sorted(self.whole))
        return name, bytearray(self.whole[name])


def mutants(seeds: Seeds, number: int, seed: int = 0) -> Iterator[Mutant]:
    """Make mutants, all kinds in turn; the odd clips come once each, in between."""
    odd = iter(sorted(ODDITIES))
    kinds = sorted(HARMS)
    turn = count()
    for n in range(number):
        # Every third, as long as there are any.
        oddity = next(odd, None) if n % 3 == 2 else None
        if oddity is not None:
            path = seeds.odd(oddity)
            yield Mutant(n, oddity, path.name, path.read_bytes())
            continue
        kind = kinds[next(turn) % len(kinds)]
        name, content = HARMS[kind](seeds, random.Random(f"{seed} {n}"))
        yield Mutant(n, kind, name, content)


def _flip_header(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    name, data = seeds.any(rng)
    # An MP4's header, the index, lies at its end.
    start = data.index(b"moov") if b"moov" in data else 0
    return name, _flipped(data, start, min(len(data), start + 1200), rng.choice([1, 3, 10]), rng)


def _flip_data(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    name, data = seeds.any(rng)
    end = data.index(b"moov") if b"moov" in data else len(data)
    return name, _flipped(data, min(600, end - 1), end, rng.choice([1, 5, 40, 400]), rng)


def _flipped(data: bytearray, start: int, end: int, flips: int, rng: random.Random) -> bytes:
    for _ in range(flips):
        data[rng.randrange(start, end)] ^= 1 << rng.randrange(8)
    return bytes(data)


def _cut(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    name, data = seeds.any(rng)
    at = rng.choice([1, 7, 12, 40, 200, len(data) // 3, len(data) - 300, len(data) - 5, None])
    return name, bytes(data[: rng.randrange(len(data)) if at is None else at])


def _hole(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    """Bytes lost, repeated or overwritten in the middle, as by a bad disk."""
    name, data = seeds.any(rng)
    start = rng.randrange(len(data) - 1)
    piece = data[start : start + rng.choice([1, 64, 4096])]
    match rng.randrange(3):
        case 0:
            del data[start : start + len(piece)]
        case 1:
            data[start:start] = piece
        case _:
            data[start : start + len(piece)] = rng.randbytes(len(piece))
    return name, bytes(data)


def _wrong_extension(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    _, data = seeds.any(rng)
    return rng.choice(["a.jpg", "a.mp4", "a.webm", "a", "a.MOV", "a.mp4.exe", "a.txt"]), bytes(data)


_ABSURD: Final = (0, 1, 2, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_MP4_FIELDS: Final = {
    "mvhd": (12, 16), "mdhd": (12, 16), "tkhd": (20, 76, 80), "stts": (4, 8, 12),
    "stsz": (4, 8, 12, 16), "stco": (4, 8, 12), "stsc": (4, 8, 12, 16), "ctts": (4, 8, 12),
    "elst": (4, 8, 12, 16), "stss": (4, 8), "avc1": (24,), "mp4a": (16, 24), "hdlr": (8,),
    "avcC": (0, 4),
}  # fmt: skip
"""Offsets of 32-bit numbers behind a box's name: times, counts, sizes and positions."""


def _absurd_mp4(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    name = rng.choice([name for name in sorted(seeds.whole) if name.endswith(("mp4", "mov"))])
    data = bytearray(seeds.whole[name])
    for _ in range(rng.choice([1, 1, 2])):
        box = rng.choice([box for box in sorted(_MP4_FIELDS) if box.encode() in data])
        at = rng.choice([found.end() for found in re.finditer(box.encode(), data)])
        at += rng.choice(_MP4_FIELDS[box])
        data[at : at + 4] = rng.choice((*_ABSURD, rng.getrandbits(32))).to_bytes(4, "big")
    return name, bytes(data)


_EBML_FIELDS: Final = {
    "TimestampScale": b"\x2a\xd7\xb1", "Duration": b"\x44\x89", "PixelWidth": b"\xb0",
    "PixelHeight": b"\xba", "DefaultDuration": b"\x23\xe3\x83", "Timestamp": b"\xe7",
    "SamplingFrequency": b"\xb5", "Channels": b"\x9f", "TrackType": b"\x83", "Cluster":
    b"\x1f\x43\xb6\x75", "CodecDelay": b"\x56\xaa", "SeekPreRoll": b"\x56\xbb",
}  # fmt: skip


def _absurd_matroska(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    name = rng.choice([name for name in sorted(seeds.whole) if name.endswith(("mkv", "webm"))])
    data = bytearray(seeds.whole[name])
    field = rng.choice([one for one in sorted(_EBML_FIELDS) if _EBML_FIELDS[one] in data[:3000]])
    at = data.index(_EBML_FIELDS[field]) + len(_EBML_FIELDS[field])
    length = max(1, data[at] & 0x0F)
    value = rng.choice([bytes(length), b"\xff" * length, b"\x7f" * length, rng.randbytes(length)])
    data[at + 1 : at + 1 + length] = value
    return name, bytes(data)


_AVI_FIELDS: Final = {"avih": (4, 20, 36, 40), "strh": (24, 28, 32, 36), "strf": (8, 12, 18)}


def _absurd_avi(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    data = bytearray(seeds.whole["a.avi"])
    field = rng.choice(sorted(_AVI_FIELDS))
    at = data.index(field.encode()) + 4 + rng.choice(_AVI_FIELDS[field])
    data[at : at + 4] = rng.choice((*_ABSURD, rng.getrandbits(32))).to_bytes(4, "little")
    return "a.avi", bytes(data)


def _huge(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    """Pictures that say they are far larger than they are, in their own headers."""
    data = bytearray(seeds.whole["a.avi"])
    for found in list(re.finditer(rb"\xff\xc0\x00\x11\x08", data))[:: rng.choice([1, 5])]:
        data[found.end() : found.end() + 4] = rng.choice([b"\xff\xdc\xff\xdc", b"\x20\0\x20\0"])
    return "a.avi", bytes(data)


def _swapped(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    """Boxes of an MP4 in another order, twice, or missing."""
    name = rng.choice([name for name in sorted(seeds.whole) if name.endswith(("mp4", "mov"))])
    data = seeds.whole[name]
    boxes, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        boxes.append(data[at : at + length])
        at += length
    match rng.randrange(3):
        case 0:
            rng.shuffle(boxes)
        case 1:
            boxes.insert(rng.randrange(len(boxes)), rng.choice(boxes))
        case _:
            boxes.pop(rng.randrange(len(boxes)))
    return name, b"".join(boxes)


def _two_in_one(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    name, data = seeds.any(rng)
    return name, bytes(data + seeds.any(rng)[1])


def _zip(inner: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.mp4", inner)
    return file.getvalue()


def _no_video(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    """Other files, some of which ask for yet others to be read."""
    return "a.mp4", rng.choice(
        [
            b"",
            b"\0" * rng.choice([1, 4096]),
            rng.randbytes(rng.choice([3, 5000])),
            b"Dear trainer,\n" * 200,
            _zip(bytes(seeds.whole["a.mp4"])),
            b'<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>',
            b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF",
            b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
            b"ffconcat version 1.0\nfile '/etc/hostname'\n",
            b'<?xml version="1.0"?><MPD><Period><BaseURL>file:///etc/passwd</BaseURL></Period></MPD>',
            b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
            b"RIFF\xff\xff\xff\xffAVI " + bytes(64),
            b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
            b"\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff",
            b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;",
            b"\xff\xfb\x90\0" * 500,
        ]
    )


def _angle(seeds: Seeds, rng: random.Random) -> tuple[str, bytes]:
    """A display matrix of any kind: turned, mirrored, tilted, zero, absurd."""
    data = bytearray(seeds.whole["a.mov"])
    at = data.index(b"tkhd") + 44
    one = 1 << 16
    matrix = rng.choice(
        [
            (0, one, 0, -one, 0, 0), (-one, 0, 0, 0, -one, 0), (0, -one, 0, one, 0, 0),
            (-one, 0, 0, 0, one, 0), (46341, 46341, 0, -46341, 46341, 0), (0,) * 6,
            tuple(rng.randrange(-(1 << 31), 1 << 31) for _ in range(6)),
        ]
    )  # fmt: skip
    data[at : at + 24] = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    return "a.mov", bytes(data)


HARMS: Final[dict[str, Harm]] = {
    "bits of a header flipped": _flip_header,
    "bits of the data flipped": _flip_data,
    "cut off": _cut,
    "bytes lost or repeated": _hole,
    "wrong extension": _wrong_extension,
    "absurd numbers (MP4)": _absurd_mp4,
    "absurd numbers (Matroska)": _absurd_matroska,
    "absurd numbers (AVI)": _absurd_avi,
    "huge pictures claimed": _huge,
    "boxes swapped": _swapped,
    "two files in one": _two_in_one,
    "no video at all": _no_video,
    "turned in any way": _angle,
}


def sow(folder: Path, video: Path) -> Seeds:
    """Write the clips that are harmed, from one of an athlete."""
    pictures = film(video)
    clips = {name: path.read_bytes() for name, path in whole(folder, pictures).items()}
    return Seeds(clips, pictures, folder)
