"""Short gaps are bridged and marked; longer ones and cuts are not."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motion.gaps import FILLED_VISIBILITY, MAX_GAP_S, fill, runs
from processing.motion.skeleton import INDEX
from processing.motion.track import PoseTrack
from tests.motion import figure
from tests.motion.test_smoothing import track_of

FPS = 30.0
TIMES = np.round(np.arange(90) / FPS, 3)


def without(*missing: int, movement: figure.Movement = figure.squat) -> PoseTrack:
    """A film of 90 frames in which some have no pose."""
    kept = np.setdiff1d(np.arange(90), missing)
    return track_of(figure.film(movement, TIMES[kept]), TIMES[kept])


def length(world: NDArray[np.floating], start: str, end: str) -> NDArray[np.floating]:
    return np.asarray(np.linalg.norm(world[:, INDEX[end]] - world[:, INDEX[start]], axis=-1))


def test_a_short_gap_is_filled_and_marked() -> None:
    filled = fill(without(40, 41, 42), TIMES)
    np.testing.assert_array_equal(filled.times_s, TIMES)
    np.testing.assert_array_equal(np.flatnonzero(filled.filled), [40, 41, 42])
    truth = track_of(figure.film(figure.squat, TIMES), TIMES)
    np.testing.assert_allclose(filled.world, truth.world, atol=0.004)
    np.testing.assert_allclose(filled.image, truth.image, atol=1.2)  # 300 px to the metre


def test_what_was_seen_is_not_touched() -> None:
    track = without(10, 40, 41)
    filled = fill(track, TIMES)
    for name in ("times_s", "world", "image", "visibility", "filled"):
        np.testing.assert_array_equal(getattr(filled, name)[~filled.filled], getattr(track, name))


def test_a_filled_pose_is_less_certain_than_its_neighbours() -> None:
    track = without(40, 41)
    track.visibility[39, 15], track.visibility[40, 15] = 0.8, 0.4
    seen = fill(track, TIMES).visibility
    np.testing.assert_allclose(seen[40:42, 15], 0.4 * FILLED_VISIBILITY)
    np.testing.assert_allclose(seen[40:42, 14], 0.9 * FILLED_VISIBILITY)


def test_limbs_keep_their_length_where_a_straight_line_would_shorten_them() -> None:
    """An arm swung through 150 degrees: the chord between its ends passes near the shoulder."""
    missing = range(40, 46)

    def swung(t: float) -> figure.Array:
        share = min(max((t - 39 / FPS) / (7 / FPS), 0.0), 1.0)
        return figure.body(left_arm=0.2 + 2.6 * share)

    filled = fill(without(*missing, movement=swung), TIMES)
    assert filled.filled.sum() == 6
    for start, end, metres in (("shoulder", "elbow", 0.29), ("elbow", "wrist", 0.25)):
        lengths = length(filled.world, f"left_{start}", f"left_{end}")
        np.testing.assert_allclose(lengths, metres, rtol=1e-4)


def test_long_gaps_stay() -> None:
    """Seven frames missing at 30 a second: 8/30 s between poses."""
    longest = int(MAX_GAP_S * FPS) - 1
    assert fill(without(*range(40, 40 + longest)), TIMES).filled.sum() == longest
    track = without(*range(40, 40 + longest + 1))
    assert fill(track, TIMES) is track


@pytest.mark.parametrize("cut", [40, 41, 42, 43])
def test_nothing_is_filled_across_a_cut(cut: int) -> None:
    """A cut anywhere between the last pose before and the first after, 43 itself included."""
    assert not fill(without(40, 41, 42), TIMES, cuts_s=[float(TIMES[cut])]).filled.any()


@pytest.mark.parametrize("cut", [0, 39, 44])
def test_a_cut_elsewhere_does_not_matter(cut: int) -> None:
    assert fill(without(40, 41, 42), TIMES, cuts_s=[float(TIMES[cut])]).filled.sum() == 3


def test_what_lies_beyond_a_cut_bends_nothing() -> None:
    track = without(40, 41)
    cuts = [float(TIMES[43])]
    before = fill(track, TIMES, cuts_s=cuts)
    track.world[track.times_s >= TIMES[43]] += 5
    np.testing.assert_array_equal(fill(track, TIMES, cuts_s=cuts).world[:43], before.world[:43])


def test_the_ends_of_a_film_are_not_made_up() -> None:
    filled = fill(without(0, 1, 88, 89), TIMES)
    assert not filled.filled.any()
    assert len(filled) == 86


def test_landmarks_that_a_neighbour_lacks_stay_unseen() -> None:
    track = without(40, 41)
    track.world[39, 15] = track.image[39, 15] = np.nan  # next to the gap
    track.world[38, 16] = np.nan  # further off: the other side and a straight line are enough
    filled = fill(track, TIMES)
    assert np.isnan(filled.world[40:42, [15, 17, 19, 21]]).all()
    assert np.isnan(filled.image[40:42, 15]).all()
    assert np.isfinite(filled.world[40:42, 16]).all()
    assert np.isfinite(filled.world[40:42, 13]).all()


def test_a_track_without_gaps_is_given_back() -> None:
    track = without()
    assert fill(track, TIMES) is track
    nobody = track_of(np.zeros((0, 33, 3)), np.zeros(0))
    assert fill(nobody, TIMES) is nobody


def test_filling_twice_fills_nothing_more() -> None:
    once = fill(without(40, 41, 42), TIMES)
    assert fill(once, TIMES) is once


def test_uneven_times_are_heeded() -> None:
    times = TIMES.copy()
    times[41] = times[40] + 0.005
    track = without(40, 41, 42)
    filled = fill(track, times)
    expected = figure.film(figure.squat, times[40:43])
    np.testing.assert_allclose(filled.world[40:43], expected, atol=0.004)


def test_runs_end_at_cuts_and_long_gaps() -> None:
    times = np.array([0.0, 0.1, 0.2, 0.6, 0.7, 0.8])
    assert list(runs(times)) == [slice(0, 3), slice(3, 6)]
    assert list(runs(times, [0.7, 0.75])) == [slice(0, 3), slice(3, 4), slice(4, 5), slice(5, 6)]
    assert list(runs(times, [0.0, 0.4, 9.0])) == [slice(0, 3), slice(3, 6)]
    assert list(runs(times[:0], [0.5])) == []
    assert list(runs(times[:1])) == [slice(0, 1)]


def test_the_marks_of_a_track_are_kept() -> None:
    track = replace(without(40), filled=np.arange(89) == 3)
    np.testing.assert_array_equal(np.flatnonzero(fill(track, TIMES).filled), [3, 40])
