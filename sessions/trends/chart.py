"""Where things stand in a drawing, as strings for an SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

WIDTH: Final = 640
HEIGHT: Final = 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 32, 14, 28


@dataclass(frozen=True)
class Dot:
    """A session: x, y, its interval from ``high`` to ``low`` (y grows downwards), whether it can
    be compared with the latest one."""

    x: str
    y: str
    low: str
    high: str
    comparable: bool
    words: str


@dataclass(frozen=True)
class Tick:
    at: str
    words: str


@dataclass(frozen=True)
class Chart:
    """A course in a box ``WIDTH`` by ``HEIGHT``. breaks : x of changes in how it is judged."""

    dots: list[Dot]
    lines: list[str]
    breaks: list[str]
    ticks_y: list[Tick]
    ticks_x: list[Tick]

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {HEIGHT}"

    @property
    def left(self) -> int:
        return _LEFT

    @property
    def right(self) -> int:
        return WIDTH - _RIGHT

    @property
    def bottom(self) -> int:
        return HEIGHT - _BOTTOM


@dataclass(frozen=True)
class Point:
    """What is drawn: value with its interval, how it was judged, and what is said of it."""

    at: datetime
    value: float
    low: float
    high: float
    judged: tuple[str, str]
    words: str


def chart_of(points: Sequence[Point], date_words: Sequence[str]) -> Chart:
    """Draw points, the oldest first.

    Parameters
    ----------
    points : (N,) at least one
    date_words : (N,) days in words
    """
    seconds = np.array([point.at.timestamp() for point in points])
    span = max(float(np.ptp(seconds)), 1.0)
    alone = len(points) == 1
    lowest = min(point.low for point in points)
    highest = max(point.high for point in points)
    bottom = float(max(0.0, np.floor((lowest - 3) / 10) * 10))
    top = float(max(bottom + 20, np.ceil((highest + 3) / 10) * 10))

    def x(time: float) -> str:
        share = 0.5 if alone else (time - seconds[0]) / span
        return f"{_LEFT + 12 + share * (WIDTH - _LEFT - _RIGHT - 24):.1f}"

    def y(value: float) -> str:
        return f"{_TOP + (top - value) / (top - bottom) * (HEIGHT - _TOP - _BOTTOM):.1f}"

    latest = points[-1].judged
    runs: list[list[int]] = [[0]]
    for i in range(1, len(points)):
        if points[i].judged == points[i - 1].judged:
            runs[-1].append(i)
        else:
            runs.append([i])
    xs = [x(float(time)) for time in seconds]
    step = 10 if top - bottom <= 60 else 20
    return Chart(
        dots=[
            Dot(at, y(p.value), y(p.low), y(p.high), p.judged == latest, p.words)
            for at, p in zip(xs, points, strict=True)
        ],
        lines=[" ".join(f"{xs[i]},{y(points[i].value)}" for i in run) for run in runs],
        breaks=[
            f"{0.5 * (float(xs[one[-1]]) + float(xs[other[0]])):.1f}"
            for one, other in zip(runs[:-1], runs[1:], strict=True)
        ],
        ticks_y=[Tick(y(value), f"{value:.0f}") for value in np.arange(bottom, top + 1, step)],
        ticks_x=_days(xs, date_words),
    )


def _days(xs: list[str], words: Sequence[str]) -> list[Tick]:
    """As many days as there is room for, the last one always."""
    kept: list[Tick] = []
    for at, word in zip(reversed(xs), reversed(words), strict=True):
        if not kept or float(kept[-1].at) - float(at) > 84:
            kept.append(Tick(at, word))
    return kept[::-1]
