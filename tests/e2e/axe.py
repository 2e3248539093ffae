"""axe-core on a page: what a screen reader's user would stumble over."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.conftest import Visitor
from tests.perscoach.running import ROOT

_AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_GRAVE = {"serious", "critical"}


def grave_findings(visitor: Visitor) -> list[str]:
    """Rules that are broken seriously or critically, each with the elements."""
    return grave_on(visitor.page)


def grave_on(page: Page) -> list[str]:
    """The same of a page that nobody watches."""
    # Evaluated, not added as a tag: the page's own policy lets no such script in.
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document)")
    return [
        f"{broken['id']}: {[node['html'][:120] for node in broken['nodes']]}"
        for broken in found["violations"]
        if broken["impact"] in _GRAVE
    ]
