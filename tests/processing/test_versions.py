"""Runs of a clip: stopped, made again, cut into pieces; what is served meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from processing import claims, heartbeat, running
from processing.claims import Claim
from processing.messages import clip_sentence
from processing.models import Artifact, Clip
from processing.running import options, run_next_stage
from processing.services import (
    Piece,
    cancel_clip,
    cut_clip,
    delete_clip,
    reprocess_clip,
    retry_clip,
    upload_clip,
)
from tests.conftest import Cast, Site
from tests.processing import rough

Commits = Any


@pytest.fixture(autouse=True)
def rough_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "next_stage", rough.next_stage)
    monkeypatch.setattr(heartbeat, "_BEAT_EVERY_S", 0.0)


def _upload(script: str) -> Clip:
    return upload_clip(title="Squat", uploaded=SimpleUploadedFile("a.mp4", script.encode()))


def _run(clip: Clip) -> Clip:
    while run_next_stage(clip.pk):
        pass
    clip.refresh_from_db()
    return clip


def _rewrite(clip: Clip, script: str) -> None:
    """Let the same source do something else the next time."""
    Path(clip.source.path).write_text(script)


@pytest.fixture
def ready(anna: Site) -> Clip:
    clip = _run(_upload("write"))
    assert clip.status == Clip.Status.READY and clip.published_run == 1
    return clip


def _served(cast: Cast, clip: Clip, kind: str = "poster") -> dict[str, Any] | None:
    """What the trainer's browser gets."""
    answer: Any = cast.anna.browser(cast.anna.owner).get(f"/media/clips/{clip.pk}/{kind}/")
    if answer.status_code == 404:
        return None
    return dict(json.loads(b"".join(answer.streaming_content)))


def _window(clip: Clip) -> tuple[float, float] | None:
    return clip.window_s


def _files(clip: Clip) -> set[str]:
    """Names of what lies in a clip's folder, and in its versions'."""
    folder = _folder(clip)
    return {path.name for path in folder.rglob("*") if path.is_file()}


def _folder(clip: Clip) -> Path:
    return Path(default_storage.path(f"clips/{clip.pk}"))


def _during_the_stage(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    original = Claim.renew
    done: list[object] = []

    def renew(self: Claim, **fields: Any) -> bool:
        if "frames_done" in fields and not done:
            done.append(act())
        return original(self, **fields)

    monkeypatch.setattr(Claim, "renew", renew)


# --- Choices ---------------------------------------------------------------------------------


def test_a_clip_chooses_for_itself_and_nonsense_is_left_out(anna: Site, settings: Any) -> None:
    settings.POSE_MODEL = "lite"
    clip = Clip(settings={"threads": 64, "models_dir": "/etc", "no_such": 1})
    assert options(clip).pose_model == "lite"
    assert options(clip).threads == options(Clip()).threads
    assert options(clip).models_dir == settings.MODELS_DIR
    clip = Clip(settings={"pose_model": "heavy"}, window_start_s=1.0, window_end_s=2.5)
    assert options(clip).pose_model == "heavy"
    assert options(clip).window_s == (1.0, 2.5)
    assert options(Clip()).window_s is None


# --- Making it again -------------------------------------------------------------------------


def test_the_old_run_is_served_until_the_new_one_is_ready(
    cast: Cast, ready: Clip, django_capture_on_commit_callbacks: Commits
) -> None:
    old = _served(cast, ready)
    with django_capture_on_commit_callbacks(execute=True):
        reprocess_clip(ready, pose_model="heavy")
    assert ready.status == Clip.Status.QUEUED and ready.is_usable
    assert _served(cast, ready) == old
    run_next_stage(ready.pk)
    # The new run's first file is there; nobody sees it.
    assert set(ready.artifacts.values_list("kind", "run")) == {
        ("probe", 1),
        ("poster", 1),
        ("probe", 2),
    }
    assert _served(cast, ready) == old
    _run(ready)
    assert (ready.status, ready.published_run) == (Clip.Status.READY, 2)
    new = _served(cast, ready)
    assert new is not None and new["pose"] == "heavy"
    assert set(ready.artifacts.values_list("run", flat=True)) == {2}
    assert len(list(Path(default_storage.path(f"clips/{ready.pk}")).rglob("poster.webp"))) == 1


@pytest.mark.parametrize(
    ("script", "status"), [("refuse", Clip.Status.INVALID), ("broken", Clip.Status.FAILED)]
)
def test_a_run_that_fails_leaves_the_old_one_served_and_says_why(
    cast: Cast, ready: Clip, monkeypatch: pytest.MonkeyPatch, script: str, status: str
) -> None:
    monkeypatch.setitem(claims.ATTEMPTS, "internal", 1)
    old = _served(cast, ready)
    reprocess_clip(ready, pose_model="heavy")
    _rewrite(ready, script)
    _run(ready)
    assert ready.status == status and ready.is_usable
    assert "stays in use" in clip_sentence(ready)
    assert _served(cast, ready) == old
    # Either the trainer gives the new run up …
    assert cancel_clip(ready)
    assert (ready.status, ready.run, ready.settings) == (Clip.Status.READY, 1, {})
    assert not Artifact.objects.unpublished().filter(clip=ready).exists()
    # … or makes another.
    _rewrite(ready, "write")
    reprocess_clip(ready, pose_model="lite")
    assert _run(ready).published_run == 2
    new = _served(cast, ready)
    assert new is not None and new["pose"] == "lite"


def test_a_run_is_given_up_for_another(cast: Cast, ready: Clip) -> None:
    reprocess_clip(ready, pose_model="heavy")
    run_next_stage(ready.pk)
    reprocess_clip(ready, pose_model="lite", window_s=(0.5, 1.5))
    assert ready.run == 3
    _run(ready)
    assert ready.published_run == 3
    assert ready.published_settings == {"settings": {"pose_model": "lite"}, "window_s": [0.5, 1.5]}
    assert set(ready.artifacts.values_list("run", flat=True)) == {3}
    reprocess_clip(ready)
    assert _window(ready) == (0.5, 1.5)
    reprocess_clip(ready, window_s=None)
    assert _window(ready) is None
    assert cancel_clip(ready)
    assert _window(ready) == (0.5, 1.5) and ready.settings == {"pose_model": "lite"}


def test_a_window_goes_forward(ready: Clip) -> None:
    for window in ((2.0, 1.0), (-1.0, 1.0), (0.0, float("nan"))):
        with pytest.raises(ValueError):
            reprocess_clip(ready, window_s=window)
    ready.refresh_from_db()
    assert ready.status == Clip.Status.READY


def test_a_file_of_an_earlier_run_is_not_kept_by_the_browser(cast: Cast, ready: Clip) -> None:
    anna = cast.anna.browser(cast.anna.owner)
    url = f"/media/clips/{ready.pk}/poster/"
    assert "max-age" in anna.head(f"{url}?run=1")["Cache-Control"]
    reprocess_clip(ready)
    _run(ready)
    assert anna.head(f"{url}?run=1")["Cache-Control"] == "private, no-cache"


# --- Stopping --------------------------------------------------------------------------------


def test_a_waiting_clip_is_stopped_and_started_again(anna: Site) -> None:
    clip = _upload("write")
    assert cancel_clip(clip)
    assert clip.status == Clip.Status.CANCELLED
    assert not run_next_stage(clip.pk)
    assert "Start it again" in clip_sentence(clip)
    assert not cancel_clip(clip)
    assert retry_clip(clip)
    assert _run(clip).status == Clip.Status.READY


def test_a_clip_in_work_is_stopped_and_goes_on_where_it_was(
    anna: Site, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    clip = _upload("last 30")
    run_next_stage(clip.pk)
    probed = clip.artifacts.get(kind="probe").created_at
    with monkeypatch.context() as patch:
        _during_the_stage(patch, lambda: cancel_clip(Clip.objects.get(pk=clip.pk)))
        assert not run_next_stage(clip.pk)
    clip.refresh_from_db()
    assert clip.status == Clip.Status.CANCELLED
    assert _files(clip) == {"source", "probe.json"}
    assert not list(Path(settings.MEDIA_ROOT).glob("*/work/*"))
    _rewrite(clip, "write")
    assert retry_clip(clip)
    assert _run(clip).status == Clip.Status.READY
    assert clip.artifacts.get(kind="probe").created_at == probed


def test_a_further_run_in_work_is_stopped_and_forgotten(
    cast: Cast,
    ready: Clip,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    old, files = _served(cast, ready), _files(ready)
    reprocess_clip(ready, pose_model="heavy")
    _rewrite(ready, "last 30")
    run_next_stage(ready.pk)
    with django_capture_on_commit_callbacks(execute=True), monkeypatch.context() as patch:
        _during_the_stage(patch, lambda: cancel_clip(Clip.objects.get(pk=ready.pk)))
        assert not run_next_stage(ready.pk)
    ready.refresh_from_db()
    assert (ready.status, ready.run, ready.settings) == (Clip.Status.READY, 1, {})
    assert _served(cast, ready) == old
    assert _files(ready) == files


def test_what_is_ready_cannot_be_stopped(ready: Clip) -> None:
    assert not cancel_clip(ready)
    assert not retry_clip(ready)


# --- Cutting ---------------------------------------------------------------------------------


def test_pieces_of_a_take_become_clips_of_their_own(
    ready: Clip, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks() as messages:
        squat, lunge = cut_clip(ready, [Piece("Squat", 0.0, 10.0), Piece(" ", 12.5, 20.0)])
    assert len(messages) == 2
    assert [squat.title, lunge.title] == ["Squat", ready.title]
    assert squat.cut_from == ready and squat.source.name == ready.source.name
    for piece in (squat, lunge):
        _run(piece)
    assert squat.artifacts.get(kind="poster").params["window_s"] == [0.0, 10.0]
    assert lunge.artifacts.get(kind="poster").params["window_s"] == [12.5, 20.0]


def test_a_piece_of_a_piece_counts_from_the_piece(ready: Clip) -> None:
    (piece,) = cut_clip(ready, [Piece("Set", 10.0, 30.0)])
    (rep,) = cut_clip(piece, [Piece("Rep", 5.0, 99.0)])
    assert rep.window_s == (15.0, 30.0)
    with pytest.raises(ValueError):
        cut_clip(piece, [Piece("Good", 0.0, 5.0), Piece("Outside", 20.0, 25.0)])
    with pytest.raises(ValueError):
        cut_clip(piece, [Piece("Backwards", 5.0, 5.0)])
    # All pieces or none.
    assert Clip.objects.count() == 3


def test_the_source_goes_with_the_last_clip_that_needs_it(
    ready: Clip, django_capture_on_commit_callbacks: Commits
) -> None:
    source = Path(ready.source.path)
    first, second = cut_clip(ready, [Piece("A", 0.0, 1.0), Piece("B", 1.0, 2.0)])
    _run(first)
    with django_capture_on_commit_callbacks(execute=True):
        delete_clip(ready)
    assert [path for path in source.parent.rglob("*") if path.is_file()] == [source]
    first.refresh_from_db()
    assert first.cut_from is None
    of_first = _folder(first)
    with django_capture_on_commit_callbacks(execute=True):
        delete_clip(first)
    assert source.exists() and not [path for path in of_first.rglob("*") if path.is_file()]
    # A take whose pieces were left can still be made from its source.
    assert _run(second).status == Clip.Status.READY
    with django_capture_on_commit_callbacks(execute=True):
        delete_clip(second)
    assert not source.exists()
    assert not Clip.objects.exists()


# --- Whose clip it is ------------------------------------------------------------------------


def test_boris_sees_nothing_of_any_run(cast: Cast, ready: Clip) -> None:
    reprocess_clip(ready)
    for kind in ("poster", "probe", "source"):
        answer = cast.boris.browser(cast.boris.owner).get(f"/media/clips/{ready.pk}/{kind}/")
        assert answer.status_code == 404
