"""What the report page in the studio fetches: reading, no writing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from exercises.media import media_url
from exercises.models import WorkoutItem
from processing.models import Artifact
from processing.motion.skeleton import BONES
from sessions import words
from sessions.models import TimelineChunk, WorkoutSession
from sessions.moments import Moment, worst_moments
from sessions.report import Block, Floats, Timeline, blocks_of, level_of, mean_score, shares_of
from sessions.results import item_names, load_timeline

_URL = "admin:workout_sessions_workoutsession_"


def report_config(session: WorkoutSession) -> dict[str, Any]:
    """What the page's script is started with."""
    return {
        "data": reverse(_URL + "report_data", args=[session.pk]),
        # The script puts a chunk's number in place of the 0.
        "frames": reverse(_URL + "report_frames", args=[session.pk, 0]),
        "items": _items(session),
        "bones": [str(words.BONE_WORDS[bone.name]) for bone in BONES],
        "levels": {level: str(word) for level, word in words.LEVEL_WORDS.items()},
        "messages": _messages(),
    }


def _messages() -> dict[str, str]:
    return {
        "set": _("set {number}"),
        "removed": _("Removed exercise"),
        "bone_off": _("{bone} {degrees}° off"),
        "within": _("Every bone that shows is within the tolerance."),
        "not_along": _("The pose is near the trainer's, but does not move along with it."),
        "nobody": _("Nobody was visible at this moment."),
        "no_skeleton": _("Only numbers were shared: there is no skeleton to show."),
        "strip": _("{name}, {set}: time line"),
        "position": _("{time}, {score}, {level}"),
        "failed": _("The data could not be loaded. Check the connection and load the page again."),
        "no_video": _("The trainer's video is not there any more."),
        "empty": _("No movement was recorded in this session."),
        "no_moments": _("Nothing stands out: no stretch of half a second or more was below green."),
        "lag": _("{seconds} s behind"),
        "ahead": _("{seconds} s ahead"),
    }


def _items(session: WorkoutSession) -> dict[int, dict[str, Any]]:
    items = list(
        WorkoutItem.objects.filter(workout=session.assignment.workout_id).select_related(
            "exercise__clip"
        )
    )
    clips = [item.exercise.clip_id for item in items]
    facts = Artifact.objects.filter(clip__in=clips).published().facts()
    return {item.pk: _item(item, facts.get(item.exercise.clip_id, {})) for item in items}


def _item(item: WorkoutItem, facts: dict[str, Any]) -> dict[str, Any]:
    clip = item.exercise.clip
    ready = clip.is_usable
    return {
        "name": item.exercise.name,
        "video": media_url(clip, "transparent") if ready else "",
        "poses": media_url(clip, "poses_packed") if ready else "",
        "duration_s": facts.get("duration_s", 0),
        "wide": facts.get("width", 0) > facts.get("height", 0),
    }


@dataclass(frozen=True)
class ShownRecording:
    """A recording in the report: playable where it has an address."""

    title: str
    url: str
    words: str


def shown_recordings(session: WorkoutSession) -> list[ShownRecording]:
    """What was filmed, in order. Costs two queries."""
    recordings = list(session.recordings.all())
    if not recordings:
        return []
    names = item_names(session)
    return [
        ShownRecording(
            title=_("%(name)s, %(set)s, from %(time)s on")
            % {
                "name": names.get(recording.item_id or 0) or _("Removed exercise"),
                "set": words.set_words(recording.set_index),
                "time": words.clock(recording.started_s),
            },
            url=reverse("api_recording_file", args=[session.pk, recording.n])
            if recording.file
            else "",
            words=words.recording_words(recording),
        )
        for recording in recordings
    ]


def _whole(values: Floats, scale: float) -> list[int | None]:
    return [
        round(value) if known else None
        for value, known in zip(
            (np.nan_to_num(values) * scale).tolist(), np.isfinite(values).tolist(), strict=True
        )
    ]


def report_data(session: WorkoutSession) -> dict[str, Any]:
    """The timeline without skeletons: whole numbers, times as differences.

    Returns
    -------
    dict
        ``t``, ``clip_t`` in ms, each the difference to the entry before; ``score`` in tenths,
        ``lag`` in ms, null where unknown; ``places`` as [chunk, first row, frames], in the order
        of the frames; ``blocks`` and ``moments`` with positions of frames; ``shares`` of the time
        in per cent.
    """
    timeline = load_timeline(session)
    blocks = blocks_of(timeline)
    shares = shares_of(timeline, blocks)
    return {
        "version": 1,
        "t": _differences(timeline.t),
        "clip_t": _differences(timeline.clip_t),
        "score": _whole(timeline.score, 10),
        "lag": _whole(timeline.lag, 1000),
        "places": _places(timeline),
        "blocks": [
            {
                "item": block.item,
                "set": block.set_index,
                "start": block.start,
                "stop": block.stop,
                "score": mean_score(timeline.score[block.start : block.stop]),
            }
            for block in blocks
        ],
        "shares": {level: round(100 * share) for level, share in asdict(shares).items()},
        "moments": [_moment(moment, blocks) for moment in worst_moments(timeline, blocks)],
    }


def _differences(seconds: Floats) -> list[int]:
    differences: list[int] = np.diff(np.round(seconds * 1000).astype(int), prepend=0).tolist()
    return differences


def _places(timeline: Timeline) -> list[list[int]]:
    """Runs of frames stored one after the other, as [chunk, first row, frames]."""
    if not len(timeline):
        return []
    broken = (np.diff(timeline.seq) != 0) | (np.diff(timeline.row) != 1)
    edges = [0, *(np.flatnonzero(broken) + 1).tolist(), len(timeline)]
    return [
        [int(timeline.seq[start]), int(timeline.row[start]), stop - start]
        for start, stop in zip(edges[:-1], edges[1:], strict=True)
    ]


def _moment(moment: Moment, blocks: list[Block]) -> dict[str, Any]:
    return {
        "block": moment.block,
        "set": blocks[moment.block].set_index,
        "start_s": round(moment.start_s, 3),
        "stop_s": round(moment.stop_s, 3),
        "frame": moment.frame,
        "score": round(moment.score, 3),
        "level": level_of(moment.score),
        "severe": moment.severe,
        "words": words.moment_words(moment),
    }


def frames_of(chunk: TimelineChunk) -> dict[str, Any]:
    """The skeletons and errors of one chunk."""
    return {name: chunk.data[name] for name in ("errors", "landmarks", "visibility", "lag")}
