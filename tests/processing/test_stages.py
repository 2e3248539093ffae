"""Stages on made-up masks: what is published keeps its time, shape, colour and sound."""

import errno
import math
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from processing.errors import Cancelled, InvalidClip, ProcessingError
from processing.motion.packing import pack
from processing.motion.track import PoseTrack
from processing.stages import FILENAMES, encode, grade, matte, probe
from processing.stages.contract import Progress
from processing.stages.facts import read_facts
from processing.stages.source import pictures
from processing.stages.workfiles import frames, gray_pictures, in_step
from processing.stages.writing import VideoWriter
from processing.vision.codecs import GRADED, GRAY, Encoding, tag_bt709
from tests.processing.clips import (
    moving_square,
    no_progress,
    options,
    read_transparent,
    square_at,
    write_clip,
)

COUNT = 40
UNEVEN_S = np.cumsum(np.random.default_rng(8).choice([0.02, 0.034, 0.1], COUNT))


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    error = np.mean((one.astype(float) - other.astype(float)) ** 2)
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def paths_in(folder: Path, source: Path) -> dict[str, Path]:
    return {"source": source} | {kind: folder / name for kind, name in FILENAMES.items()}


def write_gray(path: Path, pictures: list[NDArray[np.uint8]], times_ms: list[int]) -> None:
    height, width = pictures[0].shape
    with VideoWriter(path, GRAY, width=width, height=height, fps=25, threads=2) as writer:
        for picture, time_ms in zip(pictures, times_ms, strict=True):
            writer.write_gray(picture, time_ms)


def square_matte(i: int) -> NDArray[np.uint8]:
    matte = np.zeros((128, 160), np.uint8)
    matte[square_at(i)] = 255
    return matte


def track_of_square(times_ms: list[int], skipped: set[int]) -> PoseTrack:
    """Landmarks spread over the square; no entry in skipped frames."""
    kept = [i for i in range(len(times_ms)) if i not in skipped]
    rng = np.random.default_rng(0)
    spread = rng.uniform(0.2, 0.8, (33, 2))
    image = []
    for i in kept:
        rows, columns = square_at(i)
        image.append(np.array([columns.start, rows.start]) + 48 * spread)
    return PoseTrack(
        times_s=np.array([times_ms[i] for i in kept]) / 1000,
        world=np.zeros((len(kept), 33, 3), np.float32),
        image=np.array(image, np.float32),
        visibility=np.ones((len(kept), 33), np.float32),
        fps=25.0,
        width=160,
        height=128,
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """A clip of uneven frame times that starts late, with sound, through all but the model."""
    folder = tmp_path_factory.mktemp("clip")
    source = write_clip(
        folder / "source.mp4",
        moving_square(COUNT),
        5.0 + UNEVEN_S,
        sound_s=float(UNEVEN_S[-1]) + 1,
        sound_from_s=5.0,
    )
    paths = paths_in(folder, source)
    probe.run(paths, paths, options(), no_progress)
    times_ms = times_of(UNEVEN_S)
    masks = [square_matte(i)[::2, ::2] for i in range(COUNT)]
    masks[3] = np.zeros_like(masks[3])
    write_gray(paths["masks"], [np.ascontiguousarray(mask) for mask in masks], times_ms)
    paths["poses_packed"].write_bytes(pack(track_of_square(times_ms, skipped={3})))
    for stage in (matte, grade, encode):
        stage.run(paths, paths, options(), no_progress)
    yield paths


def times_of(times_s: NDArray[np.float64]) -> list[int]:
    return [round((time_s - times_s[0]) * 1000) for time_s in times_s]


def test_times_are_the_sources_own(published: dict[str, Path]) -> None:
    """Poses find the frame they belong to by these; 1 ms is what WebM rounds to."""
    shown = [time_ms for time_ms, _, _ in read_transparent(published["transparent"])]
    np.testing.assert_allclose(shown, times_of(UNEVEN_S), atol=1)
    assert shown[0] == 0
    assert [time_ms for time_ms, _ in frames(published["alpha"], 2)] == shown


def test_alpha_survives_publication(published: dict[str, Path]) -> None:
    for i, (_, _, alpha) in enumerate(read_transparent(published["transparent"])):
        if i == 3:
            assert alpha.max() <= 8, "nobody was found in this frame"
        else:
            assert psnr(alpha, square_matte(i)) > 24
            iou = ((alpha > 127) & (square_matte(i) > 0)).sum() / (
                (alpha > 127) | (square_matte(i) > 0)
            ).sum()
            assert iou > 0.93


def test_the_room_is_gone_and_the_person_graded(published: dict[str, Path]) -> None:
    from processing.vision.grade import grade as grade_picture
    from processing.vision.grade import table

    expected = grade_picture(np.full((1, 1, 3), (210, 60, 50), np.uint8), table())[0, 0]
    for i, (_, rgb, _) in enumerate(read_transparent(published["transparent"])):
        if i == 3:
            continue
        # 12 of 255: H.264 in, near lossless between, VP9 out; an error of matrix makes 20.
        inside = rgb[square_at(i)][8:-8, 8:-8].reshape(-1, 3).mean(axis=0)
        np.testing.assert_allclose(inside, expected, atol=12)
        # Everywhere else are colours of the person: red above green and blue.
        assert np.median(rgb[..., 0].astype(int) - rgb[..., 2]) > 60


def test_the_published_file_says_what_it_is(published: dict[str, Path]) -> None:
    with av.open(str(published["transparent"])) as container:
        assert "webm" in container.format.name
        video = container.streams.video[0]
        assert video.codec_context.name == "vp9"
        assert video.metadata["ALPHA_MODE"] == "1"
        assert (video.codec_context.colorspace, video.codec_context.color_range) == (1, 1)
        assert (video.codec_context.color_primaries, video.codec_context.color_trc) == (1, 1)
        assert container.streams.audio[0].codec_context.name == "opus"
        assert container.duration / av.time_base == pytest.approx(
            UNEVEN_S[-1] - UNEVEN_S[0] + 0.03, abs=0.08
        )


def sound_of(path: Path) -> tuple[float, NDArray[np.float32]]:
    """Return when the sound starts (s) and its samples (mono, 48 kHz)."""
    with av.open(str(path)) as container:
        blocks, start = [], None
        for frame in container.decode(container.streams.audio[0]):
            start = frame.time if start is None else start
            blocks.append(frame.to_ndarray()[0])  # planes, as Opus decodes
    assert start is not None
    return start, np.concatenate(blocks)


def test_sound_is_kept(published: dict[str, Path]) -> None:
    start, samples = sound_of(published["transparent"])
    # The picture starts 20 to 100 ms into the tone; only the codec's own delay lies before it.
    assert -0.02 <= start <= 0.001
    assert len(samples) / 48_000 == pytest.approx(UNEVEN_S[-1] - UNEVEN_S[0], abs=0.1)
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert spectrum.argmax() * 48_000 / len(middle) == pytest.approx(440, abs=5)
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.1)


def test_late_sound_stays_late(tmp_path: Path) -> None:
    """A second of silence, then the tone: it must not move to the start."""
    source = write_clip(tmp_path / "s.mkv", moving_square(50), sound_s=1.0, sound_from_s=1.0)
    paths = paths_in(tmp_path, source)
    probe.run(paths, paths, options(), no_progress)
    write_gray(paths["alpha"], [square_matte(i) for i in range(50)], times_of(np.arange(50) / 25))
    grade.run(paths, paths, options(), no_progress)
    encode.run(paths, paths, options(), no_progress)
    start, samples = sound_of(paths["transparent"])
    loud = np.abs(samples) > 0.2
    assert loud.argmax() / 48_000 + start == pytest.approx(1.0, abs=0.06)


def test_poster(published: dict[str, Path]) -> None:
    with Image.open(published["poster"]) as picture:
        assert picture.size == (160, 128)
        alpha = np.asarray(picture.convert("RGBA"))[..., 3]
    assert (alpha > 250).sum() == pytest.approx(48 * 48, rel=0.1)
    assert (alpha < 5).mean() > 0.7


def test_frames_of_another_clip_are_noticed(tmp_path: Path) -> None:
    write_gray(tmp_path / "a.mkv", [square_matte(0)] * 3, [0, 40, 80])
    write_gray(tmp_path / "b.mkv", [square_matte(0)] * 3, [0, 40, 90])
    write_gray(tmp_path / "c.mkv", [square_matte(0)] * 2, [0, 40])
    for other in ("b.mkv", "c.mkv"):
        with pytest.raises(ProcessingError, match="differ at frame 2"):
            list(in_step(gray_pictures(tmp_path / "a.mkv", 1), gray_pictures(tmp_path / other, 1)))


def test_masks_are_lossless_and_keep_their_times(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (61, 83), dtype=np.uint8) for _ in range(5)]
    write_gray(tmp_path / "a.mkv", pictures, [0, 7, 1000, 1001, 90_000])
    read = list(gray_pictures(tmp_path / "a.mkv", 2))
    assert [time_ms for time_ms, _ in read] == [0, 7, 1000, 1001, 90_000]
    for (_, picture), expected in zip(read, pictures, strict=True):
        np.testing.assert_array_equal(picture, expected)


def test_graded_pictures_are_nearly_lossless(tmp_path: Path) -> None:
    source = moving_square(8)
    with VideoWriter(
        tmp_path / "a.mkv", GRADED, width=160, height=128, fps=25, threads=2
    ) as writer:
        for i, picture in enumerate(source):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
            )
            tag_bt709(frame)
            expected = frame.to_ndarray()
            writer.write(frame, i * 40)
    *_, (_, last) = frames(tmp_path / "a.mkv", 2)
    assert psnr(last.to_ndarray(), expected) > 42


def cancel_at(frame: int) -> Progress:
    def progress(done: int, total: int) -> None:
        if done == frame:
            raise Cancelled

    return progress


@pytest.mark.parametrize("stage", [matte, grade, encode], ids=["matte", "grade", "encode"])
def test_cancelling_leaves_nothing(
    published: dict[str, Path], tmp_path: Path, stage: object
) -> None:
    outputs = paths_in(tmp_path, published["source"])
    with pytest.raises(Cancelled):
        stage.run(published, outputs, options(), cancel_at(5))  # type: ignore[attr-defined]
    assert not list(tmp_path.iterdir())


class FullDisk(VideoWriter):
    """Writes to a device that is always full."""

    def __init__(self, path: Path, encoding: Encoding, **settings: object) -> None:
        path.touch()
        super().__init__(Path("/dev/full"), encoding, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("stage", [matte, grade, encode], ids=["matte", "grade", "encode"])
def test_a_full_disk_is_told_as_such(
    published: dict[str, Path],
    tmp_path: Path,
    stage: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stage, "VideoWriter", FullDisk)
    outputs = paths_in(tmp_path, published["source"])
    with pytest.raises(OSError) as caught:
        stage.run(published, outputs, options(), no_progress)  # type: ignore[attr-defined]
    assert caught.value.errno == errno.ENOSPC
    assert not list(tmp_path.iterdir())


def test_progress_counts_every_frame(published: dict[str, Path], tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    matte.run(
        published,
        {"alpha": tmp_path / "alpha.mkv"},
        options(),
        lambda done, total: seen.append((done, total)),
    )
    assert seen == [(i + 1, COUNT) for i in range(COUNT)]


def test_running_again_gives_the_same_matte(published: dict[str, Path], tmp_path: Path) -> None:
    matte.run(published, {"alpha": tmp_path / "alpha.mkv"}, options(), no_progress)
    again = gray_pictures(tmp_path / "alpha.mkv", 2)
    for _, one, other in in_step(again, gray_pictures(published["alpha"], 2)):
        np.testing.assert_array_equal(one, other)


def test_frames_that_break_in_the_middle_are_the_clips_fault(
    published: dict[str, Path], tmp_path: Path
) -> None:
    """The probe reads headers only; what it can't see is told by the stage that decodes."""

    data = bytearray(published["source"].read_bytes())
    start, end = data.index(b"mdat") + 3000, data.index(b"moov") - 8
    data[start:end] = bytes(end - start)
    harmed = tmp_path / "harmed.mp4"
    harmed.write_bytes(data)
    with pytest.raises(InvalidClip) as caught:
        for _ in pictures(harmed, read_facts(published["probe"]), options()):
            pass
    assert caught.value.code == "damaged"


def test_silent_clips_are_silent(tmp_path: Path) -> None:
    paths = paths_in(tmp_path, write_clip(tmp_path / "s.mp4", moving_square(20)))
    probe.run(paths, paths, options(), no_progress)
    write_gray(paths["alpha"], [square_matte(i) for i in range(20)], [40 * i for i in range(20)])
    grade.run(paths, paths, options(), no_progress)
    params = encode.run(paths, paths, options(), no_progress)
    assert params["audio"] is False
    with av.open(str(paths["transparent"])) as container:
        assert len(container.streams) == 1
