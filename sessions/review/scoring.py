"""One exercise of a session, analysed and graded. Called with the tenant current."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils import timezone

from exercises.focus import focus_parts
from exercises.models import WorkoutItem
from exercises.strictness import Strictness
from processing.models import Artifact
from processing.motion.analysis import Analysis, Settings, analyse
from processing.motion.analysis.joint_curves import joint_curves
from processing.motion.grade import grade
from processing.motion.packing import unpack
from processing.motion.track import PoseTrack
from processing.outages import patiently
from processing.sweep import resend
from sessions.leases import NEVER, Held, claim, work_off
from sessions.models import ItemAnalysis, TimelineChunk
from sessions.review.clocks import on_session_clock
from sessions.review.curves import packed
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


def analysis_of(
    tracks: Tracks, item: WorkoutItem, strictness: str
) -> tuple[Analysis, bytes | None]:
    """Judge and grade a client who moved beside the trainer; times are the session's.

    With the curves behind it (``sessions.review.curves``), where it was judged.
    """
    trainer, client, clock = tracks.trainer, tracks.client.track, tracks.client.clock
    settings = Settings(
        strictness=Strictness(strictness).value,  # type: ignore[arg-type]
        focus=tuple(focus_parts(item.exercise)),
        follows=True,
        loop_s=tracks.loop_s,
    )
    found = analyse(trainer, client, settings)
    if found.verdict != "judged":
        return on_session_clock(found, clock), None
    curves = joint_curves(trainer, client, found, settings)
    found = replace(found, grade=grade(trainer, client))
    return on_session_clock(found, clock), packed(curves, clock)


def score(analysis_id: int) -> None:
    """Make the analysis of one exercise of a session, unless somebody does or has done it."""
    held = claim(ItemAnalysis, analysis_id)
    if held is not None:
        work_off(held, lambda: _score(held), lambda: _give_up(held, "internal"))


def _score(held: Held[ItemAnalysis]) -> None:
    row = held.row
    try:
        item = row.item
        tracks = tracks_of(row.session_id, item)
    except NothingToCompare as nothing:
        code = nothing.code
        if code == "nobody" and row.session.level == "numbers":
            code = "numbers"
        _give_up(held, code)
        return
    assert item is not None
    held()
    found, curves = analysis_of(tracks, item, row.strictness)
    document = found.to_json()
    made = {
        "status": ItemAnalysis.Status.READY,
        "problem": "",
        "judged_strictness": row.strictness,
        "document": document,
        "curves": curves,
        "algorithm": document["algorithm"],
        "verdict": document["verdict"],
        "score": document["score"]["value"],
        "low": document["score"]["low"],
        "high": document["score"]["high"],
        "grade": _known_grade(document),
        "made_at": timezone.now(),
        "lease_until": NEVER,
        "attempts": 0,
    }
    # Where another has taken over, theirs counts.
    patiently(lambda: held.update(**made))


def _known_grade(document: dict[str, Any]) -> float | None:
    """The grade where it is worth something."""
    found = document["grade"]
    return found["value"] if found and found["familiar"] else None


def _give_up(held: Held[ItemAnalysis], problem: str) -> None:
    """There is no new document; one made before stays."""
    ended = {"status": ItemAnalysis.Status.FAILED, "problem": problem, "lease_until": NEVER}
    patiently(lambda: held.update(**ended))


def resend_lapsed() -> int:
    """Send messages for analyses that nobody works on. Returns how many."""
    from sessions.tasks import remind_review

    return resend(ItemAnalysis.objects.filter(status__in=ItemAnalysis.ACTIVE), remind_review)
