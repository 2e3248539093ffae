"""Make an exercise of a finished clip."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from exercises.models import Exercise
from processing.models import Clip
from tests.conftest import Cast, Site
from tests.studio.build import make_clip, make_workout, text

LIST = "/studio/exercises/exercise/"
ADD = "/studio/exercises/exercise/add/"


@pytest.fixture
def studio(anna: Site) -> HttpClient:
    return anna.browser(anna.owner)


def fields(clip: Clip) -> dict[str, str]:
    return {"name": "Squat", "clip": str(clip.pk), "cues": "Heels down", "focus": "legs"}


def test_a_finished_clip_becomes_an_exercise(studio: HttpClient) -> None:
    clip = make_clip()
    assert studio.post(ADD, fields(clip)).status_code == 302
    exercise = Exercise.objects.get()
    assert (exercise.name, exercise.clip, exercise.focus) == ("Squat", clip, "legs")
    page = text(studio.get(LIST))
    assert "Squat" in page
    assert f"/media/clips/{clip.pk}/poster/" in page


def test_the_clip_s_page_fills_the_form_in(studio: HttpClient) -> None:
    clip, other = make_clip("One"), make_clip("Two")
    page = text(studio.get(ADD, {"clip": str(clip.pk), "name": "Wall squat"}))
    assert 'value="Wall squat"' in page
    assert f'value="{clip.pk}" checked' in page
    assert f'value="{other.pk}" checked' not in page


def test_nonsense_in_the_address_is_left_out(studio: HttpClient) -> None:
    assert studio.get(ADD, {"clip": "nonsense", "name": "x" * 500}).status_code == 200


@pytest.mark.parametrize(
    "status",
    [Clip.Status.QUEUED, Clip.Status.PROCESSING, Clip.Status.INVALID, Clip.Status.FAILED],
)
def test_an_unfinished_clip_is_neither_offered_nor_taken(studio: HttpClient, status: str) -> None:
    clip = make_clip(status=status)
    assert str(clip.pk) not in text(studio.get(ADD))
    assert "This clip is not ready" in text(studio.post(ADD, fields(clip)))
    assert not Exercise.objects.exists()


def test_without_a_clip_the_form_says_what_to_do(studio: HttpClient) -> None:
    page = text(studio.get(ADD))
    assert "No clip is ready yet" in page
    assert "/studio/processing/clip/add/" in page
    refused = studio.post(ADD, {"name": "Squat", "focus": "legs"})
    assert "Choose the clip that shows the movement." in text(refused)


def test_search_finds_by_name_and_cue(studio: HttpClient) -> None:
    clip = make_clip()
    Exercise.objects.create(name="Lunge", clip=clip, cues="long step")
    Exercise.objects.create(name="Plank", clip=clip)
    found = text(studio.get(LIST, {"q": "long"})).partition('id="result_list"')[2]
    assert "Lunge" in found
    assert "Plank" not in found
    assert "Nothing fits" in text(studio.get(LIST, {"q": "burpee"}))


def test_an_exercise_in_a_workout_is_not_deleted(studio: HttpClient) -> None:
    make_workout("Monday", "Squat")
    exercise = Exercise.objects.get()
    assert "is in use" in text(studio.post(f"{LIST}{exercise.pk}/delete/", {"post": "yes"}))
    assert Exercise.objects.filter(pk=exercise.pk).exists()


def test_nobody_else_comes_near(cast: Cast, anna: Site) -> None:
    clip = make_clip()
    exercise = Exercise.objects.create(name="Secret lunge", clip=clip)
    for http in (anna.browser(), anna.browser(cast.kate)):
        for url in (LIST, ADD, f"{LIST}{exercise.pk}/change/"):
            response = http.get(url)
            assert response.status_code in {302, 403}
            assert "Secret lunge" not in text(response)
        assert http.post(ADD, fields(clip)).status_code in {302, 403}
    boris = cast.boris.browser(cast.boris.owner)
    assert boris.get(f"{LIST}{exercise.pk}/change/")["Location"] == "/studio/"
    assert "This clip is not ready" in text(boris.post(ADD, fields(clip)))
    with anna.schema():
        assert Exercise.objects.count() == 1
