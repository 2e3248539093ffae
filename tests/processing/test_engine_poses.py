"""Other pose engines in a clip's way: what they say goes into the files, and only that."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from numpy.typing import NDArray

from processing.engines import availability
from processing.engines.contract import EngineUnavailable
from processing.engines.poseformer_v2_network import Sizes
from processing.errors import InvalidClip, failure_code
from processing.motion.joints import COCO17
from processing.motion.rays import on_rays
from processing.motion.skeleton import INDEX
from processing.stages import FILENAMES, pose, probe, review
from processing.stages.detections import Detections
from processing.stages.engine_poses import EnginePoses, surfaces
from processing.vision.blazepose import Detection, Roi
from tests.engines.test_poseformer_v2 import checkpoint
from tests.engines.test_rtmpose import network
from tests.engines.test_sam3d_body import package  # noqa: F401  (a fixture)
from tests.processing.clips import no_progress, options

COCO = [INDEX[name] for name in COCO17]
OTHERS = sorted(set(range(33)) - set(COCO))


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    name = "pose_landmarker_lite.task"
    (folder / name).symlink_to(Path(settings.MODELS_DIR) / name)
    return folder


def paths_for(video: Path, folder: Path) -> dict[str, Path]:
    return {"source": video} | {kind: folder / name for kind, name in FILENAMES.items()}


@pytest.mark.models
def test_joints_of_another_engine_reach_the_files(
    athlete_video: Path, models_dir: Path, tmp_path: Path
) -> None:
    network(models_dir / "rtmpose.onnx", width=192, height=256)
    paths = paths_for(athlete_video, tmp_path)
    chosen = options(models_dir, pose="rtmpose", pose_model="lite", trim=False)
    probe.run(paths, paths, chosen, no_progress)
    pose.run(paths, paths, chosen, no_progress)
    seen = Detections.load(paths["detections"])
    assert seen.poses is not None
    found = seen.signals.found
    # The small network finds the brightest place: one point for all joints but for half pixels.
    places = seen.poses.image[found][:, COCO]
    assert np.ptp(places, axis=1).max() < 20
    assert (np.ptp(seen.signals.image[found][:, COCO], axis=1) > 40).any(axis=1).all()
    # What it has no word on stays the detector's, and so does the third dimension.
    np.testing.assert_array_equal(
        seen.poses.image[found][:, OTHERS], seen.signals.image[found][:, OTHERS]
    )
    signals = seen.signals
    world = on_rays(signals.world, signals.image, signals.visibility, signals.width, signals.height)
    np.testing.assert_allclose(seen.poses.world[found], world[found], atol=1e-6)
    review.run(paths, paths, chosen, no_progress)
    assert json.loads(paths["poses"].read_text())["model"] == "rtmpose"


@pytest.mark.models
def test_a_lifter_gives_the_third_dimension(
    athlete_video: Path, models_dir: Path, tmp_path: Path
) -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    small = Sizes(joints=17, width=8, depth=1, frames=9, coefficients=9)
    checkpoint(models_dir / "9_81_46.0.bin", small, 81)
    paths = paths_for(athlete_video, tmp_path)
    chosen = options(models_dir, lifter="poseformer_v2", pose_model="lite", trim=False)
    probe.run(paths, paths, chosen, no_progress)
    pose.run(paths, paths, chosen, no_progress)
    seen = Detections.load(paths["detections"])
    assert seen.poses is not None
    found = seen.signals.found
    np.testing.assert_array_equal(seen.poses.image[found], seen.signals.image[found])
    hips = seen.poses.world[found][:, [INDEX["left_hip"], INDEX["right_hip"]]]
    np.testing.assert_allclose(hips.mean(axis=1), 0, atol=1e-5)
    assert np.isnan(seen.poses.world[found][:, INDEX["left_heel"]]).all()
    assert not np.allclose(hips, seen.signals.world[found][:, [23, 24]])


def test_an_engine_that_is_missing_says_so_before_anything_is_read(
    models_dir: Path, tmp_path: Path
) -> None:
    with pytest.raises(EngineUnavailable, match="rtmpose.onnx") as caught:
        EnginePoses(options(models_dir, pose="rtmpose"), tmp_path / "surface")
    assert failure_code(caught.value) == "engine"
    assert not isinstance(caught.value, InvalidClip)


def detection() -> Detection:
    image = np.random.default_rng(0).uniform(20, 80, (33, 2)).astype(np.float32)
    return Detection(
        world=np.zeros((33, 3), np.float32),
        image=image,
        visibility=np.ones(33, np.float32),
        mask=np.zeros((256, 256), np.uint8),
        roi=Roi(50, 50, 100, 0.0),
    )


def shade(red: int) -> NDArray[np.uint8]:
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[..., 0] = red
    return picture


def test_an_engines_own_body_waits_for_the_mesh(
    package: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Frame 1 has nobody, frame 3 was not looked at: both show the body before."""
    monkeypatch.setattr(availability, "has_nvidia_gpu", lambda: True)
    surface = tmp_path / "surface"
    with EnginePoses(options(package.parent, pose="sam3d_body"), surface) as engine:
        for red, found in ((3, True), (0, True), (5, True), (9, False)):
            engine.add(shade(red), detection() if found else None)
    faces, bodies = surfaces(surface, np.arange(4))
    shown = np.concatenate(list(bodies))
    assert faces.tolist() == [[0, 1, 2], [2, 1, 3]]
    assert shown.shape == (4, 4, 3) and shown.dtype == np.float16
    sys.modules.pop("sam_3d_body", None)


def test_each_picture_gets_its_own_surface_or_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "surface"
    with path.open("wb") as file:
        np.save(file, np.array([[0, 1, 2]], np.int32))
        for number in (2, 3, 7):
            np.save(file, np.int64(number))
            np.save(file, np.full((3, 3), number, np.float16))
    for asked, expected in (
        ([0, 1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2, 3, 3, 3, 3, 7, 7]),
        ([3, 4, 7], [3, 3, 7]),
        ([6], [3]),
    ):
        faces, bodies = surfaces(path, np.array(asked))
        assert [float(body[0, 0, 0]) for body in bodies] == expected
    assert faces.tolist() == [[0, 1, 2]]
