"""Landmarks on the rays they are seen along: closed forms, invariances, the twin's vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motion.rays import FOCAL, on_rays
from processing.motion.skeleton import INDEX
from processing.synthetic.performance import Performance
from processing.synthetic.render import shoot, truth

GOLDEN = Path(__file__).resolve().parent.parent / "data" / "rays.json"
Floats = NDArray[np.float64]
SURE = np.ones(33)
HIPS = [INDEX["left_hip"], INDEX["right_hip"]]
WIDTH, HEIGHT = 300.0, 400.0


def body(at: float = 0.35) -> Floats:
    """A squatting athlete (33, 3), metres, seen from aside."""
    shot = shoot(Performance("squat", reps=1, seed=2), 40.0, (300, 400))
    start, end = shot.performance.reps_s[0]
    points = truth(shot, float(start + at * (end - start)))[1].astype(np.float64)
    return np.asarray(points - points[HIPS].mean(axis=0))


def seen(points: Floats, distance: float = 3.0, aside: tuple[float, float] = (0.3, -0.2)) -> Floats:
    """Where a camera of the assumed focal length shows them, pixels."""
    away = points[:, 2:] + distance
    share = (points[:, :2] + np.array(aside)) / away
    return np.asarray(np.array([WIDTH, HEIGHT]) / 2 + FOCAL * max(WIDTH, HEIGHT) * share)


def test_what_agrees_with_the_picture_stays() -> None:
    points = body()

    for distance in (1.5, 3.0, 8.0):
        found = on_rays(points, seen(points, distance), SURE, WIDTH, HEIGHT)
        np.testing.assert_allclose(found, points, atol=1e-9)


def test_errors_across_and_down_go_and_depths_stay() -> None:
    points = body()
    errors = np.random.default_rng(3).normal(0, 0.04, (33, 3)) * [1, 1, 0]
    errors -= errors[HIPS].mean(axis=0)

    found = on_rays(points + errors, seen(points), SURE, WIDTH, HEIGHT)

    np.testing.assert_allclose(found[:, 2], points[:, 2], atol=1e-12)
    before, left = (np.linalg.norm(one, axis=1).mean() for one in (errors, found - points))
    assert left < 0.35 * before


def test_the_size_of_the_picture_changes_nothing() -> None:
    points, image = body(), seen(body())
    off = points + np.random.default_rng(4).normal(0, 0.03, (33, 3))

    once = on_rays(off, image, SURE, WIDTH, HEIGHT)
    twice = on_rays(off, 2 * image, SURE, 2 * WIDTH, 2 * HEIGHT)

    np.testing.assert_allclose(once, twice, atol=1e-12)


def test_a_mirrored_picture_gives_a_mirrored_body() -> None:
    off = body() + np.random.default_rng(5).normal(0, 0.03, (33, 3))
    image = seen(body())
    flip = np.array([-1.0, 1.0, 1.0])

    mirrored = on_rays(off * flip, image * [-1, 1] + [WIDTH, 0], SURE, WIDTH, HEIGHT)

    np.testing.assert_allclose(mirrored * flip, on_rays(off, image, SURE, WIDTH, HEIGHT), atol=1e-9)


def test_what_is_hidden_hardly_counts() -> None:
    points, image = body(), seen(body())
    wrong = points.copy()
    wrong[INDEX["left_ankle"]] += [0.6, 0.5, 0.0]
    hidden = SURE.copy()
    hidden[INDEX["left_ankle"]] = 0.0

    sure, unsure = (on_rays(wrong, image, weight, WIDTH, HEIGHT) for weight in (SURE, hidden))

    def off(found: Floats) -> float:
        return float(np.linalg.norm(found - points, axis=1).mean())

    assert off(unsure) < 0.15 * off(sure)


@pytest.mark.parametrize("image", [np.full((33, 2), 80.0), np.full((33, 2), np.nan)])
def test_a_picture_that_says_nothing_changes_nothing(image: Floats) -> None:
    np.testing.assert_array_equal(on_rays(body(), image, SURE, WIDTH, HEIGHT), body())


def test_a_body_that_the_picture_contradicts_stays_as_it_is() -> None:
    points = body()
    upside_down = np.array([WIDTH, HEIGHT]) - seen(points)

    np.testing.assert_array_equal(on_rays(points, upside_down, SURE, WIDTH, HEIGHT), points)


def cases() -> list[dict[str, Any]]:
    """What both twins are asked: bodies, far and near, hidden in part, in either shape of picture,
    and pictures that fit no body."""
    rng = np.random.default_rng(20261122)
    found = []
    for i in range(8):
        points = body(0.1 * i)
        width, height = (WIDTH, HEIGHT) if i % 2 else (HEIGHT, WIDTH)
        image = seen(points, 1.4 + i) + rng.normal(0, 2.0, (33, 2))
        if i == 6:
            image = np.array([WIDTH, HEIGHT]) - image
        if i == 7:
            image[:] = 100.0
        off = points + rng.normal(0, 0.05, (33, 3))
        sure = np.where(rng.uniform(size=33) < 0.3, 0.01, rng.uniform(size=33))
        found.append(
            {
                "world": np.round(off, 4).tolist(),
                "image": np.round(image, 2).tolist(),
                "visibility": np.round(sure, 3).tolist(),
                "width": width,
                "height": height,
            }
        )
    return found


def test_the_twins_vectors_are_ours() -> None:
    """``python -m tests.motion.test_rays`` writes them anew."""
    stored = json.loads(GOLDEN.read_text(encoding="utf-8"))

    assert len(stored) == 8
    for case in stored:
        np.testing.assert_allclose(answer(case), np.array(case["expected"]), atol=1e-9)


def answer(case: dict[str, Any]) -> Floats:
    world, image, visibility = (np.array(case[key]) for key in ("world", "image", "visibility"))
    return on_rays(world, image, visibility, case["width"], case["height"])


def _write() -> None:
    for case in (stored := cases()):
        case["expected"] = np.round(answer(case), 12).tolist()
    GOLDEN.write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write()
