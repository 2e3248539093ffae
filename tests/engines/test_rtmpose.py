"""RTMPose's adapter, on networks of its contract that find the brightest place of what they see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from processing.engines.contract import EngineUnavailable, WrongWeights
from processing.engines.rtmpose import DEVIATION, MEAN, RtmPose, decode, region

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]

WIDTH, HEIGHT = 48, 64
GAIN = 0.3


def network(
    path: Path,
    joints: int = 17,
    width: int = WIDTH,
    height: int = HEIGHT,
    steps: tuple[int, int] = (2, 2),
    names: tuple[str, str, str] = ("input", "simcc_x", "simcc_y"),
    channels: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3),
    batch: int | str = "batch",
    sizes_known: bool = True,
) -> Path:
    """Save a network: joint `j` is `j` half pixels to the right of, and below, the brightest place.

    Each axis has the greatest brightness of its column or row, spread to every second step, so
    that what is found is a known function of the picture.
    """
    source, x_name, y_name = names
    weights = np.array(channels, dtype=np.float32).reshape(1, 3, 1, 1) * GAIN
    constants = {"weights": weights, "one": np.array([1])}
    nodes = [
        helper.make_node("Mul", [source, "weights"], ["weighted"]),
        helper.make_node("ReduceSum", ["weighted", "one"], ["bright"], keepdims=0),
    ]
    for name, size, step, axis in ((x_name, width, steps[0], 1), (y_name, height, steps[1], 2)):
        spread = np.zeros((joints, size, size * step), dtype=np.float32)
        for joint in range(joints):
            places = np.arange(size)
            inside = places * step + joint < size * step
            spread[joint, places[inside], places[inside] * step + joint] = 1
        constants[f"spread_{name}"] = spread
        nodes += [
            helper.make_node("ReduceMax", ["bright"], [f"line_{name}"], axes=[axis], keepdims=1),
            *(
                [helper.make_node("Transpose", [f"line_{name}"], [f"row_{name}"], perm=[0, 2, 1])]
                if axis == 2
                else [helper.make_node("Identity", [f"line_{name}"], [f"row_{name}"])]
            ),
            helper.make_node("MatMul", [f"row_{name}", f"spread_{name}"], [f"spread_out_{name}"]),
            helper.make_node("Transpose", [f"spread_out_{name}"], [name], perm=[1, 0, 2]),
        ]
    shape = [batch, 3, height, width] if sizes_known else [batch, 3, "height", "width"]
    graph = helper.make_graph(
        nodes,
        "rtmpose",
        [helper.make_tensor_value_info(source, TensorProto.FLOAT, shape)],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [batch, "joints", "steps"])
            for name in (x_name, y_name)
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path)
    return path


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> RtmPose:
    return RtmPose(network(tmp_path_factory.mktemp("weights") / "rtmpose.onnx"))


def room(x: float, y: float, width: int = 320, height: int = 240) -> Picture:
    """A black picture with a soft light whose brightest place is given, pixels."""
    across = np.arange(width) - x
    down = (np.arange(height) - y)[:, None]
    light = 255 * np.exp(-(across**2 + down**2) / (2 * 6.0**2))
    return np.repeat(light.round().astype(np.uint8)[..., None], 3, axis=2)


# A region of exactly the network's pixels: found places are exact.
EXACT_BOX = (100 + 4.8, 80 + 6.4, 100 + 43.2, 80 + 57.6)


def test_a_place_comes_back_exactly_where_no_pixel_is_resampled(engine: RtmPose) -> None:
    picture = np.zeros((240, 320, 3), dtype=np.uint8)
    picture[97, 111] = 255
    found = engine.keypoints(picture, EXACT_BOX)
    assert found.shape == (17, 3) and found.dtype == np.float32
    joints = np.arange(17)
    np.testing.assert_allclose(found[:, 0], 111 + joints / 2, atol=1e-4)
    np.testing.assert_allclose(found[:, 1], 97 + joints / 2, atol=1e-4)


@pytest.mark.parametrize(
    "box",
    [
        (60.0, 40.0, 250.0, 230.0),
        (120.0, 20.0, 170.0, 230.0),  # tall
        (20.0, 100.0, 300.0, 150.0),  # wide
        (-40.0, -30.0, 200.0, 260.0),  # beyond the picture
        (130.3, 101.7, 171.2, 150.9),
    ],
)
def test_any_box_gives_the_pictures_own_pixels(engine: RtmPose, box: Box) -> None:
    left, top, width, _ = region(box, (WIDTH, HEIGHT))
    pixel = width / WIDTH  # of the network, in the picture's pixels
    for x, y in ((135, 115), (150.0, 140.0)):
        found = engine.keypoints(room(x, y), box)
        assert abs(found[0, 0] - x) <= 0.5 * pixel + 0.5
        assert abs(found[0, 1] - y) <= 0.5 * pixel + 0.5


def test_the_region_holds_the_box_with_a_margin_in_the_networks_proportions() -> None:
    for box in ((10.0, 20.0, 50.0, 90.0), (0.0, 0.0, 300.0, 40.0)):
        left, top, width, height = region(box, (192, 256))
        assert width / height == pytest.approx(0.75)
        assert left + width / 2 == pytest.approx((box[0] + box[2]) / 2)
        assert top + height / 2 == pytest.approx((box[1] + box[3]) / 2)
        margins = width / (box[2] - box[0]), height / (box[3] - box[1])
        assert min(margins) == pytest.approx(1.25)


def test_colours_are_rgb_and_normalised_as_the_project_does(tmp_path: Path) -> None:
    alone = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    for channel, weights in enumerate(alone):
        engine = RtmPose(network(tmp_path / "one.onnx", channels=weights))
        picture = np.zeros((240, 320, 3), dtype=np.uint8)
        picture[97, 111, channel] = 240
        picture[110, 120, (channel + 1) % 3] = 255
        found = engine.keypoints(picture, EXACT_BOX)
        np.testing.assert_allclose(found[0, :2], [111, 97], atol=1e-4)
        expected = (240 - MEAN[channel]) / DEVIATION[channel] * GAIN
        assert found[0, 2] == pytest.approx(expected, abs=1e-5)


def test_what_is_nowhere_is_not_seen(engine: RtmPose) -> None:
    found = engine.keypoints(np.zeros((240, 320, 3), dtype=np.uint8), EXACT_BOX)
    assert np.isnan(found[:, :2]).all()
    assert (found[:, 2] == 0).all()


def test_places_are_the_highest_and_scores_the_lower_of_two() -> None:
    x = np.array([[0.1, 0.9, 0.2], [0.0, 0.0, -1.0], [0.3, 0.2, 0.1]], dtype=np.float32)
    y = np.array([[0.4, 0.3], [0.5, 0.1], [-0.2, -0.1]], dtype=np.float32)
    places, scores = decode(x, y)
    np.testing.assert_array_equal(places[0], [1, 0])
    assert np.isnan(places[1:]).all()
    np.testing.assert_allclose(scores, [0.4, 0.0, -0.1])


@pytest.mark.parametrize(
    ("count", "name"), [(17, "coco17"), (26, "halpe26"), (133, "coco_wholebody133")]
)
def test_the_number_of_joints_names_their_set(tmp_path: Path, count: int, name: str) -> None:
    engine = RtmPose(network(tmp_path / "joints.onnx", joints=count))
    assert engine.joints == name
    assert engine.keypoints(room(130, 110), EXACT_BOX).shape == (count, 3)
    engine.close()


def test_larger_networks_and_fixed_batches_do_as_well(tmp_path: Path) -> None:
    engine = RtmPose(network(tmp_path / "large.onnx", width=72, height=96, batch=1))
    box = (60.0, 40.0, 250.0, 230.0)
    found = engine.keypoints(room(140, 120), box)
    np.testing.assert_allclose(found[0, :2], [140, 120], atol=region(box, (72, 96))[2] / 72 + 0.5)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"joints": 21}, "finds 21 joints"),
        ({"steps": (2, 1)}, "do not divide"),
        ({"names": ("input", "heatmap", "simcc_y")}, "heatmap"),
        ({"names": ("image", "simcc_x", "simcc_y")}, "image"),
        ({"sizes_known": False}, "how large a picture"),
    ],
)
def test_networks_of_another_contract_are_refused(
    tmp_path: Path, change: dict[str, object], says: str
) -> None:
    path = network(tmp_path / "other.onnx", **change)  # type: ignore[arg-type]
    with pytest.raises(WrongWeights, match=says):
        RtmPose(path)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.6, 0.99])
def test_a_truncated_file_is_damaged(tmp_path: Path, share: float) -> None:
    path = network(tmp_path / "torn.onnx")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(WrongWeights, match=r"torn\.onnx"):
        RtmPose(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"rtmpose\.onnx"):
        RtmPose(tmp_path / "rtmpose.onnx")


def test_an_empty_box_is_refused(engine: RtmPose) -> None:
    with pytest.raises(ValueError, match="empty"):
        engine.keypoints(room(10, 10), (50.0, 50.0, 50.0, 90.0))
