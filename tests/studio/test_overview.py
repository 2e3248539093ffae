"""The studio's front page says what comes next."""

from __future__ import annotations

import re

import pytest
from django.test import Client as HttpClient
from django.utils import timezone

from exercises.models import Assignment, Exercise
from processing.models import Clip
from sessions.models import WorkoutSession
from tests.conftest import Cast, Site
from tests.studio.build import make_clip, make_workout, text

FRONT = "/studio/"


@pytest.fixture
def studio(anna: Site) -> HttpClient:
    return anna.browser(anna.owner)


def current_step(page: str) -> str:
    found = re.search(r'aria-current="step".*?<h3>([^<]+)', page, re.DOTALL)
    return found[1] if found else ""


def test_each_thing_done_leads_to_the_next(studio: HttpClient, cast: Cast) -> None:
    assert current_step(text(studio.get(FRONT))) == "Upload a clip"
    clip = make_clip()
    assert current_step(text(studio.get(FRONT))) == "Make an exercise"
    Exercise.objects.create(name="Squat", clip=clip)
    assert current_step(text(studio.get(FRONT))) == "Build a workout"
    workout = make_workout("Monday", "Lunge")
    assert current_step(text(studio.get(FRONT))) == "Invite and assign"
    Assignment.objects.create(workout=workout, client=cast.kate)
    page = text(studio.get(FRONT))
    assert current_step(page) == ""
    assert "From your first video" not in page


def test_clips_in_work_are_shown_with_their_progress(studio: HttpClient) -> None:
    make_clip("Lunge", Clip.Status.PROCESSING, stage="render", progress_pct=81.0)
    make_clip("Done", Clip.Status.READY)
    page = text(studio.get(FRONT))
    assert "Cutting you out of the room" in page
    assert 'aria-valuenow="81"' in page
    assert ">Done<" not in page


def test_finished_sessions_wait_for_review(studio: HttpClient, cast: Cast) -> None:
    homework = Assignment.objects.create(workout=make_workout("Monday", "Squat"), client=cast.kate)
    for score, finished, reviewed in (
        (82.4, True, False),
        (55.0, True, True),
        (33.0, False, False),
    ):
        now = timezone.now()
        WorkoutSession.objects.create(
            assignment=homework,
            client=cast.kate,
            score=score,
            finished_at=now if finished else None,
            reviewed_at=now if reviewed else None,
        )
    page = text(studio.get(FRONT))
    assert "82 %" in page
    assert "score-green" in page
    assert "55 %" not in page
    assert "33 %" not in page


@pytest.mark.parametrize(
    "path",
    [
        "processing/clip/",
        "exercises/exercise/",
        "exercises/workout/",
        "exercises/assignment/",
    ],
)
def test_an_empty_list_says_what_comes_next(studio: HttpClient, path: str) -> None:
    page = text(studio.get(FRONT + path))
    assert "Nothing here yet" in page
    assert f"{FRONT}{path}add/" in page


def test_the_studio_is_the_trainer_s(cast: Cast, anna: Site) -> None:
    assert anna.browser().get(FRONT).status_code == 302
    assert anna.browser(cast.kate).get(FRONT).status_code in {302, 403}
    denis = cast.boris.browser(cast.denis).get(FRONT)
    assert denis.status_code in {302, 403}
