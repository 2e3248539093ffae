"""Files of clips: who gets them, and how."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as HttpClient

from exercises.access import CLIENT_KINDS
from processing.media import Unsatisfiable, parse_range
from processing.models import Artifact, Clip
from tests.conftest import Cast, Site
from tests.sessions.build import FILES, make_assignment, make_clip

CONTENT = FILES["transparent"][1]


@pytest.fixture
def clip(cast: Cast, anna: Site) -> Clip:
    clip = make_clip()
    make_assignment(cast.kate, clips=[clip])
    return clip


@pytest.fixture
def kate(cast: Cast) -> HttpClient:
    return cast.anna.browser(cast.kate)


def url(clip: Clip, kind: str) -> str:
    return f"/media/clips/{clip.pk}/{kind}/"


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_client_gets_what_is_published_of_their_homework(kate: HttpClient, clip: Clip) -> None:
    for kind, (_name, content) in FILES.items():
        answer = kate.get(url(clip, kind))
        if kind in CLIENT_KINDS:
            assert (answer.status_code, body(answer)) == (200, content), kind
        else:
            assert answer.status_code == 404, kind
    assert kate.get(url(clip, "source")).status_code == 404


def test_the_trainer_gets_everything(cast: Cast, clip: Clip) -> None:
    anna = cast.anna.browser(cast.anna.owner)
    for kind, (_name, content) in FILES.items():
        assert body(anna.get(url(clip, kind))) == content
    source = anna.get(url(clip, "source"))
    assert (source["Content-Type"], body(source)) == ("video/mp4", b"the room!")
    assert "VID%201.mp4" in source["Content-Disposition"]


def test_an_upload_that_calls_itself_a_page_is_not_served_as_one(cast: Cast, clip: Clip) -> None:
    with cast.anna.schema():
        Clip.objects.filter(pk=clip.pk).update(original_name="evil.html")
    answer = cast.anna.browser(cast.anna.owner).get(url(clip, "source"))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    body(answer)


def test_strangers_find_nothing(cast: Cast, clip: Clip) -> None:
    for http in (
        cast.anna.browser(cast.mila),
        cast.anna.browser(),
        cast.boris.browser(cast.boris.owner),
        cast.boris.browser(cast.denis),
        cast.boris.browser(),
    ):
        for kind in (*FILES, "source"):
            assert http.get(url(clip, kind)).status_code == 404, kind


def test_what_is_not_there_is_not_found(
    cast: Cast, kate: HttpClient, clip: Clip, anna: Site
) -> None:
    Artifact.objects.get(clip=clip, kind="mesh").delete()
    assert kate.get(url(clip, "mesh")).status_code == 404
    assert kate.get(url(clip, "nonsense")).status_code == 404
    assert kate.get(f"/media/clips/{uuid4()}/poster/").status_code == 404
    assert kate.post(url(clip, "poster")).status_code == 405
    artifact = Artifact.objects.get(clip=clip, kind="poster")
    artifact.file.storage.delete(artifact.file.name or "")
    assert kate.get(url(clip, "poster")).status_code == 404


def test_types_and_caching(kate: HttpClient, clip: Clip) -> None:
    expected = {
        "transparent": "video/webm",
        "poses": "application/json",
        "poses_packed": "application/octet-stream",
        "poster": "image/webp",
        "stacked": "video/mp4",
        "mesh": "application/octet-stream",
    }
    for kind, content_type in expected.items():
        answer = kate.get(url(clip, kind))
        assert answer["Content-Type"] == content_type
        assert answer["X-Content-Type-Options"] == "nosniff"
        # Another run may stand here tomorrow: only an address that names the run is kept.
        assert answer["Cache-Control"] == "private, no-cache"
        kept = kate.head(url(clip, kind) + "?run=1")
        assert kept["Cache-Control"] == "private, max-age=3600"
        assert kate.head(url(clip, kind) + "?run=2")["Cache-Control"] == "private, no-cache"
        assert answer["Accept-Ranges"] == "bytes"
        assert "Content-Encoding" not in answer
        body(answer)
        unchanged = kate.get(url(clip, kind), headers={"If-None-Match": f'"x", {answer["ETag"]}'})
        assert (unchanged.status_code, unchanged.content) == (304, b"")


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-", 0, 2048),
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=2000-9999", 2000, 2048),
        ("bytes=2047-", 2047, 2048),
        ("bytes=-1", 2047, 2048),
        ("bytes=-300", 1748, 2048),
        ("bytes=-9999", 0, 2048),
    ],
)
def test_a_range_gives_exactly_those_bytes(
    kate: HttpClient, clip: Clip, header: str, start: int, stop: int
) -> None:
    answer = kate.get(url(clip, "transparent"), headers={"Range": header})
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{stop - 1}/2048"
    assert answer["Content-Length"] == str(stop - start)
    assert body(answer) == CONTENT[start:stop]


@pytest.mark.parametrize("header", ["bytes=2048-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(kate: HttpClient, clip: Clip, header: str) -> None:
    answer = kate.get(url(clip, "transparent"), headers={"Range": header})
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */2048"


@pytest.mark.parametrize(
    "header",
    ["", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "lines=0-1", "bytes=0-1,4-5", "0-5"],
)
def test_what_is_no_single_range_gives_the_whole(kate: HttpClient, clip: Clip, header: str) -> None:
    answer = kate.get(url(clip, "transparent"), headers={"Range": header})
    assert (answer.status_code, body(answer)) == (200, CONTENT)
    assert answer["Content-Length"] == "2048"


def test_if_range_guards_against_a_changed_file(kate: HttpClient, clip: Clip) -> None:
    address = url(clip, "transparent")
    tag = kate.head(address)["ETag"]
    same = kate.get(address, headers={"Range": "bytes=0-9", "If-Range": tag})
    assert (same.status_code, body(same)) == (206, CONTENT[:10])
    other = kate.get(address, headers={"Range": "bytes=0-9", "If-Range": '"old"'})
    assert (other.status_code, body(other)) == (200, CONTENT)


def test_head_tells_the_size_and_sends_nothing(kate: HttpClient, clip: Clip) -> None:
    answer = kate.head(url(clip, "transparent"))
    assert (answer.status_code, answer["Content-Length"]) == (200, "2048")
    assert answer.content == b""
    part = kate.head(url(clip, "transparent"), headers={"Range": "bytes=0-9"})
    assert (part.status_code, part["Content-Length"]) == (206, "10")


def test_an_empty_file(cast: Cast, clip: Clip) -> None:
    with cast.anna.schema():
        fresh = Clip.objects.get(pk=clip.pk)
        path = fresh.source.path
    with open(path, "wb"):
        pass
    anna = cast.anna.browser(cast.anna.owner)
    whole = anna.get(url(clip, "source"))
    assert (whole.status_code, whole["Content-Length"], body(whole)) == (200, "0", b"")
    assert anna.get(url(clip, "source"), headers={"Range": "bytes=0-"}).status_code == 416


def test_a_range_never_leaves_the_file() -> None:
    for size in range(4):
        for first in ("", *map(str, range(5))):
            for last in ("", *map(str, range(5))):
                try:
                    part = parse_range(f"bytes={first}-{last}", size)
                except Unsatisfiable:
                    continue
                if part is not None:
                    assert 0 <= part[0] < part[1] <= size, (first, last, size)


def test_a_large_file_is_streamed_in_blocks(cast: Cast, clip: Clip) -> None:
    with cast.anna.schema():
        path = Clip.objects.get(pk=clip.pk).source.path
    content = bytes(range(256)) * 4096
    with open(path, "wb") as file:
        file.write(content)
    anna = cast.anna.browser(cast.anna.owner)
    answer: Any = anna.get(url(clip, "source"), headers={"Range": "bytes=1-"})
    blocks = list(answer.streaming_content)
    assert len(blocks) > 3
    assert b"".join(blocks) == content[1:]
