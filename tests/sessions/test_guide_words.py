"""Every sentence that the guide's scripts can ask for has its words, and none is left over."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from sessions.shadow_words import guide

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
const { COACH_KEYS } = await import("./static/js/shadow/guide/cues.js");
const { HINTS } = await import("./static/js/shadow/guide/readiness.js");
console.log(JSON.stringify([...COACH_KEYS, ...HINTS.map(({ key }) => key)]));
"""
# Said by the page itself, around what the scripts find.
PAGE = re.compile(r"^(tutorial|gesture|guide)_")


@pytest.fixture(scope="module")
def keys() -> list[str]:
    done = subprocess.run(
        ["node", "--input-type=module", "-e", SCRIPT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_every_key_has_its_words_and_no_words_are_left_over(keys: list[str]) -> None:
    words = guide.words()

    assert len(keys) == len(set(keys)) > 60
    assert set(keys) == {key for key in words if not PAGE.match(key)}


def test_only_known_values_are_asked_for() -> None:
    values = {
        key: set(re.findall(r"\{(\w+)\}", text))
        for key, text in guide.words().items()
        if "{" in text
    }

    assert values == {
        "ready_turn_left": {"degrees"},
        "ready_turn_right": {"degrees"},
        "count": {"count"},
        "count_halfway": {"count"},
    }


def test_left_and_right_say_the_same_but_for_the_side() -> None:
    words = guide.words()
    pairs = [(key, key.replace("_left", "_right")) for key in words if "_left" in key]

    assert len(pairs) > 8
    for left, right in pairs:
        assert words[left].replace("left", "right") == words[right]


def test_the_tutorial_does_not_say_which_arm() -> None:
    assert not re.search(r"left|right", guide.words()["tutorial_raise"])
