"""The embedded engines, opened by name like the others."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.engines.contract import EngineUnavailable, Person, Shot, WrongWeights
from processing.engines.mediapipe_pose import BlazePose
from processing.engines.registry import MATTING, POSE
from processing.synthetic.performance import Performance
from processing.synthetic.render import Frame, render, shoot

_ROOT = Path(__file__).resolve().parents[2]
_MODELS = Path(os.environ.get("MODELS_DIR", _ROOT / "var" / "models"))


@pytest.fixture(scope="module")
def frame() -> Frame:
    performance = Performance("squat", reps=1, idle_s=0.5, seed=1)
    return render(shoot(performance, "three_quarter", (240, 320)), 2.0)


def _box(points: NDArray[np.floating]) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


@pytest.mark.models
def test_blazepose_finds_the_person_in_the_box_and_nobody_beside(frame: Frame) -> None:
    engine = POSE["mediapipe"].open(_MODELS)
    assert isinstance(engine, BlazePose)
    # Beside the athlete a second picture of the same size, empty: the coordinates must be shifted.
    empty = np.full_like(frame.rgb, 128)
    both = np.concatenate([empty, frame.rgb], axis=1)
    truth = frame.image + np.array([240, 0])
    body = engine.pose(both, _box(truth))
    assert body is not None
    assert body.world.shape == (33, 3) and body.vertices is None
    torso = np.linalg.norm(truth[[11, 12]].mean(axis=0) - truth[[23, 24]].mean(axis=0))
    off = np.linalg.norm(body.image - truth, axis=1)[11:]
    assert np.median(off) < 0.15 * torso  # the renderer's own accuracy is 3 to 8% of the torso
    assert engine.pose(both, (30, 40, 130, 280)) is None
    assert engine.pose(both, (-500, -500, -400, -400)) is None
    engine.close()


@pytest.mark.models
def test_the_embedded_matte_is_a_matte(frame: Frame) -> None:
    engine = MATTING["mediapipe"].open(_MODELS)
    truth = np.round(frame.alpha * 255).astype(np.uint8)
    person = Person(
        keypoints=frame.image.astype(np.float32),
        visibility=np.ones(33, np.float32),
        mask=np.ascontiguousarray(truth[::2, ::2]),
    )
    shots = [Shot(0, frame.rgb, person, True), Shot(5000, frame.rgb, None, True)]
    (first, matte), (second, nothing) = engine.mattes(shots)
    engine.close()
    assert (first.time_ms, second.time_ms) == (0, 5000)
    assert matte.shape == frame.rgb.shape[:2] and nothing.max() == 0
    assert np.abs(matte.astype(float) - truth).mean() < 0.02 * 255


def test_a_bundle_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pose_landmarker_full.task"
    with pytest.raises(EngineUnavailable, match="is missing: run `manage.py fetch_models`"):
        BlazePose(path)
    path.write_bytes(b"PK no bundle")
    with pytest.raises(WrongWeights, match="is no pose bundle"):
        BlazePose(path)
