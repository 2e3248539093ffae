"""Stages on made-up masks: what is published keeps its time, shape, colour and sound."""

import errno
import json
import math
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from django.conf import settings
from numpy.typing import NDArray
from PIL import Image

from processing.errors import Cancelled, InvalidClip, ProcessingError
from processing.motion.signals import Signals
from processing.stages import FILENAMES, probe, render
from processing.stages.contract import Progress
from processing.stages.detections import Detections
from processing.stages.facts import Facts, read_facts
from processing.stages.plan import make_plan
from processing.stages.source import pictures
from processing.stages.workfiles import gray_pictures, in_step
from processing.stages.writing import VideoWriter
from processing.vision.blazepose import Roi, mask_in_picture
from processing.vision.codecs import GRAY, Encoding
from tests.processing.clips import (
    moving_square,
    no_progress,
    options,
    read_transparent,
    square_at,
    write_clip,
)

MODELS = options(Path(settings.MODELS_DIR))
COUNT = 40
LOST = frozenset(range(28, 40))
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


def square_mask(i: int) -> NDArray[np.uint8]:
    """The matte as the network's square of 160 by 160 pixels around the picture sees it."""
    return np.asarray(
        mask_in_picture(
            np.pad(square_matte(i), ((0, 32), (0, 0))),
            Roi(80, 80, 160, 0.0),
            (256, 256),
            scale=(160 / 256, 160 / 256),
        )
    )


def detections_of_square(times_ms: list[int], skipped: set[int]) -> Detections:
    """Landmarks spread over the square; nobody in skipped frames."""
    rng = np.random.default_rng(0)
    spread = rng.uniform(0.2, 0.8, (33, 2))
    count = len(times_ms)
    image = np.full((count, 33, 2), np.nan, np.float32)
    extent = np.full((count, 4), np.nan, np.float32)
    for i in set(range(count)) - skipped:
        rows, columns = square_at(i)
        image[i] = np.array([columns.start, rows.start]) + 48 * spread
        extent[i] = columns.start, rows.start, columns.stop, rows.stop
    seen = np.isfinite(image[:, :1, 0])
    return Detections(
        Signals(
            width=160,
            height=128,
            source_scale=1.0,
            times_s=np.array(times_ms) / 1000,
            world=np.where(seen[..., None], np.zeros((count, 33, 3)), np.nan).astype(np.float32),
            image=image,
            visibility=np.where(seen, np.ones((count, 33)), np.nan).astype(np.float32),
            picture_luma=np.full((count, 3), 0.5, np.float32),
            person_luma=np.full((count, 3), 0.5, np.float32),
            camera=np.zeros((count, 4), np.float32),
            cuts=np.zeros(count, np.bool_),
            change=np.zeros(count, np.float32),
            people=np.ones(count, np.float32),
        ),
        roi=np.where(seen, (80, 80, 160, 0), np.nan).astype(np.float32),
        extent=extent,
    )


WHOLE = (0.0, 0.0, 1.0, 1.0)


def prepared(
    folder: Path,
    source: Path,
    times_ms: list[int],
    *,
    skipped: frozenset[int] = frozenset(),
    span_s: tuple[float, float] = (0.0, 1e9),
    box: tuple[float, float, float, float] = WHOLE,
) -> dict[str, Path]:
    """Everything that rendering needs, as if the model had seen the square."""
    paths = paths_in(folder, source)
    probe.run(paths, paths, options(), no_progress)
    nobody = np.zeros((256, 256), np.uint8)
    write_gray(
        paths["masks"],
        [nobody if i in skipped else square_mask(i) for i in range(len(times_ms))],
        times_ms,
    )
    seen = detections_of_square(times_ms, set(skipped))
    seen.save(paths["detections"])
    plan = make_plan(read_facts(paths["probe"]), seen.signals.times_s, box, span_s, 1280)
    paths["plan"].write_text(json.dumps(plan.as_json()))
    return paths


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
    paths = prepared(folder, source, times_of(UNEVEN_S), skipped=LOST)
    render.run(paths, paths, MODELS, no_progress)
    yield paths


def times_of(times_s: NDArray[np.float64]) -> list[int]:
    return [round((time_s - times_s[0]) * 1000) for time_s in times_s]


def test_times_are_the_sources_own(published: dict[str, Path]) -> None:
    """Poses find the frame they belong to by these; 1 ms is what WebM rounds to."""
    shown = [time_ms for time_ms, _, _ in read_transparent(published["transparent"])]
    np.testing.assert_allclose(shown, times_of(UNEVEN_S), atol=1)
    assert shown[0] == 0
    with av.open(str(published["stacked"])) as container:
        stream = container.streams.video[0]
        stacked = [round(float(frame.time) * 1000) for frame in container.decode(stream)]
    assert stacked == shown


def test_alpha_survives_publication(published: dict[str, Path]) -> None:
    for i, (_, _, alpha) in enumerate(read_transparent(published["transparent"])):
        if i in LOST:
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
        if i in LOST:
            continue
        # 12 of 255: H.264 in, VP9 out; an error of matrix makes 20.
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
    paths = prepared(tmp_path, source, times_of(np.arange(50) / 25))
    render.run(paths, paths, MODELS, no_progress)
    for kind in ("transparent", "stacked"):
        start, samples = sound_of(paths[kind])
        loud = np.abs(samples) > 0.2
        assert loud.argmax() / 48_000 + start == pytest.approx(1.0, abs=0.06), kind


def test_the_stacked_file_shows_the_same(published: dict[str, Path]) -> None:
    """Colour above, the matte below as grey; what a shader makes of it is the transparent file."""
    with av.open(str(published["stacked"])) as container:
        assert "mp4" in container.format.name
        assert container.streams.video[0].codec_context.name == "h264"
        assert container.streams.audio[0].codec_context.name == "aac"
        over = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    transparent = read_transparent(published["transparent"])
    assert len(over) == len(transparent)
    for i, (picture, (_, rgb, alpha)) in enumerate(zip(over, transparent, strict=True)):
        assert picture.shape == (256, 160, 3)
        assert psnr(picture[128:, :, 0], alpha) > 26
        if i not in LOST:
            inside = square_at(i)
            np.testing.assert_allclose(
                picture[:128][inside][8:-8, 8:-8].mean(axis=(0, 1)),
                rgb[inside][8:-8, 8:-8].mean(axis=(0, 1)),
                atol=6,
            )


def test_the_index_of_the_stacked_file_comes_first(published: dict[str, Path]) -> None:
    data = published["stacked"].read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_only_the_planned_part_is_published(tmp_path: Path) -> None:
    """Cropped in space and in time; picture, sound and clock begin anew."""
    source = write_clip(tmp_path / "s.mp4", moving_square(50), sound_s=1.0, sound_from_s=1.0)
    paths = prepared(
        tmp_path,
        source,
        times_of(np.arange(50) / 25),
        span_s=(0.4, 1.6),
        box=(0.1, 0.2, 0.9, 0.8),
    )
    render.run(paths, paths, MODELS, no_progress)
    shown = read_transparent(paths["transparent"])
    assert [time_ms for time_ms, _, _ in shown] == [40 * i for i in range(30)]
    left, top = 16, 24  # 0.1 · 160 and 0.2 · 128 = 25.6, down to an even pixel
    for i, (_, rgb, alpha) in enumerate(shown):
        assert rgb.shape == (80, 128, 3)
        whole = np.zeros((128, 160), np.uint8)
        whole[top : top + 80, left : left + 128] = alpha
        expected = square_matte(i + 10)
        overlap = ((whole > 127) & (expected > 0)).sum() / ((whole > 127) | (expected > 0)).sum()
        assert overlap > 0.9
    start, samples = sound_of(paths["transparent"])
    assert (np.abs(samples) > 0.2).argmax() / 48_000 + start == pytest.approx(0.6, abs=0.06)


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


def cancel_at(frame: int) -> Progress:
    def progress(done: int, total: int) -> None:
        if done == frame:
            raise Cancelled

    return progress


@pytest.mark.parametrize("frame", [1, 5, COUNT])
def test_cancelling_leaves_nothing(published: dict[str, Path], tmp_path: Path, frame: int) -> None:
    outputs = paths_in(tmp_path, published["source"])
    with pytest.raises(Cancelled):
        render.run(published, outputs, MODELS, cancel_at(frame))
    assert not list(tmp_path.iterdir())
    assert not [one for one in threading.enumerate() if one.name in ("ahead", "behind")]


class FullDisk(VideoWriter):
    """Writes to a device that is always full."""

    def __init__(self, path: Path, encoding: Encoding, **settings: object) -> None:
        path.touch()
        super().__init__(Path("/dev/full"), encoding, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("full", [".webm", ".mp4"])
def test_a_full_disk_is_told_as_such(
    published: dict[str, Path], tmp_path: Path, full: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def writer(path: Path, encoding: Encoding, **settings: object) -> VideoWriter:
        kind = FullDisk if full in path.name else VideoWriter
        return kind(path, encoding, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(render, "VideoWriter", writer)
    outputs = paths_in(tmp_path, published["source"])
    with pytest.raises(OSError) as caught:
        render.run(published, outputs, MODELS, no_progress)
    assert caught.value.errno == errno.ENOSPC
    assert not list(tmp_path.iterdir())


def test_progress_counts_every_frame(published: dict[str, Path], tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    outputs = paths_in(tmp_path, published["source"])
    render.run(published, outputs, MODELS, lambda done, total: seen.append((done, total)))
    assert seen == [(i + 1, COUNT) for i in range(COUNT)]


def test_running_again_gives_the_same_video(published: dict[str, Path], tmp_path: Path) -> None:
    outputs = paths_in(tmp_path, published["source"])
    render.run(published, outputs, MODELS, no_progress)
    again, before = (read_transparent(p["transparent"]) for p in (outputs, published))
    for (_, rgb, alpha), (_, rgb_before, alpha_before) in zip(again, before, strict=True):
        np.testing.assert_array_equal(rgb, rgb_before)
        np.testing.assert_array_equal(alpha, alpha_before)


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
    source = write_clip(tmp_path / "s.mp4", moving_square(20))
    paths = prepared(tmp_path, source, [40 * i for i in range(20)])
    params = render.run(paths, paths, MODELS, no_progress)
    assert params["audio"] is False
    for kind in ("transparent", "stacked"):
        with av.open(str(paths[kind])) as container:
            assert len(container.streams) == 1


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_plan_relates_pixels_exactly(rotation: int) -> None:
    """A point of the upright picture lands where its own stored pixel is published."""
    facts = Facts(
        *((1280, 720) if rotation % 180 == 0 else (720, 1280)), 1920, 1080, rotation,
        fps=30.0, duration_s=1.0, total_frames=30, start_s=0.0, has_audio=False, vfr=False,
    )  # fmt: skip
    box = (0.31, 0.17, 0.63, 0.88)
    plan = make_plan(facts, np.arange(30) / 30, box, (0.0, 9.0), 1280)
    assert plan.box[0] <= box[0] and plan.box[1] <= box[1]
    assert plan.box[2] >= box[2] and plan.box[3] >= box[3]
    assert plan.width % 2 == plan.height % 2 == 0
    assert max(plan.width, plan.height) <= 1280
    whole = facts.width, facts.height
    corners = (np.array([plan.box[:2], plan.box[2:]]) * whole).astype(np.float32)
    ends = plan.published(corners, whole)
    np.testing.assert_allclose(ends, [(0, 0), (plan.width, plan.height)], atol=1e-3)
    (across, down), (left, top) = plan.grid(whole)
    # Published pixels stay square.
    assert across == pytest.approx(down, rel=0.004)
    assert (left, top) == pytest.approx(tuple(corners[0]))
    # A person half the picture's height is not scaled down with it.
    assert plan.height > 0.7 * 1080 or plan.width > 0.7 * 1080 or max(whole) <= 1280


def test_a_window_is_all_that_is_read(tmp_path: Path) -> None:
    """The take is a part of the file, and its clock begins with it; also far into the file."""
    pictures_in = moving_square(30 * 25)
    source = write_clip(tmp_path / "s.mp4", pictures_in)
    for window_s, first, count in (((2.0, 3.0), 50, 25), ((20.0, 29.5), 500, 238)):
        facts = probe.measure(source, options(window_s=window_s), no_progress)
        assert facts.total_frames == count
        assert facts.start_s == pytest.approx(first / 25, abs=1e-4)
        assert facts.duration_s == pytest.approx(count / 25, abs=0.001)
        read = list(pictures(source, facts, options()))
        assert [time_ms for time_ms, _ in read] == [40 * i for i in range(count)]
        for i in (0, count // 2, count - 1):
            assert psnr(read[i][1], pictures_in[first + i]) > 25


def test_a_window_past_the_end_is_too_short(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "s.mp4", moving_square(50))
    with pytest.raises(InvalidClip) as caught:
        probe.measure(source, options(window_s=(5.0, 9.0)), no_progress)
    assert caught.value.code == "too_short"
