"""Two workers, one clip."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from processing.claims import claim
from processing.models import Clip
from tests.conftest import Site


@pytest.fixture
def clip(anna: Site) -> Clip:
    return Clip.objects.create(title="Squat")


def _lapse(clip: Clip) -> None:
    Clip.objects.filter(pk=clip.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_waiting_clip_is_claimed_once(clip: Clip) -> None:
    assert claim(clip.pk) is not None
    assert claim(clip.pk) is None


def test_a_silent_workers_clip_is_taken_over(clip: Clip) -> None:
    first = claim(clip.pk)
    _lapse(clip)
    second = claim(clip.pk)
    assert first is not None and second is not None
    assert second.fence > first.fence


def test_a_late_worker_can_write_no_more(clip: Clip) -> None:
    late = claim(clip.pk)
    _lapse(clip)
    claim(clip.pk)
    assert late is not None
    assert not late.renew(progress_pct=99.0)
    clip.refresh_from_db()
    assert clip.progress_pct == 0.0


def test_renewing_keeps_others_away(clip: Clip) -> None:
    held = claim(clip.pk)
    _lapse(clip)
    assert held is not None and held.renew(progress_pct=10.0)
    assert claim(clip.pk) is None


@pytest.mark.parametrize("status", ["ready", "invalid", "failed", "cancelled"])
def test_finished_clips_are_left_alone(clip: Clip, status: str) -> None:
    Clip.objects.filter(pk=clip.pk).update(status=status, published_run=1)
    _lapse(clip)
    assert claim(clip.pk) is None


def test_a_deleted_clip_cannot_be_claimed(clip: Clip) -> None:
    gone = clip.pk
    clip.delete()
    assert claim(gone) is None
