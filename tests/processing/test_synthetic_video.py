"""Files of the synthetic athlete: H.264 with its truth, webcam streams, the command line."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from processing.synthetic.__main__ import main
from processing.synthetic.performance import Performance
from processing.synthetic.render import Shot, frame_times, render, shoot
from processing.synthetic.video import write_video, write_webcam

BT709 = 1
LIMITED = 1


@pytest.fixture(scope="module")
def shot() -> Shot:
    return shoot(Performance("squat", reps=1, rep_s=1.0, idle_s=0.2), "front", (180, 240))


def test_the_video_is_what_was_rendered_and_says_its_colours(shot: Shot, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_video(
        tmp_path / "a.mp4",
        shot,
        10.0,
        tmp_path / "a.npz",
        with_alpha=True,
        progress=lambda done, total: told.append((done, total)),
    )
    times = frame_times(shot, 10.0)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        decoded = list(container.decode(stream))
    tags = {(f.colorspace, f.color_primaries, f.color_trc, f.color_range) for f in decoded}
    assert tags == {(BT709, BT709, BT709, LIMITED)}
    np.testing.assert_allclose([float(f.pts * f.time_base) for f in decoded], times, atol=1e-4)
    assert told == [(i + 1, len(times)) for i in range(len(times))]
    picture = decoded[5].to_ndarray(format="rgb24").astype(float)
    expected = render(shot, float(times[5])).rgb.astype(float)
    # A wrong matrix (601 for 709) would shift the shirt by more than ten steps.
    assert np.abs(picture.mean(axis=(0, 1)) - expected.mean(axis=(0, 1))).max() < 1.5
    assert np.abs(picture - expected).mean() < 4
    with np.load(tmp_path / "a.npz") as file:
        truth = dict(file)
    n = len(times)
    assert truth["world"].shape == (n, 33, 3)
    assert truth["image"].shape == (n, 33, 2)
    assert truth["visibility"].shape == (n, 33)
    np.testing.assert_array_equal(truth["times_s"], times)
    np.testing.assert_array_equal(truth["reps"], shot.performance.reps_s)
    frame = render(shot, float(times[7]))
    np.testing.assert_allclose(truth["image"][7], frame.image)
    np.testing.assert_allclose(truth["alpha"][7] / 255, frame.alpha, atol=0.5 / 255 + 1e-6)


def test_a_webcam_stream_of_pictures(shot: Shot, tmp_path: Path) -> None:
    path = tmp_path / "cam.mjpeg"
    write_webcam(path, shot, 5.0)
    data = path.read_bytes()
    pictures = [b"\xff\xd8" + part for part in data.split(b"\xff\xd8\xff")[1:]]
    assert len(pictures) == len(frame_times(shot, 5.0))
    first = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert first is not None
    expected = render(shot, 0.0).rgb[..., ::-1]
    assert np.abs(first.astype(int) - expected).mean() < 6


def test_a_webcam_stream_without_compression(shot: Shot, tmp_path: Path) -> None:
    path = tmp_path / "cam.y4m"
    write_webcam(path, shot, 5.0)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (180, 240, 5)
        decoded = [frame.to_ndarray(format="gray") for frame in container.decode(stream)]
    assert len(decoded) == len(frame_times(shot, 5.0))
    with pytest.raises(ValueError, match="ends in"):
        write_webcam(tmp_path / "cam.avi", shot)


def test_the_command_line_writes_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--reps", "1", "--rep-s", "0.6", "--size", "120x160", "--fps", "4", "--seed", "1"]
    video, truth = tmp_path / "out.mp4", tmp_path / "out.npz"
    view = ["--view", "three_quarter"]
    assert main(["squat", str(video), *common, *view, "--truth", str(truth)]) == 0
    assert "frames" in capsys.readouterr().err
    with av.open(str(video)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    with np.load(truth) as file:
        assert len(file["times_s"]) == frames
    assert main(["lunge", str(tmp_path / "cam.mjpeg"), *common, "--view", "-30"]) == 0
    assert (tmp_path / "cam.mjpeg").stat().st_size > 1000
