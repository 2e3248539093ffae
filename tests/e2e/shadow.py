"""What a client does in Shadow Mode, and what the page tells about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, Request

from tests.e2e.conftest import Visitor

SHADOW_MS = 120_000


@dataclass(frozen=True)
class Row:
    """One scored frame, as it was posted."""

    t: float
    score: float | None


class Posted:
    """The timeline as it leaves the browser."""

    def __init__(self, page: Page) -> None:
        self.chunks: dict[int, dict[str, Any]] = {}
        page.on("request", self._remember)

    def _remember(self, request: Request) -> None:
        if request.method == "PUT" and "/timeline/" in request.url:
            seq = int(request.url.rstrip("/").rpartition("/")[2])
            self.chunks[seq] = json.loads(request.post_data or "{}")

    def rows(self) -> list[Row]:
        return [
            Row(t, score)
            for seq in sorted(self.chunks)
            for t, score in zip(self.chunks[seq]["t"], self.chunks[seq]["score"], strict=True)
        ]

    def scores(self) -> list[float]:
        return [row.score for row in self.rows() if row.score is not None]


def state(client: Visitor) -> dict[str, str]:
    """The page's own account of itself."""
    found: dict[str, str] = client.page.locator("#shadow").evaluate("node => ({...node.dataset})")
    return found


def wait_phase(client: Visitor, *phases: str) -> None:
    selector = ", ".join(f'#shadow[data-phase="{phase}"]' for phase in phases)
    client.page.wait_for_selector(selector, timeout=SHADOW_MS, state="attached")


def switch_on(client: Visitor) -> None:
    """From the opened page to a running camera, past the tutorial."""
    wait_phase(client, "intro")
    client.page.click("[data-part=card_action]")
    wait_phase(client, "tutorial")
    client.page.click("[data-action=skip-tutorial]")
    wait_phase(client, "ready")


def _wait_for_score(client: Visitor, least: int) -> None:
    """Wait until the convention is settled and the score good, or the set nearly over."""
    client.page.wait_for_timeout(11_000)
    for _ in range(15):
        found = state(client)
        if found["phase"] != "set" or int(found["score"] or 0) >= least:
            break
        client.page.wait_for_timeout(200)


def do_sets(client: Visitor, sets: int, shot: str | None = None) -> None:
    """Start, and go through all sets to the end of the workout."""
    client.page.click("[data-part=toggle]")
    for number in range(sets):
        wait_phase(client, "set")
        if shot and number == sets - 1:
            _wait_for_score(client, 90)
            client.shot(shot)
        wait_phase(client, "done" if number == sets - 1 else "rest")
