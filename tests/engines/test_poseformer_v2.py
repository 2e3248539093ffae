"""PoseFormerV2 lifts as the project's own code does, and refuses what is not its checkpoint."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import fft

torch = pytest.importorskip("torch")

from processing.engines import poseformer_v2  # noqa: E402
from processing.engines.contract import EngineUnavailable, WrongWeights  # noqa: E402
from processing.engines.poseformer_v2 import PoseFormerV2  # noqa: E402
from processing.engines.poseformer_v2_checkpoint import load_network  # noqa: E402
from processing.engines.poseformer_v2_network import (  # noqa: E402
    PoseFormerV2Network,
    Sizes,
    cosine_basis,
    inverse_cosine_basis,
)
from processing.motion.joints import H36M17  # noqa: E402
from tests.engines.poseformer_v2_golden import LIFTED_LAST_POSE, LIFTED_POSE_3  # noqa: E402
from tests.engines.waves import wave  # noqa: E402

Floats = NDArray[np.float32]

SMALL = Sizes(joints=17, width=8, depth=1, frames=3, coefficients=3)
WINDOW = 9
WIDTH, HEIGHT = 602, 722
MIRRORED_H36M = [0, 4, 5, 6, 1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 11, 12, 13]
MIRRORED_COCO = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]


def checkpoint(
    path: Path, sizes: Sizes = SMALL, window: int = WINDOW, prefix: str = "module.", **other: Any
) -> Path:
    """Save a network as `run_poseformer.py` does: lively weights, and the training's state."""
    network = PoseFormerV2Network(sizes, window)
    # NumPy promises this generator's numbers for ever.
    draw = np.random.RandomState(0)
    for name, parameter in sorted(network.named_parameters()):
        mean = 1.0 if parameter.ndim == 1 and name.endswith("weight") else 0.0
        deviation = 0.5 if "pos_embed" in name else 0.08
        numbers = mean + deviation * draw.standard_normal(tuple(parameter.shape))
        parameter.data = torch.from_numpy(numbers).float()
    state = {f"{prefix}{name}": value for name, value in network.state_dict().items()}
    optimiser = torch.optim.AdamW(network.parameters()).state_dict()
    training = {"epoch": 7, "lr": 1e-4, "random_state": draw, "optimizer": optimiser}
    torch.save({**training, "model_pos": state, **other}, path)
    return path


@pytest.fixture(scope="module")
def lifter(tmp_path_factory: pytest.TempPathFactory) -> PoseFormerV2:
    path = checkpoint(tmp_path_factory.mktemp("weights") / "small.bin")
    return PoseFormerV2(path, window=WINDOW)


def keypoints(count: int) -> Floats:
    return np.concatenate((wave(count), np.ones((count, 17, 1), dtype=np.float32)), axis=-1)


def lift(lifter: PoseFormerV2, points: Floats) -> Floats:
    return lifter.lift(points, WIDTH, HEIGHT, 30.0)


def test_numbers_are_those_of_the_projects_own_code(tmp_path: Path) -> None:
    published = Sizes(joints=17, width=32, depth=4, frames=27, coefficients=27)
    full_size = PoseFormerV2(checkpoint(tmp_path / "27_243_45.2.bin", published, window=243))
    lifted = lift(full_size, keypoints(8))
    # Single precision through four blocks; the numbers reach 5.
    np.testing.assert_allclose(lifted[3], LIFTED_POSE_3, atol=1e-4)
    np.testing.assert_allclose(lifted[7], LIFTED_LAST_POSE, atol=1e-4)


def test_a_checkpoint_trained_without_a_gpu_has_no_prefix(
    tmp_path: Path, lifter: PoseFormerV2
) -> None:
    plain = PoseFormerV2(checkpoint(tmp_path / "cpu.bin", prefix=""), window=WINDOW)
    np.testing.assert_array_equal(lift(plain, keypoints(4)), lift(lifter, keypoints(4)))


@pytest.mark.parametrize("length", [1, 2, 9, 27, 243])
def test_the_cosine_transform_is_scipys_and_its_inverse_undoes_it(length: int) -> None:
    signal = np.random.default_rng(1).normal(size=length)
    basis = cosine_basis(length, length)
    expected = fft.dct(signal, type=2, norm=None)
    np.testing.assert_allclose(basis.double().numpy() @ signal, expected, atol=1e-4)
    identity = (inverse_cosine_basis(length) @ basis).numpy()
    np.testing.assert_allclose(identity, np.eye(length), atol=1e-5)


def test_the_pelvis_is_the_origin_and_shape_and_type_are_the_contracts(
    lifter: PoseFormerV2,
) -> None:
    lifted = lift(lifter, keypoints(5))
    assert lifted.shape == (5, 17, 3) and lifted.dtype == np.float32
    assert (lifted[:, H36M17.index("pelvis")] == 0).all()
    assert np.isfinite(lifted).all()
    assert lifted.std(axis=0).max() > 0.1  # it moves


def test_a_mirrored_skeleton_is_lifted_to_the_mirrored_one(lifter: PoseFormerV2) -> None:
    points = keypoints(12)
    mirrored = points[:, MIRRORED_COCO].copy()
    mirrored[..., 0] = WIDTH - mirrored[..., 0]
    np.testing.assert_allclose(
        lift(lifter, mirrored),
        lift(lifter, points)[:, MIRRORED_H36M] * [-1, 1, 1],
        atol=2e-5,  # pixels far from the middle are rounded in single precision
    )


def test_a_picture_of_twice_the_size_gives_the_same_skeleton(lifter: PoseFormerV2) -> None:
    points = keypoints(6)
    doubled = points * np.array([2, 2, 1], dtype=np.float32)
    large = lifter.lift(doubled, 2 * WIDTH, 2 * HEIGHT, 30.0)
    np.testing.assert_allclose(large, lift(lifter, points), atol=1e-6)


def test_a_pose_depends_on_its_window_and_on_nothing_beyond(lifter: PoseFormerV2) -> None:
    points = keypoints(40)
    whole = lift(lifter, points)
    half = WINDOW // 2
    part = lift(lifter, points[10 : 10 + WINDOW])
    np.testing.assert_allclose(part[half], whole[10 + half], atol=1e-6)
    # At the ends the first and last pose stand in for those that are not there.
    held = np.concatenate((points[:1].repeat(half, axis=0), points[: half + 1]))
    np.testing.assert_allclose(lift(lifter, held)[half], whole[0], atol=1e-6)


def test_batches_leave_no_trace(lifter: PoseFormerV2, monkeypatch: pytest.MonkeyPatch) -> None:
    points = keypoints(poseformer_v2.BATCH + 5)
    at_once = lift(lifter, points)
    monkeypatch.setattr(poseformer_v2, "BATCH", 4)
    # Float sums depend on the batch's size: which kernel multiplies is the CPU's affair.
    np.testing.assert_allclose(lift(lifter, points), at_once, atol=1e-5)


def test_what_was_not_seen_is_not_seen_and_does_not_spoil_the_rest(lifter: PoseFormerV2) -> None:
    points = keypoints(30)
    whole = lift(lifter, points)
    points[10, 9, :2] = np.nan  # left wrist
    points[20] = np.nan
    lifted = lift(lifter, points)
    assert np.isnan(lifted[10, H36M17.index("left_wrist")]).all()
    assert np.isfinite(np.delete(lifted[10], H36M17.index("left_wrist"), axis=0)).all()
    assert np.isnan(lifted[20]).all()
    assert np.isfinite(lifted[19]).all()
    far = np.arange(30) < 10 - WINDOW // 2
    np.testing.assert_allclose(lifted[far], whole[far], atol=1e-6)


def test_a_joint_never_seen_and_nobody_at_all(lifter: PoseFormerV2) -> None:
    points = keypoints(4)
    points[:, 3:5] = np.nan  # ears
    assert np.isfinite(lift(lifter, points)).all()  # Human3.6M has none
    points[:, 16] = np.nan
    assert np.isnan(lift(lifter, points)[:, H36M17.index("right_ankle")]).all()
    assert np.isnan(lift(lifter, np.full((4, 17, 3), np.nan, dtype=np.float32))).all()
    assert lift(lifter, keypoints(0)).shape == (0, 17, 3)


def test_other_joints_are_refused(lifter: PoseFormerV2) -> None:
    with pytest.raises(ValueError, match=r"\(T, 17, 3\)"):
        lift(lifter, np.zeros((4, 26, 3), dtype=np.float32))


def test_the_window_is_known_for_published_checkpoints_only(tmp_path: Path) -> None:
    nine = Sizes(joints=17, width=8, depth=1, frames=9, coefficients=9)
    assert load_network(checkpoint(tmp_path / "9.bin", nine, 81)).basis.shape == (9, 81)
    with pytest.raises(WrongWeights, match="27_243_45.2.bin"):
        load_network(checkpoint(tmp_path / "3.bin"))


class Evil:
    """Runs a command when unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("hacked",)


def test_a_checkpoint_is_read_and_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = checkpoint(tmp_path / "evil.bin", epoch=Evil())
    with pytest.raises(WrongWeights, match="read safely"):
        load_network(path, WINDOW)
    assert not Path("hacked").exists()


def saved(path: Path, content: object) -> Path:
    torch.save(content, path)
    return path


def test_other_checkpoints_are_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    with pytest.raises(WrongWeights, match="has no 'model_pos'"):
        load_network(saved(path, {"model": {"module.head.weight": torch.zeros(3)}}))
    with pytest.raises(WrongWeights, match="has no 'model_pos'"):
        load_network(saved(path, torch.zeros(3)))
    with pytest.raises(WrongWeights, match="Spatial_pos_embed"):
        load_network(saved(path, {"model_pos": {"module.head.weight": torch.zeros(3)}}))
    with pytest.raises(WrongWeights, match="other than named tensors"):
        load_network(saved(path, {"model_pos": {"module.head.weight": 3}}))


@pytest.mark.parametrize("change", ["missing", "more", "size", "dimensions", "not finite"])
def test_a_state_that_does_not_fit_is_refused(tmp_path: Path, change: str) -> None:
    path = checkpoint(tmp_path / "wrong.bin")
    with torch.serialization.safe_globals([]):
        state = torch.load(path, weights_only=False)["model_pos"]
    if change == "missing":
        del state["module.blocks.0.mlp2.fc1.weight"]
    elif change == "more":
        state["module.more"] = torch.zeros(3)
    elif change == "size":
        state["module.head.1.weight"] = torch.zeros(51, 7)
    elif change == "dimensions":
        state["module.Temporal_pos_embed"] = torch.zeros(3)
    else:
        state["module.head.1.bias"][4] = float("nan")
    with pytest.raises(WrongWeights, match=r"wrong\.bin"):
        load_network(saved(path, {"model_pos": state}), WINDOW)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.95])
def test_a_truncated_file_is_damaged(tmp_path: Path, share: float) -> None:
    path = checkpoint(tmp_path / "torn.bin")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(WrongWeights, match=r"torn\.bin"):
        load_network(path, WINDOW)


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="27_243_45.2.bin is missing"):
        load_network(tmp_path / "27_243_45.2.bin")


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photo.bin"
    path.write_bytes(np.random.default_rng(0).bytes(5000))
    with pytest.raises(WrongWeights, match=r"photo\.bin"):
        load_network(path, WINDOW)
