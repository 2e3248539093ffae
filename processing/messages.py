"""What went wrong with a clip, in words: what happened, and what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from processing.messages_quality import finding_sentence
from processing.models import Clip


def _clock(seconds: float) -> str:
    """Minutes and seconds, rounded up: a video over the limit never reads as equal to it."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    return f"{minutes}:{rest:02d}"


def clip_sentence(clip: Clip) -> str:
    """The sentence for a clip that cannot be used, failed or was stopped; empty for others."""
    if clip.status not in Clip.STUCK:
        return ""
    if clip.status == Clip.Status.CANCELLED:
        return _("You stopped this clip. Start it again whenever you like; nothing is lost.")
    sentence = error_sentence(clip.error_code, clip.error_params)
    if clip.is_usable:
        return f"{sentence} " + _("The version before stays in use.")
    return sentence


def error_sentence(code: str, params: Mapping[str, Any]) -> str:
    """What happened and what to do, for a code of :mod:`processing.errors` or of the runner."""
    if code == "too_long":
        return _(
            "The video is %(length)s long; up to %(limit)s can be processed. "
            "Cut it into exercises and upload them one by one."
        ) % {
            "length": _clock(float(params.get("duration_s", 0))),
            "limit": _clock(float(params.get("limit_s", 0))),
        }
    if code == "too_large":
        return _(
            "The picture is too large: %(width)s × %(height)s pixels. "
            "Export the video in 4K or smaller and upload it again."
        ) % {"width": params.get("width", "?"), "height": params.get("height", "?")}
    if code == "quality":
        return " ".join(
            [
                _("The video can't be used as it is."),
                *(
                    finding_sentence(finding)
                    for finding in params.get("findings", [])
                    if finding.get("severity") == "stop"
                ),
                _("Film it once more and upload the new video."),
            ]
        )
    if code == "no_person" and params.get("dark"):
        return _(
            "The video is too dark to make anybody out. Switch on more light, or film by day "
            "facing a window, and upload the new video."
        )
    sentences = {
        "empty": _("The file is empty. Choose the video again and upload it once more."),
        "not_a_video": _(
            "This file is not a video that can be read. "
            "Upload a video as your phone or camera made it (MP4, MOV, WebM)."
        ),
        "no_video_stream": _(
            "The file has sound but no picture. Check that you chose the right file."
        ),
        "truncated": _(
            "The video breaks off: the file did not arrive or was not saved whole. "
            "Copy it from the camera again, check that it plays to the end, and upload it again."
        ),
        "damaged": _(
            "The video is damaged and cannot be read to its end. "
            "Export or record it once more and upload it again."
        ),
        "too_short": _(
            "The video is too short to show a movement. Record at least one whole repetition."
        ),
        "no_person": _(
            "No person could be found in the video. Film yourself whole, from head to feet, "
            "in good light, and upload the new video."
        ),
        "unsupported": _(
            "The video is in a format that cannot be read here. "
            "Export it as MP4 (H.264) and upload it again."
        ),
        "disk_full": _(
            "The server's disk is full. Nothing is lost: ask whoever runs the server "
            "to make room, then press Retry."
        ),
        "out_of_memory": _(
            "The server ran out of memory on this video. Press Retry when less is going on; if it "
            "happens again, export the video in a lower resolution and upload that."
        ),
        "timed_out": _(
            "Processing got stuck on this video and was ended. Press Retry; if it happens again, "
            "export the video as MP4 (H.264) and upload that."
        ),
        "engine": _(
            "The method chosen for this video cannot be used on this server at the moment. "
            "Choose another one, or ask whoever runs the server to install it, then press Retry."
        ),
        "crashed": _(
            "Processing stopped several times without an answer. Press Retry; if it happens "
            "again, export the video as MP4 (H.264) and upload that."
        ),
        "internal": _(
            "Something went wrong on our side; the video itself is safe. "
            "Press Retry in a few minutes."
        ),
    }
    return sentences.get(code, sentences["internal"])


def stage_words(stage: str) -> str:
    """A stage's name for people."""
    return {
        "probe": _("Checking the video"),
        "pose": _("Reading the movement"),
        "review": _("Judging the take"),
        "render": _("Cutting you out of the room"),
    }.get(stage, _("Waiting"))
