"""The synthetic athlete through every stage with the real models."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from numpy.typing import NDArray

from processing.errors import Cancelled, InvalidClip
from processing.motion.packing import unpack
from processing.motion.skeleton import INDEX
from processing.stages import FILENAMES, STAGES, pose, probe
from processing.stages.contract import Options
from processing.stages.plan import Plan, read_plan
from processing.synthetic.performance import Performance
from processing.synthetic.render import frame_times, render, shoot
from processing.vision.cuts import is_cut, signature
from tests.processing.clips import (
    moving_square,
    no_progress,
    options,
    read_transparent,
    write_clip,
)

pytestmark = pytest.mark.models

SHOT = shoot(Performance("squat", reps=1, idle_s=0.5, seed=1), "three_quarter", (240, 320))
FPS = 12.0
WHOLE = (240, 320)
BODY = [
    INDEX[f"{side}_{name}"]
    for side in ("left", "right")
    for name in ("shoulder", "elbow", "hip", "knee", "ankle")
]


@pytest.fixture(scope="module")
def with_models() -> Options:
    return options(Path(settings.MODELS_DIR))


@pytest.fixture(scope="module")
def ready(
    athlete_video: Path, with_models: Options, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Path]]:
    folder = tmp_path_factory.mktemp("ready")
    paths = {"source": athlete_video} | {k: folder / name for k, name in FILENAMES.items()}
    for stage in STAGES:
        stage.run(
            {kind: paths[kind] for kind in stage.needs},
            {kind: paths[kind] for kind in stage.produces},
            with_models,
            no_progress,
        )
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILENAMES.values())
    yield paths


@pytest.fixture(scope="module")
def plan(ready: dict[str, Path]) -> Plan:
    return read_plan(ready["plan"])


def test_the_skeleton_sits_on_the_body(ready: dict[str, Path], plan: Plan) -> None:
    track = unpack(ready["poses_packed"].read_bytes())
    times = frame_times(SHOT, FPS)
    assert len(track) >= 0.95 * plan.total_frames
    trunk, errors = [], []
    for i, time_s in enumerate(track.times_s):
        take_s = time_s + plan.start_ms / 1000
        whole = render_truth(float(times[np.abs(times - take_s).argmin()]))
        truth = plan.published(whole.astype(np.float32), WHOLE)
        errors.append(np.linalg.norm(track.image[i][BODY] - truth[BODY], axis=1))
        shoulders, hips = truth[[11, 12]].mean(axis=0), truth[[23, 24]].mean(axis=0)
        trunk.append(np.linalg.norm(shoulders - hips))
    # 15% of the trunk: the detector's own error on rendered people is 4 to 8%.
    assert np.median(errors) < 0.15 * np.mean(trunk)


def render_truth(time_s: float) -> NDArray[np.float64]:
    from processing.synthetic.render import truth

    return np.asarray(truth(SHOT, time_s)[0])


def test_the_matte_is_the_athletes(ready: dict[str, Path], plan: Plan) -> None:
    shown = read_transparent(ready["transparent"])
    times = frame_times(SHOT, FPS)
    first = int(np.abs(times - plan.start_ms / 1000).argmin())
    left, top = (round(v) for v in plan.grid(WHOLE)[1])
    overlaps = []
    for i in range(2, len(shown), 12):
        alpha = render(SHOT, float(times[first + i])).alpha > 0.5
        assert alpha.sum() == alpha[top : top + plan.height, left : left + plan.width].sum()
        alpha = alpha[top : top + plan.height, left : left + plan.width]
        found = shown[i][2] > 127
        overlaps.append((alpha & found).sum() / (alpha | found).sum())
    assert min(overlaps) > 0.85, overlaps


def test_the_picture_is_cut_to_the_athlete(plan: Plan) -> None:
    """Nothing of the athlete is lost, and not much of the room stays."""
    shown = [render(SHOT, float(t)).alpha for t in frame_times(SHOT, FPS)[::4]]
    ys, xs = np.nonzero(np.max(shown, axis=0))
    (_, _), (left, top) = plan.grid(WHOLE)
    assert left <= xs.min() and top <= ys.min()
    assert left + plan.width >= xs.max() and top + plan.height >= ys.max()
    assert plan.width - np.ptp(xs) < 0.15 * WHOLE[1]
    assert plan.height - np.ptp(ys) < 0.15 * WHOLE[1]
    assert plan.width % 2 == plan.height % 2 == 0


def test_the_take_is_judged_and_its_repetition_counted(ready: dict[str, Path]) -> None:
    quality = json.loads(ready["quality"].read_text())
    assert quality["version"] == 1
    exercises = [one for one in quality["segments"] if one["kind"] == "exercise"]
    assert [len(one["reps"]) for one in exercises] == [1]
    (start_s, end_s) = exercises[0]["reps"][0]
    assert quality["trim"]["start_s"] <= start_s < end_s <= quality["trim"]["end_s"]


def test_the_body_moves_with_the_poses(ready: dict[str, Path]) -> None:
    packed = unpack(ready["poses_packed"].read_bytes())
    with np.load(ready["mesh"]) as mesh:
        assert mesh["vertices"].shape == (len(packed), mesh["vertices"].shape[1], 3)
        assert mesh["faces"].max() < mesh["vertices"].shape[1]
        np.testing.assert_allclose(mesh["joints_3d"], packed.world, atol=0.002)
        middle = mesh["vertices"].astype(float).mean(axis=1)
    # The origin is the hips, so the body's middle stays near it, a bit above or below.
    assert np.abs(middle).max() < 0.5


def test_poses_find_their_frames_in_the_video(ready: dict[str, Path]) -> None:
    document = json.loads(ready["poses"].read_text())
    shown = [time_ms for time_ms, _, _ in read_transparent(ready["transparent"])]
    assert document["total_frames"] == len(shown)
    for index, time_s in zip(document["frame_indices"], document["times_s"], strict=True):
        assert shown[index] == round(time_s * 1000)
    packed = unpack(ready["poses_packed"].read_bytes())
    np.testing.assert_allclose(packed.times_s, document["times_s"], atol=1e-9)


def test_nobody_there(tmp_path: Path, with_models: Options) -> None:
    paths = {k: tmp_path / name for k, name in FILENAMES.items()}
    paths["source"] = write_clip(tmp_path / "s.mp4", moving_square(30))
    probe.run(paths, paths, with_models, no_progress)
    with pytest.raises(InvalidClip) as caught:
        pose.run(paths, paths, with_models, no_progress)
    assert caught.value.code == "no_person"
    assert caught.value.params == {"found_frames": 0, "total_frames": 30, "dark": False}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["probe.json", "s.mp4"]


def test_cancelling_leaves_nothing(
    athlete_video: Path, tmp_path: Path, with_models: Options
) -> None:
    paths = {k: tmp_path / name for k, name in FILENAMES.items()}
    paths["source"] = athlete_video
    probe.run(paths, paths, with_models, no_progress)

    def cancel(done: int, total: int) -> None:
        if done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        pose.run(paths, paths, with_models, cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["probe.json"]


def test_movement_is_no_cut_but_another_scene_is() -> None:
    one = signature(render(SHOT, 0.2).rgb)
    later = signature(render(SHOT, 1.5).rgb)
    assert not is_cut(one, later)
    assert is_cut(one, signature(np.full((320, 240, 3), 255, np.uint8)))
    other = shoot(Performance("squat", reps=1, seed=9), "side", (240, 320))
    flipped = render(other, 0.5).rgb[::-1, :, ::-1]
    assert is_cut(one, signature(np.ascontiguousarray(flipped)))
