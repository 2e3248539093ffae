"""What the report page in the studio fetches: reading, no writing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

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
from sessions.notes import page as notes
from sessions.report import (
    Block,
    Timeline,
    bins_of,
    block_seconds,
    blocks_of,
    level_of,
    mean_score,
    shares_of,
)
from sessions.results import item_names, load_timeline
from sessions.review.page import analyses_of, marks_of
from sessions.taught.page import teach_config

STEP_S: Final = 0.25
"""A stretch of the strip."""
GAP: Final = -1
"""A stretch without frames: the camera or the network stood still."""
_URL = "admin:workout_sessions_workoutsession_"


def report_config(session: WorkoutSession) -> dict[str, Any]:
    """What the page's script is started with."""
    return {
        "data": reverse(_URL + "report_data", args=[session.pk]),
        # The script puts a chunk's number in place of the 0.
        "frames": reverse(_URL + "report_frames", args=[session.pk, 0]),
        "pairs": reverse(_URL + "report_pairs", args=[session.pk, 0]),
        # The same with an angle's name in place of the x.
        "curve": reverse(_URL + "report_curve", args=[session.pk, 0, "x"]),
        "suggestion": reverse(_URL + "report_suggestion", args=[session.pk]),
        "items": items_of(session),
        "notes": reverse(_URL + "report_notes", args=[session.pk]),
        "note_limits": notes.limits(),
        "captions": {"trainer": _("Trainer"), "client": str(session.client)},
        "films": notes.films_of(session),
        "bones": [str(words.BONE_WORDS[bone.name]) for bone in BONES],
        "levels": {level: str(word) for level, word in words.LEVEL_WORDS.items()},
        "messages": {**_messages(), **notes.messages()},
        "teach": teach_config(session),
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
        "rep": _("rep {number}"),
        "half": _("half"),
        "rep_words": _("rep {number}: {score}"),
        "half_words": _("rep {number}, half: {score}"),
        "moment": _("moment {number}"),
        "degrees": _("{degrees}°"),
        "band": _("trainer, with what is tolerated"),
        "no_curve": _("This joint was not seen."),
        "client_curve": _("client, every rep"),
        "this_rep": _("this rep"),
        "lag": _("{seconds} s behind"),
        "ahead": _("{seconds} s ahead"),
    }


def items_of(session: WorkoutSession) -> dict[int, dict[str, Any]]:
    """The workout's exercises by item: names, and where their videos are. Two queries."""
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
        "width": facts.get("width", 0),
        "height": facts.get("height", 0),
        "wide": facts.get("width", 0) > facts.get("height", 0),
    }


@dataclass(frozen=True)
class ShownRecording:
    """A recording in the report: playable where it has an address."""

    title: str
    url: str
    words: str
    started_s: float


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
            started_s=recording.started_s,
        )
        for recording in recordings
    ]


def report_data(session: WorkoutSession) -> dict[str, Any]:
    """The session in stretches of a quarter of a second, without skeletons: docs/formats.md."""
    timeline = load_timeline(session)
    blocks = blocks_of(timeline)
    shares, worst = shares_of(timeline, blocks), worst_moments(timeline, blocks)
    return {
        "version": 2,
        "step_s": STEP_S,
        "blocks": [_block(timeline, block) for block in blocks],
        "chunks": _chunks(timeline, blocks),
        "shares": {level: round(100 * share) for level, share in asdict(shares).items()},
        "moments": [_moment(moment, timeline, blocks) for moment in worst],
        "exercises": marks_of(analyses_of(session)),
    }


def _block(timeline: Timeline, block: Block) -> dict[str, Any]:
    length = block_seconds(timeline, block)
    bins = bins_of(timeline, block, max(1, round(length / STEP_S)))
    # Stretches are equally long; those within a stall are no one's.
    count = max(1, min(round(length / STEP_S), (block.stop - block.start) // 2))
    score: list[int | None] = [GAP] * count
    for piece in bins:
        first, past = (round(edge / length * count) for edge in (piece.start_s, piece.stop_s))
        value = None if piece.score is None else int(piece.score + 0.5)
        score[first:past] = [value] * (past - first)
    return {
        "item": block.item,
        "set": block.set_index,
        "start_ms": round(1000 * float(timeline.t[block.start])),
        "length_ms": round(1000 * length),
        "score": mean_score(timeline.score[block.start : block.stop]),
        "bins": score,
    }


def _chunks(timeline: Timeline, blocks: list[Block]) -> list[list[int]]:
    """Where frames are stored: [chunk, block, first ms, last ms], in the order of time."""
    times = np.round(timeline.t * 1000).astype(int)
    found = []
    for number, block in enumerate(blocks):
        seqs = timeline.seq[block.start : block.stop]
        edges = [0, *(np.flatnonzero(np.diff(seqs)) + 1).tolist(), len(seqs)]
        for start, stop in zip(edges[:-1], edges[1:], strict=True):
            first, last = block.start + start, block.start + stop - 1
            found.append([int(seqs[start]), number, int(times[first]), int(times[last])])
    return found


def _moment(moment: Moment, timeline: Timeline, blocks: list[Block]) -> dict[str, Any]:
    return {
        "block": moment.block,
        "set": blocks[moment.block].set_index,
        "start_s": round(moment.start_s, 3),
        "stop_s": round(moment.stop_s, 3),
        "at_s": round(float(timeline.t[moment.frame]), 3),
        "score": round(moment.score, 3),
        "level": level_of(moment.score),
        "severe": moment.severe,
        "words": words.moment_words(moment),
    }


FRAME_COLUMNS: Final = ("t", "clip_t", "score", "lag", "errors", "landmarks", "visibility")


def frames_of(chunk: TimelineChunk) -> dict[str, Any]:
    """All that was measured in one chunk."""
    return {name: chunk.data[name] for name in FRAME_COLUMNS}
