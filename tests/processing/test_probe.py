"""What the first stage accepts, measures and refuses."""

import json
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from processing.errors import Cancelled, InvalidClip, failure_code
from processing.stages import probe
from processing.stages.facts import Facts, read_facts
from tests.processing.clips import (
    moving_square,
    no_progress,
    options,
    turn_by_metadata,
    write_clip,
)


def measured(path: Path, **changes: Any) -> Facts:
    target = path.with_name("probe.json")
    probe.run({"source": path}, {"probe": target}, options(**changes), no_progress)
    return read_facts(target)


def refusal(path: Path, **changes: Any) -> InvalidClip:
    with pytest.raises(InvalidClip) as caught:
        measured(path, **changes)
    assert [p for p in path.parent.iterdir() if p.name != path.name] == []
    return caught.value


def test_measures(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", moving_square(50), sound_s=2.0)
    facts = measured(path)
    assert (facts.width, facts.height) == (160, 128)
    assert (facts.source_width, facts.source_height, facts.rotation) == (160, 128, 0)
    assert facts.fps == pytest.approx(25)
    assert facts.duration_s == pytest.approx(2.0)
    assert facts.total_frames == 50
    assert facts.has_audio
    assert not facts.vfr
    assert json.loads((tmp_path / "probe.json").read_text())["version"] == 2


def test_large_clips_are_scaled_down(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", moving_square(20, 402, 302))
    facts = measured(path, max_side=201)
    assert (facts.width, facts.height) == (200, 150)


def test_a_phone_held_upright(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", moving_square(20))
    turn_by_metadata(path, 128)
    facts = measured(path)
    assert (facts.rotation, facts.width, facts.height) == (90, 128, 160)


def test_variable_frame_rate(tmp_path: Path) -> None:
    steps = np.random.default_rng(1).choice([0.02, 0.04, 0.1], 40)
    times = 3.7 + np.cumsum(steps)
    facts = measured(write_clip(tmp_path / "a.mp4", moving_square(40), times))
    assert facts.vfr
    assert facts.start_s == pytest.approx(times[0], abs=1e-3)
    assert facts.duration_s == pytest.approx(times[-1] - times[0] + 0.04, abs=0.07)


def test_one_frame_a_second(tmp_path: Path) -> None:
    facts = measured(write_clip(tmp_path / "a.mp4", moving_square(3), fps=1.0))
    assert facts.fps == pytest.approx(1)
    assert facts.duration_s == pytest.approx(3)


def test_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.touch()
    assert refusal(path).code == "empty"


@pytest.mark.parametrize(
    "content",
    [
        b"Dear trainer, this is a letter.\n" * 100,
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        bytes(5000),
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/hostname\n",
    ],
    ids=["text", "picture", "zeros", "playlist"],
)
def test_not_a_video(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert refusal(path).code == "not_a_video"


def test_a_list_of_other_files_opens_none_of_them(tmp_path: Path) -> None:
    inner = write_clip(tmp_path / "inner.mp4", moving_square(30))
    folder = tmp_path / "upload"
    folder.mkdir()
    path = folder / "a.mp4"
    path.write_text(f"ffconcat version 1.0\nfile '{inner}'\n")
    assert refusal(path).code == "not_a_video"


def test_sound_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44_100)
        for i in range(50):
            frame = av.AudioFrame.from_ndarray(
                np.zeros((2, 1024), np.float32), format="fltp", layout="stereo"
            )
            frame.sample_rate, frame.pts = 44_100, i * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert refusal(path).code == "no_video_stream"


@pytest.mark.parametrize(
    ("name", "container_options"),
    [
        ("end.mp4", {}),
        ("front.mp4", {"movflags": "faststart"}),
        ("pieces.mp4", {"movflags": "frag_keyframe+empty_moov"}),
        ("a.mkv", {}),
        ("a.avi", {}),
    ],
)
def test_cut_off(tmp_path: Path, name: str, container_options: dict[str, str]) -> None:
    """Nobody notices a lost end by the picture; the trainer must be told."""
    whole = write_clip(
        tmp_path / name, moving_square(60), sound_s=2.4, container_options=container_options
    )
    assert measured(whole).total_frames == 60
    folder = tmp_path / "upload"
    folder.mkdir()
    path = folder / name
    path.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.4)])
    assert refusal(path).code == "truncated"


def test_damaged(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", moving_square(40))
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    noise = np.random.default_rng(0).integers(0, 256, data.index(b"moov") - 4 - start)
    data[start : start + len(noise)] = noise.astype(np.uint8).tobytes()
    path.write_bytes(data)
    assert refusal(path).code == "damaged"


def test_an_absurd_number_of_samples_is_the_clips_own_fault(tmp_path: Path) -> None:
    """FFmpeg finds no memory for it; the machine has enough."""
    path = write_clip(tmp_path / "a.mp4", moving_square(20))
    data = bytearray(path.read_bytes())
    at = data.index(b"stts") + 8
    data[at : at + 4] = struct.pack(">I", 0x7FFFFFFF)
    path.write_bytes(data)
    error = refusal(path)
    assert error.code == "not_a_video" and "memory" in str(error.params["reason"])
    assert failure_code(error) == "internal", "or it would be tried again"


def test_a_long_file_without_a_picture_is_given_up_early(tmp_path: Path) -> None:
    """The decoder hears of 2000 packets, none of which it can read."""
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 128, "yuvj420p"
        stream.codec_context.open()
        for i in range(2000):
            packet = av.Packet(b"\xff\xd8 no picture")
            packet.stream, packet.time_base = stream, Fraction(1, 25)
            packet.pts = packet.dts = i
            container.mux(packet)
    error = refusal(path)
    assert error.code == "damaged"


def test_too_short(tmp_path: Path) -> None:
    error = refusal(write_clip(tmp_path / "a.mp4", moving_square(5)))
    assert error.code == "too_short"
    assert error.params["duration_s"] == pytest.approx(0.2)


def test_too_long(tmp_path: Path) -> None:
    error = refusal(write_clip(tmp_path / "a.mp4", moving_square(60)), max_duration_s=2.0)
    assert error.code == "too_long"
    assert error.params["limit_s"] == 2.0


def test_too_large(tmp_path: Path) -> None:
    error = refusal(write_clip(tmp_path / "a.mp4", moving_square(20)), max_frame_px=10_000)
    assert error.code == "too_large"
    assert (error.params["width"], error.params["height"]) == (160, 128)


def test_too_small_to_see_anyone(tmp_path: Path) -> None:
    error = refusal(write_clip(tmp_path / "a.mp4", moving_square(20, 48, 48, side=20)))
    assert (error.code, error.params["reason"]) == ("unsupported", "size")


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", moving_square(20))

    def cancel(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        probe.run({"source": path}, {"probe": tmp_path / "probe.json"}, options(), cancel)
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_a_missing_file_is_not_the_trainers_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        probe.run(
            {"source": tmp_path / "gone.mp4"}, {"probe": tmp_path / "p"}, options(), no_progress
        )


def flip_bits(data: bytearray, rng: np.random.Generator) -> None:
    for at in rng.integers(0, len(data), 30):
        data[at] ^= 1 << int(rng.integers(0, 8))


def cut(data: bytearray, rng: np.random.Generator) -> None:
    del data[int(rng.integers(1, len(data))) :]


def overwrite(data: bytearray, rng: np.random.Generator) -> None:
    start = int(rng.integers(0, len(data) - 400))
    data[start : start + 400] = rng.integers(0, 256, 400, dtype=np.uint8).tobytes()


@pytest.mark.parametrize("harm", [flip_bits, cut, overwrite])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_harmed_files_are_measured_or_refused(
    tmp_path: Path, name: str, harm: Callable[[bytearray, np.random.Generator], None]
) -> None:
    """Nothing but facts or `InvalidClip` comes out, whatever went in."""
    whole = write_clip(tmp_path / name, moving_square(30), sound_s=1.0).read_bytes()
    path = tmp_path / f"harmed_{name}"
    for seed in range(12):
        data = bytearray(whole)
        harm(data, np.random.default_rng(seed))
        path.write_bytes(data)
        try:
            facts = measured(path)
        except InvalidClip:
            continue
        assert facts.total_frames >= 2
