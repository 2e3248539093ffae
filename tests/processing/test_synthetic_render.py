"""Pictures of the synthetic athlete agree with their truth."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from processing.synthetic.body import Body
from processing.synthetic.clothing import LOOKS
from processing.synthetic.exercises import pose_at
from processing.synthetic.figure import build
from processing.synthetic.performance import EXERCISES, FLOOR_EXERCISES, Exercise, Performance
from processing.synthetic.render import Frame, Shot, frames, render, shoot
from processing.synthetic.scene import Room, backdrop

SIZE = (240, 320)


def clean(exercise: Exercise = "squat", view: str = "three_quarter", room: int = 0) -> Shot:
    """A shot without grain, so that pictures can be compared exactly."""
    size = SIZE[::-1] if exercise in FLOOR_EXERCISES else SIZE
    return shoot(Performance(exercise, reps=1), view, size, room=Room(room, grain=0.0))


@pytest.fixture(scope="module")
def frame() -> Frame:
    return render(clean(), 1.9)


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("view", ["front", "three_quarter", "side"])
def test_landmarks_lie_on_the_body(exercise: Exercise, view: str) -> None:
    shot = clean(exercise, view)
    for t in (0.0, float(shot.performance.reps_s[0].mean())):
        frame = render(shot, t)
        x, y = np.floor(frame.image).astype(int).T
        away = cv2.distanceTransform((frame.alpha <= 0.5).astype(np.uint8), cv2.DIST_L2, 5)
        # Ears and the tip of the nose lie on the very surface: give them the edge's width.
        assert away[y, x].max() <= 2.0
        # The trunk and the limbs are well inside the flesh.
        joints = [11, 12, 13, 14, 23, 24, 25, 26]
        assert (frame.alpha[y, x][joints] > 0.9).all()
        assert frame.visibility.sum() >= 14


def test_alpha_is_the_outline_of_the_mesh() -> None:
    shot = clean()
    frame = render(shot, 1.9)
    body = Body()
    vertices, _ = build(body, shot.appearance).posed(body, pose_at(shot.performance, body, 1.9))
    pixels = shot.camera.project(vertices @ shot.camera.body_to_room.T)
    # The same triangles, filled by another algorithm at four times the size.
    mask = np.zeros((SIZE[1] * 4, SIZE[0] * 4), np.uint8)
    corners = np.round((pixels * 4 - 0.5) * 256).astype(np.int32)
    for face in build(body, shot.appearance).faces:
        cv2.fillConvexPoly(mask, corners[face], 255, cv2.LINE_8, 8)
    expected = cv2.resize(mask, SIZE, interpolation=cv2.INTER_AREA) / 255.0
    # fillConvexPoly paints the border pixels it touches, so it is a little larger.
    assert np.abs(frame.alpha - expected).mean() < 0.004
    union = np.maximum(frame.alpha, expected).sum()
    assert np.minimum(frame.alpha, expected).sum() / union > 0.97


def test_the_picture_is_mixed_with_exactly_this_alpha(frame: Frame) -> None:
    solid = frame.alpha >= 1.0
    assert solid.sum() > 3000
    difference = frame.rgb[solid].astype(float) - frame.foreground[solid]
    assert np.abs(difference).max() <= 0.51
    np.testing.assert_array_equal(frame.foreground[frame.alpha == 0], 0)
    # Straight colours behind the edge can't be brighter than white.
    edge = (frame.alpha > 0.05) & (frame.alpha < 1)
    assert (frame.foreground[edge] / frame.alpha[edge][:, None]).max() <= 255.5


def test_without_the_athlete_there_is_the_room_and_a_shadow(frame: Frame) -> None:
    shot = clean()
    room = backdrop(shot.room, shot.light, shot.camera).picture
    outside = frame.alpha == 0
    ratio = frame.rgb[outside].astype(float).sum(axis=1) / room[outside].sum(axis=1)
    assert ratio.max() < 1.02
    assert ratio.min() < 0.75  # contact shadow
    assert np.median(ratio) > 0.97


def test_alpha_does_not_depend_on_the_room(frame: Frame) -> None:
    other = render(clean(room=3), 1.9)
    np.testing.assert_array_equal(other.alpha, frame.alpha)
    assert np.abs(other.rgb.astype(int) - frame.rgb).mean() > 3


def test_the_same_shot_gives_the_same_picture() -> None:
    shot = shoot(Performance("lunge", seed=2), "side", SIZE)
    np.testing.assert_array_equal(render(shot, 1.0).rgb, render(shot, 1.0).rgb)
    # Grain moves from frame to frame.
    corner = np.s_[:40, :40]
    still = [render(shot, t).rgb[corner].astype(int) for t in (0.0, 0.04)]
    assert 0.2 < np.abs(still[0] - still[1]).mean() < 6


def test_a_larger_picture_is_the_same_picture(frame: Frame) -> None:
    shot = clean()
    large = render(
        replace(shot, camera=replace(shot.camera, width=SIZE[0] * 2, height=SIZE[1] * 2)), 1.9
    )
    alpha = cv2.resize(large.alpha, SIZE, interpolation=cv2.INTER_AREA)
    assert np.abs(alpha - frame.alpha).mean() < 0.004
    rgb = cv2.resize(large.rgb, SIZE, interpolation=cv2.INTER_AREA)
    assert np.abs(rgb.astype(float) - frame.rgb).mean() < 2.5
    np.testing.assert_allclose(large.image, 2 * frame.image, atol=1e-9)


def test_mirrored_means_flipped(frame: Frame) -> None:
    mirrored = render(replace(clean(), mirrored=True), 1.9)
    np.testing.assert_array_equal(mirrored.rgb, frame.rgb[:, ::-1])
    np.testing.assert_array_equal(mirrored.alpha, frame.alpha[:, ::-1])


def test_the_far_arm_is_hidden_from_the_side() -> None:
    frame = render(clean("squat", "side"), 0.0)
    assert frame.visibility[[12, 14, 26, 8]].all()  # right shoulder, elbow, knee, ear
    assert not frame.visibility[[11, 13, 23, 7]].any()  # left shoulder, elbow, hip, ear


@pytest.mark.parametrize("name", LOOKS)
def test_everyone_wears_what_they_are_given(name: str) -> None:
    look = LOOKS[name]
    shot = shoot(Performance("squat"), "front", SIZE, appearance=look, room=Room(grain=0.0))
    frame = render(shot, 0.0)
    belly = frame.image[[11, 12, 23, 24]].mean(axis=0).astype(int)
    seen = frame.rgb[belly[1] - 3 : belly[1] + 3, belly[0] - 3 : belly[0] + 3].mean(axis=(0, 1))
    # Light changes how bright cloth is, not its hue.
    cosine = np.dot(seen, look.top) / np.linalg.norm(seen) / np.linalg.norm(look.top)
    assert cosine > 0.97


def test_frames_say_when_they_are_and_which_repetition() -> None:
    shot = shoot(Performance("jumping_jack", reps=2, rep_s=0.5, idle_s=0.25), "front", (120, 160))
    seen = list(frames(shot, 8.0))
    np.testing.assert_allclose([f.t for f in seen], np.arange(len(seen)) / 8.0)
    edges = shot.performance.reps_s
    for f in seen:
        inside = [i for i, (a, b) in enumerate(edges) if a <= f.t < b]
        assert f.rep == (inside[0] if inside else -1)
    assert {f.rep for f in seen} == {-1, 0, 1}
