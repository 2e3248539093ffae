"""Both movements of one exercise of a session, and how they are judged.

Called with the tenant current.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

from exercises.focus import focus_parts
from exercises.models import WorkoutItem
from exercises.strictness import Strictness
from processing.models import Artifact
from processing.motion.analysis import Settings
from processing.motion.packing import unpack
from processing.motion.track import PoseTrack
from sessions.models import TimelineChunk
from sessions.review.tracks import Played, played

logger = logging.getLogger(__name__)

_COLUMNS: Final = ("t", "clip_t", "landmarks", "visibility")


class NothingToCompare(Exception):
    """There is no analysis, and trying again would not help; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Tracks:
    """Both movements of one exercise: the trainer's, played in a loop, and the client's."""

    trainer: PoseTrack
    client: Played
    loop_s: float


def tracks_of(session_id: Any, item: WorkoutItem | None) -> Tracks:
    """Read both movements of an item of a session. Costs three queries and a file.

    Raises
    ------
    NothingToCompare
        ``removed`` where the exercise is no longer part of the workout, ``no_poses`` where the
        trainer's clip is gone, ``numbers`` where the client shared numbers only, ``nobody`` where
        there are no skeletons though they were to be shared.
    """
    if item is None:
        raise NothingToCompare("removed")
    published = Artifact.objects.filter(clip=item.exercise.clip_id).published()
    artifact = published.filter(kind="poses_packed").first()
    loop_s = published.facts().get(item.exercise.clip_id, {}).get("duration_s", 0.0)
    if artifact is None or not loop_s > 0:
        raise NothingToCompare("no_poses")
    rows = TimelineChunk.objects.filter(session=session_id, item=item).values_list(
        "set_index", *(f"data__{name}" for name in _COLUMNS)
    )
    # Of a long session this is many megabytes of JSON: not all of it at once.
    chunks = [
        dict(zip(("set", *_COLUMNS), row, strict=True)) for row in rows.iterator(chunk_size=20)
    ]
    if not chunks:
        raise NothingToCompare("nobody")
    client = played(chunks, loop_s)
    if not len(client.track):
        raise NothingToCompare("nobody")
    with artifact.file.open("rb") as file:
        content = file.read()
    try:
        trainer = unpack(content)
    except ValueError as error:
        logger.warning("poses of clip %s can't be read: %s", item.exercise.clip_id, error)
        raise NothingToCompare("no_poses") from error
    return Tracks(trainer, client, float(loop_s))


def settings_of(tracks: Tracks, item: WorkoutItem, strictness: str) -> Settings:
    """Judge a client who moved beside the trainer's looped clip."""
    return Settings(
        strictness=Strictness(strictness).value,  # type: ignore[arg-type]
        focus=tuple(focus_parts(item.exercise)),
        follows=True,
        loop_s=tracks.loop_s,
    )
