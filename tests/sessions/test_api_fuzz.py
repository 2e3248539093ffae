"""Whatever is sent to whichever address of the API, by anybody: it is answered, never with a 5xx.

The addresses come out of the URL configuration, so that a new one is tried by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exercises.levels import Level
from processing import health
from sessions import services
from tests.conftest import Cast, Site
from tests.sessions.build import (
    first_item,
    make_analysis,
    make_assignment,
    make_chunk,
    make_recording,
)

WHO = ("a visitor", "the client", "another client", "the trainer")
_PLAIN = {"api/me"}
"""No part of the API proper, which tells by OPTIONS what it takes."""
_QUERIES = ("?layout=kinect13", "?layout=%00", "?format=%ff", "?format=json")
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
_FIELDS = (
    "id", "assignment", "level", "started_at", "version", "item", "set", "t", "clip_t", "score",
    "lag", "errors", "landmarks", "visibility", "chunks", "recordings", "n", "parts", "started_s",
    "mime", "content", "video", "reference", "exercise", "engine", "lifter", "strictness",
    "persona", "language",
)  # fmt: skip

Address = tuple[str, tuple[str, ...]]


def _routes(patterns: list[Any], prefix: str = "") -> Iterator[Address]:
    """Every address below api/ as a format string, with the names of its values."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and "api/" in route:
            plain = route.strip("^$").removesuffix("/?")
            yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", plain), tuple(pattern.pattern.converters)


ADDRESSES = sorted(set(_routes(get_resolver("perscoach.urls").url_patterns)))

_NUMBERS = st.one_of(
    st.integers(-2, 3),
    st.sampled_from([2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**40]),
    st.floats(allow_nan=False, allow_infinity=False),
)
_WORDS = st.one_of(
    st.sampled_from(["", "\x00", "numbers", "video", "en", "mediapipe", "2026-11-01T00:00:00Z"]),
    st.text(max_size=12),
)
_SCALARS = st.one_of(st.none(), st.booleans(), _NUMBERS, _WORDS)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=4)
    ),
    max_leaves=8,
)
_OBJECTS = st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=len(_FIELDS))
_TYPES = st.sampled_from(
    ["application/json", "application/octet-stream", "text/plain", "multipart/form-data", "x", ""]
)
Body = tuple[bytes, str]


def _form(fields: dict[str, str], exercise: int | None, film: bytes) -> Body:
    sent: dict[str, Any] = {"video": SimpleUploadedFile("a.mp4", film), **fields}
    if exercise is not None:
        sent["exercise"] = exercise
    return encode_multipart(BOUNDARY, sent), MULTIPART_CONTENT


Drawn = TypeVar("Drawn")


def _mostly(
    usual: st.SearchStrategy[Drawn], other: st.SearchStrategy[Drawn]
) -> st.SearchStrategy[Drawn]:
    """What gets beyond the door three times of four."""
    often = st.sampled_from([True, True, True, False])
    return often.flatmap(lambda yes: usual if yes else other)


def _bodies(address: str, templates: list[dict[str, Any]]) -> st.SearchStrategy[Body]:
    """Bodies of the kind that an address takes, whole ones with faults; now and then any."""
    faults = st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=2)
    whole = st.builds(lambda sent, wrong: {**sent, **wrong}, st.sampled_from(templates), faults)
    json_ = st.one_of(whole, whole, _OBJECTS, _VALUES).map(
        lambda sent: (json.dumps(sent).encode(), "application/json")
    )
    words = st.one_of(_WORDS.filter(lambda word: "\x00" not in word), st.sampled_from(["strict"]))
    form = st.builds(
        _form,
        st.dictionaries(st.sampled_from(_FIELDS), words, max_size=3),
        st.sampled_from([None, *(sent["exercise"] for sent in templates if "exercise" in sent)]),
        st.binary(max_size=40),
    )
    raw = st.tuples(st.binary(max_size=60), st.just("application/octet-stream"))
    usual = form if address == "api/analyze" else raw if "parts" in address else json_
    return _mostly(usual, st.one_of(json_, form, st.tuples(st.binary(max_size=60), _TYPES)))


@pytest.fixture
def there(cast: Cast, anna: Site) -> dict[str, Any]:
    """Something of Kate's behind every address, by the names of values in addresses."""
    assignment = make_assignment(cast.kate, asks_for=Level.VIDEO)
    item = first_item(assignment)
    session = services.start_session(cast.kate, assignment, level=Level.VIDEO)
    services.store_chunk(session, 0, make_chunk(item.pk, [80.0] * 10))
    make_recording(session)
    return {
        "session_id": session.pk,
        "analysis_id": make_analysis(cast.kate, item.exercise).pk,
        "n": 0,
        "seq": 0,
        "templates": [
            {"assignment": assignment.pk, "level": "numbers"},
            {"assignment": assignment.pk, "id": str(session.pk)},
            make_chunk(item.pk, [50.0, None, 99.9]),
            {"item": item.pk, "set": 0, "started_s": 1.5, "mime": "video/webm", "content": "video"},
            {"chunks": 1, "recordings": [{"n": 0, "parts": 0}]},
            {"exercise": item.exercise_id, "strictness": "kind"},
        ],
    }


def test_the_addresses_are_the_programs_own() -> None:
    names = {address for address, _ in ADDRESSES}
    assert len(names) > 15
    assert {"api/analyze", "api/health", "api/sessions/{session_id}/finish"} <= names


def _value(name: str, known: dict[str, Any]) -> st.SearchStrategy[object]:
    other: st.SearchStrategy[object] = (
        st.uuids() if name.endswith("_id") else st.integers(0, 10**30)
    )
    return st.one_of(st.just(known[name]), other)


def test_nothing_that_is_sent_is_answered_with_a_fault_of_ours(
    cast: Cast, anna: Site, there: dict[str, Any]
) -> None:
    people = (None, cast.kate, cast.mila, anna.owner)
    browsers = {who: anna.browser(user) for who, user in zip(WHO, people, strict=True)}
    for http in browsers.values():
        http.raise_request_exception = False
    allowed = {
        address: browsers["the client"].options("/" + address.format(**there)).headers["Allow"]
        for address, _ in ADDRESSES
        if address not in _PLAIN
    }

    @settings(
        max_examples=400,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def answered(data: st.DataObject) -> None:
        address, names = data.draw(st.sampled_from(ADDRESSES))
        values = {name: data.draw(_value(name, there)) for name in names}
        path = "/" + address.format(**values)
        usual = allowed.get(address, "GET").lower().removesuffix(", options").split(", ")
        method = data.draw(_mostly(st.sampled_from(usual), st.sampled_from(METHODS)))
        who = data.draw(
            _mostly(st.sampled_from(["the client", "the trainer"]), st.sampled_from(WHO))
        )
        body, content_type = data.draw(_bodies(address, there["templates"]))
        query = data.draw(_mostly(st.just(""), st.sampled_from(_QUERIES)))
        with transaction.atomic():
            answer: Any = browsers[who].generic(
                method.upper(), path + query, body, content_type=content_type
            )
            if answer.streaming:
                b"".join(answer.streaming_content)
            else:
                assert len(answer.content) < 10**6
            transaction.set_rollback(True)
        # It may say that something of ours fails; that is its task.
        fails = path.startswith("/api/health") and answer.status_code == 503
        assert answer.status_code < 500 or fails, (who, method, path, body[:300], content_type)

    health.forget()
    answered()
    assert connection.is_usable()
