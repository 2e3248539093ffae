"""Cut a take into exercises: all of them in one go, or none and why."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as HttpClient

from exercises.models import Exercise
from processing.models import Clip
from tests.conftest import Cast, Site
from tests.studio.build import make_clip, make_take, make_workout, text

LIST = "/studio/exercises/exercise/"
SQUAT = {"name": "Squat", "start_s": 2.0, "end_s": 8.25}
JACKS = {"name": "Jumping jacks", "start_s": 8.25, "end_s": 13.0}


@pytest.fixture
def studio(anna: Site) -> HttpClient:
    return anna.browser(anna.owner)


def page_of(http: HttpClient, take: Clip) -> str:
    return text(http.get(f"/studio/processing/clip/{take.pk}/change/"))


def make(http: HttpClient, take: Clip, *pieces: Any) -> HttpResponse:
    body = json.dumps({"pieces": pieces})
    response = http.post(f"{LIST}of-take/{take.pk}/", body, content_type="application/json")
    assert isinstance(response, HttpResponse)
    return response


def problems(response: HttpResponse) -> list[tuple[int | None, str]]:
    assert response.status_code == 400
    found = json.loads(response.content)["problems"]
    return [(one["piece"], one["words"]) for one in found]


def data_in(page: str) -> dict[str, Any]:
    start = page.index('<script id="filmstrip-data" type="application/json">')
    content = page[page.index(">", start) + 1 : page.index("</script>", start)]
    data: dict[str, Any] = json.loads(content)
    return data


def test_the_page_brings_the_pieces_that_were_found(studio: HttpClient) -> None:
    take = make_take()
    data = data_in(page_of(studio, take))
    assert data["duration_s"] == 13.8
    assert [one["kind"] for one in data["segments"]] == ["rest", "exercise", "exercise"]
    assert data["published"] == {"start_s": 2.0, "end_s": 13.0}
    assert data["tiles"]["url"] == f"/media/clips/{take.pk}/filmstrip/?run=1"
    with closing(studio.get(data["tiles"]["url"])) as picture:
        assert picture.status_code == 200


def test_pieces_become_exercises_whose_clips_are_made(studio: HttpClient) -> None:
    take = make_take()
    response = make(studio, take, SQUAT, JACKS)
    assert response.status_code == 201
    squat, jacks = Exercise.objects.order_by("-name")
    assert (squat.name, jacks.name) == ("Squat", "Jumping jacks")
    assert squat.clip.window_s == (2.0, 8.25)
    assert jacks.clip.window_s == (8.25, 13.0)
    for exercise in (squat, jacks):
        assert exercise.clip.cut_from == take
        assert exercise.clip.status == Clip.Status.QUEUED
        # What the trainer drew is what is made: nothing more is cut off at the ends.
        assert exercise.clip.settings["trim"] is False
    take.refresh_from_db()
    assert take.status == Clip.Status.READY


def test_the_way_leads_to_a_list_of_them(studio: HttpClient) -> None:
    make_workout("Older", "Plank")
    url = json.loads(make(studio, make_take(), SQUAT, JACKS).content)["url"]
    page = text(studio.get(url))
    assert "2 exercises are made" in page
    assert "Squat" in page and "Jumping jacks" in page
    assert "Plank" not in page
    assert "waiting" in page
    # There are no pictures yet, and none is asked for.
    assert "/poster/" not in page


def test_times_count_from_where_the_take_itself_begins(studio: HttpClient) -> None:
    take = make_take(window_start_s=60.0, window_end_s=73.8)
    make(studio, take, SQUAT)
    assert Exercise.objects.get().clip.window_s == (62.0, 68.25)


def test_the_order_is_that_of_time(studio: HttpClient) -> None:
    make(studio, make_take(), JACKS, SQUAT)
    names = Clip.objects.filter(cut_from__isnull=False).order_by("queued_at")
    assert [clip.title for clip in names] == ["Squat", "Jumping jacks"]


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        ({**SQUAT, "name": "  "}, "Give this piece a name."),
        ({**SQUAT, "name": "x" * 121}, "too long"),
        ({**SQUAT, "end_s": 2.3}, "too short"),
        ({**SQUAT, "start_s": 8.0, "end_s": 3.0}, "too short"),
        ({**SQUAT, "end_s": 14.5}, "after the end of the video"),
        ({**SQUAT, "start_s": -1.0}, "no proper beginning"),
        ({**SQUAT, "start_s": None}, "no proper beginning"),
        ({**SQUAT, "start_s": "NaN"}, "no proper beginning"),
        ({"name": "Squat"}, "no proper beginning"),
    ],
)
def test_a_bad_piece_is_named_and_nothing_is_made(
    studio: HttpClient, piece: dict[str, Any], words: str
) -> None:
    ((place, said),) = problems(make(studio, make_take(), JACKS, piece))
    assert place == 1
    assert words in said
    assert not Exercise.objects.exists()
    assert not Clip.objects.filter(cut_from__isnull=False).exists()


def test_overlapping_pieces_are_refused(studio: HttpClient) -> None:
    response = make(studio, make_take(), SQUAT, {**JACKS, "start_s": 7.0})
    assert problems(response) == [
        (None, "“Squat” and “Jumping jacks” overlap: move the border between them.")
    ]


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"pieces": 3}', '{"pieces": [3]}', "\xff"])
def test_what_is_no_list_of_pieces_is_refused(studio: HttpClient, body: str) -> None:
    url = f"{LIST}of-take/{make_take().pk}/"
    response = studio.post(url, body.encode("latin-1"), content_type="application/json")
    assert response.status_code == 400
    assert "Press the button again" in text(response)


def test_no_piece_and_too_many_are_refused(studio: HttpClient) -> None:
    take = make_take()
    assert "There is no piece" in problems(make(studio, take))[0][1]
    assert "at most 100" in problems(make(studio, take, *[SQUAT] * 101))[0][1]


def test_complaints_are_in_the_trainers_language(studio: HttpClient) -> None:
    studio.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    assert problems(make(studio, make_take(), {**SQUAT, "name": ""})) == [
        (0, "Назовите этот фрагмент.")
    ]


def test_a_judged_take_is_cut_while_it_is_still_rendered(studio: HttpClient) -> None:
    take = make_take(status=Clip.Status.PROCESSING, stage="render")
    assert "data-filmstrip" in page_of(studio, take)
    assert make(studio, take, SQUAT).status_code == 201


def test_before_it_is_judged_there_is_nothing_to_cut(studio: HttpClient) -> None:
    take = make_take(status=Clip.Status.PROCESSING, stage="review", judged=False)
    page = page_of(studio, take)
    assert "data-filmstrip" not in page
    assert 'hx-trigger="clipReviewed from:body"' in page
    assert "being made anew" in problems(make(studio, take, SQUAT))[0][1]


def test_while_it_is_made_again_the_take_is_left_alone(studio: HttpClient) -> None:
    take = make_take()
    Clip.objects.filter(pk=take.pk).update(status=Clip.Status.PROCESSING, run=2)
    assert "data-filmstrip" not in page_of(studio, take)
    assert "being made anew" in problems(make(studio, take, SQUAT))[0][1]


def test_a_clip_without_a_filmstrip_offers_none(studio: HttpClient) -> None:
    clip = make_clip()
    assert "data-filmstrip" not in page_of(studio, clip)
    assert make(studio, clip, SQUAT).status_code == 400


def test_an_exercise_in_work_can_be_opened_and_planned(studio: HttpClient) -> None:
    make(studio, make_take(), SQUAT)
    exercise = Exercise.objects.get()
    assert studio.get(f"{LIST}{exercise.pk}/change/").status_code == 200
    catalogue = text(studio.get("/studio/exercises/workout/add/"))
    assert f'data-pick="{exercise.pk}"' in catalogue
    assert f"/media/clips/{exercise.clip_id}/poster/" not in catalogue


def test_one_part_only_makes_the_clip_again(studio: HttpClient) -> None:
    take = make_take(window_start_s=60.0, window_end_s=73.8, settings={"pose_model": "lite"})
    url = f"/studio/processing/clip/{take.pk}/part/"
    assert studio.post(url, {"start_s": "2.00", "end_s": "8.25"}).status_code == 302
    take.refresh_from_db()
    assert take.window_s == (62.0, 68.25)
    assert take.settings == {"pose_model": "lite", "trim": False}
    assert (take.status, take.run, take.published_run) == (Clip.Status.QUEUED, 2, 1)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [("2", "2.2", "too short"), ("2", "20", "outside the video"), ("", "x", "outside the video")],
)
def test_a_bad_part_is_refused_with_words(
    studio: HttpClient, start: str, end: str, words: str
) -> None:
    take = make_take()
    url = f"/studio/processing/clip/{take.pk}/part/"
    response = studio.post(url, {"start_s": start, "end_s": end}, follow=True)
    assert words in text(response)
    take.refresh_from_db()
    assert take.run == 1


def test_nobody_else_cuts(cast: Cast, anna: Site) -> None:
    take = make_take()
    for http in (anna.browser(), anna.browser(cast.kate)):
        assert make(http, take, SQUAT).status_code in {302, 403, 404}
        part = {"start_s": "2", "end_s": "8"}
        answer = http.post(f"/studio/processing/clip/{take.pk}/part/", part)
        assert answer.status_code in {302, 403}
    boris = cast.boris.browser(cast.boris.owner)
    assert make(boris, take, SQUAT).status_code == 404
    with anna.schema():
        assert not Exercise.objects.exists()
        take.refresh_from_db()
        assert take.run == 1
