"""A take of several exercises moves like a person and knows its own truth."""

from __future__ import annotations

import numpy as np
import pytest

from processing.synthetic.body import MAN, Body, landmarks
from processing.synthetic.exercises import pose_at
from processing.synthetic.performance import Performance
from processing.synthetic.resting import GESTURES, gesturing
from processing.synthetic.take import Piece, Take, film

TAKE = Take(
    (
        Piece(Performance("squat", reps=2)),
        Piece(Performance("push_up", reps=2), -60.0),
        Piece(Performance("plank", reps=1), -60.0),
        Piece(Performance("lunge", reps=3)),
    ),
    (4.0, 6.0, 3.0, 8.0, 5.0),
    walks_in=True,
    walks_out=True,
)


def test_spans_follow_pieces_and_rests() -> None:
    ends = 0.0
    for span, piece, rest_s in zip(TAKE.spans, TAKE.pieces, TAKE.rests_s, strict=False):
        assert span.start_s == pytest.approx(ends + rest_s)
        assert len(span.reps_s) == piece.performance.reps
        assert span.reps_s[0, 0] == pytest.approx(span.start_s)
        assert span.reps_s[-1, 1] == pytest.approx(span.end_s)
        ends = span.end_s
    assert TAKE.duration_s == pytest.approx(ends + 5.0)
    assert TAKE.moment(2.0).rep == -1
    assert TAKE.moment(TAKE.spans[1].start_s + 0.1).rep == 2


def test_nobody_jumps_or_sinks_into_the_floor() -> None:
    times = np.arange(0.0, TAKE.duration_s, 0.04)
    points = np.array([landmarks(Body(), pose_at(TAKE, Body(), t)) for t in times])
    speed = np.linalg.norm(np.diff(points, axis=0), axis=-1) / 0.04
    # A foot swings at some 4 m/s; a jump from one pose to another would be 10.
    assert speed.max() < 6.0
    assert points[..., 1].min() > -0.01
    assert points[..., 1].min(axis=1).max() < 0.12


def test_the_athlete_comes_from_beyond_the_picture_and_leaves_it() -> None:
    camera = film(TAKE, MAN, size=(300, 400))
    for t, inside in ((0.05, False), (9.0, True), (TAKE.duration_s - 0.05, False)):
        x = camera.project(landmarks(MAN, TAKE.pose(MAN, t)))[:, 0]
        assert ((x > 0) & (x < 300)).all() == inside


def test_gestures_begin_and_end_standing() -> None:
    for gesture in GESTURES:
        ends = [landmarks(Body(), gesturing(Body(), 1.0, gesture, p)) for p in (0.0, 1.0)]
        assert np.abs(ends[0] - ends[1]).max() < 1e-6
        middle = landmarks(Body(), gesturing(Body(), 1.0, gesture, 0.5))
        assert np.abs(middle - ends[0]).max() > 0.03


def test_a_rest_for_every_gap() -> None:
    with pytest.raises(ValueError, match="need 2 rests"):
        Take((Piece(Performance("squat")),), (1.0,))
    with pytest.raises(ValueError, match="negative"):
        Take((Piece(Performance("squat")),), (1.0, -1.0))
