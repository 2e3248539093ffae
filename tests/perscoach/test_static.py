"""Static files as browsers get them."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.conftest import Cast
from tests.sessions.build import make_clip
from tools.make_symbols import LIST, ROOT, unfold_folder

WASM = "/static/vendor/tasks-vision/wasm/vision_wasm_module_internal.wasm"


@pytest.mark.django_db
def test_webassembly_comes_gzipped_to_whom_can_read_it(cast: Cast) -> None:
    http = cast.anna.browser()

    plain = http.get(WASM)
    packed = http.get(WASM, headers={"accept-encoding": "br, gzip"})

    whole = b"".join(plain.streaming_content)  # type: ignore[attr-defined]
    sent = b"".join(packed.streaming_content)  # type: ignore[attr-defined]
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert plain["Content-Type"] == packed["Content-Type"] == "application/wasm"
    assert "Accept-Encoding" in packed["Vary"]
    assert gzip.decompress(sent) == whole
    assert len(sent) < 0.35 * len(whole)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/static/unfold/css/styles.css", "text/css"),
        ("/static/js/report/main.js", "text/javascript"),
    ],
)
def test_text_is_gzipped_wherever_it_lies(cast: Cast, path: str, kind: str) -> None:
    http = cast.anna.browser()
    plain = http.get(path)
    whole = b"".join(plain.streaming_content)  # type: ignore[attr-defined]
    packed = http.get(path, headers={"accept-encoding": "gzip"})
    sent = b"".join(packed.streaming_content)  # type: ignore[attr-defined]
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert packed["Content-Type"].startswith(kind)
    assert int(packed["Content-Length"]) == len(sent) < 0.5 * len(whole)
    assert int(plain["Content-Length"]) == len(whole)
    assert gzip.decompress(sent) == whole
    head = http.head(path, headers={"accept-encoding": "gzip"})
    assert head["Content-Length"] == packed["Content-Length"]
    assert not b"".join(head.streaming_content)  # type: ignore[attr-defined]
    # A part is a part of the file, never of its packed copy.
    part = http.get(path, headers={"accept-encoding": "gzip", "range": "bytes=0-9"})
    assert part.status_code == 206
    assert b"".join(part.streaming_content) == whole[:10]  # type: ignore[attr-defined]
    same = http.get(path, headers={"accept-encoding": "gzip", "if-none-match": packed["ETag"]})
    assert same.status_code == 304


@pytest.mark.django_db
def test_pictures_and_fonts_are_sent_as_they_are(cast: Cast) -> None:
    http = cast.anna.browser()
    font = "/static/unfold/fonts/material-symbols/Material-Symbols-Outlined.woff2"
    answer = http.get(font, headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in answer
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(content) < 40_000


@pytest.mark.django_db
def test_pages_are_gzipped_but_no_media(cast: Cast) -> None:
    http = cast.anna.browser(cast.anna.owner)
    page = http.get("/studio/", headers={"accept-encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]
    assert b"pers.coach" in gzip.decompress(page.content)
    with cast.anna.schema():
        clip = make_clip()
    film = http.get(f"/media/clips/{clip.pk}/transparent/", headers={"accept-encoding": "gzip"})
    assert film.status_code == 200
    assert "Content-Encoding" not in film and film["Accept-Ranges"] == "bytes"
    b"".join(film.streaming_content)  # type: ignore[attr-defined]


def test_every_icon_that_is_named_is_in_the_cut_font() -> None:
    there = set(LIST.read_text().split())
    pattern = re.compile(r"material-symbols-outlined[^>]*>\s*([a-z][a-z0-9_]+)\s*<")
    named: set[str] = set()
    for folder in (ROOT / "templates", unfold_folder() / "templates"):
        for path in folder.rglob("*.html"):
            named.update(pattern.findall(path.read_text()))
    named.update(
        re.findall(r'icon(?:="|": ")([a-z_]+)"', (ROOT / "perscoach/studio.py").read_text())
    )
    assert len(named) > 60
    assert named - there == set()
