"""A taught fault looked for in one analysis, by a worker. Called with the tenant current."""

from __future__ import annotations

import logging
from typing import Any

from processing.motion.taught import Same, Signature, matches
from processing.outages import patiently
from processing.sweep import resend
from sessions.leases import NEVER, Held, claim, work_off
from sessions.models import FaultFinding, ItemAnalysis
from sessions.taught.measuring import NoMeasures, measures_of

logger = logging.getLogger(__name__)


def find(finding_id: int) -> None:
    """Look for a fault, unless somebody does or has done it."""
    held = claim(FaultFinding, finding_id)
    if held is not None:
        work_off(held, lambda: _find(held), lambda code: _end(held, FaultFinding.Status.FAILED))


def _find(held: Held[FaultFinding]) -> None:
    fault = held.row.fault
    row = ItemAnalysis.objects.select_related("item__exercise", "session").get(
        pk=held.row.analysis_id
    )
    try:
        signature = Signature.from_json(fault.signature)
        measures = measures_of(row)
    except (NoMeasures, ValueError) as reason:
        logger.info("fault %s can't be looked for in %s: %s", fault.pk, row.pk, reason)
        _end(held, FaultFinding.Status.FAILED)
        return
    found = matches(signature, measures, Same(person=row.session.client_id == fault.client_id))
    reps = [[match.rep + 1, round(match.size, 2), round(match.confidence, 2)] for match in found]
    _end(held, FaultFinding.Status.READY, reps)


def _end(
    held: Held[FaultFinding], status: FaultFinding.Status, reps: list[list[Any]] | None = None
) -> None:
    reps = reps or []
    ended = {
        "status": status,
        "reps": reps,
        "count": len(reps),
        "lease_until": NEVER,
        "attempts": 0,
    }
    patiently(lambda: held.update(**ended))


def resend_lapsed() -> int:
    """Send messages for findings that nobody works on. Returns how many."""
    from sessions.tasks import remind_finding

    return resend(FaultFinding.objects.filter(status__in=FaultFinding.ACTIVE), remind_finding)
