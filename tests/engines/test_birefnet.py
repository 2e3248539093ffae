"""BiRefNet's adapter on small models of its contract, sound and broken."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from processing.engines.birefnet import BiRefNet
from processing.engines.contract import Shot, WrongWeights
from tests.engines import small_models
from tests.engines.pictures import gradient

_MEAN = np.array([0.485, 0.456, 0.406])
_DEVIATION = np.array([0.229, 0.224, 0.225])


@pytest.mark.parametrize("kind", [small_models.FLOAT, small_models.HALF])
def test_gives_the_networks_own_numbers(tmp_path: Path, kind: int) -> None:
    engine = BiRefNet(small_models.birefnet(tmp_path / "birefnet.onnx", kind=kind))
    picture = gradient(240, 180, level=90)
    alpha = engine.alpha_float(picture)
    small = Image.fromarray(picture).resize((64, 64), Image.Resampling.BILINEAR)
    logits = 4 * ((np.asarray(small) / 255 - _MEAN) / _DEVIATION).mean(axis=2)
    # Half precision has 11 bits: of logits up to 9, by a slope of a quarter at most.
    tolerance = 1e-5 if kind == small_models.FLOAT else 9 / 2**11
    np.testing.assert_allclose(alpha, 1 / (1 + np.exp(-logits)), atol=tolerance)


def test_looks_at_1024_pixels_where_the_file_leaves_it_open(tmp_path: Path) -> None:
    path = small_models.birefnet(tmp_path / "birefnet.onnx", sides=("height", "width"))
    assert BiRefNet(path).alpha_float(gradient(60, 40)).shape == (1024, 1024)


def test_gives_mattes_of_the_pictures_size_in_order(tmp_path: Path) -> None:
    engine = BiRefNet(small_models.birefnet(tmp_path / "birefnet.onnx"))
    shots = [
        Shot(40 * n, np.full((50, 70, 3), level, np.uint8), None, n == 0)
        for n, level in enumerate((0, 116, 255))
    ]
    results = list(engine.mattes(iter(shots)))
    assert [shot for shot, _ in results] == shots
    assert [alpha.shape for _, alpha in results] == [(50, 70)] * 3
    dark, middle, bright = (int(alpha[25, 35]) for _, alpha in results)
    assert dark < 2 and bright > 253  # far on either side of the mean colour
    assert 100 < middle < 155


def test_sure_logits_do_not_overflow(tmp_path: Path) -> None:
    engine = BiRefNet(small_models.birefnet(tmp_path / "birefnet.onnx", gain=1e6))
    assert engine.alpha_float(np.zeros((64, 64, 3), np.uint8)).max() == 0


def test_refuses_another_network(tmp_path: Path) -> None:
    path = small_models.birefnet(tmp_path / "birefnet.onnx", result="mask")
    with pytest.raises(WrongWeights, match=r"expected the outputs output_image.*found mask"):
        BiRefNet(path)
    path = small_models.modnet(tmp_path / "birefnet.onnx")
    with pytest.raises(WrongWeights, match=r"expected the inputs input_image.*found input "):
        BiRefNet(path)


def test_refuses_a_damaged_file(tmp_path: Path) -> None:
    path = small_models.birefnet(tmp_path / "birefnet.onnx")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(WrongWeights, match="Get the file again"):
        BiRefNet(path)
