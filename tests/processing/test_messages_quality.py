"""Every finding has a sentence of its own that says what, when, and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from processing.messages_quality import finding_sentence, quality_sentences, times
from processing.motion.gates import CODES


def finding(code: str, *spans: tuple[float, float], **params: Any) -> dict[str, Any]:
    return {"code": code, "spans": [list(span) for span in spans], "params": params, "value": 12.4}


def every_finding() -> list[dict[str, Any]]:
    span = (5.2, 9.9)
    blocks = [
        finding("low_confidence", span, block=block) for block in ("top", "bottom", "left", "right")
    ]
    return blocks + [finding(code, span) for code in CODES if code != "low_confidence"]


def test_every_finding_has_a_sentence_of_its_own() -> None:
    sentences = quality_sentences({"findings": every_finding()})
    assert len(set(sentences)) == len(sentences)
    assert all(text.endswith(".") and len(text) > 40 and "%" not in text for text in sentences)


def test_advice_comes_with_times() -> None:
    sentence = finding_sentence(finding("feet_out", (5.2, 9.9)), duration_s=60.0)
    assert "feet" in sentence and "from 0:05 to 0:09" in sentence and "step back" in sentence


def test_a_fault_of_the_whole_take_needs_no_times() -> None:
    assert "all the time" in finding_sentence(finding("too_dark", (0.3, 9.9)), duration_s=10.0)


@pytest.mark.parametrize(
    ("spans", "text"),
    [
        ([(61.0, 75.5)], "from 1:01 to 1:15"),
        ([(3.1, 3.6)], "at 0:03"),
        ([(1.0, 2.5), (8.0, 9.5)], "from 0:01 to 0:02, from 0:08 to 0:09"),
        (
            [(1, 2.5), (10, 11), (20, 29), (40, 49), (60, 61)],
            "from 0:01 to 0:02, from 0:20 to 0:29, from 0:40 to 0:49 and 2 more times",
        ),
    ],
)
def test_times_are_read_as_on_a_player(spans: list[tuple[float, float]], text: str) -> None:
    assert times(spans) == text


def test_cuts_are_moments() -> None:
    one = finding_sentence(finding("cut", (8.76, 8.8), count=1))
    two = finding_sentence(finding("cut", (8.76, 8.8), (26.53, 26.57), count=2))
    assert "a cut at 0:08:" in one
    assert "cuts at 0:08, 0:26:" in two


def test_a_finding_of_tomorrow_still_has_words() -> None:
    assert "not right at 0:01" in finding_sentence(finding("new", (1.0, 1.5)))
