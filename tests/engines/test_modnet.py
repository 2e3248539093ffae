"""MODNet's adapter on small models of its contract, sound and broken."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from processing.engines.contract import EngineUnavailable, Shot, WrongWeights
from processing.engines.modnet import ModNet, network_size
from tests.engines import small_models
from tests.engines.pictures import gradient


def _expected(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    height, width = network_size(*picture.shape[:2])
    values = (picture.astype(np.float64) - 127.5) / 127.5
    small = cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(1 / (1 + np.exp(-small.mean(axis=2))))


@pytest.mark.parametrize(
    ("picture", "network"),
    [
        ((722, 602), (608, 512)),  # both longer: the shorter becomes 512
        ((480, 640), (480, 640)),  # 512 lies between them: as it is
        ((400, 300), (672, 512)),  # both shorter
        ((500, 530), (480, 512)),  # cut to multiples of 32
        ((20, 600), (32, 576)),  # never none at all
    ],
)
def test_looks_at_the_size_the_project_looks_at(
    picture: tuple[int, int], network: tuple[int, int]
) -> None:
    assert network_size(*picture) == network


def test_gives_the_networks_own_numbers(tmp_path: Path) -> None:
    engine = ModNet(small_models.modnet(tmp_path / "modnet.onnx"))
    picture = gradient(722, 602)
    alpha = engine.alpha_float(picture)
    assert alpha.shape == (608, 512)
    np.testing.assert_allclose(alpha, _expected(picture), atol=1e-6)


def test_gives_mattes_of_the_pictures_size_in_order(tmp_path: Path) -> None:
    engine = ModNet(small_models.modnet(tmp_path / "modnet.onnx"))
    shots = [Shot(40 * n, gradient(96, 130, level=50 * n), None, n == 0) for n in range(3)]
    results = list(engine.mattes(iter(shots)))
    assert [shot for shot, _ in results] == shots
    for shot, alpha in results:
        assert alpha.shape == (96, 130)
        assert alpha.dtype == np.uint8
        expected = cv2.resize(_expected(shot.picture), (130, 96), interpolation=cv2.INTER_AREA)
        assert np.abs(alpha / 255 - expected).max() < 2 / 255  # truncated, as the project does
    engine.close()


def test_takes_half_precision_and_a_fixed_size(tmp_path: Path) -> None:
    path = small_models.modnet(tmp_path / "half.onnx", kind=small_models.HALF, sides=(64, 96))
    alpha = ModNet(path).alpha_float(np.full((200, 300, 3), 255, np.uint8))
    assert alpha.shape == (64, 96)
    np.testing.assert_allclose(alpha, 1 / (1 + np.exp(-1)), atol=1e-3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": "image"}, r"expected the inputs input \(1, 3, \?, \?\).*found image"),
        ({"result": "matte"}, r"expected the outputs output.*found matte"),
        ({"channels": 4}, r"found input \(\?, 4, \?, \?\)"),
        ({"kind": small_models.DOUBLE}, r"found input .* float64"),
    ],
)
def test_refuses_another_network(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = small_models.modnet(tmp_path / "modnet.onnx", **change)  # type: ignore[arg-type]
    with pytest.raises(WrongWeights, match=said):
        ModNet(path)


def test_refuses_numbers_that_are_no_matte(tmp_path: Path) -> None:
    engine = ModNet(small_models.modnet(tmp_path / "modnet.onnx", activation="Identity"))
    with pytest.raises(WrongWeights, match=r"within 0\.\.1; got -1"):
        engine.alpha(np.zeros((64, 64, 3), np.uint8))


@pytest.mark.parametrize("share", [0.0, 0.5, 0.97])
def test_refuses_a_file_cut_short(tmp_path: Path, share: float) -> None:
    path = small_models.modnet(tmp_path / "modnet.onnx")
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(WrongWeights, match=r"modnet\.onnx .*Get the file again"):
        ModNet(path)


def test_refuses_what_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "modnet.onnx"
    path.write_bytes(b"<!doctype html><title>Sign in</title>" * 50)
    with pytest.raises(WrongWeights, match="Get the file again"):
        ModNet(path)


def test_says_that_the_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"modnet\.onnx is missing.*manage\.py engines"):
        ModNet(tmp_path / "modnet.onnx")
