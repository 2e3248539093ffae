"""A clip's way through the real stages, and everything that can come between."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone, translation

from processing import running
from processing.claims import MAX_ATTEMPTS, Claim
from processing.messages import clip_sentence
from processing.models import Artifact, Clip
from processing.running import run_next_stage
from processing.services import delete_clip, retry_clip, upload_clip
from processing.stages import STAGES, WORK_KINDS
from processing.sweep import sweep
from processing.tasks import run_stage
from processing.workspace import Workspace
from tests.conftest import Cast, Site

pytestmark = pytest.mark.models

PUBLISHED = {"probe", "poses", "poses_packed", "transparent", "poster"}


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
    assert _kinds(clip) == PUBLISHED
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


def test_a_stopped_stage_leaves_nothing_and_finished_ones_are_not_redone(clip: Clip) -> None:
    assert run_next_stage(clip.pk) and run_next_stage(clip.pk)
    done = dict(clip.artifacts.values_list("kind", "created_at"))
    running.stopping.set()
    assert not run_next_stage(clip.pk)
    assert dict(clip.artifacts.values_list("kind", "created_at")) == done
    running.stopping.clear()
    _run(clip)
    assert clip.status == Clip.Status.READY
    for kind, created_at in clip.artifacts.values_list("kind", "created_at"):
        assert kind not in done or done[kind] == created_at


def test_a_worker_that_lost_its_claim_records_nothing(
    clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_next_stage(clip.pk)
    original = Workspace.publish

    def publish(self: Workspace, path: Path) -> Any:
        # Another worker takes over while this one moves its files.
        Clip.objects.filter(pk=clip.pk).update(fence=F("fence") + 1)
        return original(self, path)

    monkeypatch.setattr(Workspace, "publish", publish)
    assert not run_next_stage(clip.pk)
    monkeypatch.undo()
    assert _kinds(clip) == {"probe"}
    assert _files(clip) == {"source", "probe.json"}


def test_what_a_killed_worker_left_behind_is_cleared_away(clip: Clip, settings: Any) -> None:
    folder = Path(default_storage.path("work")) / f"{clip.pk}-000000"
    folder.mkdir(parents=True)
    (folder / "half.webm").write_bytes(b"half")
    orphan = Path(default_storage.path(f"clips/{clip.pk}/000000/trainer_poses.bin"))
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"published, but its row never came")
    _run(clip)
    assert clip.status == Clip.Status.READY
    assert not folder.exists() and not orphan.exists()


def test_a_full_disk_is_said_and_a_retry_finishes(
    clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_next_stage(clip.pk)

    def full(self: Workspace, path: Path) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Workspace, "publish", full)
    assert not run_next_stage(clip.pk)
    monkeypatch.undo()
    clip.refresh_from_db()
    assert clip.status == Clip.Status.FAILED
    assert "disk is full" in clip_sentence(clip)
    assert retry_clip(clip)
    assert _run(clip).status == Clip.Status.READY


def test_an_unknown_error_is_tried_again_and_then_given_up_with_words(
    clip: Clip, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Workspace, kinds: Any) -> Any:
        raise RuntimeError("something nobody thought of")

    monkeypatch.setattr(Workspace, "inputs", broken)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert not run_next_stage(clip.pk)
        clip.refresh_from_db()
        assert clip.attempts == attempt
        if attempt < MAX_ATTEMPTS:
            assert clip.is_active
            assert clip.lease_until > timezone.now()
            Clip.objects.filter(pk=clip.pk).update(lease_until=timezone.now())
    assert clip.status == Clip.Status.FAILED
    assert "video itself is safe" in clip_sentence(clip)


def test_a_clip_that_kills_its_workers_is_given_up(clip: Clip) -> None:
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
    anna: Site, athlete_video: Path, django_capture_on_commit_callbacks: Any
) -> None:
    broker = run_stage.broker
    broker.flush("gpu")
    with django_capture_on_commit_callbacks(execute=True):
        clip = _upload(athlete_video.read_bytes())
    consumer = broker.consume("gpu", timeout=1000)
    message = next(consumer)
    assert message is not None
    assert list(message.args) == [anna.trainer.schema_name, str(clip.pk)]
    consumer.ack(message)
    consumer.close()


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


def test_deleting_a_clip_deletes_its_files(
    clip: Clip, django_capture_on_commit_callbacks: Any
) -> None:
    run_next_stage(clip.pk)
    with django_capture_on_commit_callbacks(execute=True):
        delete_clip(clip)
    assert not Clip.objects.exists() and not Artifact.objects.exists()
    assert _files(clip) == set()


def test_a_clip_deleted_while_a_stage_runs_stops_it(
    clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_REPORT_EVERY_S", 0.0)
    run_next_stage(clip.pk)
    original = Workspace.inputs

    def inputs(self: Workspace, kinds: Any) -> Any:
        found = original(self, kinds)
        Clip.objects.filter(pk=clip.pk).delete()
        return found

    monkeypatch.setattr(Workspace, "inputs", inputs)
    assert not run_next_stage(clip.pk)
    assert not Artifact.objects.exists()


def test_progress_is_saved_and_never_falls(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_REPORT_EVERY_S", 0.0)
    seen: list[float] = []
    original = Claim.renew

    def renew(self: Claim, **fields: Any) -> bool:
        if "progress_pct" in fields:
            seen.append(fields["progress_pct"])
        return original(self, **fields)

    monkeypatch.setattr(Claim, "renew", renew)
    _run(clip)
    assert len(seen) > 3 * len(STAGES)
    assert seen == sorted(seen) and seen[-1] <= 100.0
