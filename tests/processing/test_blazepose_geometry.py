"""Squares, grids, anchors and heatmaps: what the networks' numbers mean, by closed forms."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from processing.vision.blazepose import Roi, landmarks, mask_in_picture, people

FAR = -20.0  # a logit that stands for "no"


def test_an_upright_square_runs_from_corner_to_corner() -> None:
    roi = Roi(100.0, 60.0, 40.0, 0.0)
    corners = np.array([[0, 0], [1, 1], [0.5, 0.5]], np.float32)
    np.testing.assert_allclose(roi.points_in_picture(corners), [[80, 40], [120, 80], [100, 60]])


def test_a_square_turned_clockwise_has_its_upper_edge_on_the_right() -> None:
    roi = Roi(10.0, 20.0, 8.0, math.pi / 2)
    found = roi.points_in_picture(np.array([[0.5, 0.0], [0.0, 0.5]], np.float32))
    np.testing.assert_allclose(found, [[14, 20], [10, 16]], atol=1e-5)


@pytest.mark.parametrize("angle", [-3.1, -math.pi / 2, -0.4, 0.0, 0.7, math.pi / 2, 3.0])
def test_two_points_give_the_square_that_gives_the_two_points(angle: float) -> None:
    """The first is the middle, the second lies above it, at the margin's share of the way."""
    roi = Roi(33.0, 44.0, 50.0, angle)
    centre, edge = roi.points_in_picture(np.array([[0.5, 0.5], [0.5, 0.1]], np.float32))
    again = Roi.from_alignment(centre, edge)
    assert again is not None
    # The distance of the points is 0.4 · 50 = 20; the square is 1.25 times the circle around it.
    assert again.side == pytest.approx(50.0, abs=1e-3)
    assert (again.centre_x, again.centre_y) == pytest.approx((33.0, 44.0), abs=1e-4)
    assert math.remainder(again.rotation_rad - angle, 2 * math.pi) == pytest.approx(0, abs=1e-5)
    assert -math.pi <= again.rotation_rad <= math.pi


@pytest.mark.parametrize("edge", [(5.0, 5.0), (5.0, 5.5), (math.nan, 1.0), (math.inf, 1.0)])
def test_points_without_distance_or_sense_give_no_square(edge: tuple[float, float]) -> None:
    assert Roi.from_alignment((5.0, 5.0), edge) is None


def test_the_letterbox_is_centred_on_the_picture() -> None:
    assert Roi.around(200, 100) == Roi(100.0, 50.0, 200.0, 0.0)
    assert Roi.around(1, 7) == Roi(0.5, 3.5, 7.0, 0.0)


def ramp() -> NDArray[np.uint8]:
    """A smooth mask whose every place has another value, 0 at its border."""
    y, x = np.mgrid[0:256, 0:256] / 255
    hill = np.sin(math.pi * x) * np.sin(math.pi * y) * (0.6 + 0.4 * x)
    return np.asarray(hill * 255, np.uint8)


def test_a_mask_over_the_whole_picture_stays_as_it_is() -> None:
    mask = ramp()
    np.testing.assert_array_equal(mask_in_picture(mask, Roi(128, 128, 256, 0), (256, 256)), mask)


def test_a_mask_over_a_square_lands_there_and_nowhere_else() -> None:
    mask = np.full((256, 256), 255, np.uint8)
    placed = mask_in_picture(mask, Roi(100, 60, 64, 0), (200, 120))
    assert placed[29:91, 69:131].min() == 255
    placed[27:93, 67:133] = 0
    assert not placed.any()


@pytest.mark.parametrize("angle", [0.0, 0.5, -2.0])
def test_what_was_sampled_from_a_picture_goes_back_to_where_it_was(angle: float) -> None:
    """Sample a square as a network's input is sampled, put it back, and compare."""
    y, x = np.mgrid[0:300, 0:400]
    picture = np.asarray(127 + 60 * np.sin(x / 23) + 60 * np.cos(y / 31), np.uint8)
    roi = Roi(200, 150, 200, angle)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    square = np.asarray(cv2.warpAffine(picture, roi.to_picture(256), (256, 256), flags=flags))
    back = mask_in_picture(square.astype(np.uint8), roi, (400, 300))
    inside = mask_in_picture(np.full((256, 256), 255, np.uint8), roi, (400, 300)) == 255
    difference = np.abs(back.astype(int) - picture)[inside]
    assert inside.sum() > 0.9 * 200 * 200
    assert difference.max() <= 3  # two bilinear interpolations of a smooth picture
    assert difference.mean() < 0.7


def test_a_crop_of_the_grid_is_the_grid_of_the_crop() -> None:
    roi = Roi(90, 70, 150, 0.3)
    whole = mask_in_picture(ramp(), roi, (200, 160))
    crop = mask_in_picture(ramp(), roi, (80, 60), offset=(50, 40))
    # The interpolation's weights are rounded to 1/32 of a pixel, differently by offset.
    assert np.abs(crop.astype(int) - whole[40:100, 50:130]).max() <= 2


def test_a_cell_of_a_coarse_grid_is_the_mean_of_its_pixels() -> None:
    roi = Roi(90, 70, 150, 0.3)
    fine = mask_in_picture(ramp(), roi, (200, 160))
    coarse = mask_in_picture(ramp(), roi, (100, 80), scale=(2, 2))
    mean = cv2.resize(fine, (100, 80), interpolation=cv2.INTER_AREA)
    inside = cv2.erode((fine > 8).astype(np.uint8), np.ones((9, 9)))[::2, ::2] > 0
    assert np.abs(coarse.astype(int) - mean)[inside].max() <= 2


def test_there_is_an_anchor_for_every_row_of_the_detector() -> None:
    anchors = people.anchors()
    assert anchors.shape == (2254, 2)
    # The first cell of 28, its neighbour, the first of 14, the last of 7.
    np.testing.assert_allclose(anchors[[0, 1]], 0.5 / 28)
    np.testing.assert_allclose(anchors[2], [1.5 / 28, 0.5 / 28])
    np.testing.assert_allclose(anchors[1568], 0.5 / 14)
    np.testing.assert_allclose(anchors[[-6, -1]], 6.5 / 7)


def detector_outputs(
    *found: tuple[int, float, tuple[float, ...]],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Outputs that are silent but for these: anchor, logit, 12 numbers."""
    boxes = np.zeros((2254, 12), np.float32)
    logits = np.full(2254, FAR, np.float32)
    for anchor, logit, numbers in found:
        boxes[anchor], logits[anchor] = numbers, logit
    return boxes, logits


def test_a_box_of_the_detector_is_read_from_its_anchor() -> None:
    # Anchor 1568 + 2 · (7 · 14 + 7) lies at 7.5 / 14 of the input: 120 of 224 pixels.
    row = 1568 + 2 * (7 * 14 + 7)
    numbers = (4.0, -20.0, 40.0, 20.0, 0.0, 10.0, 0.0, -50.0, 0.0, -10.0, 0.0, -40.0)
    whole = Roi.around(448, 224)  # two pixels of the picture for one of the input
    (person,) = people.people(
        *detector_outputs((row, 2.0, numbers)), people.anchors(), whole, min_score=0.5
    )
    assert person.score == pytest.approx(1 / (1 + math.exp(-2)))
    # Centre (124, 100) of 224, half of 40 wide and 20 high; then doubled, and 112 up.
    np.testing.assert_allclose(person.head, [208, 68, 288, 108], atol=1e-3)
    np.testing.assert_allclose(
        person.keypoints, [[240, 148], [240, 28], [240, 108], [240, 48]], atol=1e-3
    )
    np.testing.assert_allclose(person.box, [120, 28, 360, 268], atol=1e-3)
    assert person.roi is not None
    assert person.roi.side == pytest.approx(2 * 120 * 1.25)
    assert person.roi.rotation_rad == pytest.approx(0)


def test_boxes_on_one_head_become_one_person_and_others_stay() -> None:
    person = (0.0, 0.0, 40.0, 40.0, 0.0, 50.0, 0.0, -30.0, 0.0, 20.0, 0.0, -20.0)
    nearly = (6.0, 0.0, 40.0, 40.0, 6.0, 50.0, 6.0, -30.0, 6.0, 20.0, 6.0, -20.0)
    logits = (math.log(0.9 / 0.1), math.log(0.6 / 0.4), math.log(0.8 / 0.2))
    here, there = 1568 + 2 * (7 * 14 + 3), 1568 + 2 * (7 * 14 + 10)
    found = people.people(
        *detector_outputs(
            (here, logits[0], person), (here + 1, logits[1], nearly), (there, logits[2], person)
        ),
        people.anchors(),
        Roi.around(224, 224),
        min_score=0.5,
    )
    assert [p.score for p in found] == pytest.approx([0.9, 0.8])
    # 3.5 cells of 16 px, moved by the other box's 6 px times its share of the scores.
    assert found[0].keypoints[0, 0] == pytest.approx(3.5 * 16 + 6 * 0.6 / 1.5, abs=1e-3)
    assert found[1].keypoints[0, 0] == pytest.approx(10.5 * 16, abs=1e-3)


def test_a_chest_taken_for_a_head_is_not_a_second_person() -> None:
    """Heads 60 px apart, hips 10 and 40 px apart, circles of 80 px."""
    person = (0.0, 0.0, 40.0, 40.0, 0.0, 50.0, 0.0, -30.0, 0.0, 20.0, 0.0, -20.0)
    chest = (0.0, 60.0, 40.0, 40.0, 10.0, 50.0, 10.0, -30.0, 0.0, 20.0, 0.0, -20.0)
    other = (0.0, 60.0, 40.0, 40.0, 40.0, 50.0, 40.0, -30.0, 0.0, 20.0, 0.0, -20.0)
    row, whole = 1568 + 2 * (7 * 14 + 7), Roi.around(224, 224)
    for second, expected in ((chest, 1), (other, 2)):
        outputs = detector_outputs((row, 2.0, person), (row + 1, 1.0, second))
        found = people.people(*outputs, people.anchors(), whole, min_score=0.5)
        assert len(found) == expected


def test_doubtful_and_inverted_boxes_are_nobody() -> None:
    inverted = (0.0, 0.0, -40.0, 40.0, *[0.0] * 8)
    upright = (0.0, 0.0, 40.0, 40.0, *[0.0] * 8)
    outputs = detector_outputs((0, 5.0, inverted), (40, -0.1, upright))
    assert people.people(*outputs, people.anchors(), Roi.around(9, 9), min_score=0.5) == []


def test_an_empty_head_box_ends_and_its_person_has_no_square() -> None:
    outputs = detector_outputs((0, 5.0, (0.0,) * 12), (500, 4.0, (0.0,) * 12))
    found = people.people(*outputs, people.anchors(), Roi.around(9, 9), min_score=0.5)
    assert len(found) == 2
    assert found[0].roi is None


def bump(x: float, y: float, *, peak: float, sigma: float = 1.0) -> NDArray[np.float32]:
    """A layer (64, 64) of logits whose probabilities are a bell around cell (x, y)."""
    rows, columns = np.mgrid[0:64, 0:64]
    bell = peak * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma**2))
    bell = np.clip(bell, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(bell / (1 - bell)), np.float32)


def test_the_heatmap_moves_a_point_to_its_centre_of_mass() -> None:
    heatmap = bump(30.25, 40.5, peak=0.9)[..., None]
    point = np.array([[31.5 / 64, 40.5 / 64]], np.float32)
    # A bell of one cell is nearly whole within three cells of its middle: 1/30 cell is cut off.
    np.testing.assert_allclose(landmarks.refined(point, heatmap) * 64, [[30.25, 40.5]], atol=0.05)


def test_only_three_cells_around_count() -> None:
    heatmap = np.full((64, 64, 1), FAR, np.float32)
    heatmap[20, 23], heatmap[20, 24] = 20.0, 20.0
    point = np.array([[20.5 / 64, 20.5 / 64]], np.float32)
    np.testing.assert_allclose(landmarks.refined(point, heatmap) * 64, [[23, 20]], atol=1e-3)


@pytest.mark.parametrize(("peak", "moves"), [(0.49, False), (0.51, True)])
def test_a_doubtful_heatmap_moves_nothing(peak: float, moves: bool) -> None:
    point = np.array([[11.3 / 64, 10.0 / 64]], np.float32)
    found = landmarks.refined(point, bump(10.0, 10.0, peak=peak)[..., None])
    assert (not np.array_equal(found, point)) is moves


def test_points_outside_stay_and_points_at_the_border_see_what_there_is() -> None:
    heatmap = np.stack([bump(0.0, 0.0, peak=0.9), bump(63.0, 63.0, peak=0.9)], axis=-1)
    outside = np.array([[-0.02, 0.5], [1.0, 1.0]], np.float32)
    np.testing.assert_array_equal(landmarks.refined(outside, heatmap), outside)
    at_border = np.array([[0.5 / 64, 0.5 / 64], [63.5 / 64, 63.5 / 64]], np.float32)
    found = landmarks.refined(at_border, heatmap) * 64
    # The centre of mass of a quarter of the bell.
    cells = np.arange(4)
    inwards = float((cells * np.exp(-(cells**2) / 2)).sum() / np.exp(-(cells**2) / 2).sum())
    np.testing.assert_allclose(found, [[inwards] * 2, [63 - inwards] * 2], atol=1e-3)


def test_world_landmarks_turn_back_with_the_square() -> None:
    raw = np.zeros((39, 3), np.float32)
    raw[0] = (0.0, -1.0, 0.25)  # up, in the square
    found = landmarks.world(raw.ravel(), Roi(0, 0, 1, math.pi / 2))
    assert found.shape == (33, 3)
    np.testing.assert_allclose(found[0], [1.0, 0.0, 0.25], atol=1e-6)  # to the right


def test_a_mask_is_the_logits_probability() -> None:
    logits = np.linspace(-12, 12, 65536, dtype=np.float32).reshape(256, 256)
    logits[0, 0], logits[-1, -1] = -2000, 2000
    given = logits.copy()
    found = landmarks.mask(logits)
    with np.errstate(over="ignore"):
        expected = 255 / (1 + np.exp(-logits.astype(float)))
    assert found.dtype == np.uint8
    # Half a level of 1/20 logit at the steepest, and rounding: 255 / 4 / 40 + 0.5.
    assert np.abs(found - expected).max() <= 2.1
    assert (np.diff(found[128].astype(int)) >= 0).all()
    np.testing.assert_array_equal(logits, given)
