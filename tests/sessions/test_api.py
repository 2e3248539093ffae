"""The session API, through HTTP: what it stores, refuses, and from whom."""

from __future__ import annotations

import copy
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client as HttpClient
from django.test.utils import CaptureQueriesContext

from sessions.models import TimelineChunk, WorkoutSession
from tests.conftest import Cast, Site
from tests.sessions.build import first_item, make_assignment, make_chunk


class Browser:
    """Someone's browser on the API."""

    def __init__(self, http: HttpClient) -> None:
        self.http = http

    def start(self, assignment: Any) -> Any:
        return self.http.post(
            "/api/sessions/", {"assignment": assignment}, content_type="application/json"
        )

    def put(self, session: object, seq: int, body: Any) -> Any:
        text = body if isinstance(body, str) else json.dumps(body)
        return self.http.put(
            f"/api/sessions/{session}/timeline/{seq}", text, content_type="application/json"
        )

    def finish(self, session: object, chunks: Any) -> Any:
        return self.http.post(
            f"/api/sessions/{session}/finish", {"chunks": chunks}, content_type="application/json"
        )


@pytest.fixture
def kate(cast: Cast, anna: Site) -> Browser:
    return Browser(cast.anna.browser(cast.kate))


@pytest.fixture
def assignment(cast: Cast, anna: Site) -> Any:
    return make_assignment(cast.kate)


@pytest.fixture
def session(kate: Browser, assignment: Any) -> UUID:
    answer = kate.start(assignment.pk)
    assert answer.status_code == 201
    return UUID(json.loads(answer.content)["id"])


@pytest.fixture
def chunk(assignment: Any) -> dict[str, Any]:
    return make_chunk(first_item(assignment).pk, [80.0, None, 60.0, 40.5])


def test_a_session_is_stored_finished_and_scored(
    cast: Cast, kate: Browser, session: UUID, chunk: dict[str, Any], anna: Site
) -> None:
    second = {**chunk, "t": [t + 10 for t in chunk["t"]], "score": [90.0, 20.0, None, None]}
    assert kate.put(session, 0, chunk).status_code == 201
    assert kate.put(session, 1, second).status_code == 201
    answer = kate.finish(session, 2)
    assert answer.status_code == 200
    # Frames without a score are no zeros: the mean is over the five that have one.
    expected = (80.0 + 60.0 + 40.5 + 90.0 + 20.0) / 5
    assert json.loads(answer.content)["score"] == pytest.approx(expected)
    assert json.loads(answer.content)["url"] == f"/results/{session}/"
    row = WorkoutSession.objects.get(pk=session)
    assert row.client == cast.kate
    assert row.finished_at is not None
    assert row.score == pytest.approx(expected)
    stored = TimelineChunk.objects.filter(session=session)
    assert [(c.seq, c.rows, c.data) for c in stored] == [(0, 4, chunk), (1, 4, second)]


def test_the_same_chunk_twice_is_stored_once(
    kate: Browser, session: UUID, chunk: dict[str, Any], anna: Site
) -> None:
    assert kate.put(session, 3, chunk).status_code == 201
    reordered = dict(reversed(chunk.items()))
    assert kate.put(session, 3, reordered).status_code == 200
    assert TimelineChunk.objects.filter(session=session).count() == 1


def test_another_chunk_under_the_same_number_is_refused(
    kate: Browser, session: UUID, chunk: dict[str, Any], anna: Site
) -> None:
    kate.put(session, 0, chunk)
    other = {**chunk, "score": [1.0, 1.0, 1.0, 1.0]}
    assert kate.put(session, 0, other).status_code == 409
    assert TimelineChunk.objects.get(session=session).data == chunk


def test_finishing_names_the_missing_chunks(
    kate: Browser, session: UUID, chunk: dict[str, Any], anna: Site
) -> None:
    kate.put(session, 1, chunk)
    answer = kate.finish(session, 4)
    assert answer.status_code == 409
    assert json.loads(answer.content) == {"missing": [0, 2, 3], "missing_parts": {}}
    assert WorkoutSession.objects.get(pk=session).finished_at is None


def test_a_finished_session_takes_nothing_new(
    kate: Browser, session: UUID, chunk: dict[str, Any], anna: Site
) -> None:
    kate.put(session, 0, chunk)
    first = kate.finish(session, 1)
    assert kate.put(session, 1, chunk).status_code == 409
    # What was acknowledged before may be repeated: the answer may have been lost.
    assert kate.put(session, 0, chunk).status_code == 200
    again = kate.finish(session, 1)
    assert (again.status_code, again.content) == (200, first.content)


def test_a_session_without_frames_has_no_score(kate: Browser, session: UUID) -> None:
    answer = kate.finish(session, 0)
    assert answer.status_code == 200
    assert json.loads(answer.content)["score"] is None


def test_finishing_with_fewer_chunks_than_stored_is_refused(
    kate: Browser, session: UUID, chunk: dict[str, Any]
) -> None:
    kate.put(session, 0, chunk)
    answer = kate.finish(session, 0)
    assert answer.status_code == 400
    assert "chunks" in json.loads(answer.content)


def _changed(chunk: dict[str, Any], path: list[Any], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(chunk)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["version"], 2, "version"),
        (["version"], "1", "version"),
        (["item"], 999_999, "item"),
        (["item"], 10**30, "item"),
        (["item"], None, "item"),
        (["set"], -1, "set"),
        (["set"], True, "set"),
        (["set"], 100, "set"),
        (["t"], [], "t"),
        (["t"], "0.1", "t"),
        (["t"], [0.0, 0.1, 0.1, 0.2], "t"),
        (["t"], [0.0, 0.1, 0.05, 0.2], "t"),
        (["t"], [-0.1, 0.1, 0.2, 0.3], "t"),
        (["t"], [0.0, 0.1, 0.2, 90_000.0], "t"),
        (["t", 0], None, "t"),
        (["t", 0], "0", "t"),
        (["t", 0], True, "t"),
        (["clip_t", 1], None, "clip_t"),
        (["clip_t", 1], -1.0, "clip_t"),
        (["clip_t"], [0.0], "clip_t"),
        (["score", 0], 100.1, "score"),
        (["score", 0], -0.1, "score"),
        (["score", 0], "80", "score"),
        (["score"], [80.0] * 5, "score"),
        (["lag", 0], 61, "lag"),
        (["lag", 0], [0.1], "lag"),
        (["errors", 0], [5.0] * 12, "errors"),
        (["errors", 0], None, "errors"),
        (["errors", 0, 0], 181, "errors"),
        (["errors", 0, 0], "5", "errors"),
        (["landmarks", 0], [0] * 98, "landmarks"),
        (["landmarks", 0, 0], 5001, "landmarks"),
        (["landmarks", 0, 0], -5001, "landmarks"),
        (["landmarks", 0, 0], 0.5, "landmarks"),
        (["landmarks", 0, 0], True, "landmarks"),
        (["landmarks", 0, 0], None, "landmarks"),
        (["visibility", 0], [0] * 32, "visibility"),
        (["visibility", 0, 0], 101, "visibility"),
        (["visibility", 0], None, "visibility"),
        (["landmarks", 0], None, "visibility"),
        (["colour"], "red", "colour"),
    ],
)
def test_a_malformed_chunk_is_refused_by_field(
    kate: Browser,
    session: UUID,
    chunk: dict[str, Any],
    path: list[Any],
    value: Any,
    field: str,
    anna: Site,
) -> None:
    answer = kate.put(session, 0, _changed(chunk, path, value))
    assert answer.status_code == 400
    assert list(json.loads(answer.content)) == [field]
    assert not TimelineChunk.objects.filter(session=session).exists()


@pytest.mark.parametrize("column", ["version", "item", "t", "errors", "visibility"])
def test_a_missing_column_is_named(
    kate: Browser, session: UUID, chunk: dict[str, Any], column: str
) -> None:
    del chunk[column]
    answer = kate.put(session, 0, chunk)
    assert answer.status_code == 400
    assert list(json.loads(answer.content)) == [column]


@pytest.mark.parametrize("body", ["", "[]", "null", "3", "{", '"x"', '{"version": NaN}'])
def test_what_is_no_object_is_refused(kate: Browser, session: UUID, body: str) -> None:
    assert kate.put(session, 0, body).status_code == 400


def test_infinite_numbers_are_refused(kate: Browser, session: UUID, chunk: dict[str, Any]) -> None:
    text = json.dumps(chunk).replace('"lag": [0.2', '"lag": [1e999')
    assert "1e999" in text
    assert kate.put(session, 0, text).status_code == 400


def test_300_frames_are_taken_and_301_are_not(
    kate: Browser, session: UUID, assignment: Any
) -> None:
    item = first_item(assignment).pk
    assert kate.put(session, 0, make_chunk(item, [50.0] * 300)).status_code == 201
    answer = kate.put(session, 1, make_chunk(item, [50.0] * 301, start_s=40))
    assert answer.status_code == 400


def test_a_huge_body_is_not_read(kate: Browser, session: UUID) -> None:
    assert kate.put(session, 0, '{"x": "' + "a" * 1_100_000 + '"}').status_code == 413


def test_a_huge_number_is_no_chunk(kate: Browser, session: UUID, chunk: dict[str, Any]) -> None:
    assert kate.put(session, 100_000, chunk).status_code == 404
    assert kate.put(session, 10**30, chunk).status_code == 404


def test_an_item_of_another_workout_is_refused(
    cast: Cast, kate: Browser, session: UUID, chunk: dict[str, Any], anna: Site
) -> None:
    other = make_assignment(cast.kate, title="Arms")
    answer = kate.put(session, 0, {**chunk, "item": first_item(other).pk})
    assert answer.status_code == 400
    assert list(json.loads(answer.content)) == ["item"]


@pytest.mark.parametrize("value", [None, "1", 0, -3, 1.5, True, [], {}])
def test_a_start_without_a_proper_assignment_is_refused(kate: Browser, value: Any) -> None:
    assert kate.start(value).status_code == 400


def test_a_start_of_nothing_is_not_found(kate: Browser) -> None:
    assert kate.start(999_999).status_code == 404
    assert kate.start(10**30).status_code == 404


def test_reading(cast: Cast, kate: Browser, session: UUID, chunk: dict[str, Any]) -> None:
    kate.put(session, 0, chunk)
    kate.finish(session, 1)
    for user in (cast.kate, cast.anna.owner):
        http = cast.anna.browser(user)
        row = http.get(f"/api/sessions/{session}/").json()
        assert (row["id"], row["client"]) == (str(session), cast.kate.pk)
        timeline = http.get(f"/api/sessions/{session}/timeline/").json()
        (only,) = timeline["chunks"]
        assert only["score"] == chunk["score"]
        assert "landmarks" not in only
        assert http.get(f"/api/sessions/{session}/timeline/0").json() == chunk
        assert http.get(f"/api/sessions/{session}/timeline/1").status_code == 404


def test_strangers_find_nothing(
    cast: Cast, kate: Browser, session: UUID, chunk: dict[str, Any], assignment: Any, anna: Site
) -> None:
    kate.put(session, 0, chunk)
    urls = [
        f"/api/sessions/{session}/",
        f"/api/sessions/{session}/timeline/",
        f"/api/sessions/{session}/timeline/0",
    ]
    mila = Browser(cast.anna.browser(cast.mila))
    denis = Browser(cast.boris.browser(cast.denis))
    boris = Browser(cast.boris.browser(cast.boris.owner))
    nobody = Browser(cast.anna.browser())
    for browser, refusal in ((mila, 404), (denis, 404), (boris, 404), (nobody, 403)):
        for url in urls:
            assert browser.http.get(url).status_code == refusal, url
        assert browser.start(assignment.pk).status_code == refusal
        assert browser.put(session, 1, chunk).status_code == refusal
        assert browser.finish(session, 1).status_code == refusal
    # The trainer reads, and writes nothing in a client's name.
    owner = Browser(cast.anna.browser(cast.anna.owner))
    assert owner.start(assignment.pk).status_code == 404
    assert owner.put(session, 1, chunk).status_code == 404
    assert owner.finish(session, 1).status_code == 404
    with anna.schema():
        assert WorkoutSession.objects.count() == 1
        assert TimelineChunk.objects.count() == 1
        assert WorkoutSession.objects.get().finished_at is None


def test_a_session_that_never_was_is_not_found(kate: Browser, chunk: dict[str, Any]) -> None:
    assert kate.put(uuid4(), 0, chunk).status_code == 404
    assert kate.finish(uuid4(), 0).status_code == 404


def test_writing_needs_the_csrf_token(cast: Cast, assignment: Any, anna: Site) -> None:
    http = HttpClient(headers={"host": anna.host}, enforce_csrf_checks=True)
    http.force_login(cast.kate)
    assert Browser(http).start(assignment.pk).status_code == 403


def test_a_chunk_costs_few_queries(
    kate: Browser, session: UUID, chunk: dict[str, Any], anna: Site
) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert kate.put(session, 0, chunk).status_code == 201
    asked = [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "INSERT"))]
    # Domain, login, user, session, items, lock, look-up, insert.
    assert len(asked) == 8, asked


def test_the_schema_describes_every_door(cast: Cast) -> None:
    schema = cast.anna.browser(cast.kate).get("/api/schema/").json()
    assert set(schema["paths"]) == {
        "/api/analyze",
        "/api/analyze/{analysis_id}",
        "/api/analyze/{analysis_id}/cancel",
        "/api/analyze/{analysis_id}/poses.csv",
        "/api/analyze/{analysis_id}/poses.json",
        "/api/analyze/{analysis_id}/side_by_side.mp4",
        "/api/health/",
        "/api/sessions/",
        "/api/sessions/{session_id}/",
        "/api/sessions/{session_id}/timeline/",
        "/api/sessions/{session_id}/timeline/{seq}",
        "/api/sessions/{session_id}/finish",
        "/api/sessions/{session_id}/recordings/",
        "/api/sessions/{session_id}/recordings/{n}",
        "/api/sessions/{session_id}/recordings/{n}/parts/{seq}",
        "/api/sessions/{session_id}/recordings/{n}/file",
    }
    chunk = schema["components"]["schemas"]["Chunk"]
    assert chunk["properties"]["landmarks"]["items"]["maxItems"] == 99
    assert cast.anna.browser().get("/api/schema/").status_code == 403
