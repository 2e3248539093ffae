"""Repetitions are counted and timed, whichever posture they begin from."""

from __future__ import annotations

import numpy as np
import pytest

from processing.motion.reps import count_reps
from tests.motion.figure import Array, body, jack, squat, stand
from tests.motion.test_segments import filmed


@pytest.mark.parametrize(("period_s", "reps"), [(1.0, 12), (2.5, 5), (6.0, 3)])
def test_every_tempo(period_s: float, reps: int) -> None:
    track = filmed(
        (2, stand), (period_s * reps, lambda t: squat(t, period_s)), (2, stand), fps=30.0
    )
    found = count_reps(track)
    assert len(found) == reps
    starts = np.array([start for start, _ in found])
    assert np.abs(starts - (2 + period_s * np.arange(reps))).max() < max(0.2, 0.08 * period_s)


def test_fast_jacks() -> None:
    assert len(count_reps(filmed((1, stand), (10, lambda t: jack(t, 0.8)), (1, stand)))) in (12, 13)


def test_a_window_of_a_track() -> None:
    track = filmed((2, stand), (7.5, squat), (4, stand), (5, squat), (2, stand))
    assert len(count_reps(track, 0.0, 11.0)) == 3
    found = count_reps(track, 11.5)
    assert len(found) == 2
    assert found[0][0] == pytest.approx(13.5, abs=0.4)


def test_half_reps_at_the_ends_are_not_counted() -> None:
    # From half-way down over the bottom, two tops, to half-way up: two bottoms in between.
    assert len(count_reps(filmed((7.5, lambda t: squat(t + 0.7))))) == 2


def test_left_and_right_count_each() -> None:
    def side_raises(t: float) -> Array:
        out = 2.2 * (0.5 - 0.5 * float(np.cos(2 * np.pi * t / 2.0)))
        left = int(t // 2.0) % 2 == 0
        return body(left_arm=0.15 + out * left, right_arm=0.15 + out * (not left))

    assert len(count_reps(filmed((2, stand), (12, side_raises), (2, stand)))) == 6


def test_nothing_to_count() -> None:
    assert count_reps(filmed((5, stand))) == []
    assert count_reps(filmed((5, squat)), 20.0, 30.0) == []
