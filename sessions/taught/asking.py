"""Writing verbs: have faults looked for. What is asked for is a row; messages are reminders."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from sessions.models import FaultFinding, ItemAnalysis, TaughtFault
from tenants.schema import current_schema


def analyses_for(fault: TaughtFault) -> QuerySet[ItemAnalysis]:
    """All judged analyses that a fault is looked for in."""
    found = ItemAnalysis.objects.filter(item__exercise=fault.exercise_id, verdict="judged")
    if fault.scope == TaughtFault.Scope.CLIENT:
        found = found.filter(session__client=fault.client_id)
    return found


def faults_for(row: ItemAnalysis) -> QuerySet[TaughtFault]:
    """All faults that are looked for in an analysis with its item and session at hand."""
    if row.item is None or row.verdict != "judged":
        return TaughtFault.objects.none()
    whose = Q(scope=TaughtFault.Scope.ALL) | Q(client=row.session.client_id)
    return TaughtFault.objects.filter(whose, exercise=row.item.exercise_id, active=True)


def ask_everywhere(fault: TaughtFault) -> int:
    """Have a fault looked for in all sessions it is for. Returns in how many.

    Called within a transaction. What was found where it is no longer looked for goes.
    """
    wanted = set(analyses_for(fault).values_list("pk", flat=True)) if fault.active else set()
    FaultFinding.objects.filter(fault=fault).exclude(analysis__in=wanted).delete()
    _ask([(fault.pk, analysis) for analysis in sorted(wanted)])
    return len(wanted)


def ask_in(row: ItemAnalysis) -> int:
    """Have everything that was taught looked for in a new analysis. Returns how much that is."""
    with transaction.atomic():
        faults = list(faults_for(row).values_list("pk", flat=True))
        FaultFinding.objects.filter(analysis=row).exclude(fault__in=faults).delete()
        _ask([(fault, row.pk) for fault in faults])
    return len(faults)


def _ask(pairs: list[tuple[int, int]]) -> None:
    """Make pending what is there, and add what is not; four queries, however many."""
    from sessions.tasks import remind_finding

    if not pairs:
        return
    now = timezone.now()
    mine = FaultFinding.objects.filter(
        fault__in={fault for fault, _ in pairs}, analysis__in={analysis for _, analysis in pairs}
    )
    # A worker that is at it with what was there before loses its claim.
    mine.update(
        status=FaultFinding.Status.PENDING,
        fence=F("fence") + 1,
        attempts=0,
        lease_until=now,
        sent_at=now,
    )
    FaultFinding.objects.bulk_create(
        [
            FaultFinding(fault_id=fault, analysis_id=analysis, lease_until=now, sent_at=now)
            for fault, analysis in pairs
        ],
        ignore_conflicts=True,
    )
    schema_name = current_schema()
    for pk in mine.values_list("pk", flat=True):
        transaction.on_commit(partial(remind_finding, schema_name, pk))
