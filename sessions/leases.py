"""Work on rows, one worker at a time. Called with the tenant current.

The way of clips in small (``processing.claims``): the row is the truth, messages are reminders, a
claim is a conditional ``UPDATE`` that raises ``fence``, and what has a lower one writes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

from django.db import models
from django.db.models import F
from django.utils import timezone

from processing.claims import MAX_ATTEMPTS, Claim, retry_after, take
from processing.errors import Cancelled, StageFailed, failure_code
from processing.heartbeat import Heartbeat
from processing.outages import AWAY, patiently

logger = logging.getLogger(__name__)

NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""A lease that does not run out: there is nothing to be done."""


class Leased(models.Model):
    """A row somebody has to work on while its ``status`` is one of ``ACTIVE``."""

    ACTIVE: ClassVar[tuple[str, ...]] = ()
    # What the work needs of other rows: read with the claim, since a part of it is done in threads
    # that have no connection to the database.
    RELATED: ClassVar[tuple[str, ...]] = ()

    lease_until = models.DateTimeField(default=NEVER)
    fence = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When a message was last sent for it; the sweeper leaves fresh ones alone.
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Leased)


class Held(Heartbeat, Generic[Row]):
    """The right to work on a row, as long as nobody else has taken it; called, it is renewed."""

    def __init__(self, claim: Claim, row: Row) -> None:
        super().__init__(claim, "")
        self.claim = claim
        self.row = row
        self.fence = claim.fence
        self.update = claim.update

    def progress(self, done: int, total: int) -> dict[str, Any]:
        # It takes seconds: nobody is told how far it is.
        return {}


def claim(model: type[Row], pk: object, **changes: Any) -> Held[Row] | None:
    """Take a row whose lease has lapsed, and write ``changes`` with it. Costs three queries."""
    rows = model._default_manager
    lapsed = rows.filter(status__in=model.ACTIVE, lease_until__lte=timezone.now())
    taken = take(lapsed, pk, **changes)
    if taken is None:
        return None
    row = rows.select_related(*model.RELATED).filter(pk=pk, fence=taken.fence).first()
    return Held(taken, row) if row is not None else None


def work_off(
    held: Held[Row],
    work: Callable[[], None],
    give_up: Callable[[str], None],
    attempts: Callable[[str], int] = lambda code: MAX_ATTEMPTS,
) -> None:
    """Do ``work``, and see to it that it is done again where it did not come to an end.

    Parameters
    ----------
    held : Held
    work : callable
        Writes what it has made by ``held.update``.
    give_up : callable
        Writes down that there will be nothing, and why, by a failure's code: the last attempt has
        failed.
    attempts : callable
        How many attempts a failure of this code is worth; by default the most there are.
    """
    row = held.row
    if row.attempts > MAX_ATTEMPTS:
        # Nobody was left to say what happened: the workers themselves were killed.
        give_up("crashed")
        return
    try:
        work()
    except Cancelled as reason:
        logger.info("%s %s stopped: %s", row._meta.model_name, row, reason)
        # Another worker may go on at once; this was no failed attempt.
        patiently(lambda: held.update(lease_until=timezone.now(), attempts=F("attempts") - 1))
    except AWAY:
        # Nothing can be written down; the lease runs out, and it is done again.
        raise
    except Exception as error:
        code = failure_code(error)
        logger.error(
            "work on %s %s failed (%s, attempt %d)",
            row._meta.model_name,
            row,
            code,
            row.attempts,
            exc_info=None if isinstance(error, StageFailed) else error,
        )
        if isinstance(error, StageFailed) and error.detail:
            logger.error("%s", error.detail.rstrip())
        if row.attempts >= attempts(code):
            give_up(code)
        else:
            again = timezone.now() + retry_after(row.attempts)
            patiently(lambda: held.update(lease_until=again))
