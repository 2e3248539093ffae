"""Repetitions are counted while they are done: exactly, for whoever follows, and for nobody else.

Poses of the synthetic athlete's true skeleton; the real detector's are in test_score_on_films.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from processing.motion import live_reps
from processing.motion.reference import Reference, prepare
from processing.synthetic.body import Body, Pose, landmarks
from processing.synthetic.performance import REP_S, Exercise, Performance, ramp
from processing.synthetic.posing import SIDES, Poser, side_sign
from processing.synthetic.render import shoot, truth
from processing.synthetic.resting import between, crouching, standing, walking
from processing.synthetic.rotation import turn
from processing.synthetic.take import Piece, Take
from tests.motion.figure import Array, mirrored, turned

MOVES: tuple[Exercise, ...] = ("squat", "push_up", "lunge", "jumping_jack", "overhead_press")
SEEN = np.ones(33)
FPS = 12.0


def world(pose: Pose, body: Body | None = None) -> Array:
    points = landmarks(body or Body(), pose) * [1.0, -1.0, -1.0]
    return np.asarray(points - 0.5 * (points[23] + points[24]))


@cache
def axis_of(exercise: Exercise) -> live_reps.Axis:
    performance = Performance(exercise, reps=2, idle_s=0.4, seed=9)
    times = np.arange(0.0, performance.duration_s, 1 / 15)
    shot = shoot(performance, "three_quarter")
    axis = live_reps.main_axis(reference(times, np.array([truth(shot, t)[1] for t in times])))
    assert axis is not None
    return axis


def reference(times: Array, poses: Array) -> Reference:
    return prepare(times, poses, np.ones((len(times), 33)), float(times[-1]) + 0.1)


def reps(axis: live_reps.Axis, poses: Sequence[Array | None], fps: float = FPS) -> int:
    counter = live_reps.initial()
    for i, pose in enumerate(poses):
        counter, _ = live_reps.count(counter, axis, i / fps, pose, SEEN)
    return counter.reps


def performed(performance: Performance | Take, body: Body, noise_m: float = 0.008) -> list[Array]:
    if isinstance(performance, Take):
        poses = [world(performance.pose(body, t), body) for t in _times(performance)]
    else:
        shot = shoot(performance, "front", body=body)
        poses = [truth(shot, t)[1] for t in _times(performance)]
    rng = np.random.default_rng(4)
    return [pose + rng.normal(0.0, noise_m, pose.shape) for pose in poses]


def _times(performance: Performance | Take) -> Array:
    return np.arange(0.0, performance.duration_s, 1 / FPS)


@pytest.mark.parametrize("speed", [0.6, 1.0, 1.7])
@pytest.mark.parametrize("exercise", MOVES)
def test_every_exercise_at_three_speeds_by_another_body(exercise: Exercise, speed: float) -> None:
    performance = Performance(exercise, reps=4, rep_s=speed * REP_S[exercise], seed=2)
    client = Body().scaled(0.9)

    for view in (
        lambda pose: pose,
        lambda pose: turned(pose, 1.1),
        lambda pose: mirrored(turned(pose, -2.0)),
    ):
        poses = [view(pose) for pose in performed(performance, client)]
        assert reps(axis_of(exercise), poses) == 4


@pytest.mark.parametrize("exercise", MOVES)
def test_nothing_is_counted_while_getting_into_position_and_out(exercise: Exercise) -> None:
    """Walks in, turns, drinks, gets down; exercises; the same back."""
    take = Take(
        (Piece(Performance(exercise, reps=3, seed=6)),),
        (14.0, 14.0),
        walks_in=True,
        walks_out=True,
        seed=5,
    )

    assert reps(axis_of(exercise), performed(take, Body())) == 3


def bending(share: float) -> Pose:
    """Reach for the laptop: straight legs, the trunk level, both hands in front."""
    body = Body()
    up = standing(body, 0.0)
    poser = Poser(body, up.root + [0.0, 0.0, -0.15 * share], turn("x", 70.0 * share))
    poser.trunk(turn("x", 12.0 * share), turn("x", 6.0 * share), np.eye(3), np.eye(3))
    for side in SIDES:
        sign = side_sign(side)
        ankle = np.array([sign * 0.11, 0.09, -0.008])
        poser.leg_to(side, ankle, [sign * 0.15, 0.0, 1.0], turn("y", sign * 9.0))
        poser.arm_by(side, [sign * 0.2, -1.0, 0.9 * share], 20.0, [sign * 0.3, 0.0, -1.0])
    return poser.pose()


@pytest.mark.parametrize("exercise", MOVES)
def test_crouching_walking_and_bending_to_the_laptop_are_no_reps(exercise: Exercise) -> None:
    body = Body()
    up, down = standing(body, 0.0), crouching(body)
    there_and_back = [ramp(t, 0.0, 1.2) - ramp(t, 2.0, 3.2) for t in np.arange(0.0, 4.0, 1 / FPS)]
    poses = [
        *[world(walking(body, t)) for t in np.arange(0.0, 4.0, 1 / FPS)],
        *[world(between(body, up, down, share)) for share in there_and_back],
        *[world(bending(share)) for share in there_and_back],
        *[world(bending(share)) for share in there_and_back],
    ]

    assert reps(axis_of(exercise), poses) == 0


def test_a_shallower_squat_counts_and_a_nod_does_not() -> None:
    axis = axis_of("squat")

    assert reps(axis, performed(Performance("squat", reps=3, depth=0.75), Body())) == 3
    assert reps(axis, performed(Performance("squat", reps=3, depth=0.3), Body())) == 0


def test_a_hold_has_no_reps() -> None:
    performance = Performance("plank", reps=1)
    shot = shoot(performance, "side")
    times = np.arange(0.0, performance.duration_s, 1 / 15)

    assert (
        live_reps.main_axis(reference(times, np.array([truth(shot, t)[1] for t in times]))) is None
    )


def test_one_side_stands_in_for_the_other_but_nobody_for_both() -> None:
    axis = axis_of("squat")
    poses = list(performed(Performance("squat", reps=3), Body()))
    left = [pose.copy() for pose in poses]
    both = [pose.copy() for pose in poses]
    for one, none in zip(left, both, strict=True):
        one[[25, 27, 29, 31]] = np.nan
        none[25:33] = np.nan

    assert reps(axis, left) == 3
    assert reps(axis, both) == 0


def test_what_was_begun_before_a_long_absence_is_forgotten() -> None:
    axis = axis_of("squat")
    poses: list[Array | None] = list(performed(Performance("squat", reps=1, idle_s=0.5), Body()))
    bottom = round(FPS * (0.5 + 0.48 * REP_S["squat"]))
    blink, leave = poses.copy(), poses.copy()
    blink[bottom : bottom + 4] = [None] * 4
    leave[bottom:bottom] = [None] * 40

    assert reps(axis, blink) == 1
    assert reps(axis, leave) == 0


def test_the_phase_goes_round_once_a_rep() -> None:
    axis = axis_of("squat")
    performance = Performance("squat", reps=2, idle_s=0.5, variation=0.0)
    counter, phases = live_reps.initial(), []
    for i, pose in enumerate(performed(performance, Body(), noise_m=0.0)):
        counter, phase = live_reps.count(counter, axis, i / FPS, pose, SEEN)
        phases.append(phase)
    at = [phases[round(FPS * (0.5 + 2.8 * share))] for share in (0.02, 0.48, 1.48)]

    assert at[0] < 0.1
    assert at[1] == pytest.approx(0.5, abs=0.05)
    assert at[2] == pytest.approx(0.5, abs=0.05)
    assert max(phases) > 0.6
