"""MoveNet's adapter, on networks of its contract that find the brightest place of what they see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from processing.engines.contract import EngineUnavailable, WrongWeights
from processing.engines.movenet import MARGIN, MoveNet, overlap, region

Picture = NDArray[np.uint8]

SIDE = 48


def save(
    path: Path,
    nodes: list[onnx.NodeProto],
    constants: dict[str, NDArray[np.float32 | np.int64]],
    source: tuple[str, int, list[int | str]],
    target: tuple[str, list[int | str]],
) -> Path:
    graph = helper.make_graph(
        nodes,
        "movenet",
        [helper.make_tensor_value_info(*source)],
        [helper.make_tensor_value_info(target[0], TensorProto.FLOAT, target[1])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path)
    return path


def single(
    path: Path,
    side: int = SIDE,
    kind: int = TensorProto.INT32,
    names: tuple[str, str] = ("input", "output_0"),
    joints: int = 17,
    width: int | None = None,
) -> Path:
    """Save MoveNet.SinglePose: joint `j` is `j` thousandths right of, twice that below, the light.

    The score is the brightest pixel's, with red counting four times as much as blue.
    """
    source, target = names
    width = width or side
    offsets = np.zeros((1, 1, joints, 3), dtype=np.float32)
    offsets[0, 0, :, 0] = 0.002 * np.arange(joints)
    offsets[0, 0, :, 1] = 0.001 * np.arange(joints)
    nodes = [
        helper.make_node("Cast", [source], ["picture"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["picture", "grey"], ["bright"]),
        helper.make_node("Reshape", ["bright", "row"], ["pixels"]),
        helper.make_node("ReduceMax", ["pixels"], ["score"], axes=[1], keepdims=1),
        helper.make_node("ArgMax", ["pixels"], ["place"], axis=1),
        helper.make_node("Cast", ["place"], ["index"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["index", "width"], ["lines"]),
        helper.make_node("Floor", ["lines"], ["line"]),
        helper.make_node("Mul", ["line", "width"], ["before"]),
        helper.make_node("Sub", ["index", "before"], ["column"]),
        helper.make_node("Concat", ["line", "column"], ["corner"], axis=1),
        helper.make_node("Add", ["corner", "half"], ["middle"]),
        helper.make_node("Div", ["middle", "width"], ["yx"]),
        helper.make_node("Concat", ["yx", "score"], ["found"], axis=1),
        helper.make_node("Reshape", ["found", "point"], ["joint"]),
        helper.make_node("Add", ["joint", "offsets"], [target]),
    ]
    constants: dict[str, NDArray[np.float32 | np.int64]] = {
        "grey": np.array([[0.4 / 255], [0.5 / 255], [0.1 / 255]], dtype=np.float32),
        "row": np.array([1, side * width]),
        "point": np.array([1, 1, 1, 3]),
        "width": np.array([[width]], dtype=np.float32),
        "half": np.array([[0.5]], dtype=np.float32),
        "offsets": offsets,
    }
    shape: list[int | str] = [1, side, width, 3]
    return save(path, nodes, constants, (source, kind, shape), (target, [1, 1, joints, 3]))


def people() -> NDArray[np.float32]:
    """Six people as MoveNet.MultiPose lists them: joint `j` of person `k` at x 0.1 k, y 0.01 j."""
    found = np.zeros((1, 6, 56), dtype=np.float32)
    for person in range(6):
        joints = found[0, person, :51].reshape(17, 3)
        joints[:, 0] = 0.01 * np.arange(17)
        joints[:, 1] = 0.1 * person
        joints[:, 2] = 0.5
        left = 0.15 * person
        found[0, person, 51:] = [0.1, left, 0.9, left + 0.2, 0.8]
    return found


def multi(path: Path, found: NDArray[np.float32]) -> Path:
    """Save MoveNet.MultiPose, of any size of input, that always finds the same people."""
    nodes = [
        helper.make_node("Cast", ["input"], ["picture"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["picture"], ["mean"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Reshape", ["mean", "number"], ["grey"]),
        helper.make_node("Mul", ["grey", "nothing"], ["zero"]),
        helper.make_node("Add", ["people", "zero"], ["output_0"]),
    ]
    constants: dict[str, NDArray[np.float32 | np.int64]] = {
        "people": found,
        "number": np.array([1, 1, 1]),
        "nothing": np.zeros(1, dtype=np.float32),
    }
    source: tuple[str, int, list[int | str]] = ("input", TensorProto.INT32, [1, "h", "w", 3])
    return save(path, nodes, constants, source, ("output_0", [1, 6, 56]))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> MoveNet:
    return MoveNet(single(tmp_path_factory.mktemp("weights") / "movenet.onnx"))


def room(x: int, y: int, width: int = 320, height: int = 240) -> Picture:
    """A black picture with a soft light whose brightest pixel is given."""
    across = np.arange(width) - x
    down = (np.arange(height) - y)[:, None]
    light = 255 * np.exp(-(across**2 + down**2) / (2 * 6.0**2))
    return np.repeat(light.round().astype(np.uint8)[..., None], 3, axis=2)


def test_a_place_comes_back_exactly_where_no_pixel_is_resampled(engine: MoveNet) -> None:
    # The square is 48 pixels of the picture from (100, 80).
    box = (104.0, 84.0, 144.0, 124.0)
    picture = np.zeros((240, 320, 3), dtype=np.uint8)
    picture[97, 111] = [0, 0, 255]
    picture[90, 120] = [0, 100, 0]
    picture[105, 105] = [51, 0, 0]
    found = engine.keypoints(picture, box)
    assert found.shape == (17, 3) and found.dtype == np.float32
    joints = np.arange(17)
    # Middle of the brightest pixel: green counts more than blue.
    np.testing.assert_allclose(found[:, 0], 120.5 + 0.001 * joints * 48, atol=1e-4)
    np.testing.assert_allclose(found[:, 1], 90.5 + 0.002 * joints * 48, atol=1e-4)
    np.testing.assert_allclose(found[:, 2], 0.5 * 100 / 255, atol=1e-5)


@pytest.mark.parametrize(
    "box",
    [
        (60.0, 40.0, 250.0, 230.0),
        (120.0, 20.0, 170.0, 230.0),
        (20.0, 100.0, 300.0, 150.0),
        (-40.0, -30.0, 200.0, 260.0),
        (130.3, 101.7, 171.2, 150.9),
    ],
)
def test_any_box_gives_the_pictures_own_pixels(
    engine: MoveNet, box: tuple[float, float, float, float]
) -> None:
    pixel = region(box, 320, 240)[2] / SIDE
    found = engine.keypoints(room(150, 140), box)
    np.testing.assert_allclose(found[0, :2], [150.5, 140.5], atol=0.5 * pixel + 0.5)


@pytest.mark.parametrize("kind", [TensorProto.INT32, TensorProto.UINT8, TensorProto.FLOAT])
@pytest.mark.parametrize(
    "names",
    [("input", "output_0"), ("serving_default_input:0", "StatefulPartitionedCall:0")],
)
def test_exports_of_any_name_and_number_type_find_the_same(
    tmp_path: Path, engine: MoveNet, kind: int, names: tuple[str, str]
) -> None:
    other = MoveNet(single(tmp_path / "other.onnx", kind=kind, names=names))
    box = (60.0, 40.0, 250.0, 230.0)
    np.testing.assert_array_equal(
        other.keypoints(room(150, 140), box), engine.keypoints(room(150, 140), box)
    )
    assert other.joints == "movenet17"
    other.close()


def test_the_square_never_shows_more_than_the_picture() -> None:
    half = MARGIN * 40
    np.testing.assert_allclose(
        region((10.0, 20.0, 60.0, 100.0), 320, 240), (35 - half, 60 - half, 2 * half)
    )
    assert region((0.0, 0.0, 320.0, 240.0), 320, 240) == (0, -40, 320)


@pytest.mark.parametrize("person", range(6))
def test_multipose_takes_the_person_whose_box_it_is(tmp_path: Path, person: int) -> None:
    # The square is 240 pixels of the picture, its whole height.
    box = (130.0, 20.0, 180.0, 220.0)
    left, top, side = region(box, 320, 240)
    found = people()
    found[0, :, 51:55] = [0.0, 0.0, 0.4, 0.4]
    low, high = (np.array(box[:2]) - [left, top]) / side, (np.array(box[2:]) - [left, top]) / side
    found[0, person, 51:55] = [low[1], low[0], high[1], high[0]]
    engine = MoveNet(multi(tmp_path / "multi.onnx", found))
    joints = engine.keypoints(np.zeros((240, 320, 3), dtype=np.uint8), box)
    np.testing.assert_allclose(joints[:, 0], left + 0.1 * person * side, atol=1e-3)
    np.testing.assert_allclose(joints[:, 1], top + 0.01 * np.arange(17) * side, atol=1e-3)
    np.testing.assert_allclose(joints[:, 2], 0.5)


def test_an_unlikely_person_in_the_same_place_is_not_taken(tmp_path: Path) -> None:
    found = people()
    found[0, :, 51:] = [0.2, 0.2, 0.8, 0.8, 0.1]
    found[0, 4, 55] = 0.9
    engine = MoveNet(multi(tmp_path / "multi.onnx", found))
    joints = engine.keypoints(np.zeros((240, 320, 3), dtype=np.uint8), (100.0, 60.0, 200.0, 160.0))
    left, _, side = region((100.0, 60.0, 200.0, 160.0), 320, 240)
    np.testing.assert_allclose(joints[:, 0], left + 0.4 * side, atol=1e-3)


def test_boxes_agree_by_the_area_they_share() -> None:
    boxes = np.array([[0, 0, 2, 2], [1, 0, 3, 2], [2, 0, 4, 2], [3, 3, 1, 1]], dtype=np.float32)
    one = np.array([0, 0, 2, 2], dtype=np.float32)
    np.testing.assert_allclose(overlap(boxes, one), [1, 1 / 3, 0, 0], atol=1e-6)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"joints": 21}, r"\(1, 1, 21, 3\)"),
        ({"kind": TensorProto.INT64}, "int64"),
        ({"side": 32, "width": 48}, "not a square"),
    ],
)
def test_networks_of_another_contract_are_refused(
    tmp_path: Path, change: dict[str, int], says: str
) -> None:
    with pytest.raises(WrongWeights, match=says):
        MoveNet(single(tmp_path / "other.onnx", **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.6, 0.99])
def test_a_truncated_file_is_damaged(tmp_path: Path, share: float) -> None:
    path = single(tmp_path / "torn.onnx")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(WrongWeights, match=r"torn\.onnx"):
        MoveNet(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"movenet\.onnx"):
        MoveNet(tmp_path / "movenet.onnx")


def test_an_empty_box_is_refused(engine: MoveNet) -> None:
    with pytest.raises(ValueError, match="empty"):
        engine.keypoints(room(10, 10), (50.0, 50.0, 50.0, 90.0))
