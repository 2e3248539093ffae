"""How long an analysis has to wait: workers are shared by all trainers, and with clips."""

from __future__ import annotations

from typing import Final

from processing.waiting import clips_ahead, rows_of_all
from sessions.videos.models import VideoAnalysis

_ACTIVE_SQL: Final = """
    SELECT id, status = 'running', queued_at FROM {clips} WHERE status IN ('queued', 'running')
"""


def position_of(analysis: VideoAnalysis) -> int | None:
    """Its place in the queue, 1 = next; None where it does not wait.

    Costs up to four queries, every few seconds.
    """
    if analysis.status != VideoAnalysis.Status.QUEUED:
        return None
    active = rows_of_all(_ACTIVE_SQL, VideoAnalysis._meta.db_table, "queued_at")
    ahead: int = sum(
        pk != analysis.pk and (working or (queued_at, pk) < (analysis.queued_at, analysis.pk))
        for pk, working, queued_at in active
    )
    return 1 + ahead + clips_ahead(analysis.queued_at)
