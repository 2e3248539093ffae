"""The course of an exercise over weeks, of what was measured. Pure.

Scores of two versions of the algorithm, or of two strictnesses, can't be compared: a trend is that
of the sessions judged as the latest one was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from processing.motion.analysis.angles import ANGLES, bare
from processing.motion.analysis.hits import drivers
from sessions.trends.rows import Done, Homework
from sessions.trends.slope import Trend, trend_of

SCORE_LEAST: Final = 3.0
"""Points. One person filmed twice differs by up to 2.3 (docs/analysis.md)."""
_SCORE_NOISE: Final = 1.5
_INTERVAL_PER_SD: Final = 5.8
"""Of one person's scores 96% differ by less than half of the interval: 2.05 · √2 standard
deviations of each."""
_RANGE_LEAST_DEG: Final = 5.0
_RANGE_NOISE_DEG: Final = 3.0
_SHARE_LEAST: Final = 20.0
_SHARE_NOISE: Final = 8.0
_FATIGUE_LEAST: Final = 0.4
"""Points a repetition: five over a set of twelve."""
_PROBLEMS: Final = 4


@dataclass(frozen=True)
class Problem:
    """A fault that was often there. share_pct : of the repetitions of each session."""

    fault: str
    direction: str
    sessions: int
    share_pct: list[float]
    trend: Trend


@dataclass(frozen=True)
class Course:
    """One exercise. Everything in the order of the sessions.

    comparable : whether each was judged as the latest one.
    range_deg : how far the main joint goes, typical of each session; NaN = not seen.
    fatigue : points that are lost with every repetition of a set; NaN = no set long enough.
    """

    exercise: int
    name: str
    done: list[Done]
    comparable: list[bool]
    score: Trend
    main_joint: str
    range_deg: list[float]
    range_trend: Trend
    fatigue: list[float]
    fatigue_trend: Trend
    problems: list[Problem]

    @property
    def latest(self) -> Done:
        return self.done[-1]


def courses_of(done: Sequence[Done]) -> list[Course]:
    """Put together what was done, exercise by exercise, the one done last first."""
    groups: dict[int, list[Done]] = defaultdict(list)
    for one in done:
        groups[one.exercise].append(one)
    return sorted((_course(group) for group in groups.values()), key=lambda c: c.latest.at)[::-1]


def _course(done: list[Done]) -> Course:
    latest = done[-1]
    judged = (latest.algorithm, latest.strictness)
    comparable = [(one.algorithm, one.strictness) == judged for one in done]
    same = [one for one, alike in zip(done, comparable, strict=True) if alike]
    joint = main_joint(latest)
    ranges, fatigue = [_range(one, joint) for one in done], [_fatigue(one) for one in done]
    return Course(
        exercise=latest.exercise,
        name=latest.name,
        done=done,
        comparable=comparable,
        score=score_trend(same),
        main_joint=joint,
        range_deg=ranges,
        # Degrees are degrees, however strictly they are judged.
        range_trend=_trend(done, ranges, lambda one: _RANGE_NOISE_DEG, _RANGE_LEAST_DEG),
        fatigue=[lost for lost, _noise in fatigue],
        fatigue_trend=_trend(
            same,
            [_fatigue(one)[0] for one in same],
            lambda one: _fatigue(one)[1],
            _FATIGUE_LEAST,
        ),
        problems=_problems(same),
    )


def score_trend(done: Sequence[Done]) -> Trend:
    """Of sessions that were judged alike."""
    return _trend(
        done,
        [one.score for one in done],
        lambda one: max(_SCORE_NOISE, (one.high - one.low) / _INTERVAL_PER_SD),
        SCORE_LEAST,
    )


def _trend(
    done: Sequence[Done], values: list[float], noise: Callable[[Done], float], least: float
) -> Trend:
    known = [(one, value) for one, value in zip(done, values, strict=True) if np.isfinite(value)]
    start = known[0][0].at if known else None
    return trend_of(
        [(one.at - start).total_seconds() / 86400 for one, _ in known if start is not None],
        [value for _, value in known],
        [noise(one) for one, _ in known],
        least,
    )


def main_joint(done: Done) -> str:
    """The angle, without its side, that makes the movement and goes farthest; empty for none.

    Arms held out to keep the balance of a squat swing farther than its knees, and don't make it.
    """
    typical = np.zeros(len(ANGLES))
    for i, angle in enumerate(ANGLES):
        spans = [rep.get("range_deg", {}).get(angle, (None, None)) for rep in done.reps]
        widths = [high - low for low, high in spans if low is not None and high is not None]
        typical[i] = np.median(widths) if widths else 0.0
    making = np.where(drivers(typical), typical, 0.0)
    return bare(ANGLES[int(making.argmax())]) if making.any() else ""


def _widths(rep: dict[str, Any]) -> list[tuple[str, float]]:
    found = []
    for angle, (low, high) in rep.get("range_deg", {}).items():
        if low is not None and high is not None:
            found.append((bare(angle), high - low))
    return found


def _range(done: Done, joint: str) -> float:
    widths = [width for rep in done.reps for angle, width in _widths(rep) if angle == joint]
    return float(np.median(widths)) if widths else float("nan")


def _fatigue(done: Done) -> tuple[float, float]:
    """Points lost with every repetition, over the sets, and the standard deviation of that."""
    losses, noise = [], []
    for one in done.sets:
        fatigue = one["fatigue"]
        if None in (fatigue["change_per_rep"], fatigue["low"], fatigue["high"]):
            continue
        losses.append(-fatigue["change_per_rep"])
        noise.append((fatigue["high"] - fatigue["low"]) / 3.29)
    if not losses:
        return float("nan"), float("nan")
    return float(np.mean(losses)), float(np.hypot(0.05, np.mean(noise) / np.sqrt(len(noise))))


def _problems(done: list[Done]) -> list[Problem]:
    """The most frequent ones, and whether they grow or fade."""
    names = {(m["fault"], m["direction"]) for one in done for m in one.moments}
    found = []
    for fault, direction in names:
        shares = [_share(one, fault, direction) for one in done]
        there = sum(share > 0 for share in shares)
        trend = _trend(
            done, shares, lambda one: max(_SHARE_NOISE, 50 / max(len(one.reps), 1) ** 0.5),
            _SHARE_LEAST,
        )  # fmt: skip
        found.append(Problem(fault, direction, there, shares, trend))
    found.sort(key=lambda one: (-one.sessions, -sum(one.share_pct), one.fault))
    return found[:_PROBLEMS]


def _share(done: Done, fault: str, direction: str) -> float:
    """Share of a session's repetitions that have a fault, per cent."""
    reps = {
        rep
        for moment in done.moments
        if (moment["fault"], moment["direction"]) == (fault, direction)
        for rep in moment["reps"]
    }
    return 100.0 * len(reps) / max(len(done.reps), 1)


@dataclass(frozen=True)
class Week:
    """Days trained in a week that begins on a Monday."""

    monday: date
    days: int


@dataclass(frozen=True)
class Adherence:
    """weeks : the latest last. done, given : homework that was done, of what was given in that
    time. late : past its day and never done."""

    weeks: list[Week]
    done: int
    given: int
    late: list[str]


def adherence_of(homework: Sequence[Homework], today: date, weeks: int = 8) -> Adherence:
    """Say how regularly somebody trained, and whether they did what they were given."""
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=n) for n in range(weeks)][::-1]
    days = {day for one in homework for day in one.done}
    lately = [
        one
        for one in homework
        if one.assigned >= mondays[0] or any(day >= mondays[0] for day in one.done)
    ]
    return Adherence(
        weeks=[
            Week(start, sum(start <= day < start + timedelta(days=7) for day in days))
            for start in mondays
        ],
        done=sum(bool(one.done) for one in lately),
        given=len(lately),
        late=[one.title for one in lately if not one.done and one.due and one.due < today],
    )
