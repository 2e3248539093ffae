"""What the grader looks at: the same for everyone who moves alike, from wherever and mirrored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from processing.motion.grade.features import (
    CHANNELS,
    FACTS,
    MOST_REPS,
    PHASES,
    Features,
    features_of,
    folded,
    model_of,
)
from processing.motion.track import PoseTrack
from processing.synthetic.performance import bump
from tests.motion import figure

TIMES = np.arange(0, 9.5, 0.08)


def track(depth: float = 1.0, turned: float = 0.0, mirrored: bool = False) -> PoseTrack:
    """Three squats of a stick figure, 2.6 s each."""

    def squats(t: float) -> figure.Array:
        return figure.body(squat=depth * sum(bump(t, c, 1.3) for c in (1.8, 4.6, 7.4)))

    world = figure.turned(figure.film(squats, TIMES), turned)
    world = figure.mirrored(world) if mirrored else world
    return PoseTrack(
        TIMES,
        world.astype(np.float32),
        np.full((len(TIMES), 33, 2), np.nan, np.float32),
        np.ones((len(TIMES), 33), np.float32),
        12.5,
        0,
        0,
    )


def seen(client: PoseTrack, trainer: PoseTrack | None = None) -> Features:
    model = model_of(trainer or track())
    assert model is not None
    found = features_of(model, client)
    assert found is not None
    return found


def test_the_same_movement_has_no_difference() -> None:
    found = seen(track())
    assert found.curves.shape == (3, CHANNELS, PHASES)
    assert found.facts.shape == (3, FACTS)
    assert np.abs(found.curves[:, : CHANNELS // 2]).max() < 0.05
    np.testing.assert_allclose(found.facts[:, :2], 0, atol=0.05)


@pytest.mark.parametrize("client", [track(turned=0.6), track(mirrored=True)])
def test_neither_the_camera_nor_a_mirror_makes_a_difference(client: PoseTrack) -> None:
    np.testing.assert_allclose(seen(client).curves, seen(track()).curves, atol=0.05)


def test_a_shallow_squat_differs_by_its_degrees() -> None:
    """At the bottom the figure's knees are bent by 2 · squat radians."""
    found = seen(track(depth=0.8))
    knee = found.curves[:, 0].min(axis=1) * 30
    np.testing.assert_allclose(knee, -np.degrees(0.2 * 2.0), atol=2.5)
    np.testing.assert_allclose(found.facts[:, 1], -0.2, atol=0.06)


def test_tempo_is_the_logarithm_of_the_time() -> None:
    slow = replace(track(), times_s=TIMES * 1.25)
    np.testing.assert_allclose(seen(slow).facts[:, 0], np.log(1.25), atol=0.05)


def test_a_side_that_is_not_seen_counts_as_the_other() -> None:
    angles = np.arange(18.0)
    half = angles.copy()
    half[8:16] = np.nan
    np.testing.assert_array_equal(folded(half)[:8], angles[:8])
    assert np.isnan(folded(half)[8:16]).all()
    np.testing.assert_array_equal(folded(angles)[8:16], 8.0)


def test_long_sets_are_thinned_out() -> None:
    whole = track()
    times = np.concatenate([whole.times_s + k * 9.5 for k in range(6)])
    more: dict[str, Any] = {
        name: np.concatenate([getattr(whole, name)] * 6)
        for name in ("world", "image", "visibility", "filled")
    }
    again = replace(whole, times_s=times, **more)
    assert len(seen(again).curves) == MOST_REPS


def test_nothing_is_made_of_nothing() -> None:
    model = model_of(track())
    assert model is not None
    nothing: dict[str, Any] = {
        name: getattr(track(), name)[:0]
        for name in ("times_s", "world", "image", "visibility", "filled")
    }
    nobody = replace(track(), **nothing)
    assert features_of(model, nobody) is None
    assert model_of(nobody) is None
    assert model_of(replace(track(), world=np.repeat(track().world[:1], len(TIMES), 0))) is None
