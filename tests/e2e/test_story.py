"""The whole story, as its people live it: film, homework, Shadow Mode, report."""

from __future__ import annotations

from statistics import median

import pytest
from playwright.sync_api import expect

from tests.e2e import studio
from tests.e2e.conftest import PHONE, Films, Visit, Visitor
from tests.e2e.shadow import Posted, do_sets, state, switch_on, wait_phase

pytestmark = [pytest.mark.e2e, pytest.mark.live, pytest.mark.models]

SITE = "anna"
SETS = 2
SECONDS = 16


@pytest.fixture(scope="module")
def links() -> dict[str, str]:
    """What one chapter hands to the next: addresses that somebody was given."""
    return {}


def _trainer(visit: Visit) -> Visitor:
    trainer = visit(size={"width": 1440, "height": 900})
    trainer.log_in(SITE, f"{SITE}@example.com", studio.PASSWORD)
    return trainer


def _open_shadow(client: Visitor) -> Posted:
    client.page.get_by_role("link", name="Start").first.click()
    posted = Posted(client.page)
    if not client.page.url.endswith("/shadow/"):
        client.shot("homework-detail", full=True)
        client.page.get_by_role("link", name="Start").first.click()
    client.page.wait_for_url("**/shadow/")
    return posted


def test_1_a_trainer_makes_homework_of_a_video(
    visit: Visit, films: Films, links: dict[str, str]
) -> None:
    trainer = visit(size={"width": 1440, "height": 900})
    studio.sign_up(trainer, SITE)
    studio.upload(trainer, SITE, films.trainer_squat)
    clear, solid, corner = studio.transparency(trainer)
    # A person fills a tenth to a third of this picture; the codec may leave a trace of alpha.
    assert 0.6 < clear < 0.95 and 0.04 < solid < 0.4 and corner <= 2
    studio.make_exercise(trainer)
    studio.build_workout(trainer, SITE, seconds=SECONDS, sets=SETS)
    links["invitation"] = studio.invite(trainer, SITE, "Nina")
    studio.assign(trainer, SITE)
    trainer.go(SITE, "/studio/")
    trainer.shot("studio")


def test_2_the_client_does_the_movement_and_is_green(
    visit: Visit, films: Films, links: dict[str, str]
) -> None:
    client = visit(films.webcam_squat)
    client.page.goto(links["invitation"])
    client.shot("invitation")
    client.page.fill("[name=new_password1]", studio.PASSWORD)
    client.page.fill("[name=new_password2]", studio.PASSWORD)
    client.page.get_by_role("button", name="Begin").click()
    expect(client.page.get_by_text("Monday").first).to_be_visible()
    client.shot("home")
    posted = _open_shadow(client)
    wait_phase(client, "intro")
    client.shot("shadow-intro")
    switch_on(client)
    do_sets(client, SETS, shot="shadow")

    scores = posted.scores()
    assert len(scores) > 60
    assert median(scores) > 70, f"the same movement scored {median(scores):.0f}"
    # Every chunk that was made has arrived, with no number left out.
    found = state(client)
    assert found["acked"] == found["made"] == str(len(posted.chunks))
    assert sorted(posted.chunks) == list(range(len(posted.chunks)))
    links["shown"] = client.page.locator("[data-part=card_score]").inner_text()
    links["posted"] = str(sum(scores) / len(scores))
    client.shot("shadow-done")
    client.page.click("[data-part=card_link]")
    client.page.wait_for_url("**/results/**")
    client.shot("results", full=True)


def test_3_the_report_agrees_with_what_was_posted(visit: Visit, links: dict[str, str]) -> None:
    trainer = _trainer(visit)
    trainer.go(SITE, "/studio/workout_sessions/workoutsession/")
    trainer.shot("reports")
    trainer.page.get_by_role("link", name="Nina").first.click()
    trainer.page.wait_for_url("**/report/")
    expect(trainer.page.locator("[data-part=course]")).to_be_visible()
    score = float(trainer.page.locator(".report-score").get_attribute("data-score") or "nan")
    assert score == pytest.approx(float(links["posted"]), abs=0.5)
    assert trainer.page.locator(".report-score").get_attribute("data-level") == "green"
    expect(trainer.page.locator("[data-part=moment]")).to_be_visible()
    trainer.page.wait_for_timeout(1500)
    trainer.shot("report", full=True)
    trainer.page.get_by_role("button", name="Mark reviewed").click()
    expect(trainer.page.get_by_role("button", name="Back to the inbox")).to_be_visible()


def test_4_another_movement_is_red(visit: Visit, films: Films) -> None:
    client = visit(films.webcam_jack)
    client.log_in(SITE, "nina@example.com", studio.PASSWORD)
    posted = _open_shadow(client)
    switch_on(client)
    do_sets(client, SETS)
    scores = posted.scores()
    assert len(scores) > 60
    assert median(scores) < 40, f"another movement scored {median(scores):.0f}"


def test_5_the_red_session_is_red_in_the_report(visit: Visit) -> None:
    trainer = _trainer(visit)
    trainer.go(SITE, "/studio/workout_sessions/workoutsession/")
    trainer.page.get_by_role("link", name="Nina").first.click()
    trainer.page.wait_for_url("**/report/")
    expect(trainer.page.locator("[data-part=course]")).to_be_visible()
    assert trainer.page.locator(".report-score").get_attribute("data-level") == "red"
    trainer.page.locator(".live-worst").evaluate("fold => { fold.open = true; }")
    worst = trainer.page.locator("[data-part=worst] button").first
    worst.click()
    expect(trainer.page.locator("[data-part=faults] li").first).to_be_visible()
    trainer.page.wait_for_timeout(1500)
    trainer.shot("report-red", full=True)


def test_6_on_a_phone_and_in_russian(visit: Visit, films: Films) -> None:
    client = visit(films.webcam_squat, size=PHONE, language="ru")
    client.go(SITE)
    client.shot("phone-ru-site")
    client.log_in(SITE, "nina@example.com", studio.PASSWORD)
    client.shot("phone-ru-home")
    client.page.locator("a[href*='/homework/']").first.click()
    client.shot("phone-ru-homework")
    client.page.locator("a[href$='/shadow/']").first.click()
    wait_phase(client, "intro")
    client.shot("phone-ru-shadow-intro")
    switch_on(client)
    client.page.click("[data-part=toggle]")
    wait_phase(client, "set")
    client.page.wait_for_timeout(3000)
    client.shot("phone-ru-shadow")


@pytest.mark.parametrize(
    ("flags", "shot", "words"),
    [
        (
            ["--use-fake-ui-for-media-stream=deny", "--use-fake-device-for-media-stream"],
            "camera-denied",
            "allow",
        ),
        (["--use-fake-ui-for-media-stream"], "camera-missing", "No camera"),
    ],
)
def test_7_a_camera_that_cannot_be_used_is_explained(
    visit: Visit, flags: list[str], shot: str, words: str
) -> None:
    client = visit(None, *flags)
    client.log_in(SITE, "nina@example.com", studio.PASSWORD)
    _open_shadow(client)
    wait_phase(client, "intro")
    client.page.click("[data-part=card_action]")
    wait_phase(client, "error")
    expect(client.page.locator("[data-part=card]")).to_contain_text(words, ignore_case=True)
    client.shot(shot)
    # There is a way on: the button tries again.
    expect(client.page.locator("[data-part=card_action]")).to_be_enabled()
