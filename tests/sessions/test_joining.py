"""From parts in any order to a file that plays, through every mishap on the way."""

from __future__ import annotations

import io
import json
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from moto.server import ThreadedMotoServer

from exercises.levels import Level
from exercises.models import Assignment
from perscoach.broker import make_broker
from processing.claims import MAX_ATTEMPTS
from processing.errors import Cancelled, StageFailed
from processing.isolation.host import StageProcess
from processing.outages import stopping
from processing.storage import TenantS3Storage
from processing.sweep import sweep
from sessions import joining
from sessions.models import NEVER, Recording, RecordingPart, WorkoutSession
from sessions.tasks import join
from tests.conftest import Cast, Site
from tests.sessions.build import first_item, make_assignment
from tests.sessions.films import cut, film, number_in, times_ms
from tests.sessions.test_recordings import Device, content_of, files

FRAME_S = 0.04
FILM = film(times_ms(75))
PARTS = cut(FILM, 3)


@pytest.fixture(autouse=True)
def at_work(anna: Site) -> Iterator[None]:
    stopping.clear()
    for path in files():
        path.unlink()
    yield
    stopping.clear()


@pytest.fixture
def assignment(cast: Cast, anna: Site) -> Assignment:
    return make_assignment(cast.kate, asks_for=Level.VIDEO)


@pytest.fixture
def kate(cast: Cast, assignment: Assignment) -> Device:
    """Kate's phone in a session, with a recording announced."""
    http = cast.anna.browser(cast.kate)
    body = {"assignment": assignment.pk, "id": str(uuid4()), "level": "video"}
    started = http.post("/api/sessions/", body, content_type="application/json")
    device = Device(http, started.json()["id"])
    facts = {
        "item": first_item(assignment).pk,
        "set": 0,
        "started_s": 2.5,
        "mime": "video/webm;codecs=vp8",
        "content": "video",
    }
    assert device.put("recordings/0", facts).status_code == 201
    return device


def work(schema: str) -> Recording:
    """What a worker does with the message."""
    recording = Recording.objects.get()
    join.fn(schema, recording.pk)
    recording.refresh_from_db()
    return recording


def numbers_in(content: bytes) -> list[int]:
    with av.open(io.BytesIO(content)) as made:
        return [number_in(frame) for frame in made.decode(video=0)]


def lapse(**fields: Any) -> None:
    long_ago = timezone.now() - timedelta(minutes=1)
    Recording.objects.update(lease_until=long_ago, sent_at=long_ago, **fields)


def test_parts_in_any_order_become_one_file(kate: Device, anna: Site) -> None:
    for seq in (2, 0, 1):
        assert kate.part(0, seq, PARTS[seq]).status_code == 201
    assert kate.part(0, 1, PARTS[1]).status_code == 200
    assert kate.part(0, 1, PARTS[1][::-1]).status_code == 409
    assert kate.finish(0, 3).status_code == 200
    recording = work(anna.trainer.schema_name)
    assert (recording.status, recording.problem) == (Recording.Status.READY, "")
    assert recording.duration_s == pytest.approx(3.0, abs=FRAME_S)
    (told,) = kate.list()
    assert (told["status"], told["duration_s"]) == ("ready", recording.duration_s)
    played: Any = kate.http.get(told["url"])
    content = b"".join(played.streaming_content)
    assert played["Content-Type"] == "video/webm"
    assert numbers_in(content) == list(range(75))
    assert recording.size_bytes == len(content)
    # The parts are in the file now, and nowhere else.
    assert not RecordingPart.objects.exists()
    assert [path.read_bytes() for path in files()] == [content]


def test_the_message_goes_out_with_the_commit(
    kate: Device, anna: Site, django_capture_on_commit_callbacks: Any
) -> None:
    broker = join.broker
    broker.flush("default")
    kate.part(0, 0, FILM)
    with django_capture_on_commit_callbacks(execute=True):
        kate.finish(0, 1)
    consumer = broker.consume("default", timeout=1000)
    message = next(consumer)
    assert message is not None
    assert list(message.args) == [anna.trainer.schema_name, Recording.objects.get().pk]
    consumer.ack(message)
    consumer.close()


def test_a_broker_that_is_away_costs_a_pause(
    kate: Device, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(join, "broker", make_broker("redis://127.0.0.1:1/0"))
    kate.part(0, 0, FILM)
    with django_capture_on_commit_callbacks(execute=True):
        assert kate.finish(0, 1).status_code == 200
    assert Recording.objects.get().status == Recording.Status.JOINING


def test_the_same_message_twice_changes_nothing(kate: Device, anna: Site) -> None:
    kate.part(0, 0, FILM)
    kate.finish(0, 1)
    work(anna.trainer.schema_name)
    before = Recording.objects.values().get()
    work(anna.trainer.schema_name)
    assert Recording.objects.values().get() == before


def test_a_message_for_another_tenant_or_for_none_changes_nothing(cast: Cast, kate: Device) -> None:
    kate.part(0, 0, FILM)
    kate.finish(0, 1)
    before = Recording.objects.values().get()
    for schema in (cast.boris.trainer.schema_name, "t_nobody"):
        join.fn(schema, before["id"])
    with cast.anna.schema():
        assert Recording.objects.values().get() == before


def test_a_recording_is_not_joined_while_its_parts_come(kate: Device, anna: Site) -> None:
    kate.part(0, 0, PARTS[0])
    recording = work(anna.trainer.schema_name)
    assert (recording.status, recording.fence) == (Recording.Status.RECEIVING, 0)
    assert sweep() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"this is no video " * 500, "is no video"),
        (FILM[:60], "is no video"),
        # The recorder's header lacks.
        (FILM[1000:], "is no video"),
    ],
)
def test_what_is_no_video_fails_with_a_sentence(
    kate: Device, anna: Site, content: bytes, words: str
) -> None:
    kate.part(0, 0, content)
    kate.finish(0, 1)
    recording = work(anna.trainer.schema_name)
    assert recording.status == Recording.Status.FAILED
    (told,) = kate.list()
    assert (told["status"], told["url"]) == ("failed", None)
    assert words in told["problem"]
    # It may be all there is of that workout: an operator can still look at it.
    assert content_of(RecordingPart.objects.get()) == content
    assert sweep() == 0


def test_a_tab_that_was_killed_costs_the_tail(kate: Device, anna: Site) -> None:
    kate.part(0, 0, PARTS[0])
    kate.part(0, 1, PARTS[1][: len(PARTS[1]) // 2])
    kate.finish(0, 2)
    recording = work(anna.trainer.schema_name)
    assert recording.status == Recording.Status.READY
    numbers = numbers_in(content_of(recording))
    assert 20 < len(numbers) < 50
    assert numbers == list(range(len(numbers)))
    assert recording.duration_s == pytest.approx(len(numbers) * FRAME_S, abs=FRAME_S)


# --- A device that never comes back, and one that does ------------------------------------


def test_what_an_absent_device_has_sent_can_be_seen(
    cast: Cast, kate: Device, anna: Site, assignment: Assignment
) -> None:
    kate.part(0, 0, PARTS[0])
    kate.part(0, 1, PARTS[1])
    # Of this one the part before it lacks.
    kate.part(0, 3, b"later")
    assert Recording.objects.get().lease_until > timezone.now() + timedelta(minutes=50)
    lapse()
    assert sweep() == 1
    with anna.schema():
        recording = work(anna.trainer.schema_name)
    assert (recording.status, recording.parts_joined) == (Recording.Status.RECEIVING, 2)
    first = numbers_in(content_of(recording))
    assert 30 < len(first) < 75 and first == list(range(len(first)))
    assert RecordingPart.objects.count() == 3
    session = WorkoutSession.objects.get()
    assert session.finished_at is None
    owner = cast.anna.browser(cast.anna.owner)
    assert owner.head(f"{kate.url}/recordings/0/file").status_code == 200
    report = owner.get(f"/studio/workout_sessions/workoutsession/{session.pk}/report/")
    page = report.content.decode()
    assert "not finished" in page
    assert f'src="{kate.url}/recordings/0/file"' in page
    # Nothing new: it is looked at once more, and then left alone.
    lapse()
    before = recording.file.name
    recording = work(anna.trainer.schema_name)
    assert (recording.file.name, recording.lease_until) == (before, NEVER)
    # The device is back.
    assert kate.part(0, 2, PARTS[2]).status_code == 201
    assert kate.part(0, 3, b"later").status_code == 200
    assert Recording.objects.get().lease_until < NEVER
    assert kate.finish(0, 4).status_code == 200
    recording = work(anna.trainer.schema_name)
    assert recording.status == Recording.Status.READY
    assert recording.duration_s == pytest.approx(3.0, abs=FRAME_S)
    assert numbers_in(content_of(recording)) == list(range(75))
    assert [str(path) for path in files()] == [recording.file.path]


def test_an_absent_devices_first_bytes_may_be_no_video_yet(kate: Device, anna: Site) -> None:
    kate.part(0, 0, FILM[:60])
    lapse()
    recording = work(anna.trainer.schema_name)
    assert (recording.status, recording.lease_until) == (Recording.Status.RECEIVING, NEVER)
    kate.part(0, 1, FILM[60:])
    kate.finish(0, 2)
    assert work(anna.trainer.schema_name).status == Recording.Status.READY


# --- Workers that die, hesitate or come too late ------------------------------------------


def test_the_sweep_sends_again_what_has_lapsed(cast: Cast, kate: Device) -> None:
    join.broker.flush("default")
    kate.part(0, 0, FILM)
    kate.finish(0, 1)
    with cast.anna.schema():
        # Sent just now.
        assert sweep() == 0
        lapse()
        assert sweep() == 1
        assert sweep() == 0
    join.broker.flush("default")


@pytest.fixture
def before_it_is_recorded(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Let something happen once, between the new file and its row."""
    record = joining._record

    def _before(happens: Callable[[], Any]) -> None:
        def late(held: Any, closed: bool, made: dict[str, Any]) -> bool:
            monkeypatch.setattr(joining, "_record", record)
            happens()
            return record(held, closed, made)

        monkeypatch.setattr(joining, "_record", late)

    return _before


Before = Callable[[Callable[[], Any]], None]


def test_two_workers_make_one_file(kate: Device, anna: Site, before_it_is_recorded: Before) -> None:
    """The first one's lease ran out while it was at work, and another went all the way."""
    kate.part(0, 0, FILM)
    kate.finish(0, 1)

    def another() -> None:
        lapse()
        assert work(anna.trainer.schema_name).status == Recording.Status.READY

    before_it_is_recorded(another)
    recording = work(anna.trainer.schema_name)
    assert (recording.status, recording.fence) == (Recording.Status.READY, 3)
    assert [str(path) for path in files()] == [recording.file.path]
    assert numbers_in(content_of(recording)) == list(range(75))


def test_parts_that_come_while_the_rest_is_joined_are_not_lost(
    kate: Device, anna: Site, before_it_is_recorded: Before
) -> None:
    """The absent device is back, and done, in that very moment."""
    kate.part(0, 0, PARTS[0])
    lapse()

    def back() -> None:
        for seq in (1, 2):
            assert kate.part(0, seq, PARTS[seq]).status_code == 201
        assert kate.finish(0, 3).status_code == 200

    before_it_is_recorded(back)
    assert work(anna.trainer.schema_name).status == Recording.Status.JOINING
    recording = work(anna.trainer.schema_name)
    assert recording.status == Recording.Status.READY
    assert numbers_in(content_of(recording)) == list(range(75))


def test_a_session_deleted_while_it_is_joined_leaves_no_file(
    kate: Device,
    anna: Site,
    before_it_is_recorded: Before,
    django_capture_on_commit_callbacks: Any,
) -> None:
    kate.part(0, 0, FILM)
    kate.finish(0, 1)

    def deleted() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            WorkoutSession.objects.all().delete()

    before_it_is_recorded(deleted)
    join.fn(anna.trainer.schema_name, Recording.objects.get().pk)
    assert files() == []


class _Process:
    """A stage process that ends as it is told to."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def run(self, *args: Any, **kwargs: Any) -> Any:
        raise self._error

    def close(self) -> None:
        pass


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception | None], None]:
    real = StageProcess

    def _failing(error: Exception | None) -> None:
        def made(*args: Any, **kwargs: Any) -> Any:
            return real(*args, **kwargs) if error is None else _Process(error)

        monkeypatch.setattr(joining, "StageProcess", made)

    return _failing


def test_a_crash_is_tried_again_later(
    kate: Device, anna: Site, failing: Callable[[Exception | None], None]
) -> None:
    kate.part(0, 0, FILM)
    kate.finish(0, 1)
    failing(StageFailed("crashed", "SIGSEGV"))
    recording = work(anna.trainer.schema_name)
    assert (recording.status, recording.attempts) == (Recording.Status.JOINING, 1)
    assert recording.lease_until > timezone.now()
    failing(None)
    # Not yet.
    assert work(anna.trainer.schema_name).attempts == 1
    lapse()
    assert work(anna.trainer.schema_name).status == Recording.Status.READY


def test_what_crashes_every_time_is_given_up_with_its_parts_kept(
    kate: Device, anna: Site, failing: Callable[[Exception | None], None]
) -> None:
    kate.part(0, 0, FILM)
    kate.finish(0, 1)
    failing(StageFailed("crashed", "SIGSEGV"))
    for _ in range(MAX_ATTEMPTS):
        lapse()
        recording = work(anna.trainer.schema_name)
    assert (recording.status, recording.problem) == (Recording.Status.FAILED, "internal")
    assert "What was sent is kept" in kate.list()[0]["problem"]
    assert content_of(RecordingPart.objects.get()) == FILM


def test_what_kills_its_workers_is_given_up_as_well(kate: Device, anna: Site) -> None:
    kate.part(0, 0, FILM)
    kate.finish(0, 1)
    lapse(attempts=MAX_ATTEMPTS)
    recording = work(anna.trainer.schema_name)
    assert (recording.status, recording.problem) == (Recording.Status.FAILED, "internal")


def test_a_worker_that_is_told_to_stop_leaves_the_recording_to_the_next(
    kate: Device, anna: Site, failing: Callable[[Exception | None], None]
) -> None:
    kate.part(0, 0, FILM)
    kate.finish(0, 1)
    failing(Cancelled("the worker is stopping"))
    recording = work(anna.trainer.schema_name)
    assert (recording.status, recording.attempts) == (Recording.Status.JOINING, 0)
    failing(None)
    assert work(anna.trainer.schema_name).status == Recording.Status.READY


def test_scratch_folders_are_gone(kate: Device, anna: Site, settings: Any) -> None:
    root = Path(settings.MEDIA_ROOT) / anna.trainer.schema_name / "joining"
    recording = Recording.objects.get()
    killed = root / f"{recording.pk}-0"
    killed.mkdir(parents=True)
    kate.part(0, 0, FILM)
    kate.finish(0, 1)
    work(anna.trainer.schema_name)
    assert list(root.iterdir()) == []


# --- In a bucket ---------------------------------------------------------------------------


@pytest.fixture
def bucket(settings: Any) -> Iterator[None]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "processing.storage.TenantS3Storage",
            "OPTIONS": {
                "bucket_name": "media",
                "endpoint_url": f"http://{host}:{port}",
                "region_name": "us-east-1",
                "access_key": "key",
                "secret_key": "secret",
                "addressing_style": "path",
                "signature_version": "s3v4",
                "file_overwrite": True,
            },
        },
    }
    assert isinstance(default_storage, TenantS3Storage)
    default_storage.connection.create_bucket(Bucket="media")
    yield
    server.stop()


@pytest.mark.usefixtures("bucket")
def test_a_bucket_holds_parts_and_file(
    kate: Device, anna: Site, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    for seq in (1, 0, 2):
        assert kate.part(0, seq, PARTS[seq]).status_code == 201
    assert kate.part(0, 0, PARTS[0]).status_code == 200
    session = WorkoutSession.objects.get()
    folder = f"recordings/{session.pk}/0"
    assert len(default_storage.listdir(f"{folder}/parts")[1]) == 3
    kate.finish(0, 3)
    recording = work(anna.trainer.schema_name)
    assert recording.status == Recording.Status.READY
    assert default_storage.listdir(f"{folder}/parts")[1] == []
    answer = kate.http.get(f"{kate.url}/recordings/0/file")
    assert answer.status_code == 302
    with urllib.request.urlopen(answer["Location"]) as response:
        assert response.headers["Content-Type"] == "video/webm"
        assert numbers_in(response.read()) == list(range(75))
    work_folder = settings.VAR_DIR / "work" / anna.trainer.schema_name / "joining"
    assert list(work_folder.iterdir()) == []
    with django_capture_on_commit_callbacks(execute=True):
        session.delete()
    assert not default_storage.exists(str(recording.file.name))


def test_the_list_is_json(kate: Device) -> None:
    answer = kate.http.get(f"{kate.url}/recordings/")
    assert json.loads(answer.content) == {"recordings": kate.list()}
