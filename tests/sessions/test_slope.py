"""Trends: closed forms, one bad day, and no trend made of noise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from sessions.trends.chart import HEIGHT, WIDTH, Point, chart_of
from sessions.trends.course import adherence_of
from sessions.trends.rows import Homework
from sessions.trends.slope import trend_of

DAYS = [0.0, 3.0, 7.0, 10.0, 14.0, 17.0, 21.0]


def test_a_line_is_its_own_trend() -> None:
    found = trend_of(DAYS, [60 + 0.5 * day for day in DAYS], [0.0] * 7, 3.0)
    assert found.change == pytest.approx(10.5)
    assert found.low == pytest.approx(10.5)
    assert found.high == pytest.approx(10.5)
    assert (found.direction, found.days, found.count) == ("up", 21.0, 7)
    falling = trend_of(DAYS, [80 - 0.5 * day for day in DAYS], [0.0] * 7, 3.0)
    assert falling.direction == "down"
    assert falling.change == pytest.approx(-10.5)


def test_one_bad_day_changes_little() -> None:
    values = [60 + 0.5 * day for day in DAYS]
    values[3] = 20.0
    found = trend_of(DAYS, values, [1.0] * 7, 3.0)
    assert found.change == pytest.approx(10.5, abs=2.0)


def test_what_is_small_or_within_the_noise_is_no_clear_change() -> None:
    assert trend_of(DAYS, [70 + 0.1 * day for day in DAYS], [0.0] * 7, 3.0).direction == "unclear"
    rising = [70 + 0.3 * day for day in DAYS]
    assert trend_of(DAYS, rising, [1.0] * 7, 3.0).direction == "up"
    # The same numbers, each of which may be off by as much as all of the change.
    assert trend_of(DAYS, rising, [6.0] * 7, 3.0).direction == "unclear"


def test_too_few_sessions_or_days_say_nothing() -> None:
    assert trend_of([], [], [], 3.0).direction == "too_few"
    assert trend_of([0, 7, 14], [1, 50, 99], [0.1] * 3, 3.0).direction == "too_few"
    assert trend_of([0, 1, 2, 3, 4], [1, 20, 40, 60, 80], [0.1] * 5, 3.0).direction == "too_few"
    # Four sessions of two days are but two days.
    assert trend_of([0, 0.1, 8, 8.1], [1, 2, 80, 81], [0.1] * 4, 3.0).direction != "down"


def test_noise_alone_is_seldom_called_a_trend() -> None:
    rng = np.random.default_rng(1)
    clear = 0
    for _ in range(400):
        count = int(rng.integers(4, 14))
        days = np.sort(rng.uniform(0, 40, count))
        values = 75 + rng.normal(0, 3.0, count)
        clear += trend_of(days.tolist(), values.tolist(), [3.0] * count, 3.0).direction in (
            "up",
            "down",
        )
    # A 90% interval leaves nothing out one time in ten; it is widened by what each may be off.
    assert clear / 400 < 0.05


def test_a_true_change_is_found() -> None:
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(100):
        days = np.sort(rng.uniform(0, 28, 9))
        values = 65 + 0.6 * days + rng.normal(0, 2.0, 9)
        found += trend_of(days.tolist(), values.tolist(), [2.0] * 9, 3.0).direction == "up"
    assert found > 85


def test_a_drawing_stays_in_its_box_and_breaks_where_it_is_judged_otherwise() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    points = [
        Point(start + timedelta(days=4 * n), 50 + n, 40 + n, 60 + n, ("1", kind), "")
        for n, kind in enumerate(["kind", "kind", "normal", "normal"])
    ]
    chart = chart_of(points, [str(n) for n in range(4)])
    assert [dot.comparable for dot in chart.dots] == [False, False, True, True]
    assert (len(chart.lines), len(chart.breaks)) == (2, 1)
    xs = [float(dot.x) for dot in chart.dots]
    assert xs == sorted(xs) and xs[0] > 0 and xs[-1] < WIDTH
    assert np.diff(xs) == pytest.approx(np.full(3, xs[1] - xs[0]), abs=0.2)
    for dot in chart.dots:
        assert 0 < float(dot.high) < float(dot.y) < float(dot.low) < HEIGHT
    assert len(chart_of(points[:1], ["1"]).dots) == 1
    same = [Point(start, 50, 50, 50, ("1", "kind"), "")] * 2
    assert np.isfinite([float(dot.x) for dot in chart_of(same, ["1", "1"]).dots]).all()


def test_days_trained_are_counted_by_week_and_what_was_left_is_named() -> None:
    today = date(2026, 3, 18)  # a Wednesday
    monday = date(2026, 3, 16)
    homework = [
        Homework("Legs", monday - timedelta(days=9), None, [monday, monday, today]),
        Homework("Arms", monday, today - timedelta(days=1), []),
        Homework("Old", monday - timedelta(days=200), today, []),
        Homework("Back", monday, today, []),
    ]
    found = adherence_of(homework, today)
    assert [week.days for week in found.weeks] == [0] * 7 + [2]
    assert (found.done, found.given, found.late) == (1, 3, ["Arms"])
