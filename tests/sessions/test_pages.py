"""The client's pages: what each person sees, and who is refused."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as HttpClient
from django.utils import timezone

from exercises.models import Assignment, Workout
from processing.models import Artifact, Clip
from sessions import services
from sessions.models import WorkoutSession
from tenants.people.models import User
from tests.conftest import Cast, Site
from tests.sessions.build import first_item, make_assignment, make_chunk, make_clip


@pytest.fixture
def assignment(cast: Cast, anna: Site) -> Assignment:
    return make_assignment(cast.kate, note="Take it easy.")


def finished(client: User, assignment: Assignment, *scores: float | None) -> WorkoutSession:
    session = services.start_session(client, assignment)
    item = first_item(assignment).pk
    for seq, score in enumerate(scores):
        chunk = make_chunk(item, [score] * 20, start_s=2.0 * seq, errors={4: 45.0})
        services.store_chunk(session, seq, chunk)
    return services.finish_session(session, len(scores))


def text(answer: Any) -> str:
    """What a reader sees, on one line."""
    page = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_visitor_sees_the_trainer_and_the_log_in(cast: Cast) -> None:
    answer = cast.anna.browser().get("/")
    assert answer.status_code == 200
    assert "Anna" in text(answer)
    assert 'href="/accounts/login/"' in answer.content.decode()


def test_the_trainer_is_led_to_the_studio(cast: Cast) -> None:
    assert 'href="/studio/"' in cast.anna.browser(cast.anna.owner).get("/").content.decode()


def test_a_client_without_homework_is_told_what_happens_next(cast: Cast) -> None:
    assert "No homework yet" in text(cast.anna.browser(cast.mila).get("/"))


def test_homework_is_listed_with_progress(cast: Cast, assignment: Assignment, anna: Site) -> None:
    kate = cast.anna.browser(cast.kate)
    page = kate.get("/")
    assert "Legs" in text(page)
    assert "1 exercise " in text(page)
    assert f'href="/homework/{assignment.pk}/shadow/"' in page.content.decode()
    assert "done" not in text(page)
    with anna.schema():
        finished(cast.kate, assignment, 84.4)
        finished(cast.kate, assignment, 51.0)
        services.start_session(cast.kate, assignment)
    assert "done 2 times, best 84%" in text(kate.get("/"))


@pytest.mark.parametrize(
    ("days", "words"), [(0, "due today"), (1, "due tomorrow"), (-3, "was due"), (9, "due ")]
)
def test_the_due_date_is_in_words(cast: Cast, anna: Site, days: int, words: str) -> None:
    day = timezone.localdate() + datetime.timedelta(days=days)
    make_assignment(cast.kate, due_on=day)
    assert words in text(cast.anna.browser(cast.kate).get("/"))


def test_the_list_costs_the_same_for_many(
    cast: Cast, anna: Site, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        make_assignment(cast.kate, title=f"Day {number}", clips=[make_clip(), make_clip()])
    kate = cast.anna.browser(cast.kate)
    # Each is preceded by its search_path: domain, login, user, assignments, items.
    with django_assert_max_num_queries(10):
        kate.get("/")


def test_one_homework(cast: Cast, assignment: Assignment) -> None:
    page = text(cast.anna.browser(cast.kate).get(f"/homework/{assignment.pk}/"))
    for words in ("Legs", "Slowly.", "Take it easy.", "Squat", "3 × 10 reps", "Knees out", "Start"):
        assert words in page
    assert "rest 30 s" in page


def test_the_shadow_page_carries_what_the_scripts_need(
    cast: Cast, assignment: Assignment, anna: Site
) -> None:
    answer = cast.anna.browser(cast.kate).get(f"/homework/{assignment.pk}/shadow/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Permissions-Policy"].startswith("camera=(self)")
    assert answer.cookies["csrftoken"].value
    found = re.search(r'<script id="shadow-config" type="application/json">(.*?)</script>', page)
    assert found is not None
    config = json.loads(found[1])
    item = first_item(assignment)
    clip = item.exercise.clip_id
    assert config["items"] == [
        {
            "id": item.pk,
            "name": "Squat",
            "cues": "Knees out\nBack straight",
            "focus": ["hips", "knees", "ankles"],
            "sets": 3,
            "reps": 10,
            "seconds": None,
            "rest_seconds": 30,
            "video": f"/media/clips/{clip}/transparent/?run=1",
            "poses": f"/media/clips/{clip}/poses_packed/?run=1",
            "stacked": f"/media/clips/{clip}/stacked/?run=1",
            "mesh": f"/media/clips/{clip}/mesh/?run=1",
            "poster": f"/media/clips/{clip}/poster/?run=1",
            "width": 360,
            "height": 480,
            "fps": 30.0,
            "duration_s": 4.0,
        }
    ]
    assert config["assignment"] == assignment.pk
    assert config["urls"]["sessions"] == "/api/sessions/"
    assert config["messages"]["open_camera"]
    # The browser runs the inline import map only with the header's nonce.
    nonce = re.search(r'<script type="importmap" nonce="([^"]+)">', page)
    assert nonce is not None
    assert f"'nonce-{nonce[1]}'" in answer["Content-Security-Policy"]
    kate = cast.anna.browser(cast.kate)
    for kind in ("video", "stacked", "poses", "mesh", "poster"):
        assert kate.head(config["items"][0][kind]).status_code == 200


def shadow_config_of(http: HttpClient, assignment: Assignment) -> Any:
    page = http.get(f"/homework/{assignment.pk}/shadow/").content.decode()
    found = re.search(r'<script id="shadow-config" type="application/json">(.*?)</script>', page)
    assert found is not None
    return json.loads(found[1])


def test_the_page_knows_what_the_trainer_asks_for(cast: Cast, anna: Site) -> None:
    for asked, choices in (
        ("numbers", ["numbers"]),
        ("skeleton", ["numbers", "skeleton"]),
        ("video", ["numbers", "skeleton", "silhouette", "video"]),
    ):
        assignment = make_assignment(cast.kate, asks_for=asked)
        config = shadow_config_of(anna.browser(cast.kate), assignment)
        assert config["level"] == asked
        assert [level["key"] for level in config["levels"]] == choices
        login = f"/accounts/login/?next=%2Fhomework%2F{assignment.pk}%2Fshadow%2F"
        assert config["urls"]["login"] == login


def test_a_clip_of_an_earlier_version_may_lack_files(cast: Cast, anna: Site) -> None:
    assignment = make_assignment(cast.kate)
    Artifact.objects.filter(kind__in=["stacked", "mesh"]).delete()
    (item,) = shadow_config_of(anna.browser(cast.kate), assignment)["items"]
    assert (item["stacked"], item["mesh"]) == (None, None)


def test_a_device_tells_people_apart_and_nothing_about_them(cast: Cast, anna: Site) -> None:
    keys = set()
    for client in (cast.kate, cast.mila):
        keys.add(shadow_config_of(anna.browser(client), make_assignment(client))["user"])
        # The same person is the same the next day.
        keys.add(shadow_config_of(anna.browser(client), make_assignment(client))["user"])
    with cast.boris.schema():
        # Numbers of people are equal on many sites; their keys are not.
        assert cast.denis.pk in {cast.kate.pk, cast.mila.pk}
        assignment = make_assignment(cast.denis)
    keys.add(shadow_config_of(cast.boris.browser(cast.denis), assignment)["user"])
    assert len(keys) == 3
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys)


def test_an_exercise_whose_clip_is_not_ready_is_left_out(cast: Cast, anna: Site) -> None:
    clips = [make_clip("Lunge", status=Clip.Status.PROCESSING), make_clip("Squat")]
    assignment = make_assignment(cast.kate, clips=clips)
    kate = cast.anna.browser(cast.kate)
    page = kate.get(f"/homework/{assignment.pk}/shadow/").content.decode()
    assert '"name": "Squat"' in page
    assert '"name": "Lunge"' not in page
    assert "being prepared" in text(kate.get(f"/homework/{assignment.pk}/"))


def test_without_a_ready_clip_there_is_a_clear_page(cast: Cast, anna: Site) -> None:
    waiting = make_assignment(cast.kate, clips=[make_clip(status=Clip.Status.QUEUED)])
    empty = Assignment.objects.create(
        workout=Workout.objects.create(title="Later"), client=cast.kate
    )
    kate = cast.anna.browser(cast.kate)
    answer = kate.get(f"/homework/{waiting.pk}/shadow/")
    assert "being prepared" in text(answer)
    assert "shadow-config" not in answer.content.decode()
    assert "holds no exercises yet" in text(kate.get(f"/homework/{empty.pk}/shadow/"))
    assert kate.get(f"/homework/{empty.pk}/").status_code == 200


def test_results_say_how_it_went(cast: Cast, assignment: Assignment, anna: Site) -> None:
    session = finished(cast.kate, assignment, 90.0, 20.0, None)
    page = cast.anna.browser(cast.kate).get(f"/results/{session.pk}/")
    assert session.score == pytest.approx(55)
    assert "55%" in text(page)
    assert "Getting there" in text(page)
    assert "left thigh 45° off" in text(page)
    assert "out of sight 33%" in text(page)
    levels = re.findall(r'<rect class="level-(\w+)"', page.content.decode())
    # Two frames to a bar.
    assert len(levels) == 30
    assert [levels[0], levels[15], levels[-1]] == ["green", "red", "unseen"]
    listed = cast.anna.browser(cast.kate).get(f"/homework/{assignment.pk}/")
    assert f'href="/results/{session.pk}/"' in listed.content.decode()


def test_results_of_nothing(cast: Cast, assignment: Assignment, anna: Site) -> None:
    session = finished(cast.kate, assignment)
    page = text(cast.anna.browser(cast.kate).get(f"/results/{session.pk}/"))
    assert "Nothing was measured" in page
    assert "No movement was recorded" in page


def test_results_exist_only_once_finished(cast: Cast, assignment: Assignment, anna: Site) -> None:
    session = services.start_session(cast.kate, assignment)
    assert cast.anna.browser(cast.kate).get(f"/results/{session.pk}/").status_code == 404


def test_the_trainer_is_sent_from_results_to_the_report(
    cast: Cast, assignment: Assignment, anna: Site
) -> None:
    session = finished(cast.kate, assignment, 90.0)
    answer = cast.anna.browser(cast.anna.owner).get(f"/results/{session.pk}/")
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"{session.pk}/report/")


def test_strangers_are_refused(cast: Cast, assignment: Assignment, anna: Site) -> None:
    session = finished(cast.kate, assignment, 90.0)
    urls = [
        f"/homework/{assignment.pk}/",
        f"/homework/{assignment.pk}/shadow/",
        f"/results/{session.pk}/",
    ]
    for url in urls:
        for http in (
            cast.anna.browser(cast.mila),
            cast.boris.browser(cast.denis),
        ):
            assert http.get(url).status_code == 404, url
        nobody = cast.anna.browser().get(url)
        assert nobody.status_code == 302
        assert nobody["Location"].startswith("/accounts/login/")
    boris = cast.boris.browser(cast.boris.owner)
    assert [boris.get(url).status_code for url in urls[:2]] == [404, 404]
    assert cast.anna.browser(cast.kate).get(f"/results/{uuid4()}/").status_code == 404


def test_nothing_of_a_client_is_kept_in_caches(
    cast: Cast, assignment: Assignment, anna: Site
) -> None:
    session = finished(cast.kate, assignment, 90.0)
    kate = cast.anna.browser(cast.kate)
    for url in (
        "/",
        f"/homework/{assignment.pk}/",
        f"/homework/{assignment.pk}/shadow/",
        f"/results/{session.pk}/",
    ):
        answer = kate.get(url)
        assert "no-store" in answer["Cache-Control"]
        # What the content policy forbids would silently not be there.
        page = answer.content.decode()
        assert "style=" not in page
        assert not re.search(r"<script(?![^>]*(src=|nonce=|application/json))", page)
