"""Notes on the report: drawn by mouse and by touch, spoken, and seen again by both people."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Locator, Page, expect

from sessions.models import Recording, WorkoutSession
from tests.conftest import Cast
from tests.e2e.conftest import LAPTOP, PHONE
from tests.e2e.report_stand import (  # noqa: F401  (fixtures)
    Stand,
    db_helper_fixture,
    pages_fixture,
    shoot_page,
    stand_fixture,
    until,
)
from tests.perscoach.running import ROOT
from tests.sessions.build import make_recording

pytestmark = pytest.mark.e2e

NOTES = "fetch(location.pathname + 'notes/').then((answer) => answer.json())"
TRAINER = "[data-part=trainer]"
CLIENT = "[data-part=client]"
INK = "svg.ink"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def _open(page: Page, stand: Stand) -> None:
    page.goto(stand.url())
    expect(page.locator("[data-part=course]")).to_be_visible()
    page.locator("[data-part=pictures]").scroll_into_view_if_needed()
    until(page, "document.getElementById('report').dataset.shown")


def _begin(page: Page) -> None:
    page.locator("[data-part=new_note]").click()
    expect(page.locator("[data-part=editor]")).to_be_visible()
    page.locator("[data-part=pictures]").scroll_into_view_if_needed()


def _tool(page: Page, tool: str, colour: str = "") -> None:
    page.locator(f"[data-tool={tool}]").click()
    if colour:
        page.locator(f"[data-colour={colour}]").click()
    page.locator("[data-part=pictures]").scroll_into_view_if_needed()


def _at(page: Page, picture: str, x: float, y: float) -> tuple[float, float]:
    """A place of a picture, 0..1, as pixels of the window."""
    found = page.evaluate(
        """([selector, x, y]) => {
          const svg = document.querySelector(`${selector} svg.ink`);
          const { width, height } = svg.viewBox.baseVal;
          const at = new DOMPoint(x * width, y * height).matrixTransform(svg.getScreenCTM());
          return [at.x, at.y];
        }""",
        [picture, x, y],
    )
    return found[0], found[1]


def _drag(page: Page, picture: str, *points: tuple[float, float]) -> None:
    places = [_at(page, picture, *point) for point in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def _drag_finger(page: Page, picture: str, *points: tuple[float, float]) -> None:
    places = [_at(page, picture, *point) for point in points]
    cdp = page.context.new_cdp_session(page)

    def send(kind: str, *touched: tuple[float, float]) -> None:
        cdp.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in touched]},
        )

    send("touchStart", places[0])
    for (ax, ay), (bx, by) in zip(places, places[1:], strict=False):
        for share in (0.25, 0.5, 0.75, 1.0):
            send("touchMove", (ax + share * (bx - ax), ay + share * (by - ay)))
    send("touchEnd")


def _box(svg: Locator, tool: str) -> dict[str, float]:
    box = svg.locator(f"[data-tool={tool}]").bounding_box()
    assert box is not None
    return {side: float(box[side]) for side in ("x", "y", "width", "height")}


def _grave(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, { preload: false })")
    return [
        f"{rule['id']}: {[node['html'][:120] for node in rule['nodes']]}"
        for rule in found["violations"]
        if rule["impact"] in {"serious", "critical"}
    ]


def test_a_drawing_stays_where_it_was_drawn(stand: Stand, pages: Any) -> None:
    page: Page = pages("owner", LAPTOP)
    _open(page, stand)
    _begin(page)
    shown = float(page.locator("#report").get_attribute("data-shown") or "nan")
    # What would lead to another instant is out of reach.
    expect(page.locator("[data-part=course]")).to_have_js_property("inert", True)

    _tool(page, "line", "red")
    _drag(page, TRAINER, (0.2, 0.3), (0.7, 0.8))
    _tool(page, "circle", "yellow")
    _drag(page, CLIENT, (0.5, 0.5), (0.5, 0.7))
    _tool(page, "arrow", "blue")
    _drag(page, CLIENT, (0.9, 0.2), (0.6, 0.45))
    _tool(page, "pen", "white")
    _drag(page, CLIENT, (0.1, 0.8), (0.3, 0.9), (0.5, 0.8), (0.7, 0.9))
    _tool(page, "angle", "green")
    for x, y in ((0.3, 0.2), (0.3, 0.5), (0.6, 0.5)):
        page.mouse.click(*_at(page, TRAINER, x, y))
    expect(page.locator(f"{TRAINER} {INK} text")).to_have_text("90°")

    # What is drawn can be taken back, and brought again; a stroke can be erased.
    count = page.locator(f"{INK} g")
    expect(count).to_have_count(5)
    page.locator("[data-edit=undo]").click()
    expect(count).to_have_count(4)
    page.keyboard.press("Control+Shift+Z")
    expect(count).to_have_count(5)
    _tool(page, "eraser")
    page.mouse.click(*_at(page, CLIENT, 0.75, 0.325))
    expect(page.locator(f"{CLIENT} [data-tool=arrow]")).to_have_count(0)
    page.keyboard.press("Control+Z")
    expect(page.locator(f"{CLIENT} [data-tool=arrow]")).to_have_count(1)
    page.locator("[data-part=note_text]").fill("Knees over the toes.")
    shoot_page(page, "note-1280-drawing")
    assert _grave(page) == []
    before = {
        (picture, tool): _box(page.locator(f"{picture} {INK}"), tool)
        for picture, tool in ((TRAINER, "line"), (CLIENT, "circle"), (CLIENT, "pen"))
    }
    scrolled = page.evaluate(
        "document.querySelector('[data-part=pictures]').getBoundingClientRect().y"
    )
    page.locator("[data-part=save_note]").click()
    expect(page.locator("[data-part=editor]")).to_be_hidden()
    expect(page.locator("[data-note]")).to_have_count(1)

    (note,) = page.evaluate(NOTES)["notes"]
    assert note["at_s"] == pytest.approx(shown, abs=0.001)
    line = next(stroke for stroke in note["strokes"] if stroke["tool"] == "line")
    assert (line["on"], line["colour"]) == ("trainer", "red")
    assert np.allclose(line["points"], [[0.2, 0.3], [0.7, 0.8]], atol=0.01)
    circle = next(stroke for stroke in note["strokes"] if stroke["tool"] == "circle")
    assert circle["on"] == "client"
    assert np.allclose(circle["points"], [[0.5, 0.5], [0.5, 0.7]], atol=0.01)

    # After a reload a mark on the strip leads to it, and it is where it was.
    page.reload()
    until(page, "document.querySelector('[data-note-flag]')")
    expect(page.locator(f"{INK}[data-drawn]")).to_have_count(0)
    page.locator(".set-strip").last.click(position={"x": 10, "y": 10})
    flag = page.locator(".flag-note")
    expect(flag).to_have_count(1)
    flag.click()
    until(
        page,
        "at => Math.abs(Number(document.getElementById('report').dataset.shown) - at) < 0.06",
        shown,
    )
    expect(page.locator(f"{TRAINER} [data-tool=line]")).to_have_count(1)
    assert float(page.locator("#report").get_attribute("data-trainer") or "nan") == pytest.approx(
        note["clip_s"], abs=0.001
    )
    page.wait_for_timeout(300)
    moved = (
        page.evaluate("document.querySelector('[data-part=pictures]').getBoundingClientRect().y")
        - scrolled
    )
    for (picture, tool), box in before.items():
        now = _box(page.locator(f"{picture} {INK}"), tool)
        for side in ("x", "width", "height"):
            assert now[side] == pytest.approx(box[side], abs=2), (picture, tool, side)
        assert now["y"] - moved == pytest.approx(box["y"], abs=2), (picture, tool)
    shoot_page(page, "note-1280-shown")

    # On a phone it lies over the same places of both pictures.
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.wait_for_timeout(300)
    for picture, tool, x, y in ((TRAINER, "line", 0.45, 0.55), (CLIENT, "circle", 0.5, 0.5)):
        box = _box(page.locator(f"{picture} {INK}"), tool)
        middle = _at(page, picture, x, y)
        assert box["x"] + box["width"] / 2 == pytest.approx(middle[0], abs=2)
        assert box["y"] + box["height"] / 2 == pytest.approx(middle[1], abs=2)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    shoot_page(page, "note-390-shown")
    page.set_viewport_size({"width": LAPTOP["width"], "height": LAPTOP["height"]})

    # Changed; then deleted, and wanted back.
    page.locator("[data-note-edit]").click()
    expect(page.locator("[data-part=note_text]")).to_have_value("Knees over the toes.")
    page.locator("[data-part=note_text]").fill("Knees out.")
    page.locator("[data-part=save_note]").click()
    expect(page.locator("[data-part=note_words]")).to_have_text("Knees out.")
    assert len(page.evaluate(NOTES)["notes"][0]["strokes"]) == 5
    page.locator("[data-note-delete]").click()
    expect(page.locator("[data-note]")).to_have_count(0)
    expect(page.locator(f"{INK} g")).to_have_count(0)
    page.locator("[data-part=undo_delete]").click()
    expect(page.locator("[data-note]")).to_have_count(1)
    assert page.evaluate(NOTES)["notes"][0]["text"] == "Knees out."


def test_a_finger_draws_as_well_and_so_do_keys(stand: Stand, pages: Any) -> None:
    page: Page = pages("owner", PHONE, touch=True)
    _open(page, stand)
    _begin(page)
    _tool(page, "arrow", "yellow")
    before = page.evaluate("scrollY")
    _drag_finger(page, CLIENT, (0.3, 0.3), (0.6, 0.7))
    # The page does not scroll under the finger.
    assert page.evaluate("scrollY") == before
    _tool(page, "angle")
    for x, y in ((0.2, 0.2), (0.5, 0.5), (0.8, 0.2)):
        page.touchscreen.tap(*_at(page, TRAINER, x, y))
    expect(page.locator(f"{TRAINER} {INK} text")).to_have_count(1)
    shoot_page(page, "note-390-drawing")
    _tool(page, "line")
    page.locator(f"{TRAINER} {INK}").focus()
    page.keyboard.press("Enter")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("[data-part=save_note]").click()
    expect(page.locator("[data-note]")).to_have_count(1)
    arrow, angle, line = page.evaluate(NOTES)["notes"][0]["strokes"]
    assert (arrow["tool"], arrow["on"], arrow["colour"]) == ("arrow", "client", "yellow")
    assert np.allclose(arrow["points"], [[0.3, 0.3], [0.6, 0.7]], atol=0.02)
    assert angle["tool"] == "angle"
    assert np.allclose(line["points"], [[0.5, 0.5], [0.5, 0.6]], atol=0.001)


def test_a_voice_is_recorded_and_heard_by_the_client(stand: Stand, pages: Any) -> None:
    page: Page = pages("owner", LAPTOP)
    _open(page, stand)
    _begin(page)
    page.locator("[data-part=whole]").check()
    expect(page.locator("[data-part=tools]")).to_be_hidden()
    # Nothing said, nothing kept.
    page.locator("[data-part=save_note]").click()
    expect(page.locator("[data-part=note_problem]")).to_be_visible()
    page.locator("[data-part=record]").click()
    expect(page.locator("[data-part=recording]")).to_be_visible()
    # Chromium's own microphone beeps once a second.
    until(page, "document.querySelector('[data-part=level_meter]').value > 0.02")
    page.wait_for_timeout(2500)
    shoot_page(page, "note-1280-recording")
    page.locator("[data-part=stop]").click()
    expect(page.locator("[data-part=heard]")).to_be_visible()
    page.locator("[data-part=save_note]").click()
    expect(page.locator("[data-note]")).to_have_count(1)
    (note,) = page.evaluate(NOTES)["notes"]
    assert note["at_s"] is None
    assert 2.0 < note["voice"]["duration_s"] < 8.0
    page.wait_for_timeout(200)
    assert _grave(page) == []

    client: Page = pages("kate", PHONE)
    client.goto(stand.url(f"/results/{stand.session}/"))
    player = client.locator(".pinned-note audio")
    expect(player).to_have_count(1)
    heard = client.evaluate(
        """async () => {
          const audio = document.querySelector(".pinned-note audio");
          audio.muted = true;
          await audio.play();
          audio.currentTime = audio.duration / 2;
          await new Promise((done) => audio.addEventListener("seeked", done, { once: true }));
          const sought = audio.currentTime;
          await new Promise((done) => audio.addEventListener("ended", done, { once: true }));
          return { duration: audio.duration, sought, played: audio.currentTime };
        }"""
    )
    assert heard["duration"] == pytest.approx(note["voice"]["duration_s"], abs=0.2)
    assert heard["sought"] == pytest.approx(heard["duration"] / 2, abs=0.2)
    assert heard["played"] == pytest.approx(heard["duration"], abs=0.1)


def test_no_microphone_is_said(stand: Stand, pages: Any) -> None:
    page: Page = pages("owner", LAPTOP)
    _open(page, stand)
    _begin(page)
    page.evaluate(
        """() => {
          navigator.mediaDevices.getUserMedia =
            () => Promise.reject(new DOMException("no", "NotFoundError"));
        }"""
    )
    page.locator("[data-part=record]").click()
    expect(page.locator("[data-part=note_problem]")).to_contain_text("No microphone was found")


def _film(session: WorkoutSession, folder: Path) -> Recording:
    """A recording of the first ten seconds: a number for each second."""
    path = folder / "film.webm"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for n in range(100):
            picture = np.full((120, 160, 3), 60, np.uint8)
            cv2.putText(picture, str(n // 10), (60, 80), 0, 2, (255, 255, 255), 3)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode(None))
    recording = make_recording(session, duration_s=10.0)
    recording.file.save("film.webm", ContentFile(path.read_bytes()), save=False)
    recording.file.close()
    recording.file_sha256 = "1" * 64
    recording.save()
    return recording


@pytest.fixture
def filmed(_cast: Cast, stand: Stand, tmp_path: Path) -> None:
    """Kate's session was filmed. Before `pages`: Django refuses to work under Playwright's loop."""
    with _cast.anna.schema():
        _film(WorkoutSession.objects.get(pk=stand.session), tmp_path)


def test_the_client_sees_what_was_drawn_on_their_recording(
    filmed: None, stand: Stand, pages: Any
) -> None:
    page: Page = pages("owner", LAPTOP)
    _open(page, stand)
    page.locator(".set-strip").first.click(position={"x": 20, "y": 20})
    page.locator("[data-part=filmed]").check()
    until(page, f"document.querySelector('{CLIENT} video').videoWidth > 0")
    expect(page.locator(f"{CLIENT} video")).to_be_visible()
    _begin(page)
    _tool(page, "circle", "red")
    _drag(page, CLIENT, (0.5, 0.55), (0.5, 0.85))
    _tool(page, "line", "green")
    _drag(page, TRAINER, (0.3, 0.3), (0.6, 0.6))
    page.locator("[data-part=note_text]").fill("Here you see it best.")
    page.locator("[data-part=save_note]").click()
    expect(page.locator("[data-note]")).to_have_count(1)
    (note,) = page.evaluate(NOTES)["notes"]
    assert {stroke["on"] for stroke in note["strokes"]} == {"recording", "trainer"}
    expect(page.locator(".note-picture")).to_have_count(2)
    shoot_page(page, "note-1280-recording-drawn")

    client: Page = pages("kate", PHONE)
    foreign: list[str] = []
    client.on(
        "request",
        lambda asked: (
            foreign.append(asked.url)
            if "anna.localhost" not in asked.url and not asked.url.startswith("blob:")
            else None
        ),
    )
    client.goto(stand.url(f"/results/{stand.session}/"))
    client.locator(".pinned-note").scroll_into_view_if_needed()
    expect(client.locator(".note-picture svg.ink")).to_have_count(2)
    expect(client.locator(".pinned-note .trainer-words")).to_have_text("Here you see it best.")
    for picture, tool, x, y in (
        (".note-picture-trainer", "line", 0.45, 0.45),
        (".note-picture-recording", "circle", 0.5, 0.55),
    ):
        box = _box(client.locator(f"{picture} {INK}"), tool)
        middle = _at(client, picture, x, y)
        assert box["x"] + box["width"] / 2 == pytest.approx(middle[0], abs=2)
        assert box["y"] + box["height"] / 2 == pytest.approx(middle[1], abs=2)
    # The frame of that instant is what lies under it: something, and not one grey.
    assert client.evaluate(
        """() => [...document.querySelectorAll(".note-picture canvas")].every((canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(data).size > 3;
        })"""
    )
    # None of the trainer's tools, and nothing of other origins.
    for tool in ("button[data-tool]", "[data-note-edit]", "[data-part=record]", "textarea"):
        assert client.locator(tool).count() == 0
    assert foreign == []
    assert _grave(client) == []
    assert client.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    shoot_page(client, "note-390-results")


def test_notes_are_on_paper_with_their_pictures(stand: Stand, pages: Any) -> None:
    page: Page = pages("owner", LAPTOP)
    _open(page, stand)
    _begin(page)
    _tool(page, "circle", "red")
    _drag(page, CLIENT, (0.5, 0.5), (0.5, 0.7))
    page.locator("[data-part=note_text]").fill("Sit back further.")
    page.locator("[data-part=save_note]").click()
    expect(page.locator(".note-picture svg.ink")).to_have_count(1)
    page.emulate_media(media="print")
    for selector in (".note-picture-trainer canvas", ".note-picture-client [data-tool=circle]"):
        box = page.locator(selector).bounding_box()
        assert box is not None and math.hypot(box["width"], box["height"]) > 20, selector
    expect(page.locator("[data-part=note_words]")).to_be_visible()
    expect(page.locator("[data-note-edit]")).to_be_hidden()
    assert re.search(rb"/Type /Page\b", page.pdf(format="A4", prefer_css_page_size=True))
