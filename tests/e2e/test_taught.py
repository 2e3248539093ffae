"""A fault is marked in one report and shown in another, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Page, expect

from sessions.models import FaultFinding, WorkoutSession
from sessions.taught.finding import find
from tests.conftest import Cast
from tests.e2e.axe import grave_on
from tests.e2e.conftest import LAPTOP, PHONE
from tests.e2e.report_stand import (  # noqa: F401  (fixtures)
    Stand,
    db_helper_fixture,
    pages_fixture,
    shoot_page,
    stand_fixture,
    until,
)
from tests.sessions.reviews import RIGHT, analysed, moved

pytestmark = pytest.mark.e2e
T = TypeVar("T")
SHOWN = "Number(document.getElementById('report').dataset.shown)"


def _apart(cast: Cast, work: Callable[[], T]) -> T:
    """Work on rows in a thread of its own: Playwright's loop runs in this one."""

    def within() -> T:
        try:
            with cast.anna.schema():
                return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(within).result()


def test_a_fault_is_taught_by_marking_it_and_shown_in_another_session(
    stand: Stand, pages: Any, _cast: Cast
) -> None:
    def prepared() -> tuple[UUID, UUID]:
        """The one that is taught from, and one that was done the day before."""
        source = WorkoutSession.objects.get(pk=stand.session)
        leans = replace(RIGHT, lean_deg=32.0)
        made = []
        for number in range(2):
            session = moved(_cast.kate, [[RIGHT], [leans]], assignment=source.assignment)
            analysed(session)
            day = timezone.now() - timedelta(days=number)
            WorkoutSession.objects.filter(pk=session.pk).update(started_at=day)
            made.append(session.pk)
        return made[0], made[1]

    def looked() -> None:
        for pk in FaultFinding.objects.values_list("pk", flat=True):
            find(pk)

    taught, before = _apart(_cast, prepared)
    page: Page = pages("owner", LAPTOP)
    page.goto(stand.url(f"/studio/workout_sessions/workoutsession/{taught}/report/"))
    expect(page.locator("[data-part=course]")).to_be_visible()
    form = page.locator("[data-part=teach_form]")
    form.locator("[name=name]").fill("chest drops")
    form.locator("[name=cue]").fill("Lift your chest")
    # Nothing is marked: it says what to do first.
    form.locator("[type=submit]").click()
    expect(page.locator("[data-part=teach_problem]")).to_contain_text("Mark the time line first")

    def drag(block: int) -> None:
        page.locator("[data-teach=drag]").click()
        box = page.locator(f".set-strip[data-block='{block}']").bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 4, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, middle)
        page.mouse.move(box["x"] + box["width"] - 4, middle)
        page.mouse.up()
        expect(page.locator(".teach-band")).to_have_count(1)

    # What is right does not stand out, and is not saved.
    drag(0)
    form.locator("[type=submit]").click()
    expect(page.locator("[data-part=teach_problem]")).to_contain_text("stands out")
    shoot_page(page, "teach-1280-nothing")
    drag(1)
    expect(page.locator("[data-part=teach_interval]")).to_contain_text("set 2")
    form.locator("[type=submit]").click()
    expect(page.locator("[data-part=teach_told]")).to_contain_text("Looking through 3 sessions")
    expect(page.locator("[data-part=taught]")).to_contain_text("Looking through 3 sessions")
    _apart(_cast, looked)
    # The page looks again by itself.
    expect(page.locator("[data-part=taught]")).to_contain_text("reps 3–4")
    flag = page.locator(".flags .flag-taught")
    expect(flag).to_have_count(1)
    flag.click()
    at = float(flag.get_attribute("data-taught-at") or "nan")
    until(page, f"at => Math.abs({SHOWN} - at) < 0.1", at)
    assert grave_on(page) == []
    shoot_page(page, "teach-1280")

    other: Page = pages("owner", PHONE)
    other.goto(stand.url(f"/studio/workout_sessions/workoutsession/{before}/report/"))
    expect(other.locator("[data-part=taught]")).to_contain_text("chest drops")
    expect(other.locator("[data-part=taught]")).to_contain_text("reps 3–4")
    expect(other.locator(".flags .flag-taught")).to_have_count(1)
    # By keyboard and touch: the repetition that is being looked at.
    other.locator("[data-rep='2']").click()
    other.locator("[data-teach=rep]").click()
    expect(other.locator("[data-part=teach_interval]")).to_contain_text("set 2")
    assert other.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert grave_on(other) == []
    shoot_page(other, "teach-390")
    for path, name in (
        ("/studio/workout_sessions/taughtfault/", "taught-list"),
        (f"/studio/workout_sessions/workoutsession/of-client/{_cast.kate.pk}/", "trends"),
    ):
        for one, width in ((page, "1280"), (other, "390")):
            one.goto(stand.url(path))
            one.wait_for_timeout(300)
            assert one.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
            assert grave_on(one) == []
            shoot_page(one, f"{name}-{width}")
