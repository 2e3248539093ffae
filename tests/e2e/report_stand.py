"""A served site with one finished session, for the tests of its report.

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
from playwright.sync_api import Browser, Page, sync_playwright
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
from tests.e2e.conftest import FLAGS
from tests.sessions.build import make_assignment
from tests.sessions.reviews import RIGHT, SHALLOW, TRAINER, analysed, moved, squat_clip
from tools.browser import chromium

FPS = 10.0 if not os.environ.get("REPORT_SHOTS") else 5.0
MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
SIZE = (180, 240) if not os.environ.get("REPORT_SHOTS") else (240, 320)
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


@pytest.fixture(name="_django_db_helper")
def db_helper_fixture(_cast: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
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


@pytest.fixture(name="stand")
def stand_fixture(_cast: Cast, db: None, tmp_path: Path) -> Iterator[Stand]:
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


@pytest.fixture(name="pages")
def pages_fixture(stand: Stand) -> Iterator[Any]:
    """Open a page as somebody. Not the session's Playwright: its loop would outlive this test, and
    Django refuses to work in a thread with one."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *MICROPHONE])
        yield from _pages(browser, stand, errors)
        browser.close()
    assert errors == []


def _pages(browser: Browser, stand: Stand, errors: list[str]) -> Iterator[Any]:

    def open_page(
        who: str, size: dict[str, int], language: str = "en", *, touch: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale=language,
            has_touch=touch,
        )
        context.set_default_timeout(20_000)
        context.add_cookies(
            [{"name": "sessionid", "value": stand.cookies[who], "url": stand.url("/")}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page


def until(page: Page, expression: str, arg: Any = None) -> None:
    """Wait until it is true. The page's policy forbids the kind of polling Playwright has."""
    for _ in range(200):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{expression} never came true with {arg}")


def shoot_page(page: Page, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(1200)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
