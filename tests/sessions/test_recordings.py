"""Recordings through HTTP: announced, sent in parts, closed with the session, from one person."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client as HttpClient
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exercises.levels import Level
from exercises.models import Assignment
from processing.storage import put_bytes
from sessions import recordings
from sessions.errors import Stored
from sessions.models import Recording, RecordingPart, TimelineChunk, WorkoutSession
from tests.conftest import Cast, Site
from tests.sessions.build import first_item, make_assignment, make_chunk, make_recording


class Device:
    """Someone's phone, sending."""

    def __init__(self, http: HttpClient, session: object) -> None:
        self.http = http
        self.url = f"/api/sessions/{session}"

    def put(self, path: str, body: Any) -> Any:
        return self.http.put(
            f"{self.url}/{path}", json.dumps(body), content_type="application/json"
        )

    def part(self, n: int, seq: int, content: bytes, **extra: Any) -> Any:
        return self.http.put(
            f"{self.url}/recordings/{n}/parts/{seq}",
            content,
            content_type="application/octet-stream",
            **extra,
        )

    def finish(self, chunks: int, *parts: int) -> Any:
        told = [{"n": n, "parts": count} for n, count in enumerate(parts)]
        return self.http.post(
            f"{self.url}/finish",
            {"chunks": chunks, "recordings": told},
            content_type="application/json",
        )

    def list(self) -> Any:
        return self.http.get(f"{self.url}/recordings/").json()["recordings"]


@pytest.fixture
def assignment(cast: Cast, anna: Site) -> Assignment:
    return make_assignment(cast.kate, asks_for=Level.VIDEO)


@pytest.fixture
def begin(cast: Cast, assignment: Assignment) -> Callable[..., Device]:
    """Begin a session of Kate's at a level."""

    def _begin(level: str = "video") -> Device:
        http = cast.anna.browser(cast.kate)
        body = {"assignment": assignment.pk, "id": str(uuid4()), "level": level}
        answer = http.post("/api/sessions/", body, content_type="application/json")
        assert answer.status_code == 201
        return Device(http, answer.json()["id"])

    return _begin


@pytest.fixture
def kate(begin: Callable[..., Device]) -> Device:
    return begin()


@pytest.fixture
def facts(assignment: Assignment) -> dict[str, Any]:
    return {
        "item": first_item(assignment).pk,
        "set": 0,
        "started_s": 12.25,
        "mime": "video/webm;codecs=vp8",
        "content": "video",
    }


def content_of(row: Recording | RecordingPart) -> bytes:
    return Path(row.file.path).read_bytes()


def files(below: str = "recordings") -> list[Path]:
    folder = Path(default_storage.path(below))
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def empty(anna: Site) -> None:
    """Rows are rolled back after a test, files are not."""
    for path in files():
        path.unlink()


def test_a_recording_is_announced_and_sent_in_any_order(
    kate: Device, facts: dict[str, Any], anna: Site
) -> None:
    assert kate.put("recordings/0", facts).status_code == 201
    for seq in (2, 0, 1):
        answer = kate.part(0, seq, b"part %d" % seq)
        assert (answer.status_code, answer.json()) == (201, {"seq": seq, "bytes": 6})
    stored = RecordingPart.objects.order_by("seq")
    assert [(part.seq, content_of(part)) for part in stored] == [
        (seq, b"part %d" % seq) for seq in range(3)
    ]
    (told,) = kate.list()
    assert told == {
        "n": 0,
        **{name: facts[name] for name in ("item", "set", "started_s", "content")},
        "duration_s": None,
        "status": "receiving",
        "problem": "",
        "url": None,
    }


def test_bytes_lie_in_the_tenants_folder_and_not_in_the_database(
    kate: Device, facts: dict[str, Any], anna: Site, settings: Any
) -> None:
    content = b"the living room" * 1000
    kate.put("recordings/0", facts)
    kate.part(0, 0, content)
    (path,) = files()
    home = Path(settings.MEDIA_ROOT) / anna.trainer.schema_name / "recordings"
    assert path.is_relative_to(home)
    assert path.read_bytes() == content
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM workout_sessions_recordingpart t")
        assert len(cursor.fetchone()[0]) < 500


def test_the_same_again_is_harmless(kate: Device, facts: dict[str, Any], anna: Site) -> None:
    kate.put("recordings/0", facts)
    assert kate.put("recordings/0", facts).status_code == 200
    assert kate.part(0, 0, b"bytes").status_code == 201
    assert kate.part(0, 0, b"bytes").status_code == 200
    assert Recording.objects.get().size_bytes == 5
    assert len(files()) == 1


def test_something_else_under_the_same_number_is_refused(
    kate: Device, facts: dict[str, Any], anna: Site
) -> None:
    kate.put("recordings/0", facts)
    assert kate.put("recordings/0", {**facts, "started_s": 3.0}).status_code == 409
    kate.part(0, 0, b"bytes")
    answer = kate.part(0, 0, b"other")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert content_of(RecordingPart.objects.get()) == b"bytes"
    assert len(files()) == 1


def test_two_senders_of_one_part_leave_one(
    kate: Device, facts: dict[str, Any], anna: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one comes in between the look and the lock."""
    kate.put("recordings/0", facts)
    recording = Recording.objects.select_related("session").get()
    write = put_bytes

    def interrupted(name: str, content: bytes) -> str:
        written = write(name, content)
        monkeypatch.setattr(recordings, "put_bytes", write)
        assert recordings.store_part(recording, 0, b"first") is Stored.NEW
        return written

    for sent, outcome in ((b"first", 200), (b"second", 409)):
        monkeypatch.setattr(recordings, "put_bytes", interrupted)
        RecordingPart.objects.all().delete()
        assert kate.part(0, 0, sent).status_code == outcome
        assert content_of(RecordingPart.objects.get()) == b"first"
    named = {part.file.path for part in RecordingPart.objects.all()}
    assert named <= {str(path) for path in files()}
    # The first round's winner lost its row to this test; the losers' files are gone.
    assert len(files()) == 2


def test_a_part_that_cannot_be_written_is_not_acknowledged(
    kate: Device, facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    kate.put("recordings/0", facts)

    def full(name: str, content: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recordings, "put_bytes", full)
    kate.http.raise_request_exception = False
    # Not for ever: a device tries again after a 500.
    assert kate.part(0, 0, b"bytes").status_code == 500
    assert not RecordingPart.objects.exists()


def test_a_body_that_breaks_off_is_not_taken_for_a_part(
    kate: Device, facts: dict[str, Any], anna: Site
) -> None:
    kate.put("recordings/0", facts)
    wire = {"wsgi.input": io.BytesIO(b"half of it"), "CONTENT_LENGTH": "20"}
    answer = kate.part(0, 0, b"half of it", **wire)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert kate.part(0, 0, b"bytes", CONTENT_LENGTH="").status_code == 411
    assert kate.part(0, 0, b"half of it, and the rest").status_code == 201


def test_an_empty_part_keeps_the_count(kate: Device, facts: dict[str, Any]) -> None:
    kate.put("recordings/0", facts)
    for status in (201, 200):
        assert kate.part(0, 0, b"", CONTENT_LENGTH="0").status_code == status


def test_a_part_is_bytes(kate: Device, facts: dict[str, Any]) -> None:
    kate.put("recordings/0", facts)
    assert kate.put("recordings/0/parts/0", {"a": 1}).status_code == 415


def test_four_mebibytes_are_taken_and_one_byte_more_is_not(
    kate: Device, facts: dict[str, Any], anna: Site
) -> None:
    kate.put("recordings/0", facts)
    assert kate.part(0, 0, bytes(4 * 1024 * 1024)).status_code == 201
    answer = kate.part(0, 1, bytes(4 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert len(files()) == 1


def test_a_recording_may_not_grow_for_ever(kate: Device, facts: dict[str, Any], anna: Site) -> None:
    kate.put("recordings/0", facts)
    Recording.objects.update(size_bytes=2 * 1024**3 - 4)
    assert kate.part(0, 0, b"1234").status_code == 201
    answer = kate.part(0, 1, b"5")
    assert (answer.status_code, answer.json()["code"]) == (413, "recording_too_large")
    assert "2048 MiB" in answer.json()["detail"]
    assert kate.part(0, 7200, b"5").status_code == 413
    # What is stored may be repeated though there is no room.
    assert kate.part(0, 0, b"1234").status_code == 200


def test_a_client_has_room_for_so_much(
    cast: Cast, kate: Device, facts: dict[str, Any], assignment: Assignment, settings: Any
) -> None:
    settings.CLIENT_RECORDINGS_MB = 1
    earlier = WorkoutSession.objects.create(assignment=assignment, client=cast.kate)
    make_recording(earlier, size_bytes=1024 * 1024 - 10)
    # Another client's is not counted.
    others = make_assignment(cast.mila)
    make_recording(WorkoutSession.objects.create(assignment=others, client=cast.mila))
    kate.put("recordings/0", facts)
    assert kate.part(0, 0, b"0123456789").status_code == 201
    answer = kate.part(0, 1, b"x")
    assert (answer.status_code, answer.json()["code"]) == (413, "quota")
    assert "1 MiB" in answer.json()["detail"]
    settings.CLIENT_RECORDINGS_MB = 0
    assert kate.part(0, 1, b"x").status_code == 201


@pytest.mark.parametrize(
    ("level", "allowed"),
    [
        ("numbers", set()),
        ("skeleton", set()),
        ("silhouette", {"silhouette"}),
        ("video", {"silhouette", "video", "stage"}),
    ],
)
def test_nothing_is_filmed_that_the_client_does_not_share(
    begin: Callable[..., Device], facts: dict[str, Any], level: str, allowed: set[str]
) -> None:
    device = begin(level)
    for n, content in enumerate(("silhouette", "video", "stage")):
        answer = device.put(f"recordings/{n}", {**facts, "content": content})
        if content in allowed:
            assert answer.status_code == 201
            continue
        assert (answer.status_code, answer.json()["code"]) == (403, "level")
        assert level in answer.json()["detail"]
        assert device.part(n, 0, b"film").status_code == 404
    assert files() == [] or allowed


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("item", 999_999),
        ("item", None),
        ("set", -1),
        ("set", 100),
        ("started_s", -1),
        ("started_s", "soon"),
        ("started_s", 90_000),
        ("mime", "text/html"),
        ("mime", "video/webm" + "x" * 100),
        ("mime", ""),
        ("content", "room"),
        ("content", None),
        ("colour", "red"),
    ],
)
def test_a_malformed_announcement_is_refused_by_field(
    kate: Device, facts: dict[str, Any], field: str, value: Any
) -> None:
    answer = kate.put("recordings/0", {**facts, field: value})
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Recording.objects.exists()


def test_huge_numbers_are_no_recording(kate: Device, facts: dict[str, Any]) -> None:
    for n in (1000, 10**30):
        assert kate.put(f"recordings/{n}", facts).status_code == 404
        assert kate.part(n, 0, b"x").status_code == 404
        assert kate.http.get(f"{kate.url}/recordings/{n}/file").status_code == 404
    kate.put("recordings/0", facts)
    assert kate.part(0, 10**30, b"x").status_code == 413


def test_a_part_of_nothing_is_not_found(kate: Device) -> None:
    assert kate.part(0, 0, b"x").status_code == 404


def test_finishing_names_the_missing_parts(
    kate: Device, facts: dict[str, Any], assignment: Assignment
) -> None:
    kate.put("recordings/0", facts)
    kate.part(0, 1, b"one")
    answer = kate.finish(1, 3, 2)
    assert answer.status_code == 409
    assert answer.json() == {"missing": [0], "missing_parts": {"0": [0, 2], "1": [0, 1]}}
    assert WorkoutSession.objects.get().finished_at is None
    for seq in (0, 2):
        kate.part(0, seq, b"more")
    kate.put("recordings/1", {**facts, "set": 1})
    for seq in (0, 1):
        kate.part(1, seq, b"more")
    kate.put("timeline/0", make_chunk(facts["item"], [80.0]))
    assert kate.finish(1, 3, 2).status_code == 200


def test_finishing_twice_is_harmless_and_then_nothing_more_is_taken(
    kate: Device, facts: dict[str, Any]
) -> None:
    kate.put("recordings/0", facts)
    kate.part(0, 0, b"one")
    first = kate.finish(0, 1)
    assert first.status_code == 200
    row = Recording.objects.get()
    assert row.status == Recording.Status.JOINING
    again = kate.finish(0, 1)
    assert (again.status_code, again.content) == (200, first.content)
    assert Recording.objects.get().fence == row.fence
    # What was acknowledged may be repeated: the answer may have been lost.
    assert kate.put("recordings/0", facts).status_code == 200
    assert kate.part(0, 0, b"one").status_code == 200
    for answer in (kate.part(0, 1, b"late"), kate.put("recordings/1", facts)):
        assert (answer.status_code, answer.json()["code"]) == (409, "finished")


def test_finishing_with_fewer_parts_than_stored_is_refused(
    kate: Device, facts: dict[str, Any]
) -> None:
    kate.put("recordings/0", facts)
    for seq in range(3):
        kate.part(0, seq, b"x")
    answer = kate.finish(0, 2)
    assert (answer.status_code, list(answer.json())) == (400, ["recordings"])
    assert kate.finish(0, 3).status_code == 200


def test_recordings_that_are_not_named_count_with_what_arrived(
    kate: Device, facts: dict[str, Any]
) -> None:
    """A device that knows of none, and one of which no byte came."""
    kate.put("recordings/0", facts)
    kate.part(0, 0, b"x")
    kate.put("recordings/1", {**facts, "set": 1})
    answer = kate.http.post(f"{kate.url}/finish", {"chunks": 0}, content_type="application/json")
    assert answer.status_code == 200
    assert [row.status for row in Recording.objects.all()] == ["joining", "failed"]
    problem = kate.list()[1]["problem"]
    assert problem == "Nothing was filmed: the browser sent no picture."


@pytest.mark.parametrize(
    "told",
    [
        [{"n": 0}],
        [{"n": 0, "parts": -1}],
        [{"n": 0, "parts": 7201}],
        [{"n": 1000, "parts": 1}],
        [{"n": 0, "parts": 1, "colour": 1}],
        [{"n": 0, "parts": 1}, {"n": 0, "parts": 2}],
        {"0": 1},
        "all",
    ],
)
def test_a_malformed_finish_is_refused(kate: Device, told: Any) -> None:
    answer = kate.http.post(
        f"{kate.url}/finish",
        json.dumps({"chunks": 0, "recordings": told}),
        content_type="application/json",
    )
    assert (answer.status_code, list(answer.json())) == (400, ["recordings"])


def test_a_part_costs_few_queries(kate: Device, facts: dict[str, Any]) -> None:
    kate.put("recordings/0", facts)
    with CaptureQueriesContext(connection) as queries:
        assert kate.part(0, 0, b"x").status_code == 201
    asked = [
        query["sql"] for query in queries if query["sql"].startswith(("SELECT", "INSERT", "UPDATE"))
    ]
    # Domain, login, user, recording, look-up, quota; lock, look-up, size, quota, insert, count.
    assert len(asked) == 12, asked


# --- Playing -------------------------------------------------------------------------------


def test_it_is_played_in_ranges(cast: Cast, kate: Device, assignment: Assignment) -> None:
    session = WorkoutSession.objects.get()
    recording = make_recording(session)
    content = content_of(recording)
    url = f"{kate.url}/recordings/0/file"
    assert kate.list()[0]["url"] == url
    for user in (cast.kate, cast.anna.owner):
        http = cast.anna.browser(user)
        whole: Any = http.get(url)
        assert (whole.status_code, b"".join(whole.streaming_content)) == (200, content)
        assert whole["Content-Type"] == "video/webm"
        assert whole["Accept-Ranges"] == "bytes"
        assert whole["Cache-Control"] == "private, max-age=3600"
        assert whole["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
        part: Any = http.get(url, headers={"Range": "bytes=5-9"})
        assert (part.status_code, b"".join(part.streaming_content)) == (206, content[5:10])
        assert part["Content-Range"] == f"bytes 5-9/{len(content)}"
        head = http.head(url)
        assert (head.status_code, head["Content-Length"]) == (200, str(len(content)))
        assert http.get(url, headers={"Range": "bytes=999-"}).status_code == 416
    Recording.objects.update(status=Recording.Status.RECEIVING)
    assert kate.http.head(url)["Cache-Control"] == "private, no-cache"


def test_what_cannot_be_played_is_not_found(kate: Device, facts: dict[str, Any]) -> None:
    kate.put("recordings/0", facts)
    kate.part(0, 0, b"x")
    answer = kate.http.get(f"{kate.url}/recordings/0/file")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


# --- From whom -----------------------------------------------------------------------------


def test_strangers_find_nothing_and_leave_nothing(
    cast: Cast, kate: Device, facts: dict[str, Any], anna: Site
) -> None:
    make_recording(WorkoutSession.objects.get())
    kate.put("recordings/1", facts)
    kate.part(1, 0, b"Kate's")
    session = kate.url.rpartition("/")[2]
    before = files()
    strangers = {
        "another client": (cast.anna.browser(cast.mila), 404),
        "another trainer": (cast.boris.browser(cast.boris.owner), 404),
        "another trainer's client": (cast.boris.browser(cast.denis), 404),
        "a visitor": (cast.anna.browser(), 403),
        "a visitor of another site": (cast.boris.browser(), 403),
    }
    for who, (http, refusal) in strangers.items():
        device = Device(http, session)
        answers = [
            http.get(f"{device.url}/recordings/"),
            http.get(f"{device.url}/recordings/0/file"),
            http.head(f"{device.url}/recordings/0/file"),
            device.put("recordings/1", facts),
            device.put("recordings/2", facts),
            device.part(1, 0, b"Kate's"),
            device.part(1, 1, b"not Kate's"),
            device.finish(0, 0),
        ]
        for answer in answers:
            assert answer.status_code == refusal, (who, answer.request["PATH_INFO"])
            assert answer["Content-Type"] == "application/json", who
            assert b"Kate" not in answer.content
    # The trainer plays, and sends nothing in a client's name.
    owner = Device(cast.anna.browser(cast.anna.owner), session)
    assert owner.part(1, 1, b"x").status_code == 404
    assert owner.put("recordings/2", facts).status_code == 404
    with anna.schema():
        assert files() == before
        assert RecordingPart.objects.count() == 1
        assert Recording.objects.count() == 2


def test_an_expired_login_is_told_from_a_refusal(
    cast: Cast, begin: Callable[..., Device], facts: dict[str, Any]
) -> None:
    device = begin("skeleton")
    refused = device.put("recordings/0", facts)
    assert (refused.status_code, refused.json()["code"]) == (403, "level")
    device.http.logout()
    for answer in (device.put("recordings/0", facts), device.part(0, 0, b"x"), device.finish(0)):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_authenticated")
    unchecked = HttpClient(headers={"host": cast.anna.host}, enforce_csrf_checks=True)
    unchecked.force_login(cast.kate)
    answer = Device(unchecked, uuid4()).part(0, 0, b"x")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


# --- Deleting ------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["session", "assignment", "client"])
def test_files_go_with_their_rows(
    cast: Cast,
    kate: Device,
    facts: dict[str, Any],
    assignment: Assignment,
    django_capture_on_commit_callbacks: Any,
    what: str,
) -> None:
    kate.put("recordings/0", facts)
    kate.part(0, 0, b"x")
    session = WorkoutSession.objects.get()
    make_recording(session, 1)
    # What a killed process left behind, without a row.
    Path(default_storage.path(f"recordings/{session.pk}/0/parts/orphan")).write_bytes(b"x")
    others = WorkoutSession.objects.create(assignment=make_assignment(cast.mila), client=cast.mila)
    kept = make_recording(others)
    assert len(files()) == 4
    url = {
        "session": f"/studio/workout_sessions/workoutsession/{session.pk}/delete/",
        "assignment": f"/studio/exercises/assignment/{assignment.pk}/delete/",
        "client": f"/studio/people/client/{cast.kate.pk}/delete/",
    }[what]
    with django_capture_on_commit_callbacks(execute=True):
        answer = cast.anna.browser(cast.anna.owner).post(url, {"post": "yes"})
    assert answer.status_code == 302
    assert [str(path) for path in files()] == [kept.file.path]
    assert TimelineChunk.objects.count() == 0
    assert Recording.objects.get() == kept


def test_nothing_is_acknowledged_for_a_session_that_is_gone(
    kate: Device, facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deleted while the part was being written."""
    kate.put("recordings/0", facts)
    write = put_bytes

    def meanwhile(name: str, content: bytes) -> str:
        WorkoutSession.objects.all().delete()
        return write(name, content)

    monkeypatch.setattr(recordings, "put_bytes", meanwhile)
    assert kate.part(0, 0, b"x").status_code == 404
    assert files() == []


# --- Beginning a session offline -----------------------------------------------------------


def test_a_session_is_begun_under_the_devices_own_number(
    cast: Cast, assignment: Assignment
) -> None:
    http = cast.anna.browser(cast.kate)
    pk, started = uuid4(), timezone.now() - timedelta(hours=3)
    body = {
        "assignment": assignment.pk,
        "id": str(pk),
        "level": "silhouette",
        "started_at": started.isoformat(),
    }
    for status in (201, 200, 200):
        answer = http.post("/api/sessions/", body, content_type="application/json")
        assert answer.status_code == status
        assert (answer.json()["id"], answer.json()["level"]) == (str(pk), "silhouette")
    session = WorkoutSession.objects.get()
    assert (session.pk, session.started_at) == (pk, started)
    assert (session.client, session.level) == (cast.kate, Level.SILHOUETTE)


def test_beginning_again_changes_nothing(cast: Cast, assignment: Assignment) -> None:
    http = cast.anna.browser(cast.kate)
    body = {"assignment": assignment.pk, "id": str(uuid4()), "level": "numbers"}
    http.post("/api/sessions/", body, content_type="application/json")
    before = WorkoutSession.objects.values().get()
    again = {**body, "level": "video", "started_at": "2026-01-01T00:00:00Z"}
    answer = http.post("/api/sessions/", again, content_type="application/json")
    assert (answer.status_code, answer.json()["level"]) == (200, "numbers")
    assert WorkoutSession.objects.values().get() == before


def test_a_number_is_one_sessions_only(cast: Cast, assignment: Assignment) -> None:
    other = make_assignment(cast.kate, title="Arms")
    milas = make_assignment(cast.mila, title="Back")
    pk = str(uuid4())

    def begin(http: HttpClient, which: Assignment) -> int:
        body = {"assignment": which.pk, "id": pk}
        return http.post("/api/sessions/", body, content_type="application/json").status_code

    kate, mila = cast.anna.browser(cast.kate), cast.anna.browser(cast.mila)
    assert begin(kate, assignment) == 201
    assert begin(kate, other) == 409
    assert begin(mila, milas) == 404
    assert begin(mila, assignment) == 404
    assert WorkoutSession.objects.count() == 1
    # On another trainer's site the number is free, and means another session.
    with cast.boris.schema():
        theirs = make_assignment(cast.denis)
    assert begin(cast.boris.browser(cast.denis), theirs) == 201
    with cast.anna.schema():
        assert WorkoutSession.objects.get().client == cast.kate


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "1"),
        ("id", 7),
        ("id", None),
        # Version 1 tells when and where it was made, and can be guessed.
        ("id", "a8098c1a-f86e-11da-bd1a-00112444be1e"),
        ("id", str(UUID(int=0))),
        ("level", "everything"),
        ("level", None),
        ("level", ["video"]),
        ("started_at", "yesterday"),
        ("started_at", 12),
        ("started_at", None),
    ],
)
def test_a_malformed_beginning_is_refused_by_field(
    cast: Cast, assignment: Assignment, field: str, value: Any
) -> None:
    answer = cast.anna.browser(cast.kate).post(
        "/api/sessions/",
        json.dumps({"assignment": assignment.pk, field: value}),
        content_type="application/json",
    )
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not WorkoutSession.objects.exists()


def test_a_clock_that_is_wrong_costs_nobody_the_workout(cast: Cast, assignment: Assignment) -> None:
    http, now = cast.anna.browser(cast.kate), timezone.now()
    for days, expected in ((400, 0), (-0.1, -0.1), (-29, -29), (-31, -30), (-9000, -30)):
        wrong = now + timedelta(days=days)
        body = {"assignment": assignment.pk, "started_at": wrong.isoformat()}
        answer = http.post("/api/sessions/", body, content_type="application/json")
        assert answer.status_code == 201
        taken = WorkoutSession.objects.get(pk=answer.json()["id"]).started_at
        assert abs(taken - (now + timedelta(days=expected))) < timedelta(minutes=1)


@pytest.mark.parametrize("asked", list(Level))
@pytest.mark.parametrize("chosen", list(Level))
def test_the_client_may_share_less_than_asked_and_never_more(
    cast: Cast, anna: Site, asked: Level, chosen: Level
) -> None:
    assignment = make_assignment(cast.kate, asks_for=asked)
    body = {"assignment": assignment.pk, "level": chosen.value}
    answer = cast.anna.browser(cast.kate).post(
        "/api/sessions/", body, content_type="application/json"
    )
    order = ["numbers", "skeleton", "silhouette", "video"]
    expected = order[min(order.index(asked), order.index(chosen))]
    assert (answer.status_code, answer.json()["level"]) == (201, expected)


# --- Numbers only --------------------------------------------------------------------------


def without_skeletons(chunk: dict[str, Any]) -> dict[str, Any]:
    frames = len(chunk["t"])
    return {**chunk, "landmarks": [None] * frames, "visibility": [None] * frames}


def test_a_client_who_shares_numbers_sends_no_skeleton(
    begin: Callable[..., Device], facts: dict[str, Any]
) -> None:
    device = begin("numbers")
    chunk = make_chunk(facts["item"], [80.0, None])
    answer = device.put("timeline/0", chunk)
    assert answer.status_code == 400
    assert sorted(answer.json()) == ["landmarks", "visibility"]
    assert not TimelineChunk.objects.exists()
    assert device.put("timeline/0", without_skeletons(chunk)).status_code == 201


def test_numbers_are_kept_where_the_trainer_came_to_ask_for_less(
    begin: Callable[..., Device], facts: dict[str, Any], assignment: Assignment
) -> None:
    """The page was loaded, and the workout done offline, before that."""
    Assignment.objects.update(asks_for=Level.NUMBERS)
    device = begin("skeleton")
    chunk = make_chunk(facts["item"], [80.0, None])
    for status in (201, 200):
        assert device.put("timeline/0", chunk).status_code == status
    assert TimelineChunk.objects.get().data == without_skeletons(chunk)


def test_results_and_report_work_from_numbers(
    cast: Cast, begin: Callable[..., Device], facts: dict[str, Any]
) -> None:
    device = begin("numbers")
    item = facts["item"]
    chunks = [
        make_chunk(item, [90.0] * 20),
        make_chunk(item, [20.0] * 20, start_s=10, set_index=1, errors={4: 45.0}),
    ]
    for seq, chunk in enumerate(chunks):
        assert device.put(f"timeline/{seq}", without_skeletons(chunk)).status_code == 201
    url = device.finish(2).json()["url"]
    page = device.http.get(url).content.decode()
    assert "55%" in page and "left thigh" in page
    owner = cast.anna.browser(cast.anna.owner)
    pk = url.split("/")[2]
    report = f"/studio/workout_sessions/workoutsession/{pk}/report/"
    data = owner.get(f"{report}data/").json()
    assert data["shares"] == {"green": 50, "yellow": 0, "red": 50, "unseen": 0}
    assert "left thigh 45° off" in data["moments"][0]["words"]
    frames = owner.get(f"{report}frames/1/").json()
    assert frames["errors"][0][4] == 45.0
    assert frames["landmarks"] == [None] * 20
