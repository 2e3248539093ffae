"""The client's pages as an app: worker, manifest, labels; nobody learns about anybody else."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from sessions.pwa import build
from tests.conftest import Cast
from tools import make_icons


def facts_of(worker: str) -> dict[str, Any]:
    found = re.match(r"const BUILD = Object\.freeze\((\{.*?\})\);\n", worker)
    assert found
    facts: dict[str, Any] = json.loads(found[1])
    return facts


def test_the_worker_may_have_the_whole_site_and_is_asked_for_each_time(cast: Cast) -> None:
    answer = cast.anna.browser().get("/sw.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    assert "connect-src 'self'" in answer["Content-Security-Policy"]


def test_the_worker_names_what_a_workout_needs(cast: Cast) -> None:
    facts = facts_of(cast.anna.browser().get("/sw.js").content.decode())
    assert {"/static/js/shadow/main.js", "/static/js/pwa.js", "/static/css/base.css"} <= set(
        facts["shell"]
    )
    assert "/static/vendor/three/three.module.min.js" in facts["shell"]
    assert "/static/vendor/tasks-vision/vision_bundle.mjs" in facts["heavy"]
    # Nothing of the studio, whose pages clients never see.
    assert not any("/studio" in url or "/admin/" in url for url in facts["shell"])
    assert all(finders.find(url.removeprefix("/static/")) for url in facts["shell"])


def test_pages_say_whose_they_are_and_of_which_build(cast: Cast) -> None:
    kate, mila = cast.anna.browser(cast.kate), cast.anna.browser(cast.mila)
    page = kate.get("/")
    assert page["X-Build"] == build().version
    assert len(page["X-User-Key"]) > 30
    assert f'content="{page["X-User-Key"]}"' in page.content.decode()
    assert mila.get("/")["X-User-Key"] != page["X-User-Key"]
    assert cast.anna.browser().get("/")["X-User-Key"] == ""
    assert "X-User-Key" not in kate.get("/manifest.webmanifest")


def test_who_is_logged_in_is_told_to_them_alone(cast: Cast) -> None:
    kate = cast.anna.browser(cast.kate)
    answer = kate.get("/api/me")
    assert answer.json() == {"user": kate.get("/")["X-User-Key"]}
    assert "no-store" in answer["Cache-Control"]
    # A page from the cache writes: it needs the cookie that goes with it.
    assert "csrftoken" in answer.cookies
    assert cast.anna.browser().get("/api/me").json() == {"user": None}
    # A log-in at one trainer's is nobody at another's, and no key is the same at both.
    assert cast.boris.browser(cast.denis).get("/api/me").json() != answer.json()


def test_the_manifest_installs_the_trainers_site(cast: Cast) -> None:
    browser = cast.anna.browser()
    answer = browser.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["name"], manifest["start_url"]) == ("Anna", "/")
    assert 'rel="manifest" href="/manifest.webmanifest"' in browser.get("/").content.decode()
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in manifest["icons"]:
        found = finders.find(icon["src"].removeprefix("/static/"))
        assert found
        with Image.open(found) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]


@pytest.mark.parametrize(
    ("file", "size", "kind"),
    [
        ("icon-192.png", 192, {}),
        ("icon-maskable-512.png", 512, {"maskable": True}),
        ("icon-180.png", 180, {"opaque": True}),
    ],
)
def test_icons_are_what_the_tool_draws(file: str, size: int, kind: dict[str, bool]) -> None:
    drawn = io.BytesIO()
    make_icons.draw(size, **kind).save(drawn, "PNG")
    with Image.open(make_icons.FOLDER / file) as kept, Image.open(drawn) as made:
        assert kept.convert("RGBA").tobytes() == made.convert("RGBA").tobytes()


def test_the_page_without_network_is_the_same_for_everyone(cast: Cast) -> None:
    nobody, kate = cast.anna.browser(), cast.anna.browser(cast.kate)
    assert nobody.get("/offline/").status_code == 200
    assert nobody.get("/offline/").content == kate.get("/offline/").content


def test_the_public_site_is_no_app(cast: Cast) -> None:
    landing = cast.anna.browser().get("/", headers={"host": "localhost"})
    assert landing.status_code == 200
    assert "X-User-Key" not in landing
    assert cast.anna.browser().get("/sw.js", headers={"host": "localhost"}).status_code == 404
