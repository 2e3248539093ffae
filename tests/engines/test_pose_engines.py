"""Pose engines open by name from the folder of models, and say what they lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from processing.engines.contract import EngineUnavailable, WrongWeights
from processing.engines.movenet import MoveNet
from processing.engines.registry import LIFT, POSE
from processing.engines.rtmpose import RtmPose
from tests.engines import test_movenet, test_rtmpose

HOW_TO_GET = {
    "rtmpose": r"rtmpose\.onnx is missing in .*projects/rtmpose/README\.md",
    "movenet": r"movenet\.onnx or .* is missing in .*tf2onnx",
    "sam3d_body": r"sam_3d_body is missing: .*PYTHONPATH.*hf download.*NVIDIA GPU",
    "poseformer_v2": r"27_243_45\.2\.bin or .* is missing in .*README\.md",
}


@pytest.mark.parametrize("name", HOW_TO_GET)
def test_an_engine_without_weights_says_how_to_get_them(tmp_path: Path, name: str) -> None:
    engine = POSE[name] if name in POSE else LIFT[name]
    with pytest.raises(EngineUnavailable, match=HOW_TO_GET[name]):
        engine.open(tmp_path)


def test_rtmpose_and_movenet_open_by_name(tmp_path: Path) -> None:
    test_rtmpose.network(tmp_path / "rtmpose.onnx")
    test_movenet.single(tmp_path / "movenet_lightning.onnx")
    assert isinstance(POSE["rtmpose"].open(tmp_path, threads=1), RtmPose)
    assert isinstance(POSE["movenet"].open(tmp_path), MoveNet)


def test_one_engines_weights_are_not_anothers(tmp_path: Path) -> None:
    test_rtmpose.network(tmp_path / "movenet.onnx")
    test_movenet.single(tmp_path / "rtmpose.onnx")
    for name in ("rtmpose", "movenet"):
        with pytest.raises(WrongWeights, match="another model's file"):
            POSE[name].open(tmp_path)


def test_poseformer_v2_opens_by_name(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from processing.engines.poseformer_v2 import PoseFormerV2
    from processing.engines.poseformer_v2_network import Sizes
    from tests.engines.test_poseformer_v2 import checkpoint

    nine = Sizes(joints=17, width=8, depth=1, frames=9, coefficients=9)
    checkpoint(tmp_path / "9_81_46.0.bin", nine, window=81)
    assert isinstance(LIFT["poseformer_v2"].open(tmp_path), PoseFormerV2)
