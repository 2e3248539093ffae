"""The matting bench's measures are what they say, it prints all of them, and ours is the better."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.conf import settings
from numpy.typing import NDArray

from benchmarks.matte_metrics import (
    NAMES,
    Score,
    connectivity,
    dtssd,
    gradient,
    iou,
    mad,
    mse,
)
from benchmarks.matting_scenes import SCENES

ROOT = Path(__file__).resolve().parents[1]

Alpha = NDArray[np.uint8]


def disc(x: int = 50, radius: int = 20) -> Alpha:
    matte = np.zeros((100, 100), np.uint8)
    cv2.circle(matte, (x, 50), radius, 255, -1)
    return matte


@pytest.mark.parametrize("measure", [mad, mse, gradient, connectivity])
def test_a_perfect_matte_has_no_error(measure: object) -> None:
    assert callable(measure)
    assert measure(disc(), disc()) == pytest.approx(0, abs=1e-9)  # sums of rounded floats


def test_differences_are_scaled_as_in_the_fields_tables() -> None:
    """Half the pixels are off by 51 of 255, a fifth."""
    one, other = np.zeros((10, 10), np.uint8), np.zeros((10, 10), np.uint8)
    other[:5] = 51
    assert mad(one, other) == pytest.approx(0.2 / 2 * 1e3)
    assert mse(one, other) == pytest.approx(0.2**2 / 2 * 1e3)
    # The first has no change, the second changes everywhere a fifth.
    assert dtssd(one, one, other, np.zeros_like(other)) == pytest.approx(100 * 0.2 * np.sqrt(0.5))


def test_a_constant_error_does_not_flicker() -> None:
    assert dtssd(disc(50), disc(50), disc(55), disc(55)) == 0
    assert dtssd(disc(50), disc(52), disc(60), disc(60)) > 1


def test_the_gradient_sees_soft_edges() -> None:
    soft = cv2.GaussianBlur(disc(), (0, 0), 3)
    softer = cv2.GaussianBlur(disc(), (0, 0), 6)
    assert 0 < gradient(soft, disc()) < gradient(softer, disc())
    # A ramp of slope 1/100 has that slope in its middle, whatever the axis.
    ramp = np.tile(np.arange(0, 200, 2, dtype=np.uint8), (100, 1))
    flat = np.zeros_like(ramp)
    assert gradient(ramp, flat) == pytest.approx(gradient(ramp.T.copy(), flat), rel=1e-5)


def test_connectivity_counts_what_hangs_in_the_air() -> None:
    """An island of 25 pixels, sure in ours and absent in the truth."""
    island = disc()
    island[5:10, 5:10] = 255
    assert connectivity(island, disc()) == pytest.approx(25 / 1e3)
    faint = disc()
    faint[5:10, 5:10] = 30  # 12%: less than is forgiven
    assert connectivity(faint, disc()) == 0


def test_overlap() -> None:
    assert iou(disc(), disc()) == 1
    assert iou(disc(20, 10), disc(80, 10)) == 0
    assert iou(np.zeros_like(disc()), np.zeros_like(disc())) == 1


def test_no_change_is_counted_between_scenes() -> None:
    score = Score()
    for x in (30, 70):
        score.start()
        for _ in range(2):
            score.add(disc(x), disc(x))
    means = score.means()
    assert set(means) == set(NAMES)
    assert means["dtssd"] == means["mad"] == 0
    assert means["iou"] == 1


def test_the_scenes_differ() -> None:
    for name in ("exercise", "look", "room", "light", "view"):
        assert len({getattr(scene, name) for scene in SCENES}) >= 3, name
    assert len({scene.size for scene in SCENES}) >= 3
    assert any(scene.handheld for scene in SCENES)


@pytest.mark.models
def test_ours_is_better_than_half_the_bare_masks_error() -> None:
    """The whole bench: MAD 0.14, dtSSD 0.45 of the selfie mask's; here two short scenes."""
    command = [sys.executable, "-m", "benchmarks.matting", "--json"]
    command += ["--scenes", "2", "--frames", "12", "--models", str(settings.MODELS_DIR)]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True
    )
    result = json.loads(done.stdout)
    assert set(result) >= {"mediapipe", "pose_mask", "selfie_mask"}
    for means in result.values():
        assert set(means) == {*NAMES, "frames_per_second"}
    ours, pose, selfie = (result[name] for name in ("mediapipe", "pose_mask", "selfie_mask"))
    for name in ("mad", "mse", "grad", "conn", "dtssd"):
        assert ours[name] < 0.8 * pose[name], name
        assert ours[name] < 0.7 * selfie[name], name
    assert ours["mad"] < 0.5 * selfie["mad"]
    assert ours["iou"] > max(pose["iou"], selfie["iou"])
