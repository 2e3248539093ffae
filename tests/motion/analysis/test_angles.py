"""Angles have the sizes and signs the field gives them, and nothing else changes them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motion.alignment import rotate_yaw
from processing.motion.analysis.angles import (
    ANGLE_INDEX,
    ANGLES,
    PART_OF,
    PARTS,
    angles_of,
    mirrored,
    sight_of,
)
from processing.motion.skeleton import INDEX, MIRROR
from processing.synthetic.body import Body, landmarks
from processing.synthetic.exercises import pose_at
from processing.synthetic.performance import Performance

Array = NDArray[np.float64]

# Facing the camera: x to the picture's right, y down, z away from the camera.
STANDING = {
    "shoulder": (0.2, -0.5, 0.0),
    "elbow": (0.2, -0.2, 0.0),
    "wrist": (0.2, 0.1, 0.0),
    "hip": (0.1, 0.0, 0.0),
    "knee": (0.1, 0.4, 0.0),
    "ankle": (0.1, 0.8, 0.0),
    "heel": (0.1, 0.85, 0.05),
    "foot_index": (0.1, 0.85, -0.15),
}


def standing(**moved: tuple[float, float, float]) -> Array:
    """Somebody upright with straight limbs; ``left_knee=(x, y, z)`` puts a joint elsewhere."""
    world = np.full((33, 3), np.nan)
    for joint, (x, y, z) in STANDING.items():
        world[INDEX[f"left_{joint}"]] = x, y, z
        world[INDEX[f"right_{joint}"]] = -x, y, z
    for name, place in moved.items():
        world[INDEX[name]] = place
    return world


def angle(world: Array, name: str) -> float:
    return float(angles_of(world)[ANGLE_INDEX[name]])


def turned(degrees: float) -> tuple[float, float]:
    return float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))


def test_standing_upright_all_angles_are_zero() -> None:
    angles = angles_of(standing())

    np.testing.assert_allclose(angles, 0.0, atol=1e-6)


@pytest.mark.parametrize("degrees", [10.0, 60.0, 120.0])
def test_knee_and_hip_flexion_of_a_lifted_thigh(degrees: float) -> None:
    down, ahead = turned(degrees)
    knee = 0.1, 0.4 * down, -0.4 * ahead
    world = standing(left_knee=knee, left_ankle=(0.1, knee[1] + 0.4, knee[2]))

    assert angle(world, "left_hip_flexion") == pytest.approx(degrees)
    assert angle(world, "left_knee_flexion") == pytest.approx(degrees)
    assert angle(world, "right_hip_flexion") == pytest.approx(0.0, abs=1e-6)


def test_a_thigh_behind_the_trunk_is_negative() -> None:
    down, ahead = turned(20.0)
    assert angle(
        standing(right_knee=(-0.1, 0.4 * down, 0.4 * ahead)), "right_hip_flexion"
    ) == pytest.approx(-20.0)


@pytest.mark.parametrize(("side", "sign"), [("left", 1.0), ("right", -1.0)])
def test_abduction_is_outwards_on_both_sides(side: str, sign: float) -> None:
    down, out = turned(30.0)
    leg = {f"{side}_knee": (sign * (0.1 + 0.4 * out), 0.4 * down, 0.0)}
    arm = {f"{side}_elbow": (sign * (0.2 + 0.3 * out), -0.5 + 0.3 * down, 0.0)}

    assert angle(standing(**leg), f"{side}_hip_abduction") == pytest.approx(30.0)
    assert angle(standing(**arm), f"{side}_shoulder_abduction") == pytest.approx(30.0)


@pytest.mark.parametrize(("side", "sign"), [("left", 1.0), ("right", -1.0)])
def test_a_knee_that_falls_inwards_is_valgus(side: str, sign: float) -> None:
    inside = standing(**{f"{side}_knee": (sign * 0.05, 0.4, 0.0)})
    outside = standing(**{f"{side}_knee": (sign * 0.15, 0.4, 0.0)})
    each = np.degrees(np.arcsin(0.05 / np.hypot(0.05, 0.4)))

    assert angle(inside, f"{side}_knee_valgus") == pytest.approx(2 * each)
    assert angle(outside, f"{side}_knee_valgus") == pytest.approx(-2 * each)


@pytest.mark.parametrize("degrees", [45.0, 90.0, 150.0, 180.0])
def test_arms_go_up_by_the_front_and_by_the_side(degrees: float) -> None:
    down, far = turned(degrees)
    ahead = standing(left_elbow=(0.2, -0.5 + 0.3 * down, -0.3 * far))
    aside = standing(left_elbow=(0.2 + 0.3 * far, -0.5 + 0.3 * down, 0.0))

    assert angle(ahead, "left_shoulder_flexion") == pytest.approx(degrees)
    assert angle(aside, "left_shoulder_abduction") == pytest.approx(degrees)


def test_how_far_aside_an_arm_goes_that_points_ahead_is_not_defined() -> None:
    world = standing(left_elbow=(0.2, -0.5, -0.3))

    assert np.isnan(angle(world, "left_shoulder_abduction"))
    assert angle(world, "left_shoulder_flexion") == pytest.approx(90.0)


def test_trunk_leans_forwards_and_to_its_own_left() -> None:
    down, off = turned(25.0)
    forward, left = standing(), standing()
    for side, x in (("left", 0.2), ("right", -0.2)):
        forward[INDEX[f"{side}_shoulder"]] = x, -0.5 * down, -0.5 * off
        left[INDEX[f"{side}_shoulder"]] = 0.5 * off + x * down, -0.5 * down + x * off, 0.0

    assert angle(forward, "trunk_lean") == pytest.approx(25.0)
    # The left axis is the mean of hips and shoulders: half of a tilted trunk's own tilt.
    assert angle(left, "trunk_side_lean") == pytest.approx(25.0, abs=0.5)


def test_a_shin_over_the_toes_is_dorsiflexion() -> None:
    down, ahead = turned(20.0)
    shin = standing(left_knee=(0.1, 0.8 - 0.4 * down, -0.4 * ahead))

    assert angle(shin, "left_ankle_flexion") == pytest.approx(20.0)


def bodies() -> Array:
    """Poses of all exercises, as world landmarks."""
    poses = []
    for exercise in ("squat", "lunge", "jumping_jack", "overhead_press", "push_up"):
        performance = Performance(exercise, reps=2, seed=3, uneven=0.3)
        for t in np.linspace(0.9, performance.duration_s - 1, 7):
            poses.append(landmarks(Body(), pose_at(performance, Body(), float(t))))
    points = np.array(poses) * [1.0, -1.0, -1.0]
    return points - 0.5 * (points[:, 23:24] + points[:, 24:25])


@pytest.mark.parametrize("yaw_deg", [-170.0, -90.0, 33.0, 120.0])
def test_a_turn_about_the_vertical_changes_nothing(yaw_deg: float) -> None:
    world = bodies()
    np.testing.assert_allclose(
        angles_of(rotate_yaw(world, np.radians(yaw_deg))), angles_of(world), atol=1e-6
    )


def test_size_and_place_change_nothing() -> None:
    world = bodies()
    np.testing.assert_allclose(
        angles_of(1.7 * world + [0.3, -2.0, 4.0]), angles_of(world), atol=1e-6
    )


def test_a_mirror_exchanges_the_sides() -> None:
    world = bodies()
    reflected = world[:, MIRROR] * [-1.0, 1.0, 1.0]

    np.testing.assert_allclose(angles_of(reflected), mirrored(angles_of(world)), atol=1e-6)
    np.testing.assert_array_equal(mirrored(mirrored(angles_of(world))), angles_of(world))


def test_what_is_not_seen_is_nan_and_the_rest_is_not() -> None:
    world = standing()
    world[INDEX["left_ankle"]] = np.nan
    angles = dict(zip(ANGLES, angles_of(world), strict=True))

    assert {name for name, value in angles.items() if np.isnan(value)} == {
        "left_knee_flexion",
        "left_knee_valgus",
        "left_ankle_flexion",
    }


def test_sight_is_that_of_the_worst_landmark_needed() -> None:
    seen = np.ones(33)
    seen[INDEX["right_wrist"]] = 0.2
    seen[INDEX["left_hip"]] = 0.4
    sight = dict(zip(ANGLES, sight_of(seen), strict=True))

    assert sight["right_elbow_flexion"] == 0.2
    assert sight["right_shoulder_flexion"] == 1.0
    assert sight["left_knee_flexion"] == 0.4
    assert sight["trunk_lean"] == 1.0, "one hip of the two is seen"


def test_every_angle_belongs_to_a_part() -> None:
    assert set(PART_OF) == set(PARTS)
    assert len(PARTS) == 11
