"""A long take becomes exercises: the trainer drags a border, names the pieces, presses a button."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from processing.synthetic.performance import Performance
from processing.synthetic.render import shoot
from processing.synthetic.take import Piece, Take
from processing.synthetic.video import write_video
from tests.e2e import studio
from tests.e2e.conftest import PHONE, Visit, Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.models]

SITE = "vera"
TAKE = Take(
    (
        Piece(Performance("squat", reps=3, rep_s=2.2, seed=1)),
        Piece(Performance("jumping_jack", reps=5, seed=2)),
    ),
    (2.0, 3.5, 2.0),
)


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Squats and jumping jacks with rests, some twenty seconds; small."""
    path = tmp_path_factory.mktemp("take") / "Monday.mp4"
    write_video(path, shoot(TAKE, "three_quarter", (240, 320)), 12.0)  # type: ignore[arg-type]
    return path


def _open(trainer: Visitor, name: str) -> None:
    """A row of a list: its picture and its name are links."""
    trainer.page.get_by_role("link", name=name, exact=True).last.click()


def _border(trainer: Visitor, piece: int, side: str) -> float:
    handle = trainer.page.locator(f".strip-handle-{side}").nth(piece)
    return float(handle.get_attribute("aria-valuenow") or "nan")


def _drag(trainer: Visitor, piece: int, side: str, by_s: float) -> None:
    handle = trainer.page.locator(f".strip-handle-{side}").nth(piece)
    handle.scroll_into_view_if_needed()
    box, track = handle.bounding_box(), trainer.page.locator("[data-track]").bounding_box()
    assert box is not None and track is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = trainer.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + by_s * track["width"] / TAKE.duration_s, y, steps=6)
    mouse.up()


def test_1_a_take_is_cut_and_both_exercises_get_ready(visit: Visit, take: Path) -> None:
    trainer = visit(size={"width": 1440, "height": 900})
    studio.sign_up(trainer, SITE)
    trainer.go(SITE, "/studio/processing/clip/add/")
    trainer.page.set_input_files("[data-upload] input[type=file]", take)
    trainer.page.click("[data-submit]")
    trainer.page.wait_for_url("**/change/**")
    # The filmstrip comes by itself, before the video is rendered.
    expect(trainer.page.locator("[data-filmstrip]")).to_be_visible(timeout=studio.READY_MS)
    expect(trainer.page.locator(".strip-piece")).to_have_count(2)
    for piece, span in enumerate(TAKE.spans):
        assert _border(trainer, piece, "start") == pytest.approx(span.start_s, abs=0.5)
        assert _border(trainer, piece, "end") == pytest.approx(span.end_s, abs=0.5)
    expect(trainer.page.locator("[data-facts]").nth(0)).to_contain_text("repetitions: 3")
    expect(trainer.page.locator("[data-facts]").nth(1)).to_contain_text("repetitions: 5")

    before = _border(trainer, 0, "end")
    _drag(trainer, 0, "end", by_s=1.0)
    dragged = _border(trainer, 0, "end")
    assert dragged == pytest.approx(before + 1.0, abs=0.15)
    # It can't be dragged into its neighbour.
    _drag(trainer, 0, "end", by_s=8.0)
    assert _border(trainer, 0, "end") == _border(trainer, 1, "start")
    trainer.page.click("[data-undo]")
    assert _border(trainer, 0, "end") == dragged

    names = trainer.page.locator("[data-list] [data-name]")
    names.nth(0).fill("Squat")
    names.nth(1).fill("")
    trainer.page.click("[data-make]")
    expect(trainer.page.get_by_text("Give this piece a name.")).to_be_visible()
    expect(names.nth(0)).to_have_value("Squat")
    names.nth(1).fill("Jumping jacks")
    trainer.shot("filmstrip", full=True)
    trainer.page.click("[data-make]")
    trainer.page.wait_for_url("**/exercises/exercise/?**")
    trainer.shot("filmstrip-exercises")
    for name in ("Squat", "Jumping jacks"):
        expect(trainer.page.get_by_role("link", name=name, exact=True).last).to_be_visible()
    expect(trainer.page.locator(".badge-ready")).to_have_count(2, timeout=studio.READY_MS)

    trainer.go(SITE, "/studio/processing/clip/")
    _open(trainer, "Squat")
    video = trainer.page.locator("[data-preview] video")
    expect(video).to_be_visible()
    trainer.page.wait_for_function("document.querySelector('[data-preview] video').duration > 0")
    # Exactly what was drawn on the strip, to a picture.
    length = video.evaluate("video => video.duration")
    assert length == pytest.approx(dragged - TAKE.spans[0].start_s, abs=0.5)


def _log_in(visit: Visit, **kwargs: object) -> Visitor:
    trainer = visit(**kwargs)
    trainer.log_in(SITE, f"{SITE}@example.com", studio.PASSWORD)
    trainer.go(SITE, "/studio/processing/clip/")
    _open(trainer, "Monday")
    expect(trainer.page.locator("[data-filmstrip]")).to_be_visible(timeout=studio.READY_MS)
    return trainer


def test_2_the_keyboard_is_enough(visit: Visit) -> None:
    trainer = _log_in(visit)
    before = _border(trainer, 1, "start")
    handle = trainer.page.locator(".strip-handle-start").nth(1)
    handle.focus()
    expect(handle).to_have_attribute("aria-label", "Beginning of Exercise 2")
    trainer.page.keyboard.press("ArrowLeft")
    trainer.page.keyboard.press("Shift+ArrowLeft")
    assert _border(trainer, 1, "start") == pytest.approx(before - 1.1, abs=0.011)
    trainer.page.keyboard.press("Control+z")
    assert _border(trainer, 1, "start") == before
    playhead = trainer.page.locator("[data-playhead]")
    playhead.focus()
    trainer.page.keyboard.press("Home")
    for _ in range(5):
        trainer.page.keyboard.press("PageUp")
    assert float(playhead.get_attribute("aria-valuenow") or "nan") == pytest.approx(5.0)
    trainer.page.locator("[data-split]").press("Enter")
    expect(trainer.page.locator(".strip-piece")).to_have_count(3)
    # What was done is still there after the page was left by mistake.
    trainer.page.reload()
    expect(trainer.page.locator(".strip-piece")).to_have_count(3)


def test_3_findings_lead_to_their_moments(visit: Visit) -> None:
    trainer = _log_in(visit)
    chip = trainer.page.locator(".quality [data-jump]").first
    wanted = float(chip.get_attribute("data-jump") or "nan")
    chip.click()
    playhead = trainer.page.locator("[data-playhead]")
    assert float(playhead.get_attribute("aria-valuenow") or "nan") == pytest.approx(
        wanted, abs=0.01
    )
    expect(playhead).to_be_focused()


def test_4_it_fits_a_phone(visit: Visit) -> None:
    trainer = _log_in(visit, size=PHONE)
    width = trainer.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    handle = trainer.page.locator(".strip-handle-end").first.bounding_box()
    assert handle is not None and handle["width"] >= 24 and handle["height"] >= 44
    trainer.shot("filmstrip-phone", full=True)
