"""A workout without a body: rows as Shadow Mode makes them, into the real outbox of a real page.

Every row made is told to the test, so that what the server has can be compared with it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from playwright.sync_api import Error, Page

from tests.e2e.conftest import Visitor
from tests.e2e.homework import PASSWORD, Homework, email

_WATCH = """async () => {
  const { Logbook } = await import("/static/js/shadow/logbook.js");
  const user = document.querySelector('meta[name="user-key"]').content;
  window.logbook = new Logbook({ sessions: "/api/sessions/", user }, (state) => {
    window.saving = state;
  });
  addEventListener("pagehide", () => { logbook.flushOnLeave(); logbook.stop(); });
  window.exercise = (item, set) => {
    let frame = 0;
    window.frames = setInterval(() => {
      frame += 1;
      const t = logbook.elapsedS;
      const world = Float32Array.from({ length: 99 }, (_, i) => Math.sin(frame / 9 + i) / 2);
      logbook.add({
        item, set, t, clipT: t % 4, score: 50 + 40 * Math.sin(frame / 20), lagS: 0.3,
        errorsDeg: new Float64Array(13).fill(9), world,
        visibility: new Float32Array(33).fill(0.9),
      });
      madeRow(Number(t.toFixed(3)));
    }, 50);
  };
}"""


@dataclass
class Exercising:
    """A page that works out; ``rows`` are the times of all rows it has made, over all its tabs."""

    visitor: Visitor
    homework: Homework
    client: str = "nina"
    rows: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Told at once and to another process: it is known though the tab is killed.
        self.visitor.context.expose_binding("madeRow", lambda _, t: self.rows.append(t))

    @property
    def page(self) -> Page:
        return self.visitor.page

    def log_in(self) -> None:
        self.visitor.log_in(self.homework.site, email(self.client), PASSWORD)

    def open(self) -> None:
        """The homework's page, with a logbook in it."""
        self.visitor.go(self.homework.site, self.homework.path(self.client))
        self.page.evaluate(_WATCH)

    def start(self, level: str = "skeleton") -> str:
        """Begin a workout; returns the session's id."""
        assignment = self.homework.assignments[self.client]
        self.page.evaluate(
            "([assignment, level]) => logbook.start(assignment, { level })", [assignment, level]
        )
        return str(self.page.evaluate("logbook.id"))

    def begin_set(self, number: int = 0) -> None:
        self.page.evaluate("([item, set]) => exercise(item, set)", [self.homework.item, number])

    def end_set(self) -> None:
        self.page.evaluate("() => { clearInterval(frames); logbook.cut(); }")

    def finish(self) -> dict[str, Any]:
        return cast(dict[str, Any], self.page.evaluate("() => logbook.finish()"))

    def saving(self) -> dict[str, Any]:
        return cast(dict[str, Any], self.page.evaluate("() => saving"))

    def wait_for(self, condition: str, timeout_ms: int = 30_000) -> None:
        """Wait for something about ``saving``, the logbook's own account."""
        found = f"() => {{ const s = window.saving; return s && ({condition}); }}"
        self.page.wait_for_function(found, timeout=timeout_ms)

    def kill_tab(self) -> None:
        """The tab's process dies, as when memory runs out; a new tab takes its place."""
        killed = self.page
        with killed.expect_event("crash"), suppress(Error):
            killed.goto("chrome://crash")
        self.new_tab()
        killed.close()

    def new_tab(self) -> None:
        self.visitor.page = self.visitor.context.new_page()
        self.visitor.page.on("pageerror", lambda error: self.visitor.errors.append(str(error)))

    def wait_until(self, what: Callable[[], bool], timeout_s: float = 30.0) -> None:
        """Wait for something that only asking can tell."""
        deadline = time.monotonic() + timeout_s
        while not what():
            assert time.monotonic() < deadline, "it never came to be"
            self.page.wait_for_timeout(200)

    def chunks(self, session: str) -> list[dict[str, Any]]:
        """What the server has of the timeline; nothing where it does not know the session."""
        found = self.page.evaluate(
            """path => fetch(path).then(async (response) => (response.status === 200
              ? (await response.json()).chunks : []))""",
            f"/api/sessions/{session}/timeline/",
        )
        return cast(list[dict[str, Any]], found)

    def get(self, path: str) -> Any:
        """What the server says to this client."""
        found = self.page.evaluate(
            "path => fetch(path).then(async (r) => ({ status: r.status, body: await r.text() }))",
            path,
        )
        assert found["status"] == 200, found
        return json.loads(found["body"])

    def stored(self, session: str) -> list[float]:
        """The times of all rows the server has, in its order."""
        chunks = self.chunks(session)
        assert [chunk["seq"] for chunk in chunks] == list(range(len(chunks)))
        return [t for chunk in chunks for t in chunk["t"]]
