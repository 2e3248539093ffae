"""A take is cut into its exercises, whatever they are and however they are filmed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from processing.motion.idle import active_span
from processing.motion.segments import Segment, segment
from processing.motion.track import PoseTrack
from processing.synthetic.body import MAN
from processing.synthetic.performance import Performance
from processing.synthetic.render import Shot, frame_times, render
from processing.synthetic.take import Piece, Take, film
from processing.vision.blazepose import PoseTracker
from tests.motion.figure import Array, body, jack, squat, stand, turned
from tests.motion.takes import matched, points_of, random_take, track_of

BORDER_S = 0.5


def filmed(*parts: tuple[float, object], fps: float = 25.0, yaw_rad: float = 0.4) -> PoseTrack:
    """A stick figure that does one thing after another: (seconds, movement or None for nobody)."""
    times, world, start = [], [], 0.0
    rng = np.random.default_rng(0)
    for length, movement in parts:
        at = np.arange(0.0, length, 1.0 / fps) + rng.uniform(0.0, 0.4 / fps)
        if callable(movement):
            times.append(start + at)
            world.append(np.array([turned(movement(float(t)), yaw_rad) for t in at]))
        start += length
    poses = np.concatenate(world)
    poses = poses + 0.006 * rng.standard_normal(poses.shape)
    return PoseTrack(
        times_s=np.concatenate(times),
        world=poses.astype(np.float32),
        image=(320 + 200 * poses[..., :2]).astype(np.float32),
        visibility=np.ones((len(poses), 33), np.float32),
        fps=fps,
        width=640,
        height=640,
    )


def exercises(track: PoseTrack, duration_s: float | None = None) -> list[Segment]:
    parts = segment(track, duration_s)
    assert parts[0].start_s == 0.0
    assert all(a.end_s == b.start_s for a, b in zip(parts, parts[1:], strict=False))
    if duration_s is not None:
        assert parts[-1].end_s == pytest.approx(duration_s)
    for part in parts:
        assert (part.kind == "rest") == (part.group < 0)
        assert all(part.start_s <= a < b <= part.end_s + 1e-9 for a, b in part.reps)
    return [part for part in parts if part.kind == "exercise"]


def spans(parts: list[Segment]) -> list[tuple[float, float, int]]:
    return [(round(p.start_s, 1), round(p.end_s, 1), len(p.reps)) for p in parts]


def near(found: list[Segment], *truth: tuple[float, float, int]) -> bool:
    return len(found) == len(truth) and all(
        abs(f.start_s - a) < BORDER_S and abs(f.end_s - b) < BORDER_S and len(f.reps) == n
        for f, (a, b, n) in zip(found, truth, strict=True)
    )


@pytest.mark.parametrize("seed", [101, 102])
def test_five_exercises_with_rests_are_cut_and_counted(seed: int) -> None:
    take, who, camera = random_take(seed, most_reps=4, longest_rest_s=6.5)
    found = exercises(track_of(points_of(take, who), camera, seed=seed))
    errors = matched(take.spans, [(part.start_s, part.end_s) for part in found])
    assert np.abs(errors).max() < BORDER_S, errors
    assert [len(part.reps) for part in found] == [len(span.reps_s) for span in take.spans]
    assert len({part.group for part in found}) == len(found)


@pytest.mark.parametrize("fps", [25.0, 60.0])
def test_two_exercises_without_a_rest(fps: float) -> None:
    track = filmed((3, stand), (7.5, squat), (6.0, jack), (3, stand), fps=fps)
    found = exercises(track)
    assert near(found, (3.0, 10.5, 3), (10.5, 16.5, 4)), spans(found)
    assert found[0].group != found[1].group


def test_two_sets_of_one_exercise_share_a_group() -> None:
    track = filmed(
        (2, stand), (7.5, squat), (5, stand), (6, jack), (5, stand), (5, squat), (2, stand)
    )
    found = exercises(track)
    assert near(found, (2, 9.5, 3), (14.5, 20.5, 4), (25.5, 30.5, 2)), spans(found)
    assert [part.group for part in found] == [0, 1, 0]


def test_a_short_pause_does_not_part_a_set() -> None:
    found = exercises(filmed((2, stand), (5, squat), (1.4, stand), (5, squat), (2, stand)))
    assert near(found, (2.0, 13.4, 4)), spans(found)


def test_a_single_squat_and_slow_ones_count() -> None:
    def slow(t: float) -> Array:
        return squat(t, 6.0)

    found = exercises(filmed((4, stand), (2.5, squat), (6, stand), (18, slow), (4, stand)))
    assert near(found, (4.0, 6.5, 1), (12.5, 30.5, 3)), spans(found)


def test_gestures_are_no_exercise() -> None:
    def drink(t: float) -> Array:
        return body(right_arm=0.15 + 1.9 * (0.5 - 0.5 * float(np.cos(2 * np.pi * t / 3.0))))

    assert not exercises(filmed((3, stand), (6, drink), (3, stand)))
    assert not exercises(filmed((12, stand)))


def test_where_nobody_is_there_is_rest() -> None:
    track = filmed((2, None), (7.5, squat), (4, None))
    found = exercises(track, 13.5)
    assert near(found, (2.0, 9.5, 3)), spans(found)
    assert exercises(track, 60.0)[0].end_s < 10.0
    nobody = PoseTrack(
        times_s=np.zeros(0),
        world=np.zeros((0, 33, 3), np.float32),
        image=np.zeros((0, 33, 2), np.float32),
        visibility=np.zeros((0, 33), np.float32),
        fps=25.0,
        width=640,
        height=480,
    )
    assert segment(nobody, 5.0) == (Segment("rest", 0.0, 5.0),)
    assert active_span(nobody, 5.0) == (0.0, 5.0)


def test_idle_ends_are_trimmed_but_no_rep() -> None:
    track = filmed((6, stand), (7.5, squat), (5, stand))
    start, end = active_span(track, 18.5)
    assert 5.0 < start < 6.1
    assert 13.4 < end < 14.6
    assert active_span(filmed((7.5, squat)), 7.5) == (0.0, 7.5)


def test_a_clip_that_begins_half_way_is_left_whole() -> None:
    track = filmed((8.1, lambda t: squat(t + 1.0)))
    assert active_span(track, 8.1) == (0.0, 8.1)


def test_a_plank_is_held_and_not_trimmed_away() -> None:
    take = Take((Piece(Performance("plank", reps=1, rep_s=6.0)),), (5.0, 4.0), seed=2)
    track = track_of(points_of(take, MAN), film(take, MAN, 80.0), fps=20.0)
    found = exercises(track)
    assert near(found, (take.spans[0].start_s, take.spans[0].end_s, 1)), spans(found)
    start, end = active_span(track)
    assert start <= take.spans[0].start_s
    assert end >= take.spans[0].end_s


@pytest.mark.models
def test_the_real_detector_s_poses_are_cut_and_counted() -> None:
    pieces = (
        Piece(Performance("squat", reps=2)),
        Piece(Performance("jumping_jack", reps=3), 20.0),
        Piece(Performance("push_up", reps=2), -70.0),
        Piece(Performance("lunge", reps=2), -35.0),
        Piece(Performance("overhead_press", reps=2)),
    )
    take = Take(pieces, (3.0, 3.5, 6.0, 6.0, 3.5, 3.0), seed=3)
    shot = Shot(take, film(take, MAN, size=(240, 320)), MAN)
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("MODELS_DIR", root / "var" / "models"))
    times, poses = [], []
    with PoseTracker((folder / "pose_landmarker_full.task").read_bytes()) as tracker:
        for t in frame_times(shot, 10.0):
            seen = tracker.detect(render(shot, float(t)).rgb)
            if seen is not None:
                times.append(float(t))
                poses.append(seen)
    track = PoseTrack(
        times_s=np.array(times),
        world=np.array([pose.world for pose in poses]),
        image=np.array([pose.image for pose in poses]),
        visibility=np.array([pose.visibility for pose in poses]),
        fps=10.0,
        width=240,
        height=320,
    )
    found = exercises(track)
    assert near(found, *((s.start_s, s.end_s, len(s.reps_s)) for s in take.spans)), spans(found)
