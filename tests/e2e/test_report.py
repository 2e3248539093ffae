"""The report in a browser: problems lead both pictures to their instants, and nothing comes early.

The rows are made from the synthetic athlete's own truth and served by this process: no webcam, no
detector, no worker.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import av
import cv2
import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from exercises.models import Workout
from processing.models import Clip
from processing.motion.track import PoseTrack
from processing.services import delete_clip
from processing.synthetic.render import Shot, frame_times, frames, shoot, truth
from processing.synthetic.video import truth_arrays
from sessions.models import WorkoutSession
from sessions.review.services import set_comment
from tests.conftest import Cast
from tests.e2e.conftest import FLAGS, LAPTOP, PHONE
from tests.sessions.build import make_assignment
from tests.sessions.reviews import RIGHT, SHALLOW, TRAINER, analysed, moved, squat_clip
from tools.browser import chromium

pytestmark = pytest.mark.e2e

FPS = 10.0 if not os.environ.get("REPORT_SHOTS") else 5.0
SIZE = (180, 240) if not os.environ.get("REPORT_SHOTS") else (240, 320)
BUDGET_BYTES = 400_000
SHOWN = "Number(document.getElementById('report').dataset.shown)"
SHOTS = os.environ.get("REPORT_SHOTS", "")
"""A folder for pictures of the pages, for people to look at."""


class _Server(ThreadingMixIn, WSGIServer):
    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """A thread for each request; its database connection ends with it."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """A test says what it wants to know."""


@dataclass(frozen=True)
class Stand:
    """A served site and the session whose report is looked at."""

    port: int
    session: str
    cookies: dict[str, str]

    def url(self, path: str = "") -> str:
        base = f"http://anna.localhost:{self.port}"
        return base + (path or f"/studio/workout_sessions/workoutsession/{self.session}/report/")


@pytest.fixture
def _django_db_helper(_cast: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Takes the place of the one that wraps a test in a transaction: the server must see rows."""
    with django_db_blocker.unblock():
        yield


def _pictures(shot: Shot) -> Iterator[np.ndarray]:
    """The trainer in RGBA: rendered for people to look at, as dots at the joints for a test."""
    if os.environ.get("REPORT_RENDERED"):
        for frame in frames(shot, FPS):
            yield np.dstack([frame.rgb, np.round(255 * frame.alpha).astype(np.uint8)])
        return
    for t in frame_times(shot, FPS):
        picture = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
        for x, y in np.round(truth(shot, float(t))[0]).astype(int).tolist():
            cv2.circle(picture, (x, y), 4, (0, 160, 140, 255), -1)
        yield picture


def _transparent(shot: Shot, path: Path) -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libvpx-vp9", rate=int(FPS))
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuva420p"
        stream.options = {"auto-alt-ref": "0", "deadline": "realtime", "cpu-used": "8"}
        stream.metadata["alpha_mode"] = "1"
        for picture in _pictures(shot):
            frame = av.VideoFrame.from_ndarray(picture, format="rgba")
            file.mux(stream.encode(frame.reformat(format="yuva420p")))
        file.mux(stream.encode(None))


def _track(shot: Shot) -> PoseTrack:
    exact = truth_arrays(shot, 25.0)
    count = len(exact["times_s"])
    return PoseTrack(
        times_s=np.asarray(exact["times_s"], np.float64),
        world=np.asarray(exact["world"], np.float32),
        image=np.asarray(exact["image"], np.float32),
        visibility=np.ones((count, 33), np.float32),
        fps=25.0,
        width=SIZE[0],
        height=SIZE[1],
    )


def _make(cast: Cast, folder: Path) -> WorkoutSession:
    shot = shoot(TRAINER, 30.0, SIZE)
    clip = squat_clip("Squat", _track(shot))
    path = folder / "trainer.webm"
    _transparent(shot, path)
    film = clip.artifacts.get(kind="transparent")
    content = path.read_bytes()
    film.file.save("trainer_transparent.webm", ContentFile(content), save=False)
    film.sha256, film.size_bytes = hashlib.sha256(content).hexdigest(), len(content)
    film.save()
    # Another exercise of the same workout, which was left out: one tab less, and no crash.
    assignment = make_assignment(cast.kate, title="Legs", clips=[clip])
    half = replace(SHALLOW, short=0.5)
    session = moved(
        cast.kate, [[RIGHT, RIGHT, RIGHT], [SHALLOW, SHALLOW, half]], assignment=assignment
    )
    analysed(session)
    set_comment(session, "Good first set! In the second one, go down as far as I do.")
    return session


@pytest.fixture
def stand(_cast: Cast, db: None, tmp_path: Path) -> Iterator[Stand]:
    with _cast.anna.schema():
        session = _make(_cast, tmp_path)
    cookies = {}
    for who, user in (("owner", _cast.anna.owner), ("kate", _cast.kate)):
        cookies[who] = _cast.anna.browser(user).cookies["sessionid"].value
    server = make_server(
        "127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Stand(server.server_port, str(session.pk), cookies)
    finally:
        server.shutdown()
        server.server_close()
        with _cast.anna.schema():
            for workout in Workout.objects.all():
                workout.assignments.all().delete()
                workout.items.all().delete()
                workout.delete()
            for clip in Clip.objects.all():
                clip.exercises.all().delete()
                delete_clip(clip)
        connection.close()


@pytest.fixture
def pages(stand: Stand) -> Iterator[Any]:
    """Open a page as somebody. Not the session's Playwright: its loop would outlive this test, and
    Django refuses to work in a thread with one."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield from _pages(browser, stand, errors)
        browser.close()
    assert errors == []


def _pages(browser: Browser, stand: Stand, errors: list[str]) -> Iterator[Any]:

    def open_page(who: str, size: dict[str, int], language: str = "en") -> Page:
        context = browser.new_context(viewport=size, locale=language)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        context.add_cookies(
            [{"name": "sessionid", "value": stand.cookies[who], "url": stand.url("/")}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page


def _until(page: Page, expression: str, arg: Any = None) -> None:
    """Wait until it is true. The page's policy forbids the kind of polling Playwright has."""
    for _ in range(200):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{expression} never came true with {arg}")


def _shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(1200)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_the_report_shows_where_it_went_wrong(stand: Stand, pages: Any) -> None:
    page: Page = pages("owner", LAPTOP)
    moved_bytes: dict[str, int] = {}
    page.on(
        "requestfinished",
        lambda request: moved_bytes.update({request.url: request.sizes()["responseBodySize"]}),
    )
    page.goto(stand.url())
    report = page.locator("#report")
    expect(page.locator("[data-part=course]")).to_be_visible()
    page.locator("[data-part=pictures]").scroll_into_view_if_needed()
    _until(page, "document.getElementById('report').dataset.shown")
    page.wait_for_timeout(500)
    _shoot(page, "report-1280-en")
    # The studio's frame is the same on all pages, and kept by the browser.
    ours = {
        url.partition(str(stand.port))[2]: size
        for url, size in moved_bytes.items()
        if "/transparent/" not in url and "/static/unfold/" not in url and "/fonts" not in url
    }
    if SHOTS:
        Path(SHOTS, "bytes.txt").write_text(
            "\n".join(f"{size:8d} {url}" for url, size in sorted(ours.items()))
            + f"\n{sum(ours.values())} of {sum(moved_bytes.values())}\n"
        )
    assert sum(ours.values()) < BUDGET_BYTES, ours

    # A problem takes both pictures to its pair of instants.
    problem = page.locator("[data-moment='1']").first
    problem.click()
    expect(problem).to_have_attribute("aria-current", "")
    data = page.evaluate("fetch(location.href + 'data/').then((answer) => answer.json())")
    at_ms, trainer_ms, _severe = data["exercises"][0]["moments"][0]
    _until(
        page,
        "at => Math.abs(Number(document.getElementById('report').dataset.shown) - at) < 0.06",
        arg=at_ms / 1000,
    )
    assert float(report.get_attribute("data-trainer") or "nan") == pytest.approx(
        trainer_ms / 1000, abs=0.01
    )
    _until(
        page,
        "at => Math.abs(document.querySelector('.picture video').currentTime - at) < 0.1",
        arg=trainer_ms / 1000,
    )
    # At the same time of the clip it is another instant.
    page.locator("[data-part=lock]").select_option("clock")
    _until(
        page,
        "was => document.getElementById('report').dataset.trainer !== was",
        arg=f"{trainer_ms / 1000:.3f}",
    )

    # Single frames and slow motion, by keys and buttons.
    shown = float(report.get_attribute("data-shown") or "nan")
    page.keyboard.press(".")
    _until(page, f"was => {SHOWN} > was", shown)
    page.locator("[data-do=back]").click()
    _until(page, f"was => {SHOWN} <= was", shown)
    page.keyboard.press("s")
    expect(page.locator("[data-part=rate]")).to_have_text("½×")
    page.locator("[data-do=play]").click()
    _until(
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
    _shoot(page, "report-1280-en-opened")

    # Two pages of paper.
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    if SHOTS:
        Path(SHOTS, "report.pdf").write_bytes(pdf)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") <= 2


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
            _until(page, "document.getElementById('report').dataset.shown")
        _shoot(page, name)
        if name == "report-1280-ru":
            page.set_viewport_size({"width": 703, "height": 1032})
            page.emulate_media(media="print")
            _shoot(page, "print-ru")
            page.emulate_media(media="screen")
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, name
