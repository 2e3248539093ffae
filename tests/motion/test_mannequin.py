"""The browser draws the same mannequin: both are held to the golden vectors."""

from __future__ import annotations

import json

import pytest

from tools.make_mannequin_golden import GOLDEN, golden


def test_the_golden_vectors_are_what_this_code_makes() -> None:
    stored, made = json.loads(GOLDEN.read_text()), json.loads(json.dumps(golden()))
    assert stored["faces"] == made["faces"]
    assert stored["build"] == pytest.approx(made["build"], abs=1e-6)
    for before, now in zip(stored["vertices"], made["vertices"], strict=True):
        assert [v is None for v in before] == [v is None for v in now]
        assert all(abs(a - b) <= 1 for a, b in zip(before, now, strict=True) if a is not None)
