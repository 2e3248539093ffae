"""A trainer has a client's video analysed, in a browser and by a worker of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from processing.synthetic.clothing import LOOKS
from processing.synthetic.performance import Performance
from processing.synthetic.render import shoot
from processing.synthetic.video import write_video
from tests.e2e import studio
from tests.e2e.axe import grave_findings
from tests.e2e.conftest import PHONE, Films, Visit, Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.models]

SITE = "vera"
LIST = "/studio/workout_sessions/videoanalysis/"
READY_MS = 120_000


@pytest.fixture(scope="module")
def shallow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody else, who does not go down far enough."""
    path = tmp_path_factory.mktemp("client") / "Nina squats.mp4"
    squat = Performance("squat", reps=2, rep_s=2.6, idle_s=0.3, depth=0.75, seed=1)
    shot = shoot(squat, "three_quarter", (360, 480), appearance=LOOKS["boris"])
    write_video(path, shot, 20.0)
    return path


def _reachable(visitor: Visitor) -> None:
    """Nothing sticks out of the page to the right, and nobody is kept out."""
    wide = visitor.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 1
    assert grave_findings(visitor) == []


def test_a_video_is_sent_judged_looked_at_and_deleted(
    visit: Visit, films: Films, shallow: Path
) -> None:
    trainer = visit()
    page = trainer.page
    studio.sign_up(trainer, SITE)
    page.get_by_role("link", name="Video analyses").click()
    expect(page.get_by_text("Analyse the video here")).to_be_visible()
    trainer.shot("analyses-empty")
    page.locator(".list-empty a.studio-button").click()

    # What is not compared with is not asked for.
    expect(page.locator("#id_exercise")).to_be_visible()
    expect(page.locator(".against-reference")).to_be_hidden()
    page.get_by_text("another video", exact=True).click()
    expect(page.locator("#id_exercise")).to_be_hidden()
    # One video alone is not enough, and what was said is read out.
    page.set_input_files("#id_video", shallow)
    expect(page.get_by_text("Nina squats.mp4")).to_be_visible()
    page.get_by_role("button", name="Analyse").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the video to compare with.")
    page.set_input_files("#id_reference", films.trainer_squat)
    trainer.shot("analysis-form", full=True)
    _reachable(trainer)
    page.get_by_role("button", name="Analyse").click()
    page.wait_for_url("**/change/")

    # It is followed without anybody loading the page again.
    expect(page.locator("[data-pending]")).to_be_visible()
    expect(page.locator("#pending-said")).not_to_be_empty()
    trainer.shot("analysis-progress")
    _reachable(trainer)
    expect(page.get_by_role("heading", name="What to work on")).to_be_visible(timeout=READY_MS)
    expect(page.locator("#pending-said")).to_contain_text("The analysis is over")
    trainer.shot("analysis-result", full=True)
    _reachable(trainer)

    # A moment takes the video to where it shows, by keyboard as well.
    video = page.locator("[data-beside]")
    moment = page.locator(".worst button").first
    expect(moment).to_contain_text("Not far enough")
    expect(video).to_have_js_property("seeking", False)
    moment.focus()
    page.keyboard.press("Enter")
    at_s = float(moment.get_attribute("data-at") or "nan")
    starts_s = float(page.locator("[data-analysis]").get_attribute("data-starts") or "nan")
    expect(video).to_have_js_property("seeking", False)
    assert video.evaluate("video => video.currentTime") == pytest.approx(at_s - starts_s, abs=0.05)
    expect(moment).to_have_attribute("aria-current", "true")
    page.wait_for_timeout(500)
    trainer.shot("analysis-moment")
    video.evaluate("video => { video.currentTime = 0; return video.play(); }")
    page.wait_for_function("document.querySelector('[data-beside]').currentTime > 0.5")
    assert video.evaluate("video => video.videoWidth > video.videoHeight && !video.error")

    # Another voice, without losing the video's place.
    said = page.locator(".coach-text").inner_text()
    page.select_option("#coach select", "hype_beast")
    page.get_by_role("button", name="In this voice").click()
    expect(page.locator(".coach-text")).not_to_have_text(said)
    assert video.evaluate("video => video.currentTime") > 0.5

    with page.expect_download() as kept:
        page.get_by_role("link", name="Both in a video").click()
    assert kept.value.path().stat().st_size > 10_000

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    trainer.shot("analysis-result-phone", full=True)
    _reachable(trainer)
    trainer.go(SITE, LIST)
    trainer.shot("analyses-phone")
    _reachable(trainer)
    trainer.go(SITE, f"{LIST}add/")
    trainer.shot("analysis-form-phone", full=True)
    _reachable(trainer)

    trainer.go(SITE, LIST)
    page.get_by_role("link", name="Two videos").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Analyse the video here")).to_be_visible()
