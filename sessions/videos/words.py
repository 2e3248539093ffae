"""What goes on with an analysis, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from processing.messages import error_sentence
from processing.messages_quality import quality_sentences
from sessions.videos.models import VideoAnalysis

STAGE_WORDS: Final[dict[str, Promise]] = {
    "probe": gettext_lazy("Checking the video"),
    "pose": gettext_lazy("Reading the movement"),
    "probe_reference": gettext_lazy("Checking the reference video"),
    "pose_reference": gettext_lazy("Reading the movement in the reference video"),
    "compare": gettext_lazy("Comparing the movements"),
    "draw": gettext_lazy("Making the video of both"),
}
"""By the names of `sessions.videos.steps`."""

_OURS: Final[dict[str, Promise]] = {
    "exercise_gone": gettext_lazy(
        "The exercise was deleted or its clip was withdrawn before the video could be compared "
        "with it. Choose another exercise and send the video again."
    ),
    "engine": gettext_lazy(
        "The method chosen for this video cannot be used on this server at the moment. "
        "Choose another one, or ask whoever runs the server to install it, then send the video "
        "again."
    ),
    "disk_full": gettext_lazy(
        "The server's disk is full. Ask whoever runs the server to make room, "
        "then send the video again."
    ),
    "out_of_memory": gettext_lazy(
        "The server ran out of memory on this video. Send it again when less is going on; if it "
        "happens again, export the video in a lower resolution and send that."
    ),
    "timed_out": gettext_lazy(
        "The analysis got stuck on this video and was ended. "
        "Export the video as MP4 (H.264) and send that."
    ),
    "crashed": gettext_lazy(
        "The analysis stopped several times without an answer. "
        "Export the video as MP4 (H.264) and send that."
    ),
    "internal": gettext_lazy(
        "Something went wrong on our side; the video itself is safe. "
        "Send it again in a few minutes."
    ),
}
"""What differs from what a clip's trainer is told: there is no button here."""

HINTS: Final[dict[str, Promise]] = {
    "sideways": gettext_lazy(
        "The video lies on its side. Turn it upright on the phone, save it and send it again."
    ),
    "upside_down": gettext_lazy(
        "The video is upside down. Turn it upright on the phone, save it and send it again."
    ),
    "still": gettext_lazy(
        "Nobody moves in this video, so there is no repetition to compare. Film the exercise "
        "itself, with at least one whole repetition."
    ),
    "other_side": gettext_lazy(
        "The camera saw the client from quite another side than the trainer. Angles can be "
        "compared better where both are filmed from the same side."
    ),
}
"""By the codes of ``processing.motion.analysis.hints``."""


def hint_sentences(result: Mapping[str, Any]) -> list[dict[str, str]]:
    """What would have helped: code and sentence. Results of before there were hints have none."""
    return [{"code": code, "sentence": str(HINTS[code])} for code in result.get("hints", [])]


def problem_sentence(analysis: VideoAnalysis) -> str:
    """What is wrong and what to do; empty where nothing is."""
    code, params = analysis.problem, analysis.problem_params
    if not code:
        return ""
    if code in _OURS:
        return str(_OURS[code])
    sentence = error_sentence(code, params)
    if params.get("which") == "reference":
        return _("The reference video: %(sentence)s") % {"sentence": sentence}
    return sentence


def stage_words(analysis: VideoAnalysis) -> str:
    """What is being done, for people; empty where nothing is."""
    if analysis.status == VideoAnalysis.Status.QUEUED:
        return _("Waiting")
    if analysis.status != VideoAnalysis.Status.RUNNING:
        return ""
    return str(STAGE_WORDS.get(analysis.stage, _("Waiting")))


def with_sentences(about: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What is known of a video, its findings told in the current language as well."""
    if about is None:
        return None
    quality = about["quality"]
    return {
        **about,
        "quality": {**quality, "sentences": quality_sentences(quality, about["duration_s"])},
    }


def queue_words(position: int | None) -> str:
    """How many go first; empty where it does not wait."""
    if position is None:
        return ""
    if position <= 1:
        return _("It is next.")
    ahead = position - 1
    return ngettext("%(count)d video goes first", "%(count)d videos go first", ahead) % {
        "count": ahead
    }
