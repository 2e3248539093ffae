"""What the report shows of taught faults: reading, no writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from sessions.models import FaultFinding, ItemAnalysis, TaughtFault, WorkoutSession
from sessions.taught.words import found_words

_URL = "admin:workout_sessions_workoutsession_"


@dataclass(frozen=True)
class TaughtMoment:
    """Repetitions in a row that have the fault; at ``at_s`` the largest is half-way."""

    start_s: float
    end_s: float
    at_s: float
    words: str


@dataclass(frozen=True)
class ShownFault:
    pk: int
    name: str
    cue: str
    everyone: bool
    state: str
    moments: list[TaughtMoment]


@dataclass
class TaughtHere:
    """What was taught for one exercise of a session."""

    pk: int
    name: str
    faults: list[ShownFault] = field(default_factory=list)

    @property
    def pending(self) -> int:
        return sum(fault.state == "pending" for fault in self.faults)


@dataclass(frozen=True)
class Taught:
    """Of a whole session. ``pending`` says in how many sessions its faults are still looked for."""

    exercises: list[TaughtHere]
    pending: int


def taught_of(analyses: list[ItemAnalysis]) -> Taught:
    """Put what was found into words. Costs two queries."""
    findings = FaultFinding.objects.filter(
        analysis__in=analyses, fault__active=True
    ).select_related("fault")
    here = {
        row.pk: TaughtHere(row.pk, row.item.exercise.name if row.item else "") for row in analyses
    }
    documents = {row.pk: row.document or {} for row in analyses}
    faults = set()
    for finding in findings:
        here[finding.analysis_id].faults.append(_shown(finding, documents[finding.analysis_id]))
        faults.add(finding.fault_id)
    pending = FaultFinding.objects.filter(fault__in=faults, status__in=FaultFinding.ACTIVE).count()
    return Taught([one for one in here.values() if one.faults], pending)


def _shown(finding: FaultFinding, document: Mapping[str, Any]) -> ShownFault:
    fault = finding.fault
    return ShownFault(
        pk=fault.pk,
        name=fault.name,
        cue=fault.cue,
        everyone=fault.scope == TaughtFault.Scope.ALL,
        state=finding.status,
        moments=moments_of(finding.reps, document),
    )


def moments_of(reps: list[list[Any]], document: Mapping[str, Any]) -> list[TaughtMoment]:
    """Repetitions [number, size, confidence], those in a row of one set put together."""
    known = {rep["n"]: rep for rep in document.get("reps", [])}
    runs: list[list[list[Any]]] = []
    for rep in reps:
        if rep[0] not in known:
            continue
        if runs and rep[0] == runs[-1][-1][0] + 1 and _together(runs[-1][-1][0], rep[0], document):
            runs[-1].append(rep)
        else:
            runs.append([rep])
    found = []
    for run in runs:
        largest = known[max(run, key=lambda rep: rep[1])[0]]
        found.append(
            TaughtMoment(
                start_s=known[run[0][0]]["start_s"],
                end_s=known[run[-1][0]]["end_s"],
                at_s=0.5 * (largest["start_s"] + largest["end_s"]),
                words=found_words(run),
            )
        )
    return found


def _together(one: int, other: int, document: Mapping[str, Any]) -> bool:
    """Whether two repetitions are of one set."""
    last = 0
    for done in document.get("sets", []):
        first, last = last + 1, last + done["reps"]
        if first <= one <= last:
            return bool(first <= other <= last)
    return True


def teach_config(session: WorkoutSession) -> dict[str, Any]:
    """What the page's script needs to teach."""
    return {
        "taught": reverse(_URL + "report_taught", args=[session.pk]),
        "messages": {
            "interval": _("{set}, {from} to {to} s"),
            "none": _("Nothing is marked yet."),
            "first": _("Mark the time line first: where does it show?"),
            "flag": _("taught: {name}"),
            "drag": _("Drag over the time line, from the fault’s beginning to its end."),
            "working": _("Looking at what you marked…"),
            "failed": _("It could not be saved. Check the connection and try again."),
        },
    }
