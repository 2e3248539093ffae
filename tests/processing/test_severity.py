"""Faults of the synthetic athlete are as large as was asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from processing.synthetic.body import MAN, Body, Floats, landmarks
from processing.synthetic.exercises import pose_at
from processing.synthetic.performance import Exercise, Performance
from processing.synthetic.severity import (
    APPLIES,
    FAULTS,
    Fault,
    arm_elevation_deg,
    flawed,
    knee_direction_deg,
    trunk_lean_deg,
)


def bottom(performance: Performance, body: Body, rep: int = 0) -> Floats:
    """The joints (33, 3) half-way through a repetition, where every exercise is furthest."""
    start, end = performance.reps_s[rep]
    return landmarks(body, pose_at(performance, body, 0.5 * (start + end)))


def flexion(points: Floats, *chain: int) -> float:
    a, b, c = points[list(chain)]
    u, v = b - a, c - b
    return float(np.degrees(np.arccos(u @ v / np.linalg.norm(u) / np.linalg.norm(v))))


def both(fault: Fault, exercise: Exercise, severity: float, body: Body) -> tuple[Floats, Floats]:
    right = Performance(exercise, variation=0.0)
    return bottom(right, body), bottom(flawed(right, body, fault, severity), body)


@pytest.mark.parametrize("body", [Body(), MAN.scaled(1.05)])
@pytest.mark.parametrize("severity", [8.0, 20.0, 40.0])
def test_degrees_are_degrees_of_the_joints(severity: float, body: Body) -> None:
    right, wrong = both("depth", "squat", severity, body)
    for knee in ((23, 25, 27), (24, 26, 28)):
        assert flexion(right, *knee) - flexion(wrong, *knee) == pytest.approx(severity, abs=0.5)
    right, wrong = both("depth", "push_up", severity, body)
    assert flexion(right, 11, 13, 15) - flexion(wrong, 11, 13, 15) == pytest.approx(
        severity, abs=0.1
    )
    right, wrong = both("trunk_lean", "squat", severity, body)
    assert trunk_lean_deg(wrong) - trunk_lean_deg(right) == pytest.approx(severity, abs=0.1)
    right, wrong = both("valgus", "squat", severity, body)
    for side in ("left", "right"):
        turned = knee_direction_deg(right, side) - knee_direction_deg(wrong, side)
        assert turned == pytest.approx(severity, abs=0.5)
    right, wrong = both("asymmetry", "jumping_jack", severity, body)
    apart = arm_elevation_deg(wrong, "left") - arm_elevation_deg(wrong, "right")
    assert apart == pytest.approx(severity, abs=0.5)


def test_knees_fall_inwards_and_nothing_else_moves() -> None:
    right, wrong = both("valgus", "squat", 20.0, Body())
    assert wrong[25, 0] < right[25, 0] - 0.03  # the left knee is at x > 0
    assert wrong[26, 0] > right[26, 0] + 0.03
    np.testing.assert_allclose(wrong[[11, 12, 23, 24, 27, 28]], right[[11, 12, 23, 24, 27, 28]])


def test_half_the_way_befalls_every_second_repetition() -> None:
    performance = Performance("squat", reps=4, variation=0.0)
    half = flawed(performance, Body(), "half_range", 40.0)
    bent = [flexion(bottom(half, Body(), rep), 23, 25, 27) for rep in range(4)]
    assert bent[0] == pytest.approx(bent[2], abs=0.5)
    assert bent[0] - bent[1] == pytest.approx(40.0, abs=0.5)
    assert bent[1] == pytest.approx(bent[3], abs=0.5)


def test_too_fast_takes_less_time() -> None:
    performance = Performance("lunge", reps=3, seed=4)
    fast = flawed(performance, Body(), "too_fast", 20.0)
    np.testing.assert_allclose(np.diff(fast.reps_s), 0.8 * np.diff(performance.reps_s))


def test_wrong_lag_comes_late_and_catches_up() -> None:
    performance = Performance("squat", reps=4, rep_s=2.88, variation=0.0)
    late = flawed(performance, Body(), "wrong_lag", 20.0)
    off = np.array([[0, 0], [0.16, 0.16], [0.16, 0], [0.16, 0.16]])
    np.testing.assert_allclose(late.reps_s, performance.reps_s + off, atol=1e-9)


def test_who_follows_keeps_the_other_ones_tempo() -> None:
    trainer = Performance("squat", reps=6, seed=3)
    client = Performance("squat", reps=6, seed=8, idle_s=1.2, follows=3)
    apart = (client.reps_s - trainer.reps_s)[:, 0] - 0.4
    assert np.abs(apart).max() < 0.12
    alone = replace(client, follows=None)
    assert np.abs((alone.reps_s - trainer.reps_s)[:, 0] - 0.4).max() > 0.12


def test_pauses_lie_between_repetitions() -> None:
    performance = Performance("squat", reps=3, variation=0.0, pause_s=1.5, pauses=(0,))
    gaps = performance.reps_s[1:, 0] - performance.reps_s[:-1, 1]
    np.testing.assert_allclose(gaps, [1.5, 0.0], atol=1e-9)
    resting = performance.moment(float(performance.reps_s[0, 1] + 0.7))
    assert (resting.rep, resting.depth) == (-1, 0.0)
    assert performance.moment(float(performance.reps_s[1, 0] + 0.1)).rep == 1


def jump(performance: Performance) -> float:
    """The largest step of a joint, metres, where repetitions begin and end."""
    steps = [
        np.abs(np.subtract(*(landmarks(Body(), pose_at(performance, Body(), t)) for t in around)))
        for edge in performance.reps_s.ravel()
        for around in [(float(edge - 1e-4), float(edge + 1e-4))]
    ]
    return float(np.max(steps))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_no_size_is_none_and_no_fault_makes_poses_jump(fault: Fault) -> None:
    for exercise in APPLIES[fault]:
        performance = Performance(exercise, reps=2, rep_s=2.0, seed=1)
        assert flawed(performance, Body(), fault, 0.0) == performance
        assert jump(flawed(performance, Body(), fault, 30.0)) < jump(performance) + 2e-3


def test_what_can_not_be_is_refused() -> None:
    with pytest.raises(ValueError, match="plank has no depth"):
        flawed(Performance("plank"), Body(), "depth", 20.0)
    with pytest.raises(ValueError, match="can't be done"):
        flawed(Performance("squat"), Body(), "depth", 140.0)
    with pytest.raises(ValueError, match="short"):
        Performance("squat", short=1.2)
    with pytest.raises(ValueError, match="late_s"):
        Performance("squat", late_s=-1.0)
