"""One exercise of a session, analysed and graded. Called with the tenant current."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from django.utils import timezone

from exercises.models import WorkoutItem
from processing.motion.analysis import Analysis, analyse
from processing.motion.analysis.joint_curves import joint_curves
from processing.motion.grade import grade
from processing.outages import patiently
from processing.sweep import resend
from sessions.leases import NEVER, Held, claim, work_off
from sessions.models import ItemAnalysis
from sessions.review.clocks import on_session_clock
from sessions.review.curves import packed
from sessions.review.movements import NothingToCompare, Tracks, settings_of, tracks_of
from sessions.taught import asking, measuring

logger = logging.getLogger(__name__)


def analysis_of(
    tracks: Tracks, item: WorkoutItem, strictness: str
) -> tuple[Analysis, bytes | None]:
    """Judge and grade a client who moved beside the trainer; times are the session's.

    With the curves behind it (``sessions.review.curves``), where it was judged.
    """
    trainer, client, clock = tracks.trainer, tracks.client.track, tracks.client.clock
    settings = settings_of(tracks, item, strictness)
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
        work_off(held, lambda: _score(held), lambda code: _give_up(held, "internal"))


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
    if patiently(lambda: held.update(**made)):
        _look_for_taught(row.pk, tracks)


def _look_for_taught(pk: int, tracks: Tracks) -> None:
    """Have what was taught looked for. The analysis stands, whatever comes of it."""
    made = ItemAnalysis.objects.select_related("item__exercise", "session").defer("curves")
    row = made.get(pk=pk)
    if row.verdict == "judged":
        try:
            measuring.keep(row, tracks)
        except measuring.NoMeasures:
            logger.warning("the repetitions of analysis %s can't be measured", pk)
    asking.ask_in(row)


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
