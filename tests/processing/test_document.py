"""Poses as JSON, and how the trunk is turned."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motion.document import document_lines, global_rotation
from processing.motion.skeleton import INDEX
from tests.processing.golden_poses import random_walk

SHOULDER, HIP, TRUNK = 0.18, 0.12, 0.5


def trunk(rotation: NDArray[np.float64]) -> NDArray[np.float32]:
    """Shoulders and hips of someone facing the camera, then rotated."""
    points = np.zeros((33, 3))
    # Facing the camera, the left side is on the picture's right.
    points[INDEX["left_shoulder"]] = (SHOULDER, -TRUNK, 0)
    points[INDEX["right_shoulder"]] = (-SHOULDER, -TRUNK, 0)
    points[INDEX["left_hip"]] = (HIP, 0, 0)
    points[INDEX["right_hip"]] = (-HIP, 0, 0)
    return (points @ rotation.T).astype(np.float32)


def about_vertical(angle: float) -> NDArray[np.float64]:
    """Turn the person's front (towards the camera, z negative) to the picture's right."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])


def forward(angle: float) -> NDArray[np.float64]:
    """Bring the head (up, y negative) towards the camera (z negative)."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def sideways(angle: float) -> NDArray[np.float64]:
    """Bring the head towards the picture's right."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


@pytest.mark.parametrize("angle", [-2.5, -0.6, 0.0, 0.3, 1.2, 3.0])
def test_yaw(angle: float) -> None:
    expected = [angle, 0, 0]
    np.testing.assert_allclose(global_rotation(trunk(about_vertical(angle))), expected, atol=1e-6)


@pytest.mark.parametrize("yaw", [0.0, 0.7, -1.4])
@pytest.mark.parametrize("angle", [-0.4, 0.9])
def test_pitch_and_roll_are_the_persons_own(yaw: float, angle: float) -> None:
    leaning = global_rotation(trunk(about_vertical(yaw) @ forward(angle)))
    np.testing.assert_allclose(leaning, [yaw, angle, 0], atol=1e-6)


def test_roll() -> None:
    np.testing.assert_allclose(global_rotation(trunk(sideways(0.3)))[2], 0.3, atol=1e-6)


def test_a_trunk_that_was_not_seen_is_not_turned() -> None:
    points = trunk(np.eye(3))
    points[INDEX["left_hip"]] = np.nan
    np.testing.assert_array_equal(global_rotation(points), [0, 0, 0])


def test_document() -> None:
    track = replace(random_walk(4), filled=np.array([False, False, True, False]))
    track.world[1, 7] = np.nan
    text = "".join(document_lines(track, model="m", frame_indices=[0, 1, 5, 6], total_frames=9))
    document = json.loads(text)
    assert document["version"] == 2
    assert document["filled"] == [2]
    assert (document["model"], document["fps"]) == ("m", 30.0)
    assert (document["width"], document["height"], document["total_frames"]) == (602, 722, 9)
    assert document["frame_indices"] == [0, 1, 5, 6]
    np.testing.assert_allclose(document["times_s"], track.times_s, atol=0.0005)
    assert len(document["poses"]) == 4
    assert document["poses"][1]["joints_3d"][7] == [None, None, None]
    pose = document["poses"][2]
    np.testing.assert_allclose(pose["joints_3d"], track.world[2], atol=1e-5)
    np.testing.assert_allclose(np.array(pose["keypoints_2d"])[:, :2], track.image[2], atol=1e-3)
    np.testing.assert_allclose(np.array(pose["keypoints_2d"])[:, 2], track.visibility[2], atol=1e-3)
    assert len(pose["global_rot"]) == 3


def test_a_document_without_poses() -> None:
    track = random_walk(0)
    text = "".join(document_lines(track, model="m", frame_indices=[], total_frames=9))
    assert json.loads(text)["poses"] == []
