"""A clip's way through the real stages, and everything that can come between."""

from __future__ import annotations

import errno
import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone, translation

from perscoach.broker import make_broker
from processing import heartbeat, running
from processing.claims import MAX_ATTEMPTS, Claim, claim
from processing.messages import clip_sentence
from processing.models import Artifact, Clip
from processing.pipeline import PUBLISHED_KINDS
from processing.running import run_next_stage
from processing.services import delete_clip, retry_clip, upload_clip
from processing.stages import WORK_KINDS
from processing.sweep import sweep
from processing.tasks import run_stage
from processing.workspace import Workspace
from tests.conftest import Cast, Site
from tests.processing import rough

pytestmark = pytest.mark.models


@pytest.fixture(autouse=True)
def at_work() -> Iterator[None]:
    running.stopping.clear()
    yield
    running.stopping.clear()


def _upload(content: bytes, name: str = "squat.mp4") -> Clip:
    return upload_clip(title="", uploaded=SimpleUploadedFile(name, content))


@pytest.fixture
def clip(anna: Site, athlete_video: Path) -> Clip:
    return _upload(athlete_video.read_bytes())


@pytest.fixture
def script(anna: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Clip]:
    """Upload a script for the two rough stages, which stand in for the real ones."""
    monkeypatch.setattr(running, "next_stage", rough.next_stage)
    monkeypatch.setattr(heartbeat, "_BEAT_EVERY_S", 0.0)
    return lambda words: _upload(words.encode())


Script = Callable[[str], Clip]


def _run(clip: Clip, times: int = 20) -> Clip:
    """Run stages as messages would, until no further one is asked for."""
    for _ in range(times):
        if not run_next_stage(clip.pk):
            break
    clip.refresh_from_db()
    return clip


def _kinds(clip: Clip) -> set[str]:
    return set(clip.artifacts.values_list("kind", flat=True))


def _files(clip: Clip) -> set[str]:
    folder = Path(default_storage.path(f"clips/{clip.pk}"))
    return {path.name for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()


def test_a_video_becomes_ready_with_everything_published(clip: Clip) -> None:
    assert clip.title == "squat"
    _run(clip)
    assert clip.status == Clip.Status.READY
    assert clip.progress_pct == 100.0
    assert _kinds(clip) == PUBLISHED_KINDS
    for artifact in clip.artifacts.all():
        with artifact.file.open("rb") as file:
            data = file.read()
        assert len(data) == artifact.size_bytes > 0
        assert hashlib.sha256(data).hexdigest() == artifact.sha256


def test_no_work_file_and_no_scratch_folder_is_left(clip: Clip, settings: Any) -> None:
    _run(clip)
    assert not WORK_KINDS & _kinds(clip)
    names = {Path(name).name for name in clip.artifacts.values_list("file", flat=True)}
    assert _files(clip) == names | {"source"}
    assert not list(Path(settings.MEDIA_ROOT).glob("*/work/*"))


def test_a_stopped_worker_leaves_nothing_and_finished_stages_are_not_redone(
    script: Script, settings: Any
) -> None:
    clip = script("write")
    assert run_next_stage(clip.pk)
    done = dict(clip.artifacts.values_list("kind", "created_at"))
    running.stopping.set()
    assert not run_next_stage(clip.pk)
    assert dict(clip.artifacts.values_list("kind", "created_at")) == done
    assert not list(Path(settings.MEDIA_ROOT).glob("*/work/*"))
    clip.refresh_from_db()
    # Its own doing, not the clip's: no attempt is counted, the next worker may begin at once.
    assert clip.attempts == 0 and clip.is_active and clip.lease_until <= timezone.now()
    running.stopping.clear()
    assert _run(clip).status == Clip.Status.READY
    for kind, created_at in clip.artifacts.values_list("kind", "created_at"):
        assert kind not in done or done[kind] == created_at


def test_a_worker_that_lost_its_claim_records_nothing(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = script("write")
    run_next_stage(clip.pk)
    original = Workspace.publish

    def publish(self: Workspace, path: Path, beat: Any) -> Any:
        # Another worker takes over while this one moves its files.
        Clip.objects.filter(pk=clip.pk).update(fence=F("fence") + 1)
        return original(self, path, beat)

    monkeypatch.setattr(Workspace, "publish", publish)
    assert not run_next_stage(clip.pk)
    monkeypatch.undo()
    assert _kinds(clip) == {"probe"}
    assert _files(clip) == {"source", "probe.json"}


def test_a_late_worker_leaves_the_next_ones_scratch_folder_alone(script: Script) -> None:
    clip = script("write")
    work = Path(default_storage.path("work"))
    (earlier, later) = (work / f"{clip.pk}-{fence:06d}" for fence in (0, 7))
    for folder in (earlier, later):
        folder.mkdir(parents=True)
    run_next_stage(clip.pk)
    assert not earlier.exists() and later.exists()
    later.rmdir()


def test_what_a_killed_worker_left_behind_is_cleared_away(script: Script) -> None:
    clip = script("write")
    folder = Path(default_storage.path("work")) / f"{clip.pk}-000000"
    folder.mkdir(parents=True)
    (folder / "half.webm").write_bytes(b"half")
    orphan = Path(default_storage.path(f"clips/{clip.pk}/000000/trainer_poses.bin"))
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"published, but its row never came")
    _run(clip)
    assert clip.status == Clip.Status.READY
    assert not folder.exists() and not orphan.exists()


def test_the_sweep_clears_folders_of_clips_that_nobody_will_work_on(
    cast: Cast, script: Script
) -> None:
    gone, working = script("write"), script("write")
    held = claim(working.pk)
    assert held is not None
    work = Path(default_storage.path("work"))
    abandoned = [work / f"{gone.pk}-000001", work / f"{working.pk}-000000"]
    kept = work / f"{working.pk}-{held.fence:06d}"
    for folder in (*abandoned, kept):
        folder.mkdir(parents=True)
    sweep()
    assert not any(folder.exists() for folder in abandoned) and kept.exists()
    kept.rmdir()


def test_a_full_disk_is_said_and_a_retry_finishes(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = script("write")
    run_next_stage(clip.pk)

    def full(self: Workspace, path: Path, beat: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "publish", full)
        assert not run_next_stage(clip.pk)
    clip.refresh_from_db()
    assert clip.status == Clip.Status.FAILED
    assert "disk is full" in clip_sentence(clip)
    assert _files(clip) == {"source", "probe.json"}
    assert retry_clip(clip)
    assert _run(clip).status == Clip.Status.READY


def _run_out_of_attempts(clip: Clip) -> tuple[str, str, int]:
    """Try a clip until it is given up, without the pauses."""
    for _ in range(2 * MAX_ATTEMPTS):
        run_next_stage(clip.pk)
        clip.refresh_from_db()
        if not clip.is_active:
            break
        if clip.attempts:
            assert clip.lease_until > timezone.now()
        Clip.objects.filter(pk=clip.pk).update(lease_until=timezone.now())
    return clip.status, clip.error_code, clip.attempts


@pytest.mark.parametrize(
    ("words", "code", "attempts", "said"),
    [
        ("broken", "internal", 4, "video itself is safe"),
        ("segfault", "crashed", 3, "stopped several times"),
        ("misread", "out_of_memory", 3, "out of memory"),
        ("hang", "timed_out", 2, "got stuck"),
    ],
)
def test_a_failure_is_tried_again_and_then_given_up_with_words(
    script: Script,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    words: str,
    code: str,
    attempts: int,
    said: str,
) -> None:
    settings.STAGE_SILENCE_SECONDS = 0.3 if words == "hang" else 60
    clip = script(words)
    assert _run_out_of_attempts(clip) == (Clip.Status.FAILED, code, attempts)
    assert said in clip_sentence(clip)
    assert _files(clip) == {"source", "probe.json"}
    settings.STAGE_SILENCE_SECONDS = 60
    # The worker is none the worse for it.
    assert _run(script("write")).status == Clip.Status.READY


def test_a_disk_that_fills_without_anybody_saying_so_is_noticed(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_is_full", lambda space: True)
    clip = _run(script("broken"))
    assert (clip.status, clip.error_code) == (Clip.Status.FAILED, "disk_full")


def test_a_clip_that_kills_its_workers_is_given_up(script: Script) -> None:
    clip = script("write")
    Clip.objects.filter(pk=clip.pk).update(
        status=Clip.Status.PROCESSING,
        attempts=MAX_ATTEMPTS,
        lease_until=timezone.now() - timedelta(seconds=1),
    )
    assert not run_next_stage(clip.pk)
    clip.refresh_from_db()
    assert (clip.status, clip.error_code) == (Clip.Status.FAILED, "crashed")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"not a video at all " * 100, "not_a_video"), (b"", "empty"), (b"\0" * 4096, "not_a_video")],
)
def test_what_is_no_video_gets_a_sentence_and_the_worker_goes_on(
    anna: Site, athlete_video: Path, content: bytes, code: str
) -> None:
    bad = _run(_upload(content))
    assert (bad.status, bad.error_code) == (Clip.Status.INVALID, code)
    assert clip_sentence(bad)
    with translation.override("ru"):
        assert any("а" <= letter <= "я" for letter in clip_sentence(bad))
    assert run_next_stage(_upload(athlete_video.read_bytes()).pk)


def test_a_truncated_video_says_so(anna: Site, athlete_video: Path) -> None:
    whole = athlete_video.read_bytes()
    bad = _run(_upload(whole[: len(whole) * 6 // 10]))
    assert (bad.status, bad.error_code) == (Clip.Status.INVALID, "truncated")
    assert "breaks off" in clip_sentence(bad)


def test_a_message_is_sent_when_the_upload_is_committed(
    anna: Site, django_capture_on_commit_callbacks: Any
) -> None:
    broker = run_stage.broker
    broker.flush("gpu")
    with django_capture_on_commit_callbacks(execute=True):
        clip = _upload(b"write")
    consumer = broker.consume("gpu", timeout=1000)
    message = next(consumer)
    assert message is not None
    assert list(message.args) == [anna.trainer.schema_name, str(clip.pk)]
    consumer.ack(message)
    consumer.close()


def test_an_upload_is_kept_where_the_broker_is_away(
    anna: Site, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = make_broker("redis://127.0.0.1:1/0")
    monkeypatch.setattr(run_stage, "broker", nobody)
    with django_capture_on_commit_callbacks(execute=True):
        clip = _upload(b"write")
    clip.refresh_from_db()
    assert clip.status == Clip.Status.QUEUED


def test_one_message_takes_a_clip_to_its_end(script: Script, anna: Site) -> None:
    clip = script("write")
    run_stage.fn(anna.trainer.schema_name, str(clip.pk))
    clip.refresh_from_db()
    assert clip.status == Clip.Status.READY


def test_a_message_for_another_tenant_or_for_none_changes_nothing(cast: Cast, clip: Clip) -> None:
    for schema in (cast.boris.trainer.schema_name, "t_nobody"):
        run_stage.fn(schema, str(clip.pk))
    with cast.anna.schema():
        clip.refresh_from_db()
        assert clip.status == Clip.Status.QUEUED and clip.fence == 0


def test_the_sweep_sends_lapsed_clips_again_but_not_fresh_ones(cast: Cast, clip: Clip) -> None:
    broker = run_stage.broker
    broker.flush("gpu")
    assert sweep() == 0
    long_ago = timezone.now() - timedelta(minutes=5)
    with cast.anna.schema():
        Clip.objects.filter(pk=clip.pk).update(lease_until=long_ago, sent_at=long_ago)
    assert sweep() == 1
    assert sweep() == 0
    broker.flush("gpu")


def test_a_sweep_without_a_broker_is_no_error_and_sweeps_again(
    cast: Cast, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    monkeypatch.setattr(run_stage, "broker", make_broker("redis://127.0.0.1:1/0"))
    for _ in range(2):
        with cast.anna.schema():
            Clip.objects.filter(pk=clip.pk).update(lease_until=long_ago, sent_at=long_ago)
        assert sweep() == 1


def test_deleting_a_clip_deletes_its_files(
    script: Script, django_capture_on_commit_callbacks: Any
) -> None:
    clip = script("write")
    run_next_stage(clip.pk)
    stray = Path(default_storage.path(f"clips/{clip.pk}/000009/poster.webp"))
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"published, but its row never came")
    folder = Path(default_storage.path(f"clips/{clip.pk}"))
    assert _files(clip) == {"source", "probe.json", "poster.webp"}
    with django_capture_on_commit_callbacks(execute=True):
        delete_clip(clip)
    assert not Clip.objects.exists() and not Artifact.objects.exists()
    assert not [path for path in folder.rglob("*") if path.is_file()]


def _during_the_stage(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something once the stage has reported its first progress."""
    original = Claim.renew
    done: list[object] = []

    def renew(self: Claim, **fields: Any) -> bool:
        if "frames_done" in fields and not done:
            done.append(act())
        return original(self, **fields)

    monkeypatch.setattr(Claim, "renew", renew)


def test_a_clip_deleted_while_a_stage_runs_stops_it(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = script("last 30")
    run_next_stage(clip.pk)
    _during_the_stage(monkeypatch, lambda: Clip.objects.filter(pk=clip.pk).delete())
    begun = time.monotonic()
    assert not run_next_stage(clip.pk)
    assert time.monotonic() - begun < 5
    assert not Artifact.objects.exists()


def test_progress_is_saved_and_never_falls(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []
    original = Claim.renew

    def renew(self: Claim, **fields: Any) -> bool:
        if "progress_pct" in fields:
            seen.append(fields["progress_pct"])
        return original(self, **fields)

    monkeypatch.setattr(Claim, "renew", renew)
    clip = _run(script("last 1.5"))
    assert clip.status == Clip.Status.READY
    assert len(seen) > 5
    assert seen == sorted(seen) and seen[-1] <= 100.0
    assert clip.worked_s > 1.5
