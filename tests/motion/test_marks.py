"""Marks of the limbs: what is wrong shows, what is not seen does not, and nothing flickers."""

from __future__ import annotations

import numpy as np
import pytest

from processing.motion import marks, score, sight
from processing.motion.alignment import angles_deg, hinge_angles_deg, unit_bones
from processing.motion.reference import prepare
from processing.motion.skeleton import BONE_INDEX, INDEX
from tests.motion import figure

SEEN = np.ones(33)
KNEES = [BONE_INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("thigh", "shin")]
GREEN = 0.7


def bent(knee_deg: float) -> figure.Array:
    """A squat whose knees, and nothing else, are so many degrees straighter at the bottom."""
    pose = figure.body(squat=1.0)
    for side in ("left", "right"):
        knee, ankle = INDEX[f"{side}_knee"], INDEX[f"{side}_ankle"]
        shin = pose[ankle] - pose[knee]
        turned = figure.turned(shin[[1, 0, 2]], np.radians(-knee_deg))[[1, 0, 2]]
        for name in ("ankle", "heel", "foot_index"):
            pose[INDEX[f"{side}_{name}"]] += turned - shin
    return pose


def errors(body: figure.Array, target: figure.Array) -> figure.Array:
    return angles_deg(body, target)


def marked(pose: figure.Array, yaw_rad: float = 0.0) -> figure.Array:
    body, target = unit_bones(pose), unit_bones(figure.body(squat=1.0))
    off = errors(body, target)
    hinges = marks.learn(marks.unknown(), 0.1, body, target, off, np.zeros(4))
    return marks.limb_marks(off, target, hinges, yaw_rad)


def test_knees_20_degrees_straighter_are_not_green_and_all_else_is() -> None:
    body = unit_bones(bent(20.0))
    target = unit_bones(figure.body(squat=1.0))
    knee = float(angles_deg(body[KNEES[0]], body[KNEES[1]]))
    assert abs(knee - float(angles_deg(target[KNEES[0]], target[KNEES[1]]))) == pytest.approx(
        20, abs=0.2
    )

    got = marked(bent(20.0))

    assert got[KNEES] == pytest.approx((24.0 - 20.0) / 20.0, abs=0.02)
    assert (np.delete(got, KNEES) > GREEN).all()
    assert (marked(bent(9.0)) > GREEN).all()
    assert (marked(bent(40.0))[KNEES] == 0).all()
    assert (marked(bent(5.0)) > GREEN).all()


@pytest.mark.parametrize(
    ("left_deg", "right_deg", "left_mark"),
    [
        (7.0, 17.0, (24.0 - 12.0) / 20.0),  # their mean
        (-7.0, 17.0, (24.0 - 7.0) / 20.0),  # the other way: its own
        (5.0, 30.0, (24.0 - 10.0) / 20.0),  # twice its own, and no more
        (17.0, 7.0, (24.0 - 17.0) / 20.0),  # the other one excuses nothing
        (9.0, np.nan, (24.0 - 9.0) / 20.0),
    ],
)
def test_knees_that_are_off_the_same_way_confirm_each_other(
    left_deg: float, right_deg: float, left_mark: float
) -> None:
    target = unit_bones(figure.body(squat=1.0))
    more = np.array([0.0, 0.0, left_deg, right_deg])
    hinges = marks.Hinges(more, np.ones(4), np.zeros(4))

    got = marks.limb_marks(np.zeros(13), target, hinges, 0.0)

    assert got[KNEES[:2]] == pytest.approx(left_mark)


def test_a_hinge_seen_from_another_side_is_judged_less_strictly() -> None:
    assert (marked(bent(20.0), np.radians(30.0)) > GREEN).all()
    assert (marked(bent(20.0), np.radians(-30.0)) > GREEN).all()


def test_a_detectors_idea_of_straight_is_taken_off_but_no_bent_knee() -> None:
    squat = unit_bones(figure.body(squat=1.0))
    straight = hinge_angles_deg(squat) + 1.0

    def learnt(knee_deg: float) -> figure.Array:
        body, hinges = unit_bones(bent(knee_deg)), marks.unknown()
        for _ in range(20):
            hinges = marks.learn(hinges, 0.1, body, squat, errors(body, squat), straight)
        return marks.offsets_deg(hinges)

    assert np.abs(learnt(12.0)) == pytest.approx([0.0, 0.0, 12.0, 12.0], abs=0.2)
    assert np.abs(learnt(40.0)[2:]) == pytest.approx(marks.LARGEST_OFFSET_DEG)
    less = hinge_angles_deg(unit_bones(figure.body(squat=0.2)))
    nothing = marks.learn(marks.unknown(), 0.1, squat, squat, np.zeros(13), less)
    assert (nothing.weight[2:] == 0).all()


def test_a_limb_that_is_not_judged_has_no_mark() -> None:
    body, target = unit_bones(bent(20.0)), unit_bones(figure.body(squat=1.0))
    off = errors(body, target)
    off[KNEES[1]] = np.nan
    hinges = marks.learn(marks.unknown(), 0.1, body, target, off, np.zeros(4))

    got = marks.limb_marks(off, target, hinges, 0.0)

    assert np.isnan(got[KNEES[1]])
    assert got[KNEES[0]] > GREEN, "a hinge needs both its bones"
    assert np.isfinite(np.delete(got, KNEES[1])).all()


def test_noise_is_no_fault() -> None:
    """Twelve degrees one way and the other: calmed before it is judged."""
    target, hinges = unit_bones(figure.body(squat=1.0)), marks.unknown()
    for i in range(20):
        body = unit_bones(bent(12.0 if i % 2 else -12.0))
        off = errors(body, target)
        hinges = marks.learn(hinges, 1 / 15, body, target, off, np.zeros(4))

    assert (marks.limb_marks(off, target, hinges, 0.0) > GREEN).all()


def test_marks_fall_at_once_and_rise_slowly() -> None:
    calm = marks.follow(marks.unseen(), 0.0, np.ones(13))
    assert (calm.marks == 1.0).all()

    for i in range(1, 6):
        calm = marks.follow(calm, 0.1 * i, np.zeros(13))
    fallen = calm.marks
    for i in range(6, 11):
        calm = marks.follow(calm, 0.1 * i, np.ones(13))

    assert (fallen < 0.2).all()
    assert (calm.marks < 0.6).all()


def test_a_blink_keeps_the_mark_and_an_absence_takes_it_away() -> None:
    nothing = np.full(13, np.nan)
    calm = marks.follow(marks.unseen(), 0.0, np.full(13, 0.5))
    calm = marks.follow(calm, 0.2, nothing)
    assert (calm.marks == 0.5).all()
    calm = marks.follow(calm, 0.5, nothing)
    assert np.isnan(calm.marks).all()
    assert (marks.follow(calm, 0.6, np.ones(13)).marks == 1.0).all()


def test_half_out_of_the_picture_is_not_visible() -> None:
    """The detector is sure of legs below the picture's edge; nobody else should be."""
    times = np.arange(0.0, 7.5, 1 / 30)
    reference = prepare(
        times, figure.film(figure.squat, times), np.ones((len(times), 33)), 7.5, ["knees"]
    )
    state = score.initial()
    for i in range(100):
        t = i / 10
        pose = figure.stand(t)
        image = 100.0 * pose[:, :2] + [160.0, 200.0]
        assert (image[INDEX["left_knee"], 1] > 240) and (image[INDEX["left_hip"], 1] < 240)
        seen = sight.inside(SEEN, image, 320, 240)
        state, match = score.step(state, reference, t, t, pose, seen)

        assert np.isnan(match.score)
        assert np.isnan(match.marks[KNEES]).all()
        assert (match.seen[KNEES] == 0).all()


def test_landmarks_outside_the_picture_are_not_seen() -> None:
    image = np.array([[-0.1, 5.0], [5.0, 5.0], [10.1, 5.0], [5.0, -1.0], [5.0, 8.1], [10.0, 8.0]])

    got = sight.inside(np.full(6, 0.9), image, 10, 8)

    assert got.tolist() == [0.0, 0.9, 0.0, 0.0, 0.0, 0.9]
