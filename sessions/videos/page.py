"""What the studio shows of an analysis: reading, no writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from processing.messages_quality import finding_sentence
from sessions.coach import Persona, speak
from sessions.coach.document import DocumentError
from sessions.coach.llm import configured
from sessions.report import Level, level_of
from sessions.review import words
from sessions.review.page import Exercise, exercise_of, verdict_words
from sessions.videos.models import VideoAnalysis
from sessions.videos.queue import position_of
from sessions.videos.words import hint_sentences, problem_sentence, queue_words, stage_words
from sessions.words import clock

_MOST_TIMES: Final = 6


@dataclass(frozen=True)
class Standing:
    """How far an analysis is, in words."""

    pending: bool
    headline: str
    detail: str
    pct: float

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "pct": round(self.pct, 1)}


@dataclass(frozen=True)
class ShownRep:
    number: int
    start_s: float
    score: int | None
    level: Level
    words: str


@dataclass(frozen=True)
class Advice:
    """One finding of the gates; ``times`` are seconds of the side-by-side video, and in words."""

    sentence: str
    is_grave: bool
    times: list[tuple[float, str]]


def standing_of(analysis: VideoAnalysis) -> Standing:
    """Costs up to four queries while it waits."""
    if analysis.status == VideoAnalysis.Status.RUNNING:
        words_ = stage_words(analysis)
        return Standing(True, words_, _("You can leave this page; the work goes on."),
                        analysis.progress_pct)  # fmt: skip
    if analysis.status == VideoAnalysis.Status.QUEUED:
        detail = queue_words(position_of(analysis))
        return Standing(True, _("Waiting in the queue"), detail, 0.0)
    return Standing(False, str(analysis.get_status_display()), problem_sentence(analysis), 100.0)


def title_of(analysis: VideoAnalysis) -> str:
    """What the video was compared with."""
    if analysis.exercise is not None:
        return analysis.exercise.name
    return _("Two videos") if analysis.reference else _("Removed exercise")


def shown(analysis: VideoAnalysis, persona: str) -> dict[str, Any]:
    """Everything the page shows of a result; nothing where there is none."""
    if analysis.status != VideoAnalysis.Status.READY or analysis.result is None:
        return {}
    result: Mapping[str, Any] = analysis.result
    document, client = result["analysis"], result["client"]
    hints = [hint["sentence"] for hint in hint_sentences(result)]
    starts_s = _starts_s(client)
    return {
        "exercises": [_exercise(analysis, document, hints)],
        "hints": hints,
        "starts_s": starts_s,
        "reps": [_rep(rep) for rep in document.get("reps", [])],
        "advice": _advice(client, starts_s),
        "reference_advice": _advice(result["trainer"], None) if result["trainer"] else [],
        "coach": coach_text(analysis, persona),
        "files": _files(analysis),
    }


def _starts_s(client: Mapping[str, Any]) -> float:
    """What the side-by-side video begins with, seconds of the client's."""
    first_s = client.get("first_pose_s")
    return float(first_s if first_s is not None else client.get("trim", {}).get("start_s", 0.0))


def _exercise(analysis: VideoAnalysis, document: Mapping[str, Any], hints: list[str]) -> Exercise:
    score = document.get("score", {}).get("value")
    note = "" if score is not None else verdict_words(document["verdict"])
    return exercise_of(
        document,
        score,
        pk=0,
        item=None,
        name=title_of(analysis),
        pending=False,
        note=note if not hints or score is not None else f"{note} {hints[0]}",
        strictness=analysis.strictness,
        algorithm=str(document.get("algorithm", "")),
        made_at=analysis.finished_at,
    )


def _rep(rep: Mapping[str, Any]) -> ShownRep:
    value = rep["score"]["value"]
    score = None if value is None else words.whole(value)
    told = _("half") if rep["kind"] == "half" else ""
    return ShownRep(rep["n"], rep["start_s"], score, level_of(value), told)


def _advice(about: Mapping[str, Any], starts_s: float | None) -> list[Advice]:
    """Findings with what to do; without ``starts_s`` of a video that is not shown."""
    quality, duration_s = about["quality"], about["duration_s"]
    found = []
    for finding in quality.get("findings", []):
        spans = finding.get("spans", []) if starts_s is not None else []
        times = [(float(start), clock(start)) for start, _end in spans[:_MOST_TIMES]]
        found.append(
            Advice(
                sentence=finding_sentence(finding, duration_s),
                is_grave=finding.get("severity") == "stop",
                times=times,
            )
        )
    return found


def coach_text(analysis: VideoAnalysis, persona: str) -> str:
    """What the coach says, in a voice; empty where the document is of a version no longer read."""
    if analysis.result is None:
        return ""
    if persona == analysis.persona:
        return _as_said(analysis.result["coach"])
    exercise = analysis.exercise.name if analysis.exercise else _("Your exercise")
    person = "" if analysis.asked_by.is_staff else analysis.asked_by.name
    try:
        return speak(
            analysis.result["analysis"],
            persona=cast(Persona, persona),
            language=analysis.language,
            name=person.split(" ")[0],
            exercise=exercise,
            seed=str(analysis.pk),
            llm=configured(),
        ).text()
    except DocumentError:
        return ""


def _as_said(coach: Mapping[str, Any]) -> str:
    """What was said when the video was judged, a line for each part."""
    changes = [f"{change['text']} {change['basis']}" for change in coach.get("change", [])]
    first = [coach.get(name, "") for name in ("greeting", "headline")]
    last = [coach.get(name, "") for name in ("next", "closing", "sign_off")]
    said = [*first, *coach.get("well", []), *changes, *coach.get("notes", []), *last]
    return "\n".join(part for part in said if part)


def _files(analysis: VideoAnalysis) -> dict[str, str]:
    names = ("poses_json", "poses_csv", "side_by_side")
    return {
        "result": reverse("api_analysis", args=[analysis.pk]),
        **{name: reverse(f"api_analysis_{name}", args=[analysis.pk]) for name in names},
    }
