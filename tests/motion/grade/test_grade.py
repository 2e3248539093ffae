"""The grader does what its figures say, and they come from what lies beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.scoring_metrics import spearman
from processing.motion.grade import grade
from processing.motion.grade.network import MODEL, run
from processing.motion.track import PoseTrack
from processing.synthetic.body import MAN, Body
from processing.synthetic.performance import Performance
from processing.synthetic.severity import Fault, flawed
from tools.grade_figures import nonsense, track
from tools.grade_network import Familiar, Grader, distances
from tools.grade_samples import NEW_BODIES, TAUGHT, samples, stacked
from tools.grade_strangers import Stranger

FIGURES = json.loads(MODEL.with_name("figures.json").read_text())
ROOT = Path(__file__).resolve().parents[3]


def seen(performance: Performance | Stranger, seed: int, view: float = 50.0) -> PoseTrack:
    return track(performance, Body() if seed % 2 else MAN, view + seed % 5, seed)


def test_the_figures_are_good_enough_and_the_file_small() -> None:
    for part in ("new_bodies", "new_views", "new_both"):
        assert FIGURES[part]["spearman"] >= 0.9
        assert FIGURES[part]["covered"] >= 0.85
        assert FIGURES[part]["familiar"] >= 0.9
    assert FIGURES["filmed"]["spearman"] > 0.5
    assert FIGURES["bytes"] == MODEL.stat().st_size < 1_000_000


def test_the_grade_grows_with_the_fault() -> None:
    trainer = seen(Performance("squat", seed=2), 2)
    faults: tuple[Fault, ...] = ("depth", "trunk_lean")
    for fault in faults:
        found = []
        for severity in (0.0, 12.0, 24.0, 36.0):
            right = Performance("squat", seed=4)
            result = grade(trainer, seen(flawed(right, MAN, fault, severity), 4))
            assert result is not None
            assert 0 <= result.low <= result.value <= result.high <= 4
            assert result.familiar
            found.append(result.value)
        assert found == sorted(found)
        assert found[0] < 0.9
        assert found[-1] > 2.4


@pytest.mark.parametrize("movement", ["hinge", "side_bend", "one_arm"])
def test_a_movement_that_was_never_taught_is_not_familiar(movement: str) -> None:
    result = grade(seen(Stranger(movement, 1), 1, 20.0), seen(Stranger(movement, 2), 2, 20.0))
    assert result is None or not result.familiar


def test_another_exercise_and_nonsense_are_refused() -> None:
    trainer = seen(Performance("squat", seed=1), 1)
    for client in (seen(Performance("jumping_jack", seed=2), 2), nonsense(trainer, 3)):
        result = grade(trainer, client)
        assert result is None or not result.familiar


def test_a_trainer_who_holds_still_gives_nothing_to_grade() -> None:
    plank = track(Performance("plank", reps=1, seed=1), Body(), 80.0, 1)
    assert grade(plank, plank) is None


def test_running_needs_no_pytorch() -> None:
    code = (
        "import sys, numpy; from processing.motion.grade.network import run;"
        "from processing.motion.grade.features import Features;"
        "run(Features(numpy.zeros((2, 36, 26), 'f4'), numpy.zeros((2, 5), 'f4')));"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_samples_come_from_the_seed_alone() -> None:
    one, again = (stacked(samples(5, 7, TAUGHT)) for _ in range(2))
    for name, values in one.items():
        np.testing.assert_array_equal(values, again[name])
    assert not np.array_equal(one["facts"], stacked(samples(6, 7, TAUGHT))["facts"])


def test_some_held_out_samples_again() -> None:
    """A few of those that the figures are of, made anew: ranks agree with the truth as they say."""
    found = [
        one for n in range(200_000, 200_012) for one in samples(FIGURES["seed"], n, NEW_BODIES)
    ]
    values = [run(one.features)[0] for one in found]
    assert spearman(values, [one.grade for one in found]) > FIGURES["new_bodies"]["spearman"] - 0.1


def test_distance_is_that_of_mahalanobis_and_what_the_subspace_lacks() -> None:
    torch = pytest.importorskip("torch")
    basis = torch.eye(3)[:, :2]
    known = Familiar(
        torch.tensor([1.0, 0, 0]), basis, torch.diag(torch.tensor([0.5, 1.0])),
        torch.tensor([[0.0, 0.0], [5.0, 0.0]]), 1.0, 1.0,
    )  # fmt: skip
    near, outside = distances(known, torch.tensor([[5.0, 0.0, 3.0], [10.0, 2.0, 0.0]]))
    # (4, 0) and (9, 2) from the mean are (2, 0) and (4.5, 2) whitened.
    np.testing.assert_allclose(near, [2.0, np.hypot(0.5, 2.0)], rtol=1e-6)
    np.testing.assert_allclose(outside, [3.0, 0.0], atol=1e-6)


def test_padding_changes_nothing() -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    grader = Grader().eval()
    curves, facts = torch.randn(1, 3, 36, 26), torch.randn(1, 3, 5)
    more = (
        torch.cat([curves, torch.zeros(1, 2, 36, 26)], 1),
        torch.cat([facts, torch.zeros(1, 2, 5)], 1),
    )
    there = torch.tensor([[1.0, 1, 1, 0, 0]])
    with torch.no_grad():
        short = grader(curves, facts, torch.ones(1, 3))
        long = grader(*more, there)
    for one, other in zip(short, long, strict=True):
        torch.testing.assert_close(one, other)
