"""RVM's adapter on small models of its contract: above all, the state is carried."""

from collections.abc import Set
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.engines.contract import Shot, WrongWeights
from processing.engines.rvm import RobustVideoMatting, downsample_ratio
from tests.engines import small_models


def _grey(level: int, size: tuple[int, int] = (40, 60)) -> NDArray[np.uint8]:
    return np.full((*size, 3), level, np.uint8)


def _shots(levels: list[int], cuts: Set[int] = frozenset({0})) -> list[Shot]:
    return [Shot(40 * n, _grey(level), None, n in cuts) for n, level in enumerate(levels)]


@pytest.fixture
def engine(tmp_path: Path) -> RobustVideoMatting:
    return RobustVideoMatting(small_models.rvm(tmp_path / "rvm.onnx"))


def test_carries_each_state_to_its_own_input(engine: RobustVideoMatting) -> None:
    # The small network's alpha is 0.1 × the sum of all pictures so far, and far off it where any
    # of the four states were swapped.
    levels = [51, 102, 255, 0, 204]
    seen = [float(engine.alpha_float(_grey(level)).mean()) for level in levels]
    np.testing.assert_allclose(seen, 0.1 * np.cumsum(levels) / 255, atol=1e-6)


def test_forgets_at_a_cut(engine: RobustVideoMatting) -> None:
    results = list(engine.mattes(iter(_shots([255, 255, 102, 255], cuts={0, 2}))))
    assert [int(alpha[0, 0]) for _, alpha in results] == [25, 51, 10, 35]


def test_forgets_between_clips(engine: RobustVideoMatting) -> None:
    first = [alpha for _, alpha in engine.mattes(_shots([255, 255], cuts=set()))]
    again = [alpha for _, alpha in engine.mattes(_shots([255, 255], cuts=set()))]
    np.testing.assert_array_equal(first, again)


def test_forgets_when_the_size_changes(engine: RobustVideoMatting) -> None:
    engine.alpha_float(_grey(255))
    alpha = engine.alpha_float(_grey(255, (30, 30)))
    np.testing.assert_allclose(alpha, 0.1, atol=1e-6)


def test_gives_every_shot_with_a_matte_of_its_size(engine: RobustVideoMatting) -> None:
    shots = _shots([10, 20, 30])
    results = list(engine.mattes(shots))
    assert [shot for shot, _ in results] == shots
    assert all(alpha.shape == (40, 60) and alpha.dtype == np.uint8 for _, alpha in results)


def test_carries_states_in_half_precision(tmp_path: Path) -> None:
    path = small_models.rvm(tmp_path / "rvm.onnx", kind=small_models.HALF)
    engine = RobustVideoMatting(path)
    seen = [float(engine.alpha_float(_grey(255)).mean()) for _ in range(4)]
    np.testing.assert_allclose(seen, [0.1, 0.2, 0.3, 0.4], atol=0.02)  # 11 bits, × 16 inside


@pytest.mark.parametrize(
    ("size", "ratio"),
    [((300, 400), 1.0), ((512, 200), 1.0), ((1080, 1920), 512 / 1920), ((722, 602), 512 / 722)],
)
def test_scales_the_longer_side_to_512(size: tuple[int, int], ratio: float) -> None:
    assert downsample_ratio(*size) == pytest.approx(ratio, abs=1e-7)


def test_single_precision_gets_the_sizes_of_double(tmp_path: Path) -> None:
    wrong = [
        (height, width)
        for height in range(513, 2000, 13)
        for width in (64, 333, 602, 1138)
        if [int(np.float32(side) * downsample_ratio(height, width)) for side in (height, width)]
        != [int(side * min(512 / max(height, width), 1)) for side in (height, width)]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"states": ("r1", "r2", "r3")}, "expected the inputs src.*r4i.*found src"),
        ({"states": ("a", "b", "c", "d")}, "expected the inputs src.*r1i.*found src.*ai"),
        ({"rate_type": small_models.HALF}, "found .*downsample_ratio .1. float16"),
    ],
)
def test_refuses_another_network(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = small_models.rvm(tmp_path / "rvm.onnx", **change)  # type: ignore[arg-type]
    with pytest.raises(WrongWeights, match=said):
        RobustVideoMatting(path)


def test_refuses_a_damaged_file(tmp_path: Path) -> None:
    path = small_models.rvm(tmp_path / "rvm.onnx")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(WrongWeights, match="Get the file again"):
        RobustVideoMatting(path)
