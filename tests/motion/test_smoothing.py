"""Smoothing takes the jitter out, and neither delays, shortens nor mixes what lies apart."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motion.smoothing import smooth
from processing.motion.track import PoseTrack
from tests.motion import figure

Floats = NDArray[np.float64]


def track_of(world: Floats, times_s: Floats) -> PoseTrack:
    """A track whose image coordinates are 300 pixels to the metre."""
    return PoseTrack(
        times_s=times_s,
        world=world.astype(np.float32),
        image=(world[..., :2] * 300 + 240).astype(np.float32),
        visibility=np.full(world.shape[:2], 0.9, np.float32),
        fps=30.0,
        width=480,
        height=640,
    )


def swinging(times_s: Floats, hz: float, metres: float = 0.3) -> PoseTrack:
    world = np.zeros((len(times_s), 33, 3))
    world[..., 1] = metres * np.sin(2 * math.pi * hz * times_s)[:, None]
    return track_of(world, times_s)


def swing_of(times_s: Floats, values: Floats, hz: float) -> complex:
    """Complex amplitude of a frequency: its angle is the phase."""
    basis = np.exp(-2j * math.pi * hz * times_s)
    return complex(2j * (values * basis).mean())


def jitter(world: NDArray[np.floating]) -> float:
    return float(np.linalg.norm(np.diff(world, 2, axis=0), axis=-1).mean())


def uneven(count: int, fps: float = 30.0, seed: int = 3) -> Floats:
    """Times of a phone that skips and stutters: whole ms, steps from 0.5 to 1.5 of the mean."""
    steps = np.random.default_rng(seed).uniform(0.5, 1.5, count) / fps
    return np.asarray(np.round(np.cumsum(steps), 3))


@pytest.mark.parametrize("fps", [25.0, 30.0, 60.0])
@pytest.mark.parametrize("hz", [0.5, 1.0, 2.0, 3.0])
def test_movement_keeps_amplitude_and_phase(hz: float, fps: float) -> None:
    """The wide filter alone takes 1 / (1 + (hz · 0.802 / 6)^4): 2.6% of 3 Hz."""
    times = np.arange(round(12 * fps)) / fps
    smoothed = smooth(swinging(times, hz))
    inner = slice(round(fps), -round(fps))  # whole periods, away from the ends
    for values, size in ((smoothed.world, 0.3), (smoothed.image - 240, 90.0)):
        swing = swing_of(times[inner], values[inner, 15, 1].astype(np.float64), hz) / size
        assert abs(swing) == pytest.approx(1, abs=0.005 + 0.026 * (hz / 3) ** 4)
        assert abs(math.atan2(swing.imag, swing.real)) < 0.002


@pytest.mark.parametrize("hz", [1.0, 2.0])
def test_uneven_times_are_heeded(hz: float) -> None:
    times = uneven(400)
    still = smooth(swinging(times, hz)).world[30:-30, 15, 1]
    expected = 0.3 * np.sin(2 * math.pi * hz * times[30:-30])
    # Reading it as even would be off by a fifth of the swing and more.
    np.testing.assert_allclose(still, expected, atol=0.02 * 0.3 * hz)


def test_smoothing_lags_behind_nothing() -> None:
    times = np.arange(240) / 30
    rng = np.random.default_rng(0)
    clean = figure.film(figure.jack, times)
    noisy = clean + rng.normal(0, 0.01, clean.shape)
    wrist = smooth(track_of(noisy, times)).world[:, 15, 1]
    truth = clean[45:225, 15, 1] - clean[45:225, 15, 1].mean()  # four whole periods
    lags = np.arange(-5, 6)
    agreement = [float(wrist[45 + lag : 225 + lag] @ truth) for lag in lags]
    # The peak of a parabola through the best three, in frames.
    best = int(np.argmax(agreement))
    before, at, after = agreement[best - 1 : best + 2]
    assert abs(lags[best] + 0.5 * (before - after) / (before - 2 * at + after)) < 0.05


def test_time_has_no_direction() -> None:
    times = np.arange(200) / 30
    noise = np.random.default_rng(1).normal(0, 0.01, (200, 33, 3))
    world = figure.film(figure.squat, times) + noise
    forwards = smooth(track_of(world, times)).world
    backwards = smooth(track_of(world[::-1], times)).world[::-1]
    # Not exactly: the two passes meet their mirrored ends in another order.
    np.testing.assert_allclose(backwards, forwards, atol=0.002)
    np.testing.assert_allclose(backwards[30:-30], forwards[30:-30], atol=0.0005)


def test_turning_the_axes_turns_the_result() -> None:
    times = np.arange(120) / 30
    world = figure.film(figure.jack, times)
    world += np.random.default_rng(2).normal(0, 0.01, world.shape)
    smoothed = smooth(track_of(world, times)).world.astype(np.float64)
    turned = smooth(track_of(figure.turned(world, 0.7), times)).world.astype(np.float64)
    np.testing.assert_allclose(turned, figure.turned(smoothed, 0.7), atol=1e-6)


@pytest.mark.parametrize(
    ("movement", "least"), [(figure.stand, 8.0), (figure.squat, 6.0), (figure.jack, 3.0)]
)
@pytest.mark.parametrize("even", [True, False])
def test_jitter_falls(movement: figure.Movement, least: float, even: bool) -> None:
    """Least factor by which jitter falls, and smoothed poses are nearer to the truth."""
    times = np.arange(300) / 30 if even else uneven(300)
    clean = figure.film(movement, times)
    noisy = clean + np.random.default_rng(4).normal(0, 0.008, clean.shape)
    smoothed = smooth(track_of(noisy, times))
    assert jitter(noisy - clean) / jitter(smoothed.world - clean) > least
    error = np.linalg.norm(smoothed.world - clean, axis=-1).mean()
    assert error < 0.65 * np.linalg.norm(noisy - clean, axis=-1).mean()


@pytest.mark.parametrize("how", ["cut", "gap"])
def test_nothing_leaks_across_a_cut_or_a_gap(how: str) -> None:
    times = np.arange(120) / 30
    cuts = [float(times[60])] if how == "cut" else []
    if how == "gap":
        times = np.where(np.arange(120) < 60, times, times + 0.5)
    world = figure.film(figure.squat, times)
    world += np.random.default_rng(5).normal(0, 0.01, world.shape)
    before = smooth(track_of(world, times), cuts_s=cuts).world
    world[60:] += 5.0
    after = smooth(track_of(world, times), cuts_s=cuts).world
    np.testing.assert_array_equal(after[:60], before[:60])
    np.testing.assert_allclose(after[60:], before[60:] + 5, atol=1e-5)


def test_landmarks_that_were_not_seen_stay_so() -> None:
    times = np.arange(90) / 30
    world = figure.film(figure.squat, times)
    world[40:50, 15] = np.nan
    world[:, 16] = np.nan
    smoothed = smooth(track_of(world, times)).world
    np.testing.assert_array_equal(np.isnan(smoothed), np.isnan(world))
    # Its neighbours in time are still where they were, and other landmarks know nothing of it.
    np.testing.assert_allclose(smoothed[:40, 15], world[:40, 15], atol=0.01)
    whole = smooth(track_of(figure.film(figure.squat, times), times)).world
    np.testing.assert_array_equal(smoothed[:, 14], whole[:, 14])


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_few_poses_are_left_alone(count: int) -> None:
    times = np.arange(count) / 30
    world = np.random.default_rng(6).normal(0, 1, (count, 33, 3))
    np.testing.assert_array_equal(smooth(track_of(world, times)).world, world.astype(np.float32))


@pytest.mark.parametrize("count", [6, 7, 12, 31])
def test_short_runs_are_smoothed(count: int) -> None:
    times = np.arange(count) / 30
    world = np.random.default_rng(6).normal(0, 0.01, (count, 33, 3))
    assert jitter(smooth(track_of(world, times)).world) < 0.6 * jitter(world)


def test_a_slide_show_is_left_alone() -> None:
    times = np.arange(60) / 8.0
    world = np.random.default_rng(7).normal(0, 1, (60, 33, 3))
    np.testing.assert_array_equal(smooth(track_of(world, times)).world, world.astype(np.float32))


def test_only_coordinates_change_and_the_track_given_stays() -> None:
    times = np.arange(60) / 30
    world = np.random.default_rng(8).normal(0, 0.01, (60, 33, 3))
    track = replace(track_of(world, times), filled=np.arange(60) == 7)
    smoothed = smooth(track)
    np.testing.assert_array_equal(track.world, world.astype(np.float32))
    for name in ("times_s", "visibility", "filled"):
        np.testing.assert_array_equal(getattr(smoothed, name), getattr(track, name))
    assert (smoothed.fps, smoothed.width, smoothed.height) == (30.0, 480, 640)
    assert smoothed.world.dtype == smoothed.image.dtype == np.float32
