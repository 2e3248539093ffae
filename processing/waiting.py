"""How long a clip has to wait: the workers are shared by all trainers.

Only counts and times leave this module, never another trainer's clip.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from processing.models import Clip

_QUEUE_LASTS_S: Final = 3.0
_PACE_LASTS_S: Final = 60.0
# Of each trainer, and of all: the pace is that of clips made lately.
_LATELY_EACH: Final = 3
_LATELY: Final = 20
# For a piece of a take, before the probe has counted.
_USUAL_FPS: Final = 30.0


@dataclass(frozen=True)
class Wait:
    """What a waiting clip has before it.

    Attributes
    ----------
    ahead : int
        Clips that go first, in work ones included.
    seconds : float or None
        Until its own turn; None while nothing was measured here yet.
    """

    ahead: int
    seconds: float | None


@dataclass(frozen=True)
class _Active:
    """A clip in the queue or in work, of any trainer."""

    id: UUID
    working: bool
    queued_at: datetime
    size_bytes: int
    frames_total: int
    progress_pct: float
    window_s: float | None
    seconds_left: float | None


@dataclass(frozen=True)
class _Pace:
    """Measured on clips made lately."""

    frames_per_second: float
    frames_per_byte: float

    def seconds(self, clip: _Active) -> float:
        """Work that is left on a clip."""
        if clip.seconds_left is not None:
            return clip.seconds_left
        frames = clip.frames_total or (
            clip.window_s * _USUAL_FPS
            if clip.window_s is not None
            else clip.size_bytes * self.frames_per_byte
        )
        return frames / self.frames_per_second * (1.0 - clip.progress_pct / 100.0)


_ACTIVE_SQL: Final = """
    SELECT id, status = 'processing', queued_at, size_bytes, frames_total, progress_pct,
           window_end_s - window_start_s, seconds_left
    FROM {clips} WHERE status IN ('queued', 'processing')
"""
_LATELY_SQL: Final = f"""
    (SELECT finished_at, frames_total, worked_s, size_bytes, window_start_s IS NULL
     FROM {{clips}} WHERE status = 'ready' AND worked_s > 0 AND frames_total > 0
     ORDER BY finished_at DESC LIMIT {_LATELY_EACH})
"""
# Only schemas that have been migrated: one that is being made must not fail the query.
_SCHEMAS_SQL: Final = """
    SELECT schema.nspname FROM pg_attribute AS known
    JOIN pg_class AS clips ON clips.oid = known.attrelid
    JOIN pg_namespace AS schema ON schema.oid = clips.relnamespace
    WHERE clips.relname = %s AND known.attname = %s
"""


class _Kept:
    """Answers kept for some seconds, in this process: pages ask often, and all the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, tuple[float, list[Any]]] = {}

    def ask(
        self,
        sql: str,
        lasts_s: float,
        table: str = Clip._meta.db_table,
        column: str = "worked_s",
    ) -> list[Any]:
        """Rows of ``sql`` (``{clips}`` is the table) over all trainers whose table has a column."""
        with self._lock:
            asked, rows = self._answers.get(sql, (float("-inf"), []))
            if time.monotonic() - asked >= lasts_s:
                rows = _of_all_trainers(sql, table, column)
                self._answers[sql] = (time.monotonic(), rows)
            return rows

    def forget(self) -> None:
        with self._lock:
            self._answers.clear()


_kept = _Kept()
forget = _kept.forget


def _of_all_trainers(sql: str, table: str, column: str) -> list[Any]:
    """Rows of ``sql`` over every trainer's table. Costs two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_SCHEMAS_SQL, [table, column])
        names = [
            f"{connection.ops.quote_name(schema)}.{connection.ops.quote_name(table)}"
            for (schema,) in cursor.fetchall()
        ]
        if not names:
            return []
        cursor.execute(" UNION ALL ".join(sql.format(clips=name) for name in names))
        return list(cursor.fetchall())


def clips_ahead(queued_at: datetime) -> int:
    """Count clips that go before what was queued then, those in work included."""
    active = [_Active(*row) for row in _kept.ask(_ACTIVE_SQL, _QUEUE_LASTS_S)]
    return sum(other.working or other.queued_at < queued_at for other in active)


def rows_of_all(sql: str, table: str, column: str) -> list[Any]:
    """Rows over all trainers of a table that is no clips', kept for as long as the queue is.

    Parameters
    ----------
    sql : str
        With ``{clips}`` where the table's name goes.
    table, column : str
        Schemas whose table lacks the column are left out.
    """
    return _kept.ask(sql, _QUEUE_LASTS_S, table, column)


def _pace() -> _Pace | None:
    lately = sorted(_kept.ask(_LATELY_SQL, _PACE_LASTS_S), reverse=True)[:_LATELY]
    if not lately:
        return None
    frames = sum(row[1] for row in lately)
    # A piece of a take has few frames and its whole take's bytes.
    whole = [row for row in lately if row[4] and row[3]]
    return _Pace(
        frames_per_second=frames / sum(row[2] for row in lately),
        frames_per_byte=sum(row[1] for row in whole) / max(1, sum(row[3] for row in whole)),
    )


def wait_of(clip: Clip) -> Wait:
    """Look up a queued clip's place. Costs up to four queries, every few seconds."""
    active = [_Active(*row) for row in _kept.ask(_ACTIVE_SQL, _QUEUE_LASTS_S)]
    ahead = [
        other
        for other in active
        if other.id != clip.pk
        and (other.working or (other.queued_at, other.id) < (clip.queued_at, clip.pk))
    ]
    pace = _pace()
    if pace is None:
        return Wait(len(ahead), None)
    # As many are worked on at once as are in work now.
    at_once = max(1, sum(other.working for other in active))
    return Wait(len(ahead), sum(map(pace.seconds, ahead)) / at_once)
