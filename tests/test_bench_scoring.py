"""The scoring bench's measures are what they say, and it prints them; figures are no test."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.scoring_baselines import dtw, normalised, plain, warp
from benchmarks.scoring_bench import REAL, before
from benchmarks.scoring_films import Film, load, path_of, save
from benchmarks.scoring_methods import CODES, ours
from benchmarks.scoring_metrics import (
    alarm_level,
    alarms,
    auc,
    mean_spearman,
    per_minute,
    share_within,
    spearman,
    stratified_auc,
)
from benchmarks.scoring_scenes import CONTEXTS, FAULTS, PEOPLE, SEVERITIES, scenes
from processing.motion.track import PoseTrack
from processing.synthetic.performance import bump
from tests.motion import figure

ROOT = Path(__file__).resolve().parents[1]
TIMES = np.arange(0, 9.5, 0.08)
REPS_S = np.array([[0.5, 3.1], [3.3, 5.9], [6.1, 8.7]])
SCENES = scenes()


def track(times_s: np.ndarray = TIMES, depth: float = 1.0, late_s: float = 0.0) -> PoseTrack:
    """Three squats of a stick figure."""

    def squats(t: float) -> np.ndarray:
        return figure.body(squat=depth * sum(bump(t - late_s, c, 1.3) for c in REPS_S.mean(axis=1)))

    world = figure.film(squats, times_s)
    return PoseTrack(
        times_s,
        world.astype(np.float32),
        (world[..., :2] * 200 + 300).astype(np.float32),
        np.ones((len(times_s), 33), np.float32),
        12.5,
        600,
        600,
    )


# -- Measures


def test_auc_counts_pairs_and_halves_ties() -> None:
    assert auc([3, 4], [1, 2]) == 1
    assert auc([1], [3, 4]) == 0
    assert auc([2, 5], [2, 1]) == pytest.approx((0.5 + 1 + 1 + 1) / 4)
    assert math.isnan(auc([], [1.0]))


def test_strata_are_never_mixed() -> None:
    """Perfect within each, though one's positives are below the other's negatives."""
    assert stratified_auc([([11.0], [10.0]), ([2.0], [1.0])]) == 1
    assert stratified_auc([([1.0], [0.0, 0.0]), ([0.0], [1.0])]) == pytest.approx(2 / 3)
    assert math.isnan(stratified_auc([([], [1.0])]))


def test_spearman_sees_order_alone() -> None:
    assert spearman([1, 10, 100, 1000], [0, 1, 2, 3]) == pytest.approx(1)
    assert spearman([4, 3, 2, 1], [0, 1, 2, 3]) == pytest.approx(-1)
    # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 · 5).
    assert spearman([0, 5, 5, 9], [1, 2, 3, 4]) == pytest.approx(4.5 / math.sqrt(22.5))
    assert spearman([7, 7, 7], [1, 2, 3]) == 0
    assert mean_spearman([([1, 2, 3], [1, 2, 3]), ([3, 2, 1], [1, 2, 3])]) == pytest.approx(0)


def test_rates_levels_and_shares() -> None:
    assert per_minute(3, 90) == 2
    assert math.isnan(per_minute(0, 0))
    assert alarm_level([10, 40, 20, 30], 0.5) == 30
    assert alarm_level([10, 40, 20, 30], 1.0) == 10
    assert share_within([1.0, -3.0], [2.0, 2.0]) == 0.5


def test_alarms_come_once_until_it_was_quiet() -> None:
    times = np.arange(10.0)
    values = np.array([0, 5, 5, 5, 0, 0, 5, np.nan, 0, 5.0])
    assert alarms(times, values, 5.0, apart_s=1.5) == [1.0, 6.0, 9.0]
    assert alarms(times, values, 6.0) == []


# -- Baselines


def test_normalised_joints_know_neither_place_nor_size() -> None:
    image = track().image
    np.testing.assert_allclose(normalised(2.5 * image + 40), normalised(image), atol=1e-4)


def test_plain_is_100_for_the_same_and_falls_with_the_distance() -> None:
    one = track()
    np.testing.assert_allclose(plain(one, one), 100)
    # A tenth of the torso at eight of the twelve main joints costs 2 · 10 · 8 / 12.
    torso = np.linalg.norm(one.image[0, [11, 12]].mean(0) - one.image[0, [23, 24]].mean(0))
    still = replace(one, image=np.repeat(one.image[:1], len(one), axis=0))
    shifted = still.image.copy()
    away = [i for i in range(33) if i not in (11, 12, 23, 24)]
    shifted[:, away, 0] += 0.1 * torso
    score = plain(still, replace(still, image=shifted))
    np.testing.assert_allclose(score, 100 - 20 * 8 / 12, rtol=1e-4)
    late = track(TIMES + 10)
    assert np.isnan(plain(one, late)).all()


def test_the_cheapest_way_is_found() -> None:
    cost = np.array([[0, 9, 9], [9, 0, 9], [9, 0, 9], [9, 9, 0.0]])
    assert warp(cost) == [(0, 0), (1, 1), (2, 1), (3, 2)]


def test_dtw_does_not_mind_coming_late_but_a_shallower_squat() -> None:
    late = track(late_s=0.6)
    assert dtw(track(), late).mean() > 97
    assert plain(track(), late).mean() < 95
    assert dtw(track(), track(depth=0.5)).mean() < 97


# -- Ours, and what is filmed


def test_our_evidence_of_depth_grows_with_what_is_missing() -> None:
    trainer = track()
    found = [ours(trainer, track(depth=depth)).evidence["depth"] for depth in (1.0, 0.75, 0.5)]
    assert found[0] < 0.1
    assert 0.3 < found[1] < found[2] > 1
    assert len(ours(trainer, trainer).reps or ()) == 3


def test_every_fault_is_filmed_in_five_severities_and_right() -> None:
    assert {15.0, 20.0} < set(SEVERITIES)
    assert set(CODES) | {"occlusion"} == set(FAULTS)
    assert len({scene.name for scene in SCENES}) == len(SCENES)
    for fault in FAULTS:
        takes = [scene for scene in SCENES if scene.fault == fault]
        assert {scene.severity for scene in takes} == set(SEVERITIES)
    for context in CONTEXTS:
        right = [s for s in SCENES if s.role == "right" and s.context == context.name]
        trainer = next(s for s in SCENES if s.name == f"{context.name}.trainer")
        assert len(right) == 4
        assert right[0].person == right[1].person
        assert all(scene.person != trainer.person for scene in right)
        assert all(abs(scene.view - trainer.view) <= 8 for scene in right)


def test_sets_vary_in_speed_body_view_pauses_and_halves() -> None:
    sets = [scene for scene in SCENES if scene.role == "set"]
    assert {scene.person for scene in sets} == set(range(len(PEOPLE)))
    assert {bool(scene.half) for scene in sets} == {True, False}
    assert {bool(scene.performance.pauses) for scene in sets} == {True, False}


def test_a_film_is_kept_and_a_changed_scene_is_another(tmp_path: Path) -> None:
    kept = Film(track(), track(), TIMES, track().world.astype(np.float64), REPS_S)
    path = path_of(SCENES[0], tmp_path)
    save(kept, path)
    again = load(path)
    np.testing.assert_array_equal(again.track.world, kept.track.world)
    np.testing.assert_array_equal(again.reps_s, kept.reps_s)
    assert (again.track.fps, again.track.width) == (12.5, 600)
    assert path_of(replace(SCENES[0], view=SCENES[0].view + 1), tmp_path) != path
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_moment_knows_nothing_later() -> None:
    seen = before(track(), 2.0)
    assert seen.times_s[-1] <= 2.0
    assert len(seen.world) == len(seen.times_s) == 26


def test_the_scoring_bench_prints_one_object_of_methods(tmp_path: Path) -> None:
    """Of one context alone, with the films of the trainer, the right ones and a few faults."""
    wanted = [s for s in SCENES if s.context == "squat-80"]
    names = ("squat-80.trainer", "squat-80.right0", "squat-80.depth.40")
    for scene in wanted:
        if scene.name not in names:
            continue
        made = track(depth=0.6 if scene.role == "fault" else 1.0)
        truth = made.world.astype(np.float64)
        save(Film(made, made, TIMES, truth, REPS_S), path_of(scene, tmp_path))
    command = [sys.executable, "-m", "benchmarks.scoring", "--json", "--as-is", "--contexts", "1"]
    command += ["--cache", str(tmp_path), "--clips", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True
    )
    result = json.loads(done.stdout)
    assert result["films"] == 3
    assert set(result) >= {"ours", "plain", "dtw"}
    for name in ("ours", "plain", "dtw"):
        assert set(result[name]["auc_20"]) == set(FAULTS)
        assert result[name]["auc_20"]["depth"] == 1
        assert result[name]["auc_20"]["valgus"] is None
        assert result[name]["sensitivity"] == 1
    assert result["ours"]["reps_exact"] == 1
    assert result["plain"]["reps_exact"] is None
    assert all(name.endswith(".mp4") for name in REAL)
