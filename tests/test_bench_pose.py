"""The pose bench's measures are what they say, and it prints all of them; figures are no test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from numpy.typing import NDArray

from benchmarks.pose import lifted, published
from benchmarks.pose_metrics import (
    MAIN,
    NAMES,
    Score,
    acceleration_errors,
    angle_errors_deg,
    errors_2d,
    pa_mpjpe_mm,
    pck,
)
from processing.motion.joints import H36M17
from processing.motion.skeleton import INDEX
from processing.motion.track import PoseTrack
from tests.motion import figure

ROOT = Path(__file__).resolve().parents[1]
TIMES = np.arange(40) / 20
WORLD = figure.film(figure.squat, TIMES)
IMAGE = WORLD[..., :2] * 200 + 300


def test_distances_are_in_torso_lengths() -> None:
    """The figure's torso is 0.48 m, seen from the front: 96 px upright."""
    upright = np.repeat(IMAGE[:1], 3, axis=0)
    found = upright + [0.3 * 96, 0.4 * 96]
    found[2] = np.nan
    np.testing.assert_allclose(errors_2d(found, upright)[:2], 0.5)
    assert np.isnan(errors_2d(found, upright)[2]).all()


def test_right_is_within_a_fifth_of_the_torso_and_found() -> None:
    np.testing.assert_array_equal(pck(np.array([0.0, 0.19, 0.21, np.nan])), [1, 1, 0, 0])


def test_pa_mpjpe_does_not_see_size_place_and_turn_but_sees_mirrors() -> None:
    other = 1.7 * figure.turned(WORLD, 1.1) + [3, -1, 0.5]
    np.testing.assert_allclose(pa_mpjpe_mm(other, WORLD), 0, atol=1e-6)
    assert pa_mpjpe_mm(WORLD * [-1, 1, 1], WORLD).min() > 20
    lost = other.copy()
    lost[3, MAIN[0]] = np.nan
    assert np.flatnonzero(np.isnan(pa_mpjpe_mm(lost, WORLD))).tolist() == [3]


def test_pa_mpjpe_of_one_joint_that_is_off() -> None:
    """12 mm on one of 12 joints: 1 mm in the mean, less what the alignment makes up for."""
    found = WORLD.copy()
    found[:, INDEX["left_wrist"], 2] += 0.012
    assert ((pa_mpjpe_mm(found, WORLD) > 0.6) & (pa_mpjpe_mm(found, WORLD) < 2.5)).all()


def test_angles() -> None:
    """An arm raised by 30 degrees more opens its shoulder by as much, and no elbow."""
    low, high = (figure.body(left_arm=a)[None] for a in (1.0, 1.0 + np.pi / 6))
    errors = angle_errors_deg(high, low)[0]
    assert errors[1] > 25
    np.testing.assert_allclose(np.delete(errors, [0, 1]), 0, atol=1e-9)


def test_acceleration_is_that_of_a_parabola() -> None:
    found = WORLD.copy()
    found[..., 1] += 0.5 * 9.81 * TIMES[:, None] ** 2
    np.testing.assert_allclose(acceleration_errors(found, WORLD, 20.0), 9.81, rtol=1e-6)


def test_what_was_not_found_counts_against_detection_only() -> None:
    image, world = IMAGE.copy(), WORLD.copy()
    image[:10], world[:10] = np.nan, np.nan
    score = Score()
    score.add(image, world, IMAGE, WORLD, fps=20.0, seconds=2.0)
    means = score.means()
    assert set(means) == set(NAMES)
    assert means["detection_rate"] == means["pck"] == 0.75
    assert means["frames_per_second"] == 20
    for name in ("error_2d_pct", "pa_mpjpe_mm", "angle_error_deg", "jitter"):
        assert means[name] == pytest.approx(0, abs=1e-6)


def test_an_engine_of_two_dimensions_has_no_third() -> None:
    score = Score()
    score.add(IMAGE, np.full_like(WORLD, np.nan), IMAGE, WORLD, fps=20.0, seconds=1.0)
    means = score.means()
    assert means["pck"] == 1
    assert means["pa_mpjpe_mm"] is means["angle_error_deg"] is means["jitter"] is None


def track() -> PoseTrack:
    return PoseTrack(
        TIMES,
        WORLD.astype(np.float32),
        IMAGE.astype(np.float32),
        np.ones((40, 33), np.float32),
        20.0,
        600,
        600,
    )


class Knowing:
    """A lifter that knows the answer."""

    def lift(
        self, keypoints: NDArray[np.float32], width: int, height: int, fps: float
    ) -> NDArray[np.float32]:
        assert (keypoints.shape, width, height, fps) == ((40, 17, 3), 600, 600, 20.0)
        np.testing.assert_allclose(keypoints[:, 0, :2], IMAGE[:, INDEX["nose"]], rtol=1e-6)
        out = np.zeros((40, 17, 3), np.float32)
        for i, name in enumerate(H36M17):
            if name in INDEX:
                out[:, i] = WORLD[:, INDEX[name]]
        return out

    def close(self) -> None:
        """Nothing is open."""


def test_lifters_are_given_coco_and_understood() -> None:
    world = lifted(Knowing(), track(), TIMES).world
    np.testing.assert_allclose(world[:, MAIN], WORLD[:, MAIN], atol=1e-6)


def test_what_is_published_is_filled_and_smoothed() -> None:
    whole = track()
    kept = np.delete(np.arange(40), 20)
    lossy = PoseTrack(
        TIMES[kept], whole.world[kept], whole.image[kept], whole.visibility[kept], 20.0, 600, 600
    )
    assert published(lossy, TIMES).filled.tolist() == [i == 20 for i in range(40)]


@pytest.mark.models
def test_the_pose_bench_prints_one_object_of_engines() -> None:
    command = [sys.executable, "-m", "benchmarks.pose", "--json", "--scenes", "1", "--fps", "4"]
    command += ["--models", str(settings.MODELS_DIR)]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True
    )
    result = json.loads(done.stdout)
    assert set(result) >= {"mediapipe", "mediapipe_raw", "mediapipe_task"}
    for means in result.values():
        assert set(means) == set(NAMES)
    ours = result["mediapipe"]
    assert ours["detection_rate"] > 0.9
    assert ours["pck"] > 0.9
    assert all(value > 0 for value in ours.values())
