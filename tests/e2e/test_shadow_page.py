"""Shadow Mode's page itself: how it looks, how it is worked, what it says it sends."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e import homework
from tests.e2e.axe import grave_findings
from tests.e2e.conftest import LAPTOP, PHONE, Films, Visit, Visitor
from tests.e2e.homework import Homework
from tests.e2e.shadow import state, switch_on, wait_phase
from tests.perscoach.running import Program

pytestmark = [pytest.mark.e2e, pytest.mark.models]

SITE = "paula"
SECONDS = 14
SIZES = {"laptop": LAPTOP, "portrait": PHONE, "landscape": {"width": 844, "height": 390}}


@pytest.fixture(scope="module")
def work(program: Program, films: Films) -> Homework:
    return homework.make(
        program, films.trainer_squat, SITE, seconds=SECONDS, sets=3, asks_for="video"
    )


def _open(
    visit: Visit, films: Films, work: Homework, size: dict[str, int], language: str
) -> Visitor:
    client = visit(films.webcam_squat, size=size, language=language)
    client.log_in(SITE, homework.email("nina"), homework.PASSWORD)
    client.go(SITE, work.path() + "shadow/")
    wait_phase(client, "intro")
    discard = client.page.locator("[data-action=resume-discard]")
    if discard.is_visible():
        discard.click()
    return client


def _begin(client: Visitor) -> None:
    switch_on(client)
    client.page.click("[data-part=toggle]")
    wait_phase(client, "set")


def _hidden(client: Visitor, hidden: bool) -> None:
    client.page.evaluate(
        """state => {
          Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        "hidden" if hidden else "visible",
    )


def _seconds(client: Visitor) -> int:
    minutes, seconds = client.page.locator("[data-part=elapsed]").inner_text().split(":")
    return 60 * int(minutes) + int(seconds)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("size", SIZES)
def test_every_screen_can_be_seen_and_heard(
    visit: Visit, films: Films, work: Homework, size: str, language: str
) -> None:
    client = _open(visit, films, work, SIZES[size], language)
    page = client.page

    def look(name: str) -> None:
        page.wait_for_timeout(400)
        client.shot(f"page-{size}-{language}-{name}")
        assert grave_findings(client) == [], name
        # Nothing is wider than the window, whatever the language.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        cut = page.evaluate(
            """() => Array.from(document.querySelectorAll("#shadow .button, #shadow .badge"))
              .filter(node => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1)
              .map(node => node.textContent.trim())"""
        )
        assert cut == [], name

    look("intro")
    page.click("[data-part=card_action]")
    wait_phase(client, "tutorial")
    page.wait_for_timeout(1500)
    look("tutorial")
    page.click("[data-action=skip-tutorial]")
    wait_phase(client, "ready")
    look("ready")
    page.click("[data-part=toggle]")
    wait_phase(client, "set")
    page.wait_for_timeout(8000)
    look("set")
    page.keyboard.press("Space")
    wait_phase(client, "stopped")
    look("paused")
    page.click("[data-part=paused_go]")
    wait_phase(client, "rest")
    look("rest")
    page.click("[data-action=settings]")
    look("settings")
    page.click("[data-part=settings] [data-action=close]")
    page.click("[data-action=privacy]")
    look("privacy")
    page.click("[data-part=privacy] [data-action=close]")
    page.keyboard.press("Digit3")
    expect(page.locator("#shadow[data-view='3d']")).to_be_attached()
    page.keyboard.press("n")
    wait_phase(client, "set")
    page.wait_for_timeout(2500)
    client.shot(f"page-{size}-{language}-3d")
    page.keyboard.press("Space")
    wait_phase(client, "stopped")
    page.click("[data-part=paused] [data-action=finish]")
    page.click("[data-action=finish-confirm]")
    wait_phase(client, "done")
    expect(page.locator(".outcome-moment").first).to_be_visible()
    look("done")


def test_the_keyboard_is_enough(visit: Visit, films: Films, work: Homework) -> None:
    client = _open(visit, films, work, LAPTOP, "en")
    page = client.page
    # The way on is in focus.
    page.keyboard.press("Enter")
    wait_phase(client, "tutorial")
    page.locator("[data-action=skip-tutorial]").focus()
    page.keyboard.press("Enter")
    wait_phase(client, "ready")
    page.keyboard.press("Space")
    wait_phase(client, "countdown")
    wait_phase(client, "set")

    page.keyboard.press("ArrowDown")
    assert state(client)["rate"] == "0.75"
    assert page.locator("[name=rate][value='0.75']").is_checked()
    page.keyboard.press("m")
    assert page.locator("[data-part=mute]").get_attribute("aria-pressed") == "true"

    page.wait_for_timeout(3500)
    page.keyboard.press("Space")
    wait_phase(client, "stopped")
    before = _seconds(client)
    frames = int(state(client)["frames"])
    assert before >= 2
    page.wait_for_timeout(1500)
    assert _seconds(client) == before
    assert int(state(client)["frames"]) == frames
    # The button that goes on is in focus.
    page.keyboard.press("Space")
    wait_phase(client, "set")
    assert _seconds(client) in (before, before + 1)

    page.keyboard.press("r")
    wait_phase(client, "countdown")
    assert _seconds(client) == 0
    wait_phase(client, "set")
    page.keyboard.press("ArrowRight")
    wait_phase(client, "rest")
    page.keyboard.press("?")
    expect(page.locator("[data-part=help]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-part=help]")).to_be_hidden()

    # Both choices are kept: on this device, and the speed for this exercise.
    client.page.reload()
    wait_phase(client, "intro")
    assert state(client)["rate"] == "0.75"
    assert state(client)["muted"] == "true"


def test_a_hidden_page_waits_and_an_unfinished_workout_is_offered_again(
    visit: Visit, films: Films, work: Homework
) -> None:
    client = _open(visit, films, work, LAPTOP, "en")
    _begin(client)
    _hidden(client, True)
    wait_phase(client, "stopped")
    _hidden(client, False)
    client.page.click("[data-part=paused_go]")
    wait_phase(client, "rest")

    client.page.reload()
    expect(client.page.locator("[data-action=resume-go]")).to_be_visible()
    expect(client.page.locator("[data-part=card_text]")).to_contain_text("1 of 3")
    client.shot("page-resume")
    client.page.click("[data-action=resume-go]")
    wait_phase(client, "tutorial")
    client.page.click("[data-action=skip-tutorial]")
    wait_phase(client, "ready")
    assert state(client)["set"] == "1"
    client.page.click("[data-part=finish]")
    client.page.click("[data-action=finish-confirm]")
    wait_phase(client, "done")
    # The set done before the page was left is in the results as well.
    expect(client.page.locator(".outcome-sets li")).to_have_count(1)


def test_what_leaves_the_device_is_chosen_and_shown(
    visit: Visit, films: Films, work: Homework
) -> None:
    client = _open(visit, films, work, PHONE, "en")
    page = client.page
    offered = [
        label.get_attribute("data-level")
        for label in page.locator("[data-part=levels] label:visible").all()
    ]
    assert offered == ["numbers", "skeleton", "silhouette", "video"]
    # Pictures are sent only where somebody has chosen that.
    expect(page.locator("[data-part=badge_text]")).to_have_text("Skeleton")
    page.check("[name=level][value=numbers]")
    expect(page.locator("[data-part=badge_text]")).to_have_text("Only numbers")

    bodies: list[dict[str, object]] = []
    page.on(
        "request",
        lambda request: (
            bodies.append(json.loads(request.post_data or "{}"))
            if re.search(r"/api/sessions/.*timeline", request.url) and request.method == "PUT"
            else None
        ),
    )
    _begin(client)
    page.click("[data-action=privacy]")
    expect(page.locator("[data-part=privacy_level]")).to_contain_text("Only numbers")
    assert page.locator(".sends .is-sent").count() == 1
    # Reading pauses the set.
    assert state(client)["phase"] == "stopped"
    page.click("[data-part=privacy] [data-action=close]")
    page.click("[data-part=paused_go]")
    wait_phase(client, "rest")
    page.wait_for_function("document.getElementById('shadow').dataset.saving === 'saved'")
    assert bodies
    for body in bodies:
        assert body["landmarks"] is None or set(map(str, body["landmarks"])) == {"None"}  # type: ignore[call-overload]
