"""Place in the queue and waiting time, over all trainers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from processing import waiting
from processing.journey import journey_of
from processing.models import Clip
from processing.waiting import Wait, wait_of
from tests.conftest import Cast

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    waiting.forget()
    yield
    waiting.forget()


def _clip(minutes_ago: float, **fields: object) -> Clip:
    queued_at = timezone.now() - timedelta(minutes=minutes_ago)
    return Clip.objects.create(title="Squat", queued_at=queued_at, **fields)


def _made(frames: int, worked_s: float, size_bytes: int) -> Clip:
    return _clip(
        60,
        status=Clip.Status.READY,
        published_run=1,
        frames_total=frames,
        worked_s=worked_s,
        size_bytes=size_bytes,
        finished_at=timezone.now(),
    )


def test_clips_of_other_trainers_go_first_as_well(cast: Cast) -> None:
    with cast.boris.schema():
        _clip(9)
        _clip(1)
    with cast.anna.schema():
        _clip(5)
        clip = _clip(3)
        assert wait_of(clip) == Wait(ahead=2, seconds=None)
        assert journey_of(clip).detail == "2 clips go first"


def test_what_is_over_is_not_waited_for(cast: Cast) -> None:
    with cast.anna.schema():
        for status in Clip.STUCK:
            _clip(9, status=status)
        clip = _clip(3)
        assert wait_of(clip).ahead == 0
        assert journey_of(clip).detail == "It is next."


def test_the_wait_is_frames_left_over_the_measured_pace(cast: Cast) -> None:
    with cast.boris.schema():
        # 40 frames/s, 100 frames a megabyte.
        _made(frames=1000, worked_s=25.0, size_bytes=10 * MEGABYTE)
        _made(frames=3000, worked_s=75.0, size_bytes=30 * MEGABYTE)
        # In work with 30 s to go; known to have 4,000 frames: 100 s.
        _clip(9, status=Clip.Status.PROCESSING, seconds_left=30.0)
        _clip(8, frames_total=4000)
    with cast.anna.schema():
        # Not looked at yet: 20 MB are some 2,000 frames, 50 s. Ten seconds of a take: 7.5 s.
        _clip(7, size_bytes=20 * MEGABYTE)
        _clip(6, size_bytes=999 * MEGABYTE, window_start_s=5.0, window_end_s=15.0)
        clip = _clip(3)
        wait = wait_of(clip)
        assert wait.ahead == 4
        assert wait.seconds == pytest.approx(187.5)
        assert journey_of(clip).detail == "4 clips go first · about 3 min"


def test_two_workers_halve_it(cast: Cast) -> None:
    with cast.anna.schema():
        _made(frames=1000, worked_s=25.0, size_bytes=MEGABYTE)
        for _ in range(2):
            _clip(9, status=Clip.Status.PROCESSING, seconds_left=60.0)
        assert wait_of(_clip(3)).seconds == pytest.approx(60.0)


def test_a_clip_processed_again_waits_its_turn_and_stays_in_use(cast: Cast) -> None:
    with cast.anna.schema():
        clip = _clip(3, published_run=1, run=2)
        assert "stays in use" in journey_of(clip).note
        assert journey_of(_clip(3)).note == ""
