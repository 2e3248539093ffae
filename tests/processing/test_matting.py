"""Mattes: only the person, the picture's edges, and neither flicker nor trails."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motion.skeleton import INDEX
from processing.vision.composite import foreground
from processing.vision.matting import body_scale, keep_person, refine, steady

HEIGHT, WIDTH = 240, 200


def standing(centre_x: float = 100, top: float = 40, height: float = 170) -> NDArray[np.float32]:
    """Landmarks of someone standing, arms down, seen from the front."""
    keypoints = np.zeros((33, 2), np.float32)
    keypoints[:] = (centre_x, top)
    places = {
        "shoulder": (0.13, 0.18),
        "elbow": (0.15, 0.36),
        "wrist": (0.16, 0.52),
        "index": (0.16, 0.57),
        "hip": (0.08, 0.5),
        "knee": (0.08, 0.75),
        "ankle": (0.08, 0.97),
        "heel": (0.08, 1.0),
        "foot_index": (0.1, 1.0),
        "ear": (0.04, 0.02),
    }
    for name, (across, down) in places.items():
        for side, sign in (("left", 1), ("right", -1)):
            keypoints[INDEX[f"{side}_{name}"]] = (
                centre_x + sign * across * height,
                top + down * height,
            )
    return keypoints


SEEN = np.ones(33, np.float32)


def figure(keypoints: NDArray[np.float32]) -> NDArray[np.uint8]:
    """An exact matte (0 or 255) around such landmarks."""
    matte = np.zeros((HEIGHT, WIDTH), np.uint8)
    x, top = keypoints[0]
    cv2.ellipse(matte, (int(x), int(top + 105)), (24, 78), 0, 0, 360, 255, -1)
    cv2.circle(matte, (int(x), int(top)), 17, 255, -1)
    for side in ("left", "right"):
        line = [keypoints[INDEX[f"{side}_{name}"]] for name in ("shoulder", "elbow", "wrist")]
        cv2.polylines(matte, [np.array(line, np.int32)], False, 255, 11)
        line = [keypoints[INDEX[f"{side}_{name}"]] for name in ("hip", "knee", "heel")]
        cv2.polylines(matte, [np.array(line, np.int32)], False, 255, 17)
    return matte


def picture_of(matte: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A warm figure with some texture before a cool, uneven wall."""
    rng = np.random.default_rng(2)
    wall = np.empty((HEIGHT, WIDTH, 3), np.float32)
    wall[:] = np.linspace(70, 130, WIDTH)[:, None]
    wall += (0, 20, 45)
    person = np.array((200, 120, 90), np.float32) + rng.normal(0, 6, wall.shape)
    covered = (cv2.GaussianBlur(matte, (3, 3), 0) / 255)[..., None]
    mixed = wall * (1 - covered) + person * covered + rng.normal(0, 2, wall.shape)
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)


def coarse_of(matte: NDArray[np.uint8], shift: int = 2) -> NDArray[np.uint8]:
    """What a model gives: half the size, soft, and off by two pixels."""
    moved = np.roll(matte, shift, axis=1)
    soft = cv2.GaussianBlur(moved, (0, 0), 3)
    small = cv2.resize(soft, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def test_refined_edges_are_the_pictures_own() -> None:
    keypoints = standing()
    truth = figure(keypoints)
    coarse = coarse_of(truth)
    alpha = refine(coarse, picture_of(truth), body_scale(keypoints))
    enlarged = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)

    def error(matte: NDArray[np.uint8]) -> float:
        return float(np.abs(matte.astype(float) - truth).mean()) / 255

    assert error(alpha) < 0.4 * error(enlarged)
    assert error(alpha) < 0.015


@pytest.mark.parametrize("level", [0, 255])
def test_constant_masks_stay_constant(level: int) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    mask = np.full((HEIGHT // 2, WIDTH // 2), level, np.uint8)
    np.testing.assert_array_equal(refine(mask, picture, 80.0), np.full((HEIGHT, WIDTH), level))


def test_nothing_flares_beyond_the_band() -> None:
    """A wall of the very colour of the figure gives the filter no edge: the mask's holds."""
    keypoints = standing()
    truth = figure(keypoints)
    alpha = refine(
        coarse_of(truth, shift=0),
        np.full((HEIGHT, WIDTH, 3), 120, np.uint8),
        body_scale(keypoints),
    )
    far = cv2.dilate(truth, np.ones((21, 21), np.uint8)) == 0
    deep = cv2.erode(truth, np.ones((13, 13), np.uint8)) > 0
    assert alpha[far].max() == 0
    assert alpha[deep].min() == 255


def test_strangers_go() -> None:
    keypoints = standing()
    mask = figure(keypoints)
    alone = mask.copy()
    mask[20:120, 4:34] = 255  # a poster
    kept = keep_person(mask, keypoints, SEEN)
    assert kept[:, :36].max() == 0
    body = cv2.erode(alone, np.ones((3, 3), np.uint8)) > 0
    assert kept[body].min() > 200


def test_doubtful_things_far_from_the_skeleton_go_even_when_touching() -> None:
    keypoints = standing()
    mask = figure(keypoints)
    mask[150:180, 128:196] = np.maximum(mask[150:180, 128:196], 150)  # a cushion, 59% sure
    kept = keep_person(mask, keypoints, SEEN)
    assert kept[150:180, 170:].max() < 20


def test_without_a_visible_skeleton_the_mask_is_not_thrown_away() -> None:
    keypoints = standing()
    mask = figure(keypoints)
    mask[20:60, 4:20] = 255
    kept = keep_person(mask, keypoints, np.zeros(33, np.float32))
    assert (kept > 127).sum() > 0.95 * (figure(keypoints) > 127).sum()


def test_a_still_edge_stops_flickering() -> None:
    truth = figure(standing())
    picture = picture_of(truth)
    rng = np.random.default_rng(4)
    memory = None
    raw, smoothed = [], []
    for _ in range(12):
        noise = rng.normal(0, 40, truth.shape) * ((truth > 0) & (truth < 255) | _edge(truth))
        alpha = np.clip(truth + noise, 0, 255).astype(np.uint8)
        raw.append(alpha.astype(float))
        alpha, memory = steady(alpha, picture, memory)
        smoothed.append(alpha.astype(float))

    def flicker(frames: list[NDArray[np.float64]]) -> float:
        return float(np.abs(np.diff(frames[4:], axis=0)).mean())

    assert flicker(smoothed) < 0.6 * flicker(raw)


def _edge(matte: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(cv2.morphologyEx(matte, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0)


def test_a_moving_body_leaves_no_trail() -> None:
    memory = None
    for step in range(6):
        truth = figure(standing(centre_x=60 + 8 * step))
        # Everything of one colour: the picture itself gives no hint of movement.
        alpha, memory = steady(truth, np.full((HEIGHT, WIDTH, 3), 90, np.uint8), memory)
        away = cv2.dilate(truth, np.ones((5, 5), np.uint8)) == 0
        assert alpha[away].max() == 0
    moving = None
    for step in range(6):
        truth = figure(standing(centre_x=60 + 8 * step))
        alpha, moving = steady(truth, picture_of(truth), moving)
        assert np.abs(alpha.astype(int) - truth).mean() < 3


def test_no_room_is_left_under_the_transparency() -> None:
    truth = figure(standing())
    picture = picture_of(truth)
    alpha = cv2.GaussianBlur(truth, (5, 5), 0)
    colours = foreground(picture, alpha).astype(int)
    # The wall is blue (blue above red by 45), the person orange (red above blue by 110).
    assert (colours[..., 0] - colours[..., 2]).min() > 50
    np.testing.assert_array_equal(colours[alpha >= 252], picture[alpha >= 252])


def test_an_empty_frame_has_a_flat_ground() -> None:
    picture = picture_of(figure(standing()))
    assert np.ptp(foreground(picture, np.zeros((HEIGHT, WIDTH), np.uint8))) == 0


def test_thin_and_faint_figures_have_colours_too() -> None:
    picture = picture_of(figure(standing()))
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[100, 100] = 60
    assert foreground(picture, alpha).shape == picture.shape
    alpha[100, 100] = 255
    # A sixteenth of a byte's worth is rounded: 16 levels at most, of one colour.
    assert np.ptp(foreground(picture, alpha).reshape(-1, 3), axis=0).max() <= 16
