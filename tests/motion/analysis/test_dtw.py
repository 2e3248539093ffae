"""The warp is the cheapest there is, and quick."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motion.analysis.dtw import warp, warp_many

Array = NDArray[np.float64]


def naive(first: Array, second: Array, band: float, step_cost: float) -> float:
    """The recurrence, cell by cell: cost of the cheapest way."""
    n, m = len(first), len(second)
    reach = max(1.0, 0.5 * band * max(n, m))
    slope = (n - 1) / max(n + m - 2, 1)
    total = np.full((n, m), np.inf)
    for i in range(n):
        for j in range(m):
            if abs(i - (i + j) * slope) > reach:
                continue
            before = 0.0
            if i or j:
                before = min(
                    total[i - 1, j - 1] if i and j else np.inf,
                    total[i - 1, j] + step_cost if i else np.inf,
                    total[i, j - 1] + step_cost if j else np.inf,
                )
            total[i, j] = before + np.linalg.norm(first[i] - second[j])
    return float(total[-1, -1])


SIZES = [(1, 1), (1, 6), (7, 1), (2, 2), (30, 30), (23, 40), (41, 19)]


@pytest.mark.parametrize(("n", "m"), SIZES)
@pytest.mark.parametrize("band", [0.1, 0.35, 1.0])
@pytest.mark.parametrize("step_cost", [0.0, 0.3])
def test_it_costs_what_the_naive_way_finds(n: int, m: int, band: float, step_cost: float) -> None:
    rng = np.random.default_rng(n * 100 + m)
    first, second = rng.normal(size=(n, 3)), rng.normal(size=(m, 3))

    found = warp(first, second, band=band, step_cost=step_cost)

    assert found.cost == pytest.approx(naive(first, second, band, step_cost))


@pytest.mark.parametrize(("n", "m"), SIZES)
def test_the_way_goes_from_end_to_end_step_by_step_and_costs_what_it_says(n: int, m: int) -> None:
    rng = np.random.default_rng(m)
    first, second = rng.normal(size=(n, 2)), rng.normal(size=(m, 2))

    found = warp(first, second, band=0.5)

    steps = set(zip(np.diff(found.first).tolist(), np.diff(found.second).tolist(), strict=True))
    assert steps <= {(1, 1), (1, 0), (0, 1)}
    assert (found.first[0], found.second[0]) == (0, 0)
    assert (found.first[-1], found.second[-1]) == (n - 1, m - 1)
    apart = np.linalg.norm(first[found.first] - second[found.second], axis=1)
    assert found.cost == pytest.approx(apart.sum())


def test_many_at_once_are_each_as_if_alone() -> None:
    rng = np.random.default_rng(5)
    many, reference = rng.normal(size=(6, 25, 2)), rng.normal(size=(31, 2))

    costs, at = warp_many(many, reference, band=0.4, step_cost=0.1)

    for k, one in enumerate(many):
        alone = warp(one, reference, band=0.4, step_cost=0.1)
        assert costs[k] == pytest.approx(alone.cost)
        for j in range(31):
            assert at[k, j] == pytest.approx(alone.first[alone.second == j].mean())
    assert warp_many(many[:0], reference)[1].shape == (0, 31)


def test_a_slowed_movement_is_laid_over_itself() -> None:
    t = np.linspace(0.0, 1.0, 200)
    movement = np.sin(2 * np.pi * t)[:, None]
    slowed = np.sin(2 * np.pi * (t + 0.03 * np.sin(2 * np.pi * t)))[:, None]

    _, at = warp_many(slowed[None], movement)

    off = at[0] / 199 + 0.03 * np.sin(2 * np.pi * at[0] / 199) - t
    assert np.abs(off).mean() < 0.005


def test_three_minutes_against_three_minutes_take_under_half_a_second() -> None:
    t = np.arange(5400) / 30.0
    movement = np.stack([np.sin(t * k) for k in (1.0, 2.0, 3.1, 0.5)], axis=1)
    late = np.stack([np.sin((t + 0.4 * np.sin(t / 9)) * k) for k in (1.0, 2.0, 3.1, 0.5)], axis=1)

    def seconds() -> float:
        began = time.process_time()
        assert len(warp(movement, late).first) >= 5400
        return time.process_time() - began

    # The least of three: what else the machine does must not count.
    assert min(seconds() for _ in range(3)) < 0.5
