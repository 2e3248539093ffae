"""A worker of its own whose database, broker, disk or life is taken away in mid-stage."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from processing.messages import clip_sentence
from processing.models import Clip
from processing.pipeline import PUBLISHED_KINDS
from processing.services import cancel_clip, delete_clip, retry_clip
from processing.stages import STAGES
from tests.conftest import Cast
from tests.processing.rough import PUBLISHED
from tests.processing.stand import Stand, fresh, upload

OUTAGE_S = float(os.environ.get("TEST_OUTAGE_SECONDS", "4"))


@pytest.fixture
def _django_db_helper(_cast: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Takes the place of the one that wraps a test in a transaction: the worker must see rows.

    Nor is the database emptied afterwards, which would take the cast along.
    """
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def _stand(
    _cast: Cast, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stand]:
    stand = Stand(tmp_path_factory.mktemp("outages") / "worker.log", "rough")
    yield stand
    stand.end()


@pytest.fixture
def stand(_cast: Cast, db: None, _stand: Stand) -> Iterator[Stand]:
    """A worker on Anna's schema; the same one for as long as no test ends it."""
    with _cast.anna.schema():
        _stand.begin()
        yield _stand
        for clip in Clip.objects.all():
            delete_clip(clip)
        connection.close()


def _in_second_stage(clip: Clip) -> bool:
    return fresh(clip).frames_done > 0


def _is(clip: Clip, status: str) -> Callable[[], bool]:
    return lambda: fresh(clip).status == status


def _check_whole(clip: Clip) -> None:
    """Everything there once, whole, and nothing beside it."""
    assert sorted(clip.artifacts.values_list("kind", flat=True)) == sorted(PUBLISHED)
    _check_files(clip)


def _check_files(clip: Clip) -> None:
    """Every row's file is whole, and there are no others."""
    rows = list(clip.artifacts.all())
    for one in rows:
        with closing(one.file.open("rb")) as file:
            assert hashlib.sha256(file.read()).hexdigest() == one.sha256
    folder = Path(clip.source.path).parent
    files = {path for path in folder.rglob("*") if path.is_file()}
    assert files == {Path(one.file.path) for one in rows} | {Path(clip.source.path)}
    media = Path(django_settings.MEDIA_ROOT)
    assert not list(media.glob("*/work/*"))


def test_a_database_that_is_away_in_mid_stage_costs_no_work(stand: Stand) -> None:
    clip = upload(b"last 3")
    stand.wait(lambda: _in_second_stage(clip))
    fence, pid = fresh(clip).fence, stand.stage_pid()
    stand.database.cut()
    # Longer than the lease, and longer than the stage.
    time.sleep(OUTAGE_S)
    stand.database.mend()
    stand.wait(_is(clip, Clip.Status.READY))
    _check_whole(clip)
    # The same claim, the same process: nothing was done twice.
    assert fresh(clip).fence == fence
    with closing(clip.artifacts.get(kind="poster").file.open()) as file:
        assert json.load(file)["pid"] == pid
    assert "the database is away" in stand.said()


def test_who_comes_back_after_another_took_over_writes_nothing(stand: Stand) -> None:
    clip = upload(b"last 2")
    stand.wait(lambda: _in_second_stage(clip))
    stand.database.cut()
    # Somebody else, who still reaches the database, has taken the clip and finished it.
    Clip.objects.filter(pk=clip.pk).update(
        fence=99, status=Clip.Status.FAILED, error_code="internal"
    )
    time.sleep(2.5)
    stand.database.mend()
    stand.wait(lambda: "has taken over" in stand.said())
    after = fresh(clip)
    assert (after.status, after.fence) == (Clip.Status.FAILED, 99)
    assert set(clip.artifacts.values_list("kind", flat=True)) == {"probe"}
    assert not list(Path(django_settings.MEDIA_ROOT).glob("*/work/*"))


def test_a_broker_that_is_away_stops_no_clip(stand: Stand) -> None:
    clip = upload(b"last 2")
    stand.wait(lambda: _in_second_stage(clip))
    stand.broker.cut()
    stand.wait(_is(clip, Clip.Status.READY))
    _check_whole(clip)
    # What is uploaded meanwhile is made once the broker is back.
    other = upload(b"write")
    time.sleep(1.0)
    assert fresh(other).status == Clip.Status.QUEUED
    stand.broker.mend()
    stand.wait(_is(other, Clip.Status.READY))
    assert stand.worker.poll() is None


def test_a_killed_worker_takes_its_stage_along_and_another_finishes(stand: Stand) -> None:
    clip = upload(b"last 2")
    stand.wait(lambda: _in_second_stage(clip))
    probed = clip.artifacts.get(kind="probe").created_at
    pid = stand.stage_pid()
    stand.worker.send_signal(signal.SIGKILL)
    stand.worker.wait()
    stand.wait(lambda: not Path(f"/proc/{pid}").exists(), 5.0)
    stand.start()
    stand.wait(_is(clip, Clip.Status.READY))
    _check_whole(clip)
    assert clip.artifacts.get(kind="probe").created_at == probed


def test_a_killed_stage_is_begun_again_by_the_same_worker(stand: Stand) -> None:
    clip = upload(b"last 2")
    stand.wait(lambda: _in_second_stage(clip))
    os.kill(stand.stage_pid(), signal.SIGKILL)
    stand.wait(lambda: "failed (" in stand.said())
    # Not after the pause that would follow.
    Clip.objects.filter(pk=clip.pk).update(lease_until=clip.uploaded_at)
    stand.wait(_is(clip, Clip.Status.READY))
    _check_whole(clip)
    assert stand.worker.poll() is None


def test_a_worker_told_to_stop_hands_its_clip_on(stand: Stand) -> None:
    clip = upload(b"hang")
    stand.wait(lambda: _in_second_stage(clip))
    begun, pid = time.monotonic(), stand.stage_pid()
    stand.worker.send_signal(signal.SIGTERM)
    assert stand.worker.wait(10) == 0
    assert time.monotonic() - begun < 8
    stand.wait(lambda: not Path(f"/proc/{pid}").exists(), 5.0)
    after = fresh(clip)
    assert after.is_active and after.attempts == 0
    Path(clip.source.path).write_text("write")
    stand.start()
    stand.wait(_is(clip, Clip.Status.READY))
    _check_whole(clip)


@pytest.mark.parametrize("script", ["last 30", "hang"])
def test_a_clip_is_stopped_within_two_seconds(stand: Stand, script: str) -> None:
    clip = upload(script.encode())
    stand.wait(lambda: _in_second_stage(clip))
    cancel_clip(fresh(clip))
    begun = time.monotonic()
    stand.wait(lambda: "stopped: another worker" in stand.said())
    assert time.monotonic() - begun < 3.0
    other = upload(b"write")
    stand.wait(_is(other, Clip.Status.READY))
    assert fresh(clip).status == Clip.Status.CANCELLED


# --- The real stages, one after the other ----------------------------------------------------


@pytest.fixture(scope="module")
def _real_stand(
    _cast: Cast, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stand]:
    stand = Stand(tmp_path_factory.mktemp("outages") / "real.log")
    yield stand
    stand.end()


@pytest.fixture
def real(_cast: Cast, db: None, _stand: Stand, _real_stand: Stand) -> Iterator[Stand]:
    """A worker with the real stages, and no other: the rough one would take its clips."""
    _stand.pause()
    with _cast.anna.schema():
        yield _real_stand
        _real_stand.pause()
        for clip in Clip.objects.all():
            delete_clip(clip)
        connection.close()


def _hold_in(stand: Stand, clip: Clip, stage: str) -> int:
    """Stop time for the stage process as soon as it is on ``stage``; give its number."""

    def on_it() -> int | None:
        now = fresh(clip)
        if now.status != Clip.Status.PROCESSING or now.stage != stage:
            assert now.status in Clip.ACTIVE, f"{stage} was missed: {now.status} {now.error_code}"
            return None
        return stand.stage_pid()

    pid: int = stand.wait(on_it, 120.0)
    os.kill(pid, signal.SIGSTOP)
    return pid


def _artifacts(clip: Clip) -> dict[str, Any]:
    return dict(clip.artifacts.values_list("kind", "created_at"))


def _check_published(clip: Clip) -> None:
    assert sorted(clip.artifacts.values_list("kind", flat=True)) == sorted(PUBLISHED_KINDS)
    _check_files(clip)


@pytest.mark.models
def test_a_worker_killed_in_every_stage_loses_only_that_stage(
    real: Stand, athlete_video: Path
) -> None:
    real.begin()
    clip = upload(athlete_video.read_bytes())
    for stage in STAGES:
        _hold_in(real, clip, stage.name)
        done = _artifacts(clip)
        assert not set(stage.produces) & done.keys()
        real.worker.send_signal(signal.SIGKILL)
        real.worker.wait()
        assert _artifacts(clip) == done
        real.start()
    real.wait(_is(clip, Clip.Status.READY), 120.0)
    _check_published(clip)


@pytest.mark.models
def test_a_database_gone_in_every_stage_costs_no_work(real: Stand, athlete_video: Path) -> None:
    real.begin()
    clip = upload(athlete_video.read_bytes())
    fences = []
    for stage in STAGES:
        pid = _hold_in(real, clip, stage.name)
        fences.append(fresh(clip).fence)
        real.database.cut()
        os.kill(pid, signal.SIGCONT)
        time.sleep(1.5)
        real.database.mend()
    real.wait(_is(clip, Clip.Status.READY), 120.0)
    _check_published(clip)
    # One claim a stage: none was begun twice.
    first = fences[0]
    assert fences == list(range(first, first + len(STAGES)))
    assert fresh(clip).fence == fences[-1]


@pytest.mark.models
def test_a_stage_killed_in_its_middle_is_begun_again(real: Stand, athlete_video: Path) -> None:
    real.begin()
    clip = upload(athlete_video.read_bytes())
    for stage in STAGES:
        pid = _hold_in(real, clip, stage.name)
        done = _artifacts(clip)
        os.kill(pid, signal.SIGKILL)
        told = f"{stage.name} of clip {clip.pk} failed"
        real.wait(lambda told=told: told in real.said())  # type: ignore[misc]
        assert _artifacts(clip) == done
        Clip.objects.filter(pk=clip.pk).update(lease_until=clip.uploaded_at)
    real.wait(_is(clip, Clip.Status.READY), 120.0)
    _check_published(clip)


@pytest.fixture
def small_disk(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Media on a disk of some megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk takes root")
    settings.MEDIA_ROOT = folder / "media"
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.models
def test_a_disk_full_in_every_stage_is_said_and_a_retry_goes_on(
    small_disk: Path, real: Stand, athlete_video: Path
) -> None:
    real.begin()
    clip = upload(athlete_video.read_bytes())
    for stage in STAGES:
        pid = _hold_in(real, clip, stage.name)
        done = _artifacts(clip)
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        os.kill(pid, signal.SIGCONT)
        real.wait(lambda: not fresh(clip).is_active, 60.0)
        failed = fresh(clip)
        assert (failed.status, failed.error_code) == (Clip.Status.FAILED, "disk_full"), stage.name
        assert "disk is full" in clip_sentence(failed)
        assert _artifacts(clip) == done
        _check_files(clip)
        filler.unlink()
        assert retry_clip(failed)
    real.wait(_is(clip, Clip.Status.READY), 120.0)
    _check_published(clip)
