"""SAM 3D Body's adapter, on a package with the names, arguments and outputs of the real one.

The real one needs a GPU and weights behind a licence. The stand-in's network is a few parameters in
a real checkpoint; the body it answers with is a known function of picture and box.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.engines.contract import Body, EngineUnavailable, WrongWeights
from processing.engines.sam3d_body import Sam3dBody
from processing.motion.joints import SETS
from processing.motion.skeleton import INDEX, LANDMARKS

torch = pytest.importorskip("torch")

PACKAGE = '''
"""Stands in for facebookresearch/sam-3d-body: what `sam_3d_body/__init__.py` offers."""

import numpy as np
import torch


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = torch.nn.Linear(3, 4)
        self.head_pose = torch.nn.Linear(4, 2)
        self.device = torch.device("cpu")


def load_sam_3d_body(checkpoint_path="", device="cuda", mhr_path=""):
    assert device == "cuda" and torch.load(mhr_path, weights_only=True) == "rig"
    checkpoint = torch.load(checkpoint_path, map_location="cpu", weights_only=False)
    state_dict = checkpoint["state_dict"] if "state_dict" in checkpoint else checkpoint
    model = Model()
    model.load_state_dict(state_dict, strict=False)
    return model.eval(), {"MODEL": {}}


class SAM3DBodyEstimator:
    def __init__(self, sam_3d_body_model, model_cfg, human_detector=None, human_segmentor=None,
                 fov_estimator=None):
        self.model = sam_3d_body_model
        self.faces = np.array([[0, 1, 2], [2, 1, 3]], dtype=np.int64)

    def process_one_image(self, img, bboxes=None, masks=None, cam_int=None, det_cat_id=0,
                          bbox_thr=0.5, nms_thr=0.3, use_mask=False, inference_type="full"):
        assert isinstance(img, np.ndarray) and img.flags.c_contiguous
        assert bboxes.shape == (1, 4)
        if not img.any():
            return []
        joint = np.arange(70, dtype=np.float32)
        keypoints = np.stack((0.01 * joint, 0.02 * joint, -0.03 * joint), axis=-1)
        # The red channel's mean, so that a picture in another order of colours is noticed.
        keypoints += img[..., 0].mean()
        corner = bboxes[0, :2]
        return [
            {
                "bbox": bboxes[0],
                "focal_length": np.float32(900),
                "pred_keypoints_3d": keypoints,
                "pred_keypoints_2d": corner + np.stack((2 * joint, 3 * joint), axis=-1),
                "pred_vertices": keypoints[:4] + np.float32(0.5),
                "pred_cam_t": np.array([0, 0, 3], dtype=np.float32),
                "global_rot": np.zeros(3, dtype=np.float32),
            }
        ]
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The stand-in on the path, a GPU that torch claims to see, and a folder of weights."""
    source = tmp_path / "clone"
    (source / "sam_3d_body").mkdir(parents=True)
    (source / "sam_3d_body" / "__init__.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(source)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    sys.modules.pop("sam_3d_body", None)
    yield weights(tmp_path / "sam-3d-body-dinov3")
    sys.modules.pop("sam_3d_body", None)


def weights(folder: Path) -> Path:
    """A folder as Hugging Face has it."""
    (folder / "assets").mkdir(parents=True)
    (folder / "model_config.yaml").write_text("MODEL: {}\n")
    torch.save("rig", folder / "assets" / "mhr_model.pt")
    state = {
        "backbone.weight": torch.zeros(4, 3),
        "backbone.bias": torch.zeros(4),
        "head_pose.weight": torch.zeros(2, 4),
    }
    torch.save({"state_dict": state}, folder / "model.ckpt")
    return folder


BOX = (300.0, 50.0, 500.0, 400.0)


def picture(red: int = 3, width: int = 640) -> NDArray[np.uint8]:
    shown = np.zeros((480, width, 3), dtype=np.uint8)
    shown[..., 0] = red
    shown[..., 2] = 200
    return shown


def found(engine: Sam3dBody, shown: NDArray[np.uint8]) -> Body:
    body = engine.pose(shown, BOX)
    assert body is not None
    return body


def test_joints_come_in_our_order_axes_and_origin(package: Path) -> None:
    body = found(Sam3dBody(package), picture())
    assert body.world.shape == (33, 3) and body.world.dtype == np.float32
    places = SETS["mhr70"].sources
    # From the middle of the hips, joints 9 and 10; x, y and z as they were.
    expected = (places[:, None] - 9.5) * [0.01, 0.02, -0.03]
    has = places >= 0
    np.testing.assert_allclose(body.world[has], expected[has], atol=1e-5)
    assert np.isnan(body.world[~has]).all()
    assert {LANDMARKS[i] for i in np.flatnonzero(~has)} == {
        *("left_eye_inner", "left_eye_outer", "right_eye_inner", "right_eye_outer"),
        *("mouth_left", "mouth_right"),
    }
    np.testing.assert_allclose(
        body.image[INDEX["left_knee"]], [BOX[0] + 2 * 11, BOX[1] + 3 * 11], atol=1e-4
    )


def test_the_surface_moves_with_the_joints(package: Path) -> None:
    body = found(Sam3dBody(package), picture())
    assert body.vertices is not None and body.faces is not None
    assert body.vertices.shape == (4, 3) and body.vertices.dtype == np.float32
    np.testing.assert_allclose(body.vertices[0], body.world[INDEX["nose"]] + 0.5, atol=1e-5)
    np.testing.assert_array_equal(body.faces, [[0, 1, 2], [2, 1, 3]])
    assert body.faces.dtype == np.int32


def test_joints_outside_of_the_picture_are_guesses(package: Path) -> None:
    body = found(Sam3dBody(package), picture(width=400))
    # Joint j is at x = 300 + 2 j: of the wrists, 41 is inside and 62 outside.
    assert body.visibility[INDEX["left_wrist"]] == 0
    assert body.visibility[INDEX["right_wrist"]] == 1
    assert np.isfinite(body.world[INDEX["left_wrist"]]).all()
    assert body.visibility[INDEX["mouth_left"]] == 0


def test_nobody_is_none_and_the_picture_may_be_a_view(package: Path) -> None:
    engine = Sam3dBody(package / "model.ckpt")
    assert engine.pose(np.zeros((480, 640, 3), dtype=np.uint8), BOX) is None
    mirrored = found(engine, picture()[:, ::-1])
    np.testing.assert_allclose(mirrored.world, found(engine, picture()).world, atol=1e-5)
    engine.close()


@pytest.mark.parametrize("name", ["model.ckpt", "model_config.yaml", "assets/mhr_model.pt"])
def test_a_missing_file_is_named_with_how_to_get_it(package: Path, name: str) -> None:
    (package / name).unlink()
    with pytest.raises(EngineUnavailable, match=rf"{name} is missing.*hf download"):
        Sam3dBody(package)


def test_the_package_is_named_where_it_is_missing(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sam_3d_body", None)
    with pytest.raises(EngineUnavailable, match="sam_3d_body.*PYTHONPATH"):
        Sam3dBody(package)


def test_a_gpu_is_asked_for(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(EngineUnavailable, match="NVIDIA GPU"):
        Sam3dBody(package)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.95])
def test_a_truncated_checkpoint_is_damaged(package: Path, share: float) -> None:
    path = package / "model.ckpt"
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(WrongWeights, match=r"model\.ckpt cannot be loaded"):
        Sam3dBody(package)


def test_a_checkpoint_of_another_model_is_refused(package: Path) -> None:
    torch.save({"state_dict": {"other.weight": torch.zeros(3)}}, package / "model.ckpt")
    with pytest.raises(WrongWeights, match="has 0 of SAM 3D Body's 4 parameters"):
        Sam3dBody(package)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("pred_keypoints_3d", np.zeros((308, 3)), r"pred_keypoints_3d as \(308, 3\)"),
        ("pred_vertices", None, "does not give pred_vertices"),
        ("pred_vertices", np.zeros((3, 3)), "more than its 3 vertices"),
    ],
)
def test_a_package_that_answers_otherwise_is_refused(
    package: Path, name: str, value: object, says: str
) -> None:
    engine = Sam3dBody(package)
    estimator = sys.modules["sam_3d_body"].SAM3DBodyEstimator
    original = estimator.process_one_image

    def answer(self: object, *args: object, **named: object) -> list[dict[str, object]]:
        (person,) = original(self, *args, **named)
        return [{**person, name: value}]

    estimator.process_one_image = answer
    with pytest.raises(WrongWeights, match=says):
        engine.pose(picture(), BOX)


def test_a_gpu_that_is_full_is_out_of_memory(package: Path) -> None:
    engine = Sam3dBody(package)

    def answer(self: object, *_: object, **__: object) -> object:
        raise torch.OutOfMemoryError("tried to allocate 20 GiB")

    sys.modules["sam_3d_body"].SAM3DBodyEstimator.process_one_image = answer
    with pytest.raises(MemoryError, match="20 GiB"):
        engine.pose(picture(), BOX)
