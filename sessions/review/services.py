"""Writing verbs: have a session scored, and scored again; comment on it."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import F, Min, Q
from django.utils import timezone

from processing.motion.analysis.document import ALGORITHM
from sessions.models import ItemAnalysis, TimelineChunk, WorkoutSession
from tenants.schema import current_schema


def have_scored(session: WorkoutSession) -> int:
    """Have every exercise of a finished session analysed, anew where it has been. Returns how many.

    Called within a transaction; what was made before is shown until the new is there.
    """
    from sessions.tasks import remind_review

    now, strictness = timezone.now(), session.assignment.strictness
    mine = ItemAnalysis.objects.filter(session=session)
    # A worker that is at it with what was asked for before loses its claim.
    mine.update(
        status=ItemAnalysis.Status.PENDING,
        strictness=strictness,
        fence=F("fence") + 1,
        attempts=0,
        lease_until=now,
        sent_at=now,
    )
    there = set(mine.values_list("item_id", flat=True))
    done = (
        TimelineChunk.objects.filter(session=session, item__isnull=False)
        .order_by()
        .values("item_id")
        .annotate(first=Min("seq"))
        .order_by("first")
    )
    ItemAnalysis.objects.bulk_create(
        [
            ItemAnalysis(
                session=session, item_id=row["item_id"], strictness=strictness, lease_until=now
            )
            for row in done
            if row["item_id"] not in there
        ],
        ignore_conflicts=True,
    )
    schema_name = current_schema()
    waiting = list(mine.values_list("pk", flat=True))
    for pk in waiting:
        transaction.on_commit(partial(remind_review, schema_name, pk))
    return len(waiting)


def outdated() -> list[WorkoutSession]:
    """Finished sessions whose analyses lack, or are not what would be made of them today."""
    behind = Q(analyses__isnull=True) & Q(chunks__item__isnull=False)
    older = Q(analyses__status=ItemAnalysis.Status.READY) & (
        ~Q(analyses__algorithm=ALGORITHM)
        | ~Q(analyses__judged_strictness=F("assignment__strictness"))
    )
    internal = Q(analyses__status=ItemAnalysis.Status.FAILED, analyses__problem="internal")
    finished = WorkoutSession.objects.filter(finished_at__isnull=False)
    return list(finished.filter(behind | older | internal).select_related("assignment").distinct())


def set_comment(session: WorkoutSession, comment: str) -> None:
    """Say something to the client; empty takes it back."""
    session.comment = comment.strip()
    session.commented_at = timezone.now() if session.comment else None
    session.save(update_fields=["comment", "commented_at"])
