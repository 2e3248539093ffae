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

pytestmark = [pytest.mark.e2e, pytest.mark.live, pytest.mark.models]

SITE = "paula"
# No set ends by itself while it is looked at.
SECONDS = 60
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


def _next(client: Visitor, phase: str) -> None:
    client.page.keyboard.press("n")
    wait_phase(client, phase)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_screen_can_be_seen_and_heard(
    visit: Visit, films: Films, work: Homework, language: str
) -> None:
    client = _open(visit, films, work, LAPTOP, language)
    page = client.page

    def look(name: str) -> None:
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            page.wait_for_timeout(600)  # until the bodies have moved there, too
            client.shot(f"page-{size}-{language}-{name}")
            # Nothing is wider than the window, whatever the language.
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            cut = page.evaluate(
                """() => Array.from(document.querySelectorAll(
                    "#shadow :is(.button, .badge, .fact dd, .segments span)"))
                  .filter(node => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1)
                  .map(node => node.textContent.trim())"""
            )
            assert cut == [], (size, name)
            # Neither another language nor a phone on its side is built otherwise.
            if language == "en" and size != "landscape":
                assert grave_findings(client) == [], (size, name)
        page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]

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
    page.wait_for_timeout(5000)
    look("set")
    page.keyboard.press("Space")
    wait_phase(client, "stopped")
    look("paused")
    page.click("[data-part=paused_go]")
    wait_phase(client, "set")
    _next(client, "rest")
    page.click("[data-action=rest-more]")
    look("rest")
    page.click("[data-action=settings]")
    left = page.locator("[data-part=rest_time]").inner_text()
    look("settings")
    # Whoever reads does not rest.
    assert page.locator("[data-part=rest_time]").inner_text() == left
    page.click("[data-part=settings] [data-action=close]")
    page.click("[data-action=privacy]")
    look("privacy")
    page.click("[data-part=privacy] [data-action=close]")
    page.keyboard.press("Digit3")
    expect(page.locator("#shadow[data-view='3d']")).to_be_attached()
    _next(client, "set")
    page.wait_for_timeout(2500)
    look("3d")
    page.keyboard.press("Space")
    wait_phase(client, "stopped")
    page.click("[data-part=paused] [data-action=finish]")
    page.click("[data-action=finish-confirm]")
    wait_phase(client, "done")
    expect(page.locator(".outcome-moment").first).to_be_visible()
    look("done")


def _focused(client: Visitor) -> str:
    """What has the keyboard, by name; nothing is the page's body."""
    found: str = client.page.evaluate(
        "() => document.activeElement.dataset.part ?? document.activeElement.dataset.action"
        " ?? document.activeElement.tagName"
    )
    return found


def test_the_keyboard_is_enough(visit: Visit, films: Films, work: Homework) -> None:
    client = _open(visit, films, work, LAPTOP, "en")
    page = client.page
    # The way on is in focus, at every step.
    page.keyboard.press("Enter")
    wait_phase(client, "tutorial")
    assert _focused(client) == "tutorial"
    page.keyboard.press("Tab")
    assert _focused(client) == "skip-tutorial"
    page.keyboard.press("Enter")
    wait_phase(client, "ready")
    assert _focused(client) == "toggle"
    page.keyboard.press("Space")
    wait_phase(client, "countdown")
    wait_phase(client, "set")
    assert _focused(client) == "toggle"

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
    assert _focused(client) == "paused_go"
    page.keyboard.press("Space")
    wait_phase(client, "set")
    assert _focused(client) == "toggle"
    assert _seconds(client) in (before, before + 1)

    page.keyboard.press("r")
    wait_phase(client, "countdown")
    assert _seconds(client) == 0
    wait_phase(client, "set")
    # An arrow key that turns the view in 3D does nothing else.
    page.keyboard.press("3")
    page.locator("[data-part=canvas][tabindex]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert state(client)["phase"] == "set"
    page.keyboard.press("3")
    page.locator("[data-part=toggle]").focus()
    page.keyboard.press("ArrowRight")
    wait_phase(client, "rest")
    assert _focused(client) == "toggle"
    page.keyboard.press("?")
    expect(page.locator("[data-part=help]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-part=help]")).to_be_hidden()
    assert _focused(client) == "toggle"

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
    wait_phase(client, "set")
    client.page.wait_for_timeout(2000)
    _next(client, "rest")

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
    wait_phase(client, "set")
    page.wait_for_timeout(3000)
    _next(client, "rest")
    page.wait_for_selector("#shadow[data-saving=saved]")
    assert bodies
    for body in bodies:
        assert body["landmarks"] is None or set(map(str, body["landmarks"])) == {"None"}  # type: ignore[call-overload]
