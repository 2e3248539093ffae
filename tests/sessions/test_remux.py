"""What a browser filmed becomes a file that plays: nothing lost, doubled or encoded again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import pytest

from processing.errors import InvalidClip
from processing.stages import Options
from sessions.remux import OUTPUT, PartsReader, remux
from tests.sessions.films import cut, film, number_in, times_ms, tone

FRAME_S = 0.04
TIMES = times_ms(75)

Remux = Callable[..., tuple[dict[str, Any], Path]]


@pytest.fixture
def join(tmp_path: Path) -> Remux:
    """Remux parts and give the facts and the file."""

    def _join(parts: Sequence[bytes], longest_s: float = 3600.0) -> tuple[dict[str, Any], Path]:
        inputs = {}
        for number, content in enumerate(parts):
            inputs[f"{number:06d}"] = tmp_path / f"{number:06d}"
            inputs[f"{number:06d}"].write_bytes(content)
        target = tmp_path / "made"
        options = Options(models_dir=tmp_path, max_duration_s=longest_s)
        return remux(inputs, {OUTPUT: target}, options, lambda done, total: None), target

    return _join


def frames_of(path: Path) -> tuple[list[int], list[float]]:
    """Numbers and times of all pictures."""
    with av.open(str(path)) as made:
        frames = list(made.decode(video=0))
    return [number_in(frame) for frame in frames], [float(frame.time or 0.0) for frame in frames]


def test_the_instrument_makes_what_recorders_make(tmp_path: Path) -> None:
    """Without duration and index: seeking would read from the start, and the length is unknown."""
    path = tmp_path / "raw.webm"
    path.write_bytes(film(TIMES))
    with av.open(str(path)) as raw:
        assert raw.duration is None
    assert b"\x1c\x53\xbb\x6b" not in path.read_bytes(), "it has cues"
    assert frames_of(path)[0] == list(range(75))


@pytest.mark.parametrize(
    ("codec", "container", "made"),
    [
        ("libvpx", "webm", "webm"),
        ("libvpx-vp9", "webm", "webm"),
        ("libx264", "mp4", "mp4"),
        # What Chrome calls WebM with H.264 is Matroska.
        ("libx264", "matroska", "mp4"),
    ],
)
def test_every_frame_is_there_once_at_its_time(
    join: Remux, codec: str, container: str, made: str
) -> None:
    facts, path = join(cut(film(TIMES, codec=codec, container=container), 7))
    assert (facts["format"], facts["frames"], facts["cut"]) == (made, 75, False)
    numbers, times = frames_of(path)
    assert numbers == list(range(75))
    assert times == pytest.approx([ms / 1000 for ms in TIMES], abs=0.0011)
    assert facts["duration_s"] == pytest.approx(3.0, abs=FRAME_S)


def test_the_file_knows_its_length_and_seeks(join: Remux) -> None:
    facts, path = join([film(TIMES)])
    content = path.read_bytes()
    # The index comes before the pictures: a player need not fetch the end first.
    assert 0 < content.index(b"\x1c\x53\xbb\x6b") < content.index(b"\x1f\x43\xb6\x75")
    with av.open(str(path)) as made:
        assert made.duration is not None
        assert made.duration / av.time_base == pytest.approx(3.0, abs=FRAME_S)
        video = made.streams.video[0]
        for wanted in (30, 70, 5):
            assert video.time_base is not None
            made.seek(round(TIMES[wanted] / 1000 / video.time_base), stream=video)
            first = next(made.decode(video))
            # The key frame at or before the wanted one, not the file's first.
            assert number_in(first) == wanted // 20 * 20
    assert (facts["width"], facts["height"]) == (160, 96)


def test_nothing_is_encoded_again(join: Remux, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.write_bytes(film(TIMES))
    _facts, path = join([raw.read_bytes()])

    def packets(of: Path) -> list[bytes]:
        with av.open(str(of)) as opened:
            return [bytes(packet) for packet in opened.demux(video=0) if packet.size]

    assert packets(path) == packets(raw)


def test_uneven_frames_and_a_pause_keep_their_times(join: Remux) -> None:
    # 33, 50, 17 ms steps, and three seconds of nothing in the middle.
    times = [
        sum((33, 50, 17)[k % 3] for k in range(n)) + (3000 if n > 20 else 0) for n in range(45)
    ]
    facts, path = join([film(times)])
    numbers, found = frames_of(path)
    assert numbers == list(range(45))
    assert found == pytest.approx([ms / 1000 for ms in times], abs=0.0011)
    assert facts["duration_s"] == pytest.approx(times[-1] / 1000, abs=0.051)


def test_times_begin_at_zero(join: Remux) -> None:
    facts, path = join([film([ms + 7_654 for ms in TIMES])])
    numbers, times = frames_of(path)
    assert (numbers[0], times[0]) == (0, 0.0)
    assert facts["duration_s"] == pytest.approx(3.0, abs=FRAME_S)


@pytest.mark.parametrize("container", ["webm", "mp4"])
def test_sound_stays_in_step(join: Remux, container: str) -> None:
    codec = "libvpx" if container == "webm" else "libx264"
    facts, path = join([film(TIMES, codec=codec, container=container, sound=True)])
    with av.open(str(path)) as made:
        (audio,) = made.streams.audio
        packets = [packet for packet in made.demux(audio) if packet.size]
        assert packets[0].pts is not None and packets[-1].pts is not None
        assert float(packets[0].pts * packets[0].time_base) == pytest.approx(0, abs=0.03)
        assert float(packets[-1].pts * packets[-1].time_base) == pytest.approx(3, abs=0.06)
    assert frames_of(path)[0] == list(range(75))
    assert facts["duration_s"] == pytest.approx(3.0, abs=0.06)


@pytest.mark.parametrize("container", ["webm", "mp4"])
@pytest.mark.parametrize("kept", [0.4, 0.6, 0.8, 0.9])
def test_a_missing_tail_costs_the_tail(join: Remux, container: str, kept: float) -> None:
    """The tab was killed."""
    codec = "libvpx" if container == "webm" else "libx264"
    whole = film(TIMES, codec=codec, container=container)
    facts, path = join([whole[: int(len(whole) * kept)]])
    numbers, times = frames_of(path)
    assert 10 < len(numbers) < 75
    assert numbers == list(range(len(numbers)))
    assert facts["duration_s"] == pytest.approx(times[-1] + FRAME_S, abs=FRAME_S)


def test_one_picture_is_a_video(join: Remux) -> None:
    facts, path = join([film([0])])
    assert frames_of(path)[0] == [0]
    assert facts["duration_s"] == pytest.approx(1 / 30, abs=FRAME_S)


def test_what_is_too_long_is_cut(join: Remux) -> None:
    facts, path = join([film(TIMES)], longest_s=1.0)
    assert facts["cut"]
    assert frames_of(path)[0] == list(range(25))
    assert facts["duration_s"] == pytest.approx(1.0, abs=FRAME_S)


WHOLE = film(times_ms(10))
HEAD = WHOLE.index(b"\x1f\x43\xb6\x75")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_video"),
        (b"no video at all " * 1000, "not_a_video"),
        (bytes(100_000), "not_a_video"),
        (WHOLE[:40], "not_a_video"),
        # The recorder's second part without its first.
        (WHOLE[HEAD:], "not_a_video"),
        # A header, and not one picture.
        (WHOLE[:HEAD], "not_a_video"),
        (WHOLE[:HEAD] + b"\x55" * 5000, "not_a_video"),
    ],
)
def test_what_is_no_video_is_refused_and_leaves_nothing(
    join: Remux, tmp_path: Path, content: bytes, code: str
) -> None:
    with pytest.raises(InvalidClip) as refused:
        join([content])
    assert refused.value.code == code
    assert not (tmp_path / "made").exists()


def test_sound_alone_is_no_recording(join: Remux, tmp_path: Path) -> None:
    path = tmp_path / "sound.webm"
    with av.open(str(path), "w", format="webm") as out:
        audio: Any = out.add_stream("libopus", rate=48000)
        tone(out, audio, 0, 48000)
        out.mux(audio.encode(None))
    with pytest.raises(InvalidClip) as refused:
        join([path.read_bytes()])
    assert refused.value.code == "no_video_stream"


def test_pictures_that_cannot_be_decoded_are_found_out(join: Remux) -> None:
    """A sound container around noise: it would demux, and show nothing."""
    whole = bytearray(film(times_ms(10)))
    # Behind each block's header: length, track, time, flags.
    at = 0
    while (at := whole.find(b"\xa3", at + 1, len(whole) - 40)) > 0:
        whole[at + 8 : at + 40] = b"\xff" * 32
    with pytest.raises(InvalidClip):
        join([bytes(whole)])


def test_parts_read_as_one_file(tmp_path: Path) -> None:
    pieces = [b"abc", b"", b"defgh", b"i", b""]
    paths = []
    for number, piece in enumerate(pieces):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(piece)
    whole = b"".join(pieces)
    with PartsReader(paths) as reader:
        assert reader.read() == whole
        for start in range(len(whole) + 2):
            for size in range(len(whole) + 2):
                assert reader.seek(start) == start
                assert reader.read(size) == whole[start : start + size]
        assert reader.seek(-2, 2) == len(whole) - 2
        assert reader.read(1) == whole[-2:-1]
        assert reader.seek(-1, 1) == len(whole) - 2
