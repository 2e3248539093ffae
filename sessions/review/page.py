"""What the report shows of the analyses: reading, no writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from exercises.strictness import Strictness
from sessions.coach.words import part_label
from sessions.models import ItemAnalysis, WorkoutSession
from sessions.report import Level, level_of
from sessions.review import words
from sessions.words import clock


@dataclass(frozen=True)
class ShownPart:
    """A bar: score and interval, 0..100."""

    label: str
    value: int
    low: int
    high: int
    level: Level
    words: str

    @property
    def width(self) -> int:
        return self.high - self.low


@dataclass(frozen=True)
class ShownSet:
    name: str
    reps: int
    score: int | None
    level: Level
    interval: str
    fatigue: str
    speed: str


@dataclass(frozen=True)
class ShownMoment:
    """A problem: at ``at_s`` of the session and ``trainer_at_s`` of the clip it shows best."""

    number: int
    at_s: float
    trainer_at_s: float | None
    title: str
    words: str
    cost: str
    severe: bool
    angle: str
    rep: int


@dataclass(frozen=True)
class Exercise:
    """One exercise of a session, as far as it has been analysed."""

    pk: int
    item: int | None
    name: str
    pending: bool
    note: str
    score: int | None
    level: Level
    interval: str
    grade: str
    grade_words: str
    count: str
    tempo: str
    strictness: str
    algorithm: str
    made_at: datetime | None
    parts: list[ShownPart]
    sets: list[ShownSet]
    moments: list[ShownMoment]
    angles: list[tuple[str, str]]
    unseen: list[str]

    @property
    def judged(self) -> bool:
        return self.score is not None


def analyses_of(session: WorkoutSession) -> list[ItemAnalysis]:
    """The session's analyses in the order they were done, without curves. One query."""
    return list(session.analyses.select_related("item__exercise").defer("curves"))


def is_pending(session: WorkoutSession) -> bool:
    """Whether something of the session is still being analysed. One query."""
    return session.analyses.filter(status=ItemAnalysis.Status.PENDING).exists()


def exercises_of(analyses: list[ItemAnalysis]) -> list[Exercise]:
    """Put analyses into words. Costs no query."""
    return [_exercise(analysis) for analysis in analyses]


def _exercise(row: ItemAnalysis) -> Exercise:
    return exercise_of(
        row.document or {},
        row.score,
        pk=row.pk,
        item=row.item_id,
        name=row.item.exercise.name if row.item else _("Removed exercise"),
        pending=row.status == ItemAnalysis.Status.PENDING,
        note=_note(row),
        strictness=row.judged_strictness or row.strictness,
        algorithm=row.algorithm,
        made_at=row.made_at,
    )


def exercise_of(
    document: Mapping[str, Any],
    score: float | None,
    *,
    pk: int,
    item: int | None,
    name: str,
    pending: bool,
    note: str,
    strictness: str,
    algorithm: str,
    made_at: datetime | None,
) -> Exercise:
    """Put an analysis into words: ``document`` as in docs/formats.md, empty where there is none."""
    judged = document.get("verdict") == "judged" and score is not None
    grade = document.get("grade") if judged else None
    return Exercise(
        pk=pk,
        item=item,
        name=name,
        pending=pending,
        note=note,
        score=words.whole(score) if judged and score is not None else None,
        level=level_of(score if judged else None),
        interval=words.interval_words(document["score"]) if judged else "",
        grade=words.decimal(grade["value"]) if grade and grade["familiar"] else "",
        grade_words=words.grade_words(grade),
        count=words.count_words(document["reps"]) if judged else "",
        tempo=_tempo(document) if judged else "",
        strictness=str(Strictness(strictness).label).partition(":")[0].partition(",")[0],
        algorithm=algorithm,
        made_at=made_at,
        parts=_parts(document) if judged else [],
        sets=_sets(document) if judged else [],
        moments=_moments(document) if judged else [],
        angles=_angles(document) if judged else [],
        unseen=_unseen(document) if judged else [],
    )


def _note(row: ItemAnalysis) -> str:
    """Why there is no score; empty where there is one."""
    if row.status == ItemAnalysis.Status.FAILED:
        return str(words.PROBLEMS[row.problem])
    if row.document is None or row.verdict == "judged" and row.score is not None:
        return ""
    return verdict_words(row.verdict)


def verdict_words(verdict: str) -> str:
    """Why there is no score, for a verdict other than a score."""
    return str(words.VERDICTS.get(verdict, words.VERDICTS["not_visible"]))


def _tempo(document: Mapping[str, Any]) -> str:
    tempo = document["tempo"]
    if tempo is None:
        return ""
    seconds = {who: [tempo[who][phase] or 0.0 for phase in _PHASES] for who in _WHO}
    if not all(sum(times) for times in seconds.values()):
        return ""
    return _("%(client)s s a rep, the trainer %(trainer)s s") % {
        who: words.decimal(sum(times)) for who, times in seconds.items()
    }


_PHASES = ("eccentric_s", "pause_s", "concentric_s")
_WHO = ("client", "trainer")


def _parts(document: Mapping[str, Any]) -> list[ShownPart]:
    shown = []
    for part in document["parts"]:
        score = part["score"]
        if score["value"] is None:
            continue
        value, low, high = (words.whole(score[name]) for name in ("value", "low", "high"))
        shown.append(
            ShownPart(
                label=part_label([part["part"]]),
                value=value,
                low=low,
                high=high,
                level=level_of(score["value"]),
                words=_("%(score)d of 100, most likely %(low)d to %(high)d")
                % {"score": value, "low": low, "high": high},
            )
        )
    return shown


def _sets(document: Mapping[str, Any]) -> list[ShownSet]:
    shown = []
    for done in document["sets"]:
        value = done["score"]["value"]
        shown.append(
            ShownSet(
                name=_("set %(number)d") % {"number": done["n"]},
                reps=done["reps"],
                score=None if value is None else words.whole(value),
                level=level_of(value),
                interval="" if value is None else words.interval_words(done["score"]),
                fatigue=words.fatigue_words(done),
                speed=words.speed_words(done),
            )
        )
    return shown


def _moments(document: Mapping[str, Any]) -> list[ShownMoment]:
    return [
        ShownMoment(
            number=number,
            at_s=moment["at_s"],
            trainer_at_s=moment["trainer_at_s"],
            title=words.fault_words(moment),
            words=words.moment_words(moment, document),
            cost=words.cost_words(moment["cost"]),
            severe=moment["severe"],
            angle=moment["angle"] or "",
            rep=_rep_at(moment, document),
        )
        for number, moment in enumerate(document["moments"], start=1)
    ]


def _rep_at(moment: Mapping[str, Any], document: Mapping[str, Any]) -> int:
    """The repetition the worst instant lies in; else the first that has the fault."""
    for rep in document["reps"]:
        if rep["start_s"] <= moment["at_s"] <= rep["end_s"]:
            return int(rep["n"])
    return int(moment["reps"][0]) if moment["reps"] else 0


def _angles(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Angles to look at as curves, by code and in words: those of problems first."""
    named = [moment["angle"] for moment in document["moments"] if moment["angle"]]
    moved = {
        angle: high - low for rep in document["reps"][:1] for angle, (low, high) in _ranges(rep)
    }
    by_range = sorted(moved, key=lambda angle: -moved[angle])
    return [(angle, words.angle_words(angle)) for angle in dict.fromkeys([*named, *by_range])]


def _ranges(rep: Mapping[str, Any]) -> list[tuple[str, tuple[float, float]]]:
    return [
        (angle, (span[0], span[1]))
        for angle, span in rep["range_deg"].items()
        if span[0] is not None and span[1] is not None
    ]


def _unseen(document: Mapping[str, Any]) -> list[str]:
    """What could not be judged, and when."""
    told: dict[str, list[str]] = {}
    for sight in document["quality"]:
        what = part_label([sight["part"]]) if sight["part"] else _("Nobody in the picture")
        told.setdefault(what, []).append(f"{clock(sight['start_s'])}–{clock(sight['end_s'])}")
    return [f"{what}: {', '.join(spans[:4])}" for what, spans in told.items()]


def marks_of(analyses: list[ItemAnalysis]) -> list[dict[str, Any]]:
    """Repetitions and moments of each analysis as whole numbers, for the strip and the list.

    Returns
    -------
    list of dict
        ``id``, ``item``; ``reps`` as [start ms since the one before, length ms, score or null,
        1 = half]; ``moments`` as [session ms, clip ms or null, 1 = severe], the costliest first.
    """
    found = []
    for row in analyses:
        document: Mapping[str, Any] = row.document or {}
        before, reps = 0, []
        for rep in document.get("reps", []):
            start, end = round(1000 * rep["start_s"]), round(1000 * rep["end_s"])
            value = rep["score"]["value"]
            reps.append(
                [
                    start - before,
                    end - start,
                    None if value is None else words.whole(value),
                    int(rep["kind"] == "half"),
                ]
            )
            before = start
        moments = [
            [
                round(1000 * moment["at_s"]),
                None if moment["trainer_at_s"] is None else round(1000 * moment["trainer_at_s"]),
                int(moment["severe"]),
            ]
            for moment in document.get("moments", [])
        ]
        found.append({"id": row.pk, "item": row.item_id, "reps": reps, "moments": moments})
    return found
