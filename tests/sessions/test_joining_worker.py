"""A worker of its own joins what was filmed, though it is killed or cut off on the way."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from exercises.levels import Level
from exercises.models import Workout
from processing.models import Clip
from processing.services import delete_clip
from sessions.models import Recording, RecordingPart, WorkoutSession
from tests.conftest import Cast
from tests.processing.stand import Stand
from tests.sessions.build import first_item, make_assignment
from tests.sessions.films import cut, film, times_ms
from tests.sessions.test_joining import numbers_in
from tests.sessions.test_recordings import Device, content_of, files

PARTS = cut(film(times_ms(100)), 5)


@pytest.fixture
def _django_db_helper(_cast: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Takes the place of the one that wraps a test in a transaction: the worker must see rows."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def _stand(
    _cast: Cast, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stand]:
    stand = Stand(tmp_path_factory.mktemp("joining") / "worker.log")
    yield stand
    stand.end()


@pytest.fixture
def stand(_cast: Cast, db: None, _stand: Stand) -> Iterator[Stand]:
    with _cast.anna.schema():
        for path in files():
            path.unlink()
        _stand.begin()
        yield _stand
        # Sessions and their recordings go with the homework; what protects a clip goes first.
        for workout in Workout.objects.all():
            workout.assignments.all().delete()
            workout.items.all().delete()
            workout.delete()
        for clip in Clip.objects.all():
            clip.exercises.all().delete()
            delete_clip(clip)
        assert files() == []
        connection.close()


@pytest.fixture
def sent(_cast: Cast, stand: Stand) -> Callable[[], Recording]:
    """Send a recording whole and finish the session; the worker's sweep finds it."""

    def _sent() -> Recording:
        assignment = make_assignment(_cast.kate, asks_for=Level.VIDEO)
        http = _cast.anna.browser(_cast.kate)
        body = {"assignment": assignment.pk, "id": str(uuid4()), "level": "video"}
        http.post("/api/sessions/", body, content_type="application/json")
        device = Device(http, body["id"])
        facts = {
            "item": first_item(assignment).pk,
            "set": 0,
            "started_s": 0.5,
            "mime": "video/webm",
            "content": "video",
        }
        device.put("recordings/0", facts)
        for seq, part in enumerate(PARTS):
            assert device.part(0, seq, part).status_code == 201
        assert device.finish(0, len(PARTS)).status_code == 200
        recording = Recording.objects.get()
        long_ago = recording.sent_at.replace(year=2000)
        Recording.objects.filter(pk=recording.pk).update(sent_at=long_ago)
        return recording

    return _sent


def _is(status: str) -> Callable[[], bool]:
    return lambda: Recording.objects.get().status == status


def _check_whole() -> None:
    recording = Recording.objects.get()
    assert numbers_in(content_of(recording)) == list(range(100))
    assert recording.duration_s == pytest.approx(4.0, abs=0.04)
    assert files() == [Path(recording.file.path)]
    assert not RecordingPart.objects.exists()
    assert WorkoutSession.objects.get().finished_at is not None


def test_a_worker_joins_what_was_sent(stand: Stand, sent: Callable[[], Recording]) -> None:
    sent()
    stand.wait(_is(Recording.Status.READY))
    _check_whole()


def test_a_worker_killed_while_joining_is_followed_by_another(
    stand: Stand, sent: Callable[[], Recording]
) -> None:
    sent()
    stand.wait(lambda: Recording.objects.get().fence == 2)
    stand.worker.send_signal(signal.SIGKILL)
    stand.worker.wait()
    assert Recording.objects.get().status == Recording.Status.JOINING
    stand.start()
    stand.wait(_is(Recording.Status.READY))
    assert Recording.objects.get().fence == 3
    _check_whole()


def test_a_database_that_is_away_meanwhile_costs_a_pause(
    stand: Stand, sent: Callable[[], Recording]
) -> None:
    sent()
    stand.wait(lambda: Recording.objects.get().fence == 2)
    stand.database.cut()
    time.sleep(1)
    stand.database.mend()
    stand.wait(_is(Recording.Status.READY))
    _check_whole()
