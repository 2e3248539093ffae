"""Which of the trainer's poses is shown beside each of the client's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from processing.motion.analysis import analyse
from processing.motion.analysis.beside import laid_beside
from processing.motion.analysis.document import Analysis
from processing.motion.skeleton import BONE_INDEX
from processing.synthetic.performance import Performance
from tests.motion.analysis import athletes

LEAD = athletes.trainer(Performance("squat", reps=2, rep_s=2.0, idle_s=1.0, seed=1))


def test_a_movement_beside_itself_is_the_same_at_every_moment() -> None:
    beside = laid_beside(LEAD, LEAD, analyse(LEAD, LEAD))
    inside = (LEAD.times_s > 1.2) & (LEAD.times_s < 4.8)
    # The typical repetition stands for both, so poses may be those of the other one.
    assert np.nanmedian(beside.errors_deg[inside]) < 3.0
    assert beside.client.tolist() == list(range(len(LEAD)))
    assert len(beside.trainer) == len(LEAD)


def test_the_depth_of_a_slower_client_is_beside_the_trainers_depth() -> None:
    client = athletes.client(Performance("squat", reps=2, rep_s=3.0, idle_s=2.0, seed=2))
    found = analyse(LEAD, client)
    beside = laid_beside(LEAD, client, found)
    assert found.verdict == "judged"
    for rep in found.reps:
        middle_s = (rep.start_s + rep.end_s) / 2
        number = int(np.abs(client.times_s - middle_s).argmin())
        lead_s = float(LEAD.times_s[beside.trainer[number]])
        # Each of the trainer's takes two seconds, from 1 s on; its deepest point is half-way.
        assert (lead_s - 1.0) % 2.0 == pytest.approx(1.0, abs=0.3)


def test_only_the_limb_that_is_otherwise_has_a_large_error() -> None:
    world = LEAD.world.copy()
    # The left forearm points straight ahead, all the time.
    wrist, elbow = 15, 13
    world[:, wrist] = world[:, elbow] + np.array([0.0, 0.0, -0.25], np.float32)
    client = replace(LEAD, world=world)
    beside = laid_beside(LEAD, client, analyse(LEAD, client))
    errors = np.nanmedian(beside.errors_deg, axis=0)
    assert int(np.nanargmax(errors)) == BONE_INDEX["left_forearm"]
    assert errors[BONE_INDEX["right_forearm"]] < errors[BONE_INDEX["left_forearm"]] / 3


def test_what_was_not_compared_runs_beside_each_other_without_errors() -> None:
    other = athletes.client(Performance("jumping_jack", reps=9, idle_s=0.5, seed=3))
    found = Analysis("other_exercise", analyse(LEAD, LEAD).alignment)
    beside = laid_beside(LEAD, other, found)
    assert np.isnan(beside.errors_deg).all()
    assert beside.trainer[0] == 0 and beside.trainer.max() >= len(LEAD) - 2
