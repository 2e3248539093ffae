"""Build a workout, put it in order, copy it, give it to a client."""

from __future__ import annotations

import re

import pytest
from django.test import Client as HttpClient

from exercises.estimate import workout_seconds
from exercises.levels import Level
from exercises.models import Assignment, Exercise, Workout, WorkoutItem
from tests.conftest import Cast, Site
from tests.studio.build import item_fields, make_clip, make_workout, text

LIST = "/studio/exercises/workout/"
ADD = "/studio/exercises/workout/add/"
ASSIGN = "/studio/exercises/assignment/add/"


@pytest.fixture
def studio(anna: Site) -> HttpClient:
    return anna.browser(anna.owner)


@pytest.fixture
def squat(anna: Site) -> Exercise:
    return Exercise.objects.create(name="Squat", clip=make_clip("Squat"))


@pytest.fixture
def plank(anna: Site) -> Exercise:
    return Exercise.objects.create(name="Plank", clip=make_clip("Plank"))


def contents(workout: Workout) -> list[tuple[str, int, int | None, int | None]]:
    return [
        (item.exercise.name, item.position, item.reps, item.seconds)
        for item in workout.items.select_related("exercise")
    ]


def test_items_are_kept_in_the_order_of_the_page(
    studio: HttpClient, squat: Exercise, plank: Exercise
) -> None:
    rows = item_fields(
        {"exercise": squat.pk, "reps": 12, "position": 1},
        {"exercise": plank.pk, "seconds": 45, "position": 0},
    )
    response = studio.post(ADD, {"title": "Monday", **rows})
    assert response.status_code == 302
    workout = Workout.objects.get()
    assert contents(workout) == [("Plank", 0, None, 45), ("Squat", 1, 12, None)]
    page = text(studio.get(f"{LIST}{workout.pk}/change/"))
    assert page.index(">Plank<") < page.index(">Squat<")
    assert f"/media/clips/{squat.clip_id}/poster/" in page


def test_without_positions_the_order_is_that_of_the_rows(
    studio: HttpClient, squat: Exercise, plank: Exercise
) -> None:
    rows = item_fields({"exercise": plank.pk, "reps": 5}, {"exercise": squat.pk, "reps": 5})
    studio.post(ADD, {"title": "Monday", **rows})
    assert [row[:2] for row in contents(Workout.objects.get())] == [("Plank", 0), ("Squat", 1)]


def test_items_are_put_in_another_order_and_removed(studio: HttpClient) -> None:
    workout = make_workout("Monday", "Squat", "Plank", "Lunge")
    squat, plank, lunge = workout.items.all()
    rows = item_fields(
        {"id": squat.pk, "exercise": squat.exercise_id, "reps": 10, "position": 2},
        {"id": plank.pk, "exercise": plank.exercise_id, "reps": 10, "DELETE": "on"},
        {"id": lunge.pk, "exercise": lunge.exercise_id, "reps": 8, "position": 0},
        initial=3,
    )
    assert studio.post(f"{LIST}{workout.pk}/change/", {"title": "M", **rows}).status_code == 302
    assert contents(workout) == [("Lunge", 0, 8, None), ("Squat", 1, 10, None)]


def test_a_row_added_and_removed_again_is_forgotten(studio: HttpClient, squat: Exercise) -> None:
    rows = item_fields(
        {"exercise": squat.pk, "reps": 10, "DELETE": "on"}, {"exercise": squat.pk, "reps": 3}
    )
    studio.post(ADD, {"title": "Monday", **rows})
    assert contents(Workout.objects.get()) == [("Squat", 0, 3, None)]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"reps": 10, "seconds": 30}, "Give either repetitions or seconds, not both."),
        ({}, "Say how many repetitions, or how many seconds."),
        ({"reps": 0}, "greater than or equal to 1"),
        ({"reps": 501}, "less than or equal to 500"),
        ({"reps": 10, "sets": 0}, "greater than or equal to 1"),
        ({"reps": "many"}, "whole number"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_with_words(
    studio: HttpClient, squat: Exercise, row: dict[str, object], words: str
) -> None:
    rows = item_fields({"exercise": squat.pk, **row})
    page = text(studio.post(ADD, {"title": "Monday", **rows}))
    assert page.count(words) == 1
    # The row comes back as it was, with its name and picture.
    assert ">Squat<" in page
    assert f"/media/clips/{squat.clip_id}/poster/" in page
    assert not Workout.objects.exists()


def test_the_estimate_counts_work_and_rest() -> None:
    items = [
        WorkoutItem(sets=3, reps=10, rest_seconds=30),
        WorkoutItem(sets=2, seconds=45, rest_seconds=20),
    ]
    assert workout_seconds(items) == 3 * (40 + 30) + 45 + 20 + 45
    assert workout_seconds([]) == 0


def test_the_list_tells_what_is_in_it_and_how_long_it_takes(studio: HttpClient) -> None:
    make_workout("Monday", "Squat", "Plank")
    page = text(studio.get(LIST))
    assert "Squat, Plank" in page
    assert "6:30" in page


def test_a_copy_is_changed_without_touching_the_original(studio: HttpClient) -> None:
    workout = make_workout("Monday", "Squat", "Plank")
    duplicate = f"{LIST}{workout.pk}/duplicate/"
    assert studio.get(duplicate).status_code == 405
    response = studio.post(duplicate)
    copy = Workout.objects.exclude(pk=workout.pk).get()
    assert response["Location"] == f"{LIST}{copy.pk}/change/"
    assert copy.title == "Monday (copy)"
    assert contents(copy) == contents(workout)
    copy.items.all().delete()
    assert len(contents(workout)) == 2


def test_several_are_copied_from_the_list(studio: HttpClient) -> None:
    chosen = [make_workout("Monday", "Squat").pk, make_workout("Tuesday", "Plank").pk]
    studio.post(LIST, {"action": "duplicate", "_selected_action": chosen})
    assert Workout.objects.filter(title__endswith="(copy)").count() == 2


def test_a_workout_is_given_to_a_client(studio: HttpClient, cast: Cast) -> None:
    workout = make_workout("Monday", "Squat")
    page = text(studio.get(f"{LIST}{workout.pk}/change/"))
    assert f"{ASSIGN}?workout={workout.pk}" in page
    form = text(studio.get(ASSIGN, {"workout": workout.pk}))
    assert f'value="{workout.pk}" selected' in form
    homework = {
        "workout": workout.pk,
        "client": cast.kate.pk,
        "note": "Slowly",
        "due_on": "2030-01-15",
        "asks_for": "video",
        "strictness": "kind",
    }
    # The skeleton is proposed, and what else there is can be seen at a glance.
    assert re.findall(r'name="asks_for" value="(\w+)"', form) == list(Level)
    assert re.search(r'name="asks_for" value="skeleton"[^>]* checked', form)
    assert studio.post(ASSIGN, homework).status_code == 302
    given = Assignment.objects.get()
    assert (given.workout, given.client_id, given.note) == (workout, cast.kate.pk, "Slowly")
    assert (given.asks_for, given.strictness) == (Level.VIDEO, "kind")
    assert "Monday" in text(studio.get("/studio/exercises/assignment/"))


def test_an_empty_workout_is_not_given_to_anybody(studio: HttpClient, cast: Cast) -> None:
    workout = make_workout("Nothing")
    page = text(
        studio.post(ASSIGN, {"workout": workout.pk, "client": cast.kate.pk, "asks_for": "numbers"})
    )
    assert "has no exercises yet" in page
    assert not Assignment.objects.exists()


def test_homework_is_for_clients(studio: HttpClient, anna: Site) -> None:
    workout = make_workout("Monday", "Squat")
    homework = {"workout": workout.pk, "asks_for": "numbers", "strictness": "normal"}
    studio.post(ASSIGN, {**homework, "client": anna.owner.pk})
    assert not Assignment.objects.exists()


def test_an_assigned_workout_is_not_deleted(studio: HttpClient, cast: Cast) -> None:
    workout = make_workout("Monday", "Squat")
    Assignment.objects.create(workout=workout, client=cast.kate)
    assert "is in use" in text(studio.post(f"{LIST}{workout.pk}/delete/", {"post": "yes"}))
    assert Workout.objects.exists()


def test_nobody_else_comes_near(cast: Cast, anna: Site) -> None:
    workout = make_workout("Secret Monday", "Squat")
    for http in (anna.browser(), anna.browser(cast.kate)):
        for url in (LIST, ADD, f"{LIST}{workout.pk}/change/", ASSIGN):
            response = http.get(url)
            assert response.status_code in {302, 403}
            assert "Secret Monday" not in text(response)
        assert http.post(f"{LIST}{workout.pk}/duplicate/").status_code in {302, 403}
    boris = cast.boris.browser(cast.boris.owner)
    assert boris.get(f"{LIST}{workout.pk}/change/")["Location"] == "/studio/"
    assert boris.post(f"{LIST}{workout.pk}/duplicate/").status_code == 404
    boris.post(ASSIGN, {"workout": workout.pk, "client": cast.kate.pk})
    with anna.schema():
        assert Workout.objects.count() == 1
        assert not Assignment.objects.exists()
