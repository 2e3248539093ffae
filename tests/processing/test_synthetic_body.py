"""The synthetic athlete's bones: lengths, planted hands and feet, exact repetitions."""

from __future__ import annotations

import numpy as np
import pytest

from processing.motion.skeleton import INDEX, MIRROR
from processing.synthetic.body import (
    BONE,
    BONES,
    MAN,
    Body,
    Pose,
    joints,
    landmarks,
    posed_joints,
)
from processing.synthetic.clothing import Appearance
from processing.synthetic.exercises import pose_at
from processing.synthetic.figure import Figure, build
from processing.synthetic.performance import (
    EXERCISES,
    FLOOR_EXERCISES,
    Exercise,
    Performance,
)

BODIES = [Body(), MAN, Body().scaled(0.9)]
LIMBS = {
    "upper_arm_m": ("shoulder", "elbow"),
    "forearm_m": ("elbow", "wrist"),
    "thigh_m": ("hip", "knee"),
    "shin_m": ("knee", "ankle"),
}


@pytest.fixture(scope="session")
def figure() -> Figure:
    """Anna's mesh; modelling it takes some seconds."""
    return build(Body(), Appearance())


def take(exercise: Exercise, body: Body, step_s: float = 0.1) -> np.ndarray:
    """Landmarks (T, 33, 3) of two full, uneven repetitions with the standing around them."""
    performance = Performance(exercise, reps=2, seed=3, idle_s=0.4)
    times = np.arange(0.0, performance.duration_s, step_s)
    return np.array([landmarks(body, pose_at(performance, body, t)) for t in times])


def angle_deg(points: np.ndarray, first: str, middle: str, last: str) -> np.ndarray:
    """Angle (T,) at a joint, degrees; 180 is straight."""
    a = points[:, INDEX[first]] - points[:, INDEX[middle]]
    b = points[:, INDEX[last]] - points[:, INDEX[middle]]
    cosine = np.sum(a * b, 1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("body", BODIES)
def test_limbs_have_the_lengths_asked_for_in_every_frame(exercise: Exercise, body: Body) -> None:
    points = take(exercise, body)
    for name, (start, end) in LIMBS.items():
        for side in ("left", "right"):
            length = np.linalg.norm(
                points[:, INDEX[f"{side}_{start}"]] - points[:, INDEX[f"{side}_{end}"]], axis=1
            )
            np.testing.assert_allclose(length, getattr(body, name), atol=1e-9)
    hips = points[:, INDEX["left_hip"]] - points[:, INDEX["right_hip"]]
    np.testing.assert_allclose(np.linalg.norm(hips, axis=1), body.hip_width_m, atol=1e-9)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_bones_are_turned_and_never_stretched(exercise: Exercise) -> None:
    body = Body()
    pose = pose_at(Performance(exercise, seed=1), body, 1.7)
    product = np.einsum("bij,bkj->bik", pose.rotations, pose.rotations)
    np.testing.assert_allclose(product, np.tile(np.eye(3), (len(BONES), 1, 1)), atol=1e-9)
    np.testing.assert_allclose(np.linalg.det(pose.rotations), 1.0, atol=1e-9)


def test_at_rest_the_forward_kinematics_give_back_the_joints() -> None:
    for body in BODIES:
        rest = joints(body)
        pose = Pose(rest[0], np.tile(np.eye(3), (len(BONES), 1, 1)))
        np.testing.assert_allclose(posed_joints(body, pose), rest, atol=1e-12)
        points = landmarks(body, pose)
        np.testing.assert_allclose(points[MIRROR] * [-1, 1, 1], points, atol=1e-9)


def test_a_scaled_body_is_the_same_body_larger() -> None:
    tall = Body().scaled(1.1)
    assert tall.height_m == pytest.approx(1.1 * Body().height_m, rel=1e-9)
    np.testing.assert_allclose(joints(tall), 1.1 * joints(Body()), atol=1e-9)


def test_the_athletes_are_as_tall_as_people() -> None:
    assert Body().height_m == pytest.approx(1.70, abs=0.01)
    assert MAN.height_m == pytest.approx(1.80, abs=0.01)


def heights_of_soles(figure: Figure, performance: Performance, t: float) -> np.ndarray:
    """The lowest point of each shoe's mesh, metres over the floor: left, right."""
    body = Body()
    vertices, _ = figure.posed(body, pose_at(performance, body, t))
    lowest = []
    for side in ("left", "right"):
        shoe = figure.weights[:, [BONE[f"{side}_foot"], BONE[f"{side}_toes"]]].sum(axis=1) > 0.99
        lowest.append(vertices[shoe, 1].min())
    return np.array(lowest)


@pytest.mark.parametrize("exercise", ["squat", "overhead_press"])
def test_feet_stay_planted(figure: Figure, exercise: Exercise) -> None:
    points = take(exercise, Body())
    for name in ("ankle", "heel", "foot_index"):
        for side in ("left", "right"):
            track = points[:, INDEX[f"{side}_{name}"]]
            np.testing.assert_allclose(track, np.tile(track[0], (len(track), 1)), atol=1e-9)
    for t in (0.0, 1.6):
        soles = heights_of_soles(figure, Performance(exercise), t)
        np.testing.assert_allclose(soles, 0.0, atol=0.006)


def test_a_lunge_moves_one_foot_at_a_time_and_never_into_the_floor(figure: Figure) -> None:
    performance = Performance("lunge", reps=2, variation=0)
    body = Body()
    for rep, standing in ((0, "right"), (1, "left")):
        start, end = performance.reps_s[rep]
        times = np.linspace(start, end - 1e-3, 15)
        points = np.array([landmarks(body, pose_at(performance, body, t)) for t in times])
        moved = "left" if standing == "right" else "right"
        toes = points[:, INDEX[f"{standing}_foot_index"]]
        assert np.ptp(toes, axis=0).max() < 0.02  # rolls over the ball of the foot
        assert np.ptp(points[:, INDEX[f"{moved}_ankle"], 2]) > 0.6
        for t in times[::3]:
            assert heights_of_soles(figure, performance, t).min() > -0.012


def test_a_jumping_jack_leaves_the_floor_and_comes_back(figure: Figure) -> None:
    performance = Performance("jumping_jack", reps=1, variation=0)
    start, end = performance.reps_s[0]
    soles = np.array(
        [heights_of_soles(figure, performance, t) for t in np.linspace(start, end - 1e-3, 13)]
    )
    assert soles.min() > -0.006
    assert soles.max() > 0.03
    for at_rest in (0, 6, 12):
        np.testing.assert_allclose(soles[at_rest], 0.0, atol=0.008)


@pytest.mark.parametrize("exercise", sorted(FLOOR_EXERCISES))
@pytest.mark.parametrize("body", BODIES)
def test_hands_and_toes_stay_on_the_floor(exercise: Exercise, body: Body) -> None:
    points = take(exercise, body)
    for name in ("left_wrist", "right_wrist", "left_foot_index", "right_foot_index"):
        track = points[:, INDEX[name]]
        # Out of the arm's reach, the hand would slide.
        np.testing.assert_allclose(track, np.tile(track[0], (len(track), 1)), atol=1e-3)
        assert -0.01 < track[0, 1] < 0.06


@pytest.mark.parametrize("exercise", sorted(FLOOR_EXERCISES))
def test_nothing_sinks_into_the_floor(figure: Figure, exercise: Exercise) -> None:
    performance = Performance(exercise, reps=1, variation=0)
    start, end = performance.reps_s[0]
    for t in np.linspace(start, end - 1e-3, 7):
        vertices, _ = figure.posed(Body(), pose_at(performance, Body(), t))
        assert vertices[:, 1].min() > -0.02


@pytest.mark.parametrize("exercise", EXERCISES)
def test_nobody_moves_faster_than_people_can(exercise: Exercise) -> None:
    points = take(exercise, Body(), step_s=0.04)
    speed = np.linalg.norm(np.diff(points, axis=0), axis=2) / 0.04
    assert speed.max() < 8.0  # m/s; hands of a jumping jack reach some 6


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("reps", [0, 1, 4])
def test_repetitions_follow_one_another_exactly(exercise: Exercise, reps: int) -> None:
    performance = Performance(exercise, reps=reps, rep_s=2.0, idle_s=0.5, seed=8)
    edges = performance.reps_s
    assert edges.shape == (reps, 2)
    np.testing.assert_array_equal(edges[1:, 0], edges[:-1, 1])
    assert np.all(np.abs(np.diff(edges, axis=1) - 2.0) <= 0.2)
    if reps:
        assert edges[0, 0] == 0.5
        assert performance.duration_s == pytest.approx(edges[-1, 1] + 0.5)
    for i, (start, end) in enumerate(edges):
        assert performance.moment(start).rep == i
        assert performance.moment(float(np.nextafter(end, 0))).rep == i


def test_there_are_as_many_squats_as_asked_for() -> None:
    performance = Performance("squat", reps=4, seed=5)
    body = Body()
    times = np.arange(0.0, performance.duration_s, 0.05)
    points = np.array([landmarks(body, pose_at(performance, body, t)) for t in times])
    knee = angle_deg(points, "left_hip", "left_knee", "left_ankle")
    deep = knee < 110
    assert np.count_nonzero(np.diff(deep.astype(int)) == 1) == 4
    for start, end in performance.reps_s:
        inside = (times >= start) & (times < end)
        lowest = times[inside][np.argmin(knee[inside])]
        assert start + 0.3 * (end - start) < lowest < start + 0.7 * (end - start)
        # Each repetition begins and ends upright.
        assert knee[inside][0] > 165 and knee[inside][-1] > 165


def test_depth_is_the_range_of_motion() -> None:
    body = Body()

    def bend(depth: float) -> float:
        performance = Performance("squat", reps=1, depth=depth, variation=0)
        bottom = performance.reps_s[0].mean()
        points = landmarks(body, pose_at(performance, body, bottom))[None]
        return float(180 - angle_deg(points, "left_hip", "left_knee", "left_ankle")[0])

    # From 7 degrees standing to 112 at full depth, in proportion.
    assert bend(1.0) == pytest.approx(112, abs=0.1)
    assert bend(0.5) == pytest.approx(7 + 0.5 * 105, abs=0.1)


def test_knees_can_fall_in_and_arms_can_be_uneven() -> None:
    body = Body()
    bottom = Performance("squat", reps=1, variation=0).reps_s[0].mean()

    def knees(fault_m: float) -> float:
        performance = Performance("squat", reps=1, variation=0, knees_in_m=fault_m)
        points = landmarks(body, pose_at(performance, body, bottom))
        return float(points[INDEX["left_knee"], 0] - points[INDEX["right_knee"], 0])

    assert knees(0.0) - knees(0.08) > 0.08
    performance = Performance("overhead_press", reps=1, variation=0, uneven=0.4)
    top = performance.reps_s[0].mean()
    points = landmarks(body, pose_at(performance, body, top))
    assert points[INDEX["left_wrist"], 1] - points[INDEX["right_wrist"], 1] > 0.1


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_same_seed_is_the_same_take_and_another_is_not(exercise: Exercise) -> None:
    body = Body()

    def points(seed: int) -> np.ndarray:
        performance = Performance(exercise, seed=seed)
        return landmarks(body, pose_at(performance, body, 2.0))

    np.testing.assert_array_equal(points(1), points(1))
    assert np.abs(points(1) - points(2)).max() > 1e-4


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="Unknown exercise"):
        Performance("burpee")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="depth"):
        Performance("squat", depth=0)
    with pytest.raises(ValueError, match="reps"):
        Performance("squat", reps=-1)
