"""The report in a browser: problems lead both pictures to their instants, nothing comes early."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import LAPTOP, PHONE
from tests.e2e.report_stand import (  # noqa: F401  (fixtures)
    SHOTS,
    Stand,
    db_helper_fixture,
    pages_fixture,
    shoot_page,
    stand_fixture,
    until,
)

pytestmark = pytest.mark.e2e

BUDGET_BYTES = 350_000
"""All of a first visit but the film."""
SHOWN = "Number(document.getElementById('report').dataset.shown)"


def _moved(page: Page) -> dict[str, int]:
    """Bytes that came over the network, headers included, by address; filled as they come."""
    cdp = page.context.new_cdp_session(page)
    asked: dict[str, str] = {}
    moved: dict[str, int] = {}

    def answered(event: dict[str, Any]) -> None:
        asked[event["requestId"]] = event["response"]["url"]

    def finished(event: dict[str, Any]) -> None:
        url = asked.get(event["requestId"], "")
        if url.startswith("http"):
            moved[url] = moved.get(url, 0) + int(event["encodedDataLength"])

    cdp.on("Network.responseReceived", answered)
    cdp.on("Network.loadingFinished", finished)
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    return moved


def test_the_report_shows_where_it_went_wrong(stand: Stand, pages: Any) -> None:
    page: Page = pages("owner", LAPTOP)
    moved_bytes = _moved(page)
    page.goto(stand.url())
    report = page.locator("#report")
    expect(page.locator("[data-part=course]")).to_be_visible()
    page.locator("[data-part=pictures]").scroll_into_view_if_needed()
    until(page, "document.getElementById('report').dataset.shown")
    page.wait_for_timeout(500)
    shoot_page(page, "report-1280-en")
    # Everything that a first visit loads, the studio's frame and fonts too; films come on top.
    loaded = {
        url.partition(str(stand.port))[2]: size
        for url, size in moved_bytes.items()
        if "/transparent/" not in url
    }
    if SHOTS:
        Path(SHOTS, "bytes.txt").write_text(
            "\n".join(f"{size:8d} {url}" for url, size in sorted(loaded.items()))
            + f"\n{sum(loaded.values())}\n"
        )
    assert any("/static/unfold/" in url for url in loaded)
    assert sum(loaded.values()) < BUDGET_BYTES, loaded
    _check_icons(page)

    # A problem takes both pictures to its pair of instants.
    problem = page.locator("[data-moment='1']").first
    problem.click()
    expect(problem).to_have_attribute("aria-current", "")
    data = page.evaluate("fetch(location.href + 'data/').then((answer) => answer.json())")
    at_ms, trainer_ms, _severe = data["exercises"][0]["moments"][0]
    until(
        page,
        "at => Math.abs(Number(document.getElementById('report').dataset.shown) - at) < 0.06",
        arg=at_ms / 1000,
    )
    assert float(report.get_attribute("data-trainer") or "nan") == pytest.approx(
        trainer_ms / 1000, abs=0.01
    )
    until(
        page,
        "at => Math.abs(document.querySelector('.picture video').currentTime - at) < 0.1",
        arg=trainer_ms / 1000,
    )
    # At the same time of the clip it is another instant.
    page.locator("[data-part=lock]").select_option("clock")
    until(
        page,
        "was => document.getElementById('report').dataset.trainer !== was",
        arg=f"{trainer_ms / 1000:.3f}",
    )

    # Single frames and slow motion, by keys and buttons.
    shown = float(report.get_attribute("data-shown") or "nan")
    page.keyboard.press(".")
    until(page, f"was => {SHOWN} > was", shown)
    page.locator("[data-do=back]").click()
    until(page, f"was => {SHOWN} <= was", shown)
    page.keyboard.press("s")
    expect(page.locator("[data-part=rate]")).to_have_text("½×")
    page.locator("[data-do=play]").click()
    until(
        page,
        "was => Number(document.getElementById('report').dataset.shown) > was + 0.3",
        arg=shown,
    )
    page.keyboard.press("k")
    expect(page.locator("[data-do=play]")).to_have_attribute("aria-pressed", "false")

    # Marks on the strip, which can be looked at closer.
    expect(page.locator(".rep-mark")).to_have_count(12)
    flags = page.locator(".flags .flag")
    assert flags.count() == len(data["exercises"][0]["moments"])
    wide = page.locator(".set-strip").first.bounding_box()
    page.locator("[data-zoom='1']").click()
    page.wait_for_timeout(100)
    wider = page.locator(".set-strip").first.bounding_box()
    assert wide is not None and wider is not None and wider["width"] > 1.6 * wide["width"]
    page.locator("[data-zoom='-1']").click()

    # A joint's curve is fetched when somebody opens it.
    assert not any("/curves/" in url for url in moved_bytes)
    page.locator("[data-part=curves] summary").click()
    expect(page.locator(".curve-trainer")).to_have_count(1)
    half = page.locator(".rep-half").first
    half.click()
    expect(half).to_have_attribute("aria-current", "")
    expect(page.locator(".curve-this")).to_have_count(1)

    # A voice suggests, the trainer takes it.
    page.locator("[data-part=suggest]").click()
    expect(page.locator("[data-part=use]")).to_be_enabled()
    page.locator("[data-part=use]").click()
    assert len(page.locator("[data-part=comment]").input_value()) > 80
    shoot_page(page, "report-1280-en-opened")

    # Two pages of paper.
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    if SHOTS:
        Path(SHOTS, "report.pdf").write_bytes(pdf)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") <= 2


def _check_icons(page: Page) -> int:
    """Each icon is one glyph, not the letters of its name. Returns how many there are."""
    wide = page.evaluate(
        """async () => {
          await document.fonts.ready;
          return [...document.querySelectorAll(".material-symbols-outlined")].map((icon) => {
            const range = document.createRange();
            range.selectNodeContents(icon);
            const size = parseFloat(getComputedStyle(icon).fontSize);
            return [icon.textContent.trim(), range.getBoundingClientRect().width / size];
          }).filter(([name, share]) => name && share > 0);
        }"""
    )
    assert [name for name, share in wide if share > 1.3] == []
    return len(wide)


def test_the_studio_has_all_of_its_icons(stand: Stand, pages: Any) -> None:
    page: Page = pages("owner", LAPTOP)
    shown = 0
    for path in (
        "",
        "processing/clip/",
        "processing/clip/add/",
        "exercises/exercise/",
        "exercises/exercise/add/",
        "exercises/workout/",
        "exercises/workout/add/",
        "exercises/assignment/",
        "exercises/assignment/add/",
        "people/client/",
        "people/client/add/",
        "workout_sessions/workoutsession/",
    ):
        page.goto(stand.url(f"/studio/{path}"))
        shown += _check_icons(page)
    assert shown > 100


@pytest.mark.skipif(not SHOTS, reason="pictures for people: set REPORT_SHOTS")
def test_pictures(stand: Stand, pages: Any) -> None:
    for name, who, path, size, language in (
        ("report-390-en", "owner", "", PHONE, "en"),
        ("report-1280-ru", "owner", "", LAPTOP, "ru"),
        ("report-390-ru", "owner", "", PHONE, "ru"),
        ("results-390-en", "kate", f"/results/{stand.session}/", PHONE, "en"),
        ("results-390-ru", "kate", f"/results/{stand.session}/", PHONE, "ru"),
        ("results-1280-en", "kate", f"/results/{stand.session}/", LAPTOP, "en"),
    ):
        page = pages(who, size, language)
        page.goto(stand.url(path))
        page.wait_for_timeout(800)
        if who == "owner":
            page.locator("[data-part=pictures]").scroll_into_view_if_needed()
            until(page, "document.getElementById('report').dataset.shown")
        shoot_page(page, name)
        if name == "report-1280-ru":
            page.set_viewport_size({"width": 703, "height": 1032})
            page.emulate_media(media="print")
            shoot_page(page, "print-ru")
            page.emulate_media(media="screen")
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, name
