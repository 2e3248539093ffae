"""Films of one athlete, good ones and staged faults, through the real detector and the gates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from django.conf import settings
from numpy.typing import NDArray

from processing.motion.finding import Quality
from processing.motion.gates import examine
from processing.synthetic import faults
from processing.synthetic.clothing import LOOKS
from processing.synthetic.performance import Exercise, Performance
from processing.synthetic.render import Frame, Shot, frames, shoot
from processing.synthetic.scene import Light, Room, backdrop
from processing.vision.blazepose import PersonDetector, PoseTracker
from processing.vision.crowd import count_people
from processing.vision.observe import Observer

pytestmark = pytest.mark.models

Picture = NDArray[np.uint8]
CLIPS = Path(__file__).resolve().parents[3] / "shared" / "clips"
FPS = 20.0
STANDING, LYING = (360, 480), (480, 360)


def watch(pictures: Iterator[tuple[int, Picture]]) -> Quality:
    """Detect, count and observe as the pipeline does, and judge."""
    model = (Path(settings.MODELS_DIR) / "pose_landmarker_full.task").read_bytes()
    with PersonDetector(model) as detector, PoseTracker(model) as tracker:
        observer = Observer(lambda picture: count_people(detector, picture))
        for time_ms, picture in pictures:
            observer.add(time_ms, picture, tracker.detect(picture))
    return examine(observer.signals())


def timed(pictures: Sequence[Picture], fps: float = FPS) -> Iterator[tuple[int, Picture]]:
    return ((round(i * 1000 / fps), picture) for i, picture in enumerate(pictures))


def codes(quality: Quality) -> set[str]:
    return {finding.code for finding in quality.findings}


def shot(exercise: Exercise, view: str | float = "front", look: int = 0, room: int = 0) -> Shot:
    size = LYING if exercise in ("push_up", "plank") else STANDING
    performance = Performance(exercise, reps=1, rep_s=1.3, idle_s=0.2, seed=room)
    appearance = list(LOOKS.values())[look]
    return shoot(performance, view, size, appearance=appearance, room=Room(room))


@cache
def squat() -> tuple[Frame, ...]:
    return tuple(frames(shot("squat"), FPS))


@cache
def press() -> tuple[Frame, ...]:
    return tuple(frames(shot("overhead_press", "front", 1, 3), FPS))


def rgb(film: Sequence[Frame]) -> list[Picture]:
    return [frame.rgb for frame in film]


def too_dark() -> list[Picture]:
    return faults.darkened(rgb(squat()), 5, 3)


def too_small() -> list[Picture]:
    return [frame.rgb for frame in frames(faults.from_afar(shot("squat"), 3.5), FPS)]


def feet_out() -> list[Picture]:
    return faults.cropped(rgb(squat()), bottom=0.2)


def hands_out() -> list[Picture]:
    return faults.cropped(rgb(press()), top=0.2)


def shaking() -> list[Picture]:
    return faults.moved(rgb(squat()), faults.shaking(len(squat()), FPS, 8))


def two_people() -> list[Picture]:
    return faults.joined_by(squat(), press(), -115)


def hard_cut() -> list[Picture]:
    half = len(squat()) // 2
    return rgb(squat())[:half] + rgb(press())[half:]


def legs_hidden() -> list[Picture]:
    return faults.behind(rgb(squat()), 0.05, 0.65, 0.95, 1.0)


def side_hidden() -> list[Picture]:
    return faults.behind(rgb(squat()), 0.52, 0.05, 1.0, 1.0)


def noisy() -> list[Picture]:
    return faults.darkened(rgb(squat()), 3.5, 24)


def leaving() -> list[Picture]:
    film, scene = squat(), shot("squat")
    empty = np.asarray(backdrop(scene.room, scene.light, scene.camera).picture, np.uint8)
    away = np.interp(np.arange(len(film)), [8, 14, 28, 34], [0, 420, 420, 0])
    return faults.leaving(film, empty, away.tolist())


@pytest.mark.parametrize(
    ("film", "code", "params"),
    [
        (too_dark, "too_dark", {}),
        (too_small, "too_small", {}),
        (feet_out, "feet_out", {}),
        (hands_out, "hands_out", {}),
        (shaking, "camera_moving", {}),
        (two_people, "several_people", {"people": 2}),
        (hard_cut, "cut", {"count": 1}),
        (legs_hidden, "low_confidence", {"block": "bottom"}),
        (side_hidden, "low_confidence", {"block": "left"}),
        (noisy, "jitter", {}),
        (leaving, "nobody", {}),
    ],
)
def test_a_staged_fault_is_found(
    film: Callable[[], list[Picture]], code: str, params: dict[str, object]
) -> None:
    quality = watch(timed(film()))
    found = [(finding.code, finding.params) for finding in quality.findings]
    assert (code, params) in found
    assert quality.verdict != "good"


EVENING = Light(
    key=(0.6, 0.55, 0.5), sky=(0.2, 0.22, 0.24), bounce=(0.12, 0.1, 0.08), fill=(0.08, 0.1, 0.13)
)


@pytest.mark.parametrize(
    "film",
    [
        squat,
        lambda: frames(shot("lunge", "side", 2, 5), FPS),
        lambda: frames(shot("push_up", "side", 1, 8), FPS),
        lambda: frames(
            shoot(Performance("squat", 1, 1.2, idle_s=0.1), 140.0, STANDING, light=EVENING), 25.0
        ),
    ],
    ids=["squat", "lunge from the side", "push-up", "squat from behind, dim"],
)
def test_nothing_is_wrong_with_a_good_film(film: Callable[[], Sequence[Frame]]) -> None:
    shown = list(film())
    quality = watch((round(frame.t * 1000), frame.rgb) for frame in shown)
    assert quality.findings == ()


@pytest.mark.skipif(not CLIPS.is_dir(), reason="no clips of real people here")
@pytest.mark.parametrize(
    ("name", "start_s", "end_s", "expected"),
    [
        ("squat_m3_red_white_bg", 7.8, 9.8, {"cut"}),
        ("squat_w1_home_side", 11.4, 13.0, {"feet_out", "hands_out"}),
        ("pushup_m7_34", 0.5, 1.9, set()),
    ],
)
def test_real_people(name: str, start_s: float, end_s: float, expected: set[str]) -> None:
    assert codes(watch(part(CLIPS / f"{name}.mp4", start_s, end_s))) == expected


def part(path: Path, start_s: float, end_s: float) -> Iterator[tuple[int, Picture]]:
    """A stretch of a clip, at most 640 pixels a side."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.time < start_s:
                continue
            if frame.time >= end_s:
                return
            picture = frame.to_ndarray(format="rgb24")
            scale = min(1.0, 640 / max(picture.shape))
            size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
            small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            yield round(1000 * (frame.time - start_s)), np.asarray(small, np.uint8)
