"""Every way a clip can fail has a sentence with the facts in it."""

from __future__ import annotations

import pytest
from django.utils import translation

from processing.errors import INVALID_CLIP_CODES
from processing.messages import error_sentence

RUNNER_CODES = {"disk_full", "out_of_memory", "timed_out", "engine", "crashed", "internal"}


@pytest.mark.parametrize("code", sorted(INVALID_CLIP_CODES | RUNNER_CODES))
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_code_has_a_sentence_of_its_own(code: str, language: str) -> None:
    with translation.override(language):
        sentence = error_sentence(code, {"duration_s": 1, "limit_s": 1, "width": 1, "height": 1})
        others = {
            error_sentence(other, {}) for other in (INVALID_CLIP_CODES | RUNNER_CODES) - {code}
        }
    assert sentence.endswith(".") and len(sentence) > 30
    assert sentence not in others


def test_a_video_barely_over_the_limit_does_not_read_as_equal_to_it() -> None:
    sentence = error_sentence("too_long", {"duration_s": 1800.2, "limit_s": 1800.0})
    assert "30:01" in sentence and "30:00" in sentence


def test_the_size_of_a_picture_that_is_too_large_is_said() -> None:
    assert "5200 × 2800" in error_sentence("too_large", {"width": 5200, "height": 2800})


def test_an_unknown_code_still_says_that_the_video_is_safe() -> None:
    assert error_sentence("never heard of", {}) == error_sentence("internal", {})
