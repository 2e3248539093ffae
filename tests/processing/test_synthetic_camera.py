"""The camera of the synthetic athlete: projection, framing, axes of the truth."""

from __future__ import annotations

import numpy as np
import pytest

from processing.motion.skeleton import INDEX, MIRROR
from processing.synthetic.body import Body, landmarks
from processing.synthetic.camera import VIEWS, Camera, look
from processing.synthetic.exercises import pose_at
from processing.synthetic.performance import EXERCISES, Exercise, Performance
from processing.synthetic.render import frame_times, shoot, truth


def test_projection_is_the_pinhole_formula() -> None:
    camera = Camera(400, 300, distance_m=4.0, height_m=1.2, x_m=0.3, tilt_deg=6.0, fov_deg=40.0)
    rng = np.random.default_rng(1)
    points = rng.uniform([-1, 0, -1], [1, 2, 1], (50, 3))
    # Written out another way: OpenCV's convention, x right, y down, z forwards.
    a = np.radians(6.0)
    x = points[:, 0] - 0.3
    up, back = points[:, 1] - 1.2, points[:, 2] - 4.0
    down = -(up * np.cos(a) - back * np.sin(a))
    ahead = -(up * np.sin(a) + back * np.cos(a))
    focal = 150 / np.tan(np.radians(20))
    expected = np.stack([200 + focal * x / ahead, 150 + focal * down / ahead], axis=1)
    np.testing.assert_allclose(camera.project(points), expected, atol=1e-9)


def test_what_the_camera_looks_at_is_in_the_middle() -> None:
    camera = Camera(640, 480, distance_m=4.0, height_m=1.0, tilt_deg=0.0)
    np.testing.assert_allclose(camera.project(np.array([0.0, 1.0, 0.0])), [320, 240])
    # A level camera sees what is above itself in the upper half.
    assert camera.project(np.array([0.0, 1.5, 0.0]))[1] < 240


def test_from_the_front_the_athletes_left_is_on_the_right() -> None:
    shot = shoot(Performance("squat"), "front")
    image, world = truth(shot, 0.0)
    assert image[INDEX["left_shoulder"], 0] > image[INDEX["right_shoulder"], 0]
    assert world[INDEX["left_shoulder"], 0] > world[INDEX["right_shoulder"], 0]
    assert world[INDEX["nose"], 2] < world[INDEX["left_ear"], 2]  # nearer to the camera
    assert world[INDEX["nose"], 1] < world[INDEX["left_hip"], 1]  # y runs down


def test_from_the_side_the_athlete_looks_to_the_right() -> None:
    image, world = truth(shoot(Performance("squat"), "side"), 0.0)
    assert image[INDEX["nose"], 0] > image[INDEX["left_ear"], 0] + 10
    # The right side is the near one.
    assert world[INDEX["right_hip"], 2] < world[INDEX["left_hip"], 2]


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("view", [*VIEWS, -50.0, 180.0])
@pytest.mark.parametrize("size", [(480, 640), (640, 360)])
def test_the_whole_take_is_in_the_picture(
    exercise: Exercise, view: str | float, size: tuple[int, int]
) -> None:
    shot = shoot(Performance(exercise, reps=1, rep_s=1.0), view, size)
    for t in frame_times(shot, 6.0):
        image, _ = truth(shot, float(t))
        assert (image >= 0).all() and (image <= size).all()


@pytest.mark.parametrize("exercise", EXERCISES)
def test_world_landmarks_are_the_body_seen_from_the_camera(exercise: Exercise) -> None:
    performance, body = Performance(exercise, seed=2), Body()
    camera = look(performance, body, 70.0)
    points = landmarks(body, pose_at(performance, body, 1.5))
    world = camera.world(points @ camera.body_to_room.T)
    np.testing.assert_allclose(world[[23, 24]].mean(axis=0), 0.0, atol=1e-12)
    distances = np.linalg.norm(points[:, None] - points[None], axis=-1)
    np.testing.assert_allclose(
        np.linalg.norm(world[:, None] - world[None], axis=-1), distances, atol=1e-9
    )
    # Left stays left: a reflection would keep the distances, too.
    handed = [np.linalg.det(p[[11, 12, 0]] - p[23]) for p in (points, world)]
    assert np.sign(handed[0]) == np.sign(handed[1])


def test_a_mirrored_take_is_what_a_selfie_camera_shows() -> None:
    performance = Performance("lunge", seed=4)
    plain = shoot(performance, "three_quarter")
    mirrored = shoot(performance, "three_quarter", mirrored=True)
    image, world = truth(plain, 2.0)
    flipped, turned = truth(mirrored, 2.0)
    np.testing.assert_allclose(flipped[MIRROR, 0], 480 - image[:, 0])
    np.testing.assert_allclose(flipped[MIRROR, 1], image[:, 1])
    np.testing.assert_allclose(turned[MIRROR] * [-1, 1, 1], world)


def test_landmarks_scale_with_the_picture() -> None:
    performance = Performance("squat")
    small, _ = truth(shoot(performance, "front", (240, 320)), 1.0)
    large, _ = truth(shoot(performance, "front", (480, 640)), 1.0)
    np.testing.assert_allclose(2 * small, large, atol=1e-6)
