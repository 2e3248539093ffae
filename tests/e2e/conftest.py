"""The running program and real browsers with a webcam that shows a film."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from processing.synthetic.clothing import LOOKS
from processing.synthetic.performance import Performance
from processing.synthetic.render import shoot
from processing.synthetic.video import write_video, write_webcam
from tests.perscoach.running import ROOT, Program, running
from tools.browser import chromium

SHOTS = Path(os.environ.get("SCREENSHOTS") or ROOT / "var" / "screenshots")
# Without a GPU the compositor would take more than a core from the models.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu-compositing",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
_TIMEOUT_MS = 60_000


@dataclass(frozen=True)
class Films:
    """Videos of the synthetic athlete: the trainer's upload, and what webcams see."""

    trainer_squat: Path
    webcam_squat: Path
    webcam_jack: Path


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    folder = tmp_path_factory.mktemp("films")
    found = Films(folder / "Squat.mp4", folder / "squat.mjpeg", folder / "jack.mjpeg")
    squat = Performance("squat", reps=2, rep_s=2.6, idle_s=0.3, seed=1)
    write_video(found.trainer_squat, shoot(squat, "three_quarter", (360, 480)), 20.0)
    # Another person in another picture, at the same tempo: what a good client looks like.
    look = LOOKS["boris"]
    write_webcam(found.webcam_squat, shoot(squat, "three_quarter", (480, 360), appearance=look))
    jack = Performance("jumping_jack", reps=2, idle_s=0.0, seed=2)
    write_webcam(found.webcam_jack, shoot(jack, "front", (480, 360), appearance=look))
    return found


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """`make run` without the demo, on a data folder of its own."""
    with running(tmp_path_factory.mktemp("program") / "var") as program:
        yield program


@dataclass
class Visitor:
    """Somebody at a browser; remembers every request and every error of the pages."""

    context: BrowserContext
    page: Page
    program: Program
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def go(self, site: str, path: str = "/") -> None:
        self.page.goto(self.program.url(site, path))

    def shot(self, name: str, *, full: bool = False) -> None:
        """Keep a picture of the page, as NAME.png in the screenshots' folder."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=full)

    def strangers(self) -> set[str]:
        """Hosts other than our own that any page asked."""
        ours = {"localhost", ""}
        hosts = {urlsplit(url).hostname or "" for url in self.requests}
        return {host for host in hosts if host not in ours and not host.endswith(".localhost")}

    def log_in(self, site: str, email: str, password: str) -> None:
        self.go(site, "/accounts/login/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)


Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def visit(_playwright: Playwright, program: Program) -> Iterator[Visit]:
    """Open a browser: ``visit(camera=film)``; its pages may ask nobody but us."""
    browsers: list[Browser] = []
    visitors: list[Visitor] = []

    def open_browser(
        camera: Path | None = None,
        *flags: str,
        size: dict[str, int] | None = None,
        language: str = "en",
        of: Program = program,
    ) -> Visitor:
        arguments = [*FLAGS, *flags]
        if camera is not None:
            arguments += [
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={camera}",
            ]
        browser = _playwright.chromium.launch(executable_path=chromium(), args=arguments)
        browsers.append(browser)
        context = browser.new_context(viewport=size or LAPTOP, locale=language)  # type: ignore[arg-type]
        context.set_default_timeout(_TIMEOUT_MS)
        page = context.new_page()
        visitor = Visitor(context, page, of)
        context.on("request", lambda request: visitor.requests.append(request.url))
        page.on("pageerror", lambda error: visitor.errors.append(str(error)))
        visitors.append(visitor)
        return visitor

    with ExitStack() as stack:
        yield open_browser
        for browser in browsers:
            stack.callback(browser.close)
    for visitor in visitors:
        assert visitor.strangers() == set()
        assert visitor.errors == []
