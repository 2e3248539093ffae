"""A client's course in words, for the trainer: reading, no writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exercises.strictness import Strictness
from sessions.report import Level, level_of
from sessions.review.words import angle_words, decimal, fault_words, interval_words, whole
from sessions.trends.chart import Chart, Point, chart_of
from sessions.trends.course import Adherence, Course, adherence_of, courses_of
from sessions.trends.rows import Done, done_by, homework_of
from sessions.trends.slope import LEAST_COUNT, Trend
from tenants.people.models import User


@dataclass(frozen=True)
class Line:
    """A sentence about one thing that changes, or does not: ``up``, ``down``, ``unclear``…"""

    label: str
    words: str
    verdict: str
    good: bool | None


@dataclass(frozen=True)
class ShownProblem:
    title: str
    words: str
    verdict: str
    good: bool | None


@dataclass(frozen=True)
class ShownSession:
    """A row of the table that says what the drawing says."""

    session: Any
    day: str
    score: int
    interval: str
    level: Level
    grade: str
    reps: str
    range_deg: str
    judged: str


@dataclass(frozen=True)
class ShownCourse:
    exercise: int
    name: str
    headline: Line
    lines: list[Line]
    problems: list[ShownProblem]
    chart: Chart
    chart_words: str
    notes: list[str]
    sessions: list[ShownSession]


@dataclass(frozen=True)
class ShownWeek:
    """A bar in a box 20 by 74: a seventh of its height for each day."""

    label: str
    days: int
    height: int
    words: str

    @property
    def top(self) -> int:
        return 72 - self.height


@dataclass(frozen=True)
class Page:
    courses: list[ShownCourse]
    weeks: list[ShownWeek]
    adherence: list[str]
    assigned: bool
    trained: bool


def page_of(client: User) -> Page:
    """Everything the page shows. Two queries, however many sessions."""
    homework = homework_of(client)
    regular = adherence_of(homework, timezone.localdate())
    return Page(
        courses=[_shown(course) for course in courses_of(done_by(client))],
        weeks=[_week(week.monday, week.days) for week in regular.weeks],
        adherence=_adherence(regular),
        assigned=bool(homework),
        trained=any(one.done for one in homework),
    )


def _week(monday: date, days: int) -> ShownWeek:
    label = str(date_format(monday, "j M"))
    told = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    return ShownWeek(
        label=label,
        days=days,
        height=min(days, 7) * 10,
        words=_("week of %(monday)s: %(days)s") % {"monday": label, "days": told},
    )


def _adherence(regular: Adherence) -> list[str]:
    told = []
    if regular.given:
        told.append(
            _("Done: %(done)d of %(given)d workouts that were assigned.")
            % {"done": regular.done, "given": regular.given}
        )
    if regular.late:
        told.append(
            _("Past its day and not done: %(workouts)s.") % {"workouts": ", ".join(regular.late)}
        )
    return told


def _shown(course: Course) -> ShownCourse:
    points = [
        Point(one.at, one.score, one.low, one.high, (one.algorithm, one.strictness), _dot(one))
        for one in course.done
    ]
    return ShownCourse(
        exercise=course.exercise,
        name=course.name,
        headline=_score_line(course.score),
        lines=_lines(course),
        problems=[_problem(course, n) for n in range(len(course.problems))],
        chart=chart_of(points, [_day(one) for one in course.done]),
        chart_words=_chart_words(course),
        notes=_notes(course),
        sessions=[_row(course, n) for n in range(len(course.done))][::-1],
    )


def _chart_words(course: Course) -> str:
    values = {
        "name": course.name,
        "count": len(course.done),
        "first": whole(course.done[0].score),
        "last": whole(course.latest.score),
        "trend": _score_line(course.score).words,
    }
    return (
        _("%(name)s: score of %(count)d sessions, from %(first)s to %(last)s. %(trend)s") % values
    )


def _day(one: Done) -> str:
    return str(date_format(timezone.localtime(one.at), "j M"))


def _dot(one: Done) -> str:
    return _("%(day)s: %(score)d of 100, %(interval)s") % {
        "day": _day(one),
        "score": whole(one.score),
        "interval": interval_words({"low": one.low, "high": one.high}),
    }


def _span(trend: Trend) -> str:
    weeks = round(trend.days / 7)
    if weeks >= 2:
        return ngettext("in %(count)d week", "in %(count)d weeks", weeks) % {"count": weeks}
    days = max(round(trend.days), 1)
    return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}


def _too_few(trend: Trend) -> str:
    if trend.count < LEAST_COUNT:
        more = LEAST_COUNT - trend.count
        return ngettext(
            "Too early to say: %(count)d more session is needed.",
            "Too early to say: %(count)d more sessions are needed.",
            more,
        ) % {"count": more}
    return _("Too early to say: the sessions lie too near to one another.")


def _score_line(trend: Trend) -> Line:
    label = _("Score")
    if trend.direction == "too_few":
        return Line(label, _too_few(trend), _("too early to say"), None)
    values = {
        "change": decimal(abs(trend.change)),
        "span": _span(trend),
        "low": _signed(trend.low),
        "high": _signed(trend.high),
    }
    if trend.direction == "up":
        words = _("%(change)s points better %(span)s, most likely %(low)s to %(high)s.") % values
        return Line(label, words, _("better"), True)
    if trend.direction == "down":
        words = _("%(change)s points worse %(span)s, most likely %(low)s to %(high)s.") % values
        return Line(label, words, _("worse"), False)
    words = _("No clear change %(span)s: anything from %(low)s to %(high)s points.") % values
    return Line(label, words, _("no clear change"), None)


def _signed(value: float) -> str:
    rounded = round(value, 1)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{decimal(abs(rounded))}"


def _lines(course: Course) -> list[Line]:
    reps = [len(one.reps) for one in course.done]
    half = sum(rep["kind"] == "half" for rep in course.latest.reps)
    volume = _("%(last)d reps last time, usually %(usual)d.") % {
        "last": reps[-1],
        "usual": round(float(np.median(reps))),
    }
    if half:
        volume += " " + _("Half repetitions last time: %(half)d.") % {"half": half}
    lines = [Line(_("Volume"), volume, "", None)]
    grade = course.latest.grade
    if grade is not None:
        told = _("%(grade)s last time; 0 is as the trainer does it, 4 far from it.") % {
            "grade": decimal(grade)
        }
        lines.append(Line(_("Grade"), told, "", None))
    if course.main_joint and np.isfinite(course.range_deg[-1]):
        lines.append(_range_line(course))
    lines.append(_fatigue_line(course))
    return lines


def _range_line(course: Course) -> Line:
    trend, joint = course.range_trend, angle_words(course.main_joint)
    values = {
        "joint": joint,
        "last": round(course.range_deg[-1]),
        "change": round(abs(trend.change)),
        "span": _span(trend),
    }
    if trend.direction == "up":
        words, verdict = _("%(joint)s: %(last)d°, %(change)d° more %(span)s."), _("more")
    elif trend.direction == "down":
        words, verdict = _("%(joint)s: %(last)d°, %(change)d° less %(span)s."), _("less")
    elif trend.direction == "unclear":
        words, verdict = _("%(joint)s: %(last)d°, no clear change."), _("no clear change")
    else:
        words, verdict = _("%(joint)s: %(last)d° last time."), ""
    # More is better or not, as the trainer's own movement goes: it is told, not judged.
    return Line(_("Range of motion"), words % values, verdict, None)


def _fatigue_line(course: Course) -> Line:
    label, last, trend = _("Fatigue within sets"), course.fatigue[-1], course.fatigue_trend
    if not np.isfinite(last):
        return Line(label, _("The sets were too short to say."), "", None)
    if abs(last) < 0.1:
        words = _("None to speak of last time.")
    elif last > 0:
        words = _("−%(points)s points with every repetition last time.") % {"points": decimal(last)}
    else:
        words = _("+%(points)s points with every repetition last time.") % {
            "points": decimal(-last)
        }
    if trend.direction == "down":
        return Line(label, words + " " + _("It gets less."), _("better"), True)
    if trend.direction == "up":
        return Line(label, words + " " + _("It grows."), _("worse"), False)
    return Line(label, words, "", None)


def _problem(course: Course, n: int) -> ShownProblem:
    problem = course.problems[n]
    title = fault_words({"fault": problem.fault, "direction": problem.direction})
    words = _("in %(there)d of %(sessions)d sessions, last time in %(share)d%% of the reps") % {
        "there": problem.sessions,
        "sessions": len(problem.share_pct),
        "share": round(problem.share_pct[-1]),
    }
    match problem.trend.direction:
        case "up":
            return ShownProblem(title, words, _("grows"), False)
        case "down":
            return ShownProblem(title, words, _("fades"), True)
        case "unclear":
            return ShownProblem(title, words, _("no clear change"), None)
    return ShownProblem(title, words, "", None)


def _notes(course: Course) -> list[str]:
    others = course.comparable.count(False)
    if not others:
        return []
    return [
        ngettext(
            "%(count)d session was judged by another version or strictness (hollow): its score "
            "can’t be compared, and the trend leaves it out. Have it scored again.",
            "%(count)d sessions were judged by another version or strictness (hollow): their "
            "scores can’t be compared, and the trend leaves them out. Have them scored again.",
            others,
        )
        % {"count": others}
    ]


def _row(course: Course, n: int) -> ShownSession:
    one, wide = course.done[n], course.range_deg[n]
    strictness = str(Strictness(one.strictness).label).partition(":")[0].partition(",")[0]
    return ShownSession(
        session=one.session,
        day=str(date_format(timezone.localtime(one.at), "SHORT_DATE_FORMAT")),
        score=whole(one.score),
        interval=interval_words({"low": one.low, "high": one.high}),
        level=level_of(one.score),
        grade="—" if one.grade is None else decimal(one.grade),
        reps=str(len(one.reps)),
        range_deg=f"{round(wide)}°" if np.isfinite(wide) else "—",
        judged=_("version %(version)s, %(strictness)s")
        % {"version": one.algorithm, "strictness": strictness},
    )
