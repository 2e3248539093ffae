"""The inbox and the report, in the studio."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from exercises.models import Assignment
from sessions import services
from sessions.models import WorkoutSession
from tests.conftest import Cast, Site
from tests.sessions.build import (
    first_item,
    make_assignment,
    make_chunk,
    make_clip,
    make_recording,
)

LIST = "/studio/workout_sessions/workoutsession/"


@pytest.fixture
def assignment(cast: Cast, anna: Site) -> Assignment:
    return make_assignment(cast.kate, clips=[make_clip("Squat"), make_clip("Lunge")])


@pytest.fixture
def session(cast: Cast, assignment: Assignment) -> WorkoutSession:
    squat, lunge = assignment.workout.items.all()
    session = services.start_session(cast.kate, assignment)
    chunks = [
        make_chunk(squat.pk, [90.0] * 20),
        make_chunk(squat.pk, [20.0] * 20, start_s=10, set_index=1, errors={4: 45.0}),
        make_chunk(lunge.pk, [60.0] * 10 + [None] * 10, start_s=30),
    ]
    for seq, chunk in enumerate(chunks):
        services.store_chunk(session, seq, chunk)
    return services.finish_session(session, len(chunks))


def report_url(session: WorkoutSession, tail: str = "") -> str:
    return f"{LIST}{session.pk}/report/{tail}"


def is_reviewed(session: WorkoutSession) -> bool:
    return WorkoutSession.objects.filter(pk=session.pk, reviewed_at__isnull=False).exists()


def test_the_inbox_shows_the_newest_unreviewed_first(
    cast: Cast, assignment: Assignment, session: WorkoutSession, anna: Site
) -> None:
    reviewed = services.finish_session(services.start_session(cast.kate, assignment), 0)
    services.mark_reviewed(reviewed)
    newer = services.start_session(cast.kate, assignment)
    services.store_chunk(newer, 0, make_chunk(first_item(assignment).pk, [10.0]))
    services.finish_session(newer, 1)
    unfinished = services.start_session(cast.kate, assignment)
    http = cast.anna.browser(cast.anna.owner)
    page = http.get(LIST).content.decode()
    order = re.findall(rf"{LIST}([0-9a-f-]{{36}})/change/", page)
    assert list(dict.fromkeys(order)) == [
        str(row.pk) for row in (newer, session, unfinished, reviewed)
    ]
    assert "Kate" in page
    assert "56% partly" in page
    for state, wanted in (
        ("new", {newer.pk, session.pk}),
        ("reviewed", {reviewed.pk}),
        ("unfinished", {unfinished.pk}),
    ):
        page = http.get(LIST, {"state": state}).content.decode()
        assert set(re.findall(rf"{LIST}([0-9a-f-]{{36}})/change/", page)) == set(map(str, wanted))


def test_a_row_leads_to_the_report(cast: Cast, session: WorkoutSession) -> None:
    http = cast.anna.browser(cast.anna.owner)
    answer = http.get(f"{LIST}{session.pk}/change/")
    assert (answer.status_code, answer["Location"]) == (302, report_url(session))
    assert http.get(f"{LIST}add/").status_code == 403
    assert http.get(f"{LIST}{session.pk}/report/fonts.css/change/").status_code == 404


def test_the_report_says_who_what_and_how_much(cast: Cast, session: WorkoutSession) -> None:
    page = cast.anna.browser(cast.anna.owner).get(report_url(session)).content.decode()
    for words in ("Kate", "Legs", "Mark reviewed", "56%"):
        assert words in page
    # 50 scored frames: 20 of 90, 20 of 20, 10 of 60.
    assert session.score == pytest.approx(56)


def test_the_data_agree_with_what_was_posted(
    cast: Cast, assignment: Assignment, session: WorkoutSession, anna: Site
) -> None:
    data = cast.anna.browser(cast.anna.owner).get(report_url(session, "data/")).json()
    squat, lunge = assignment.workout.items.all()
    assert [(b["item"], b["set"], b["start_ms"], b["length_ms"]) for b in data["blocks"]] == [
        (squat.pk, 0, 0, 2000),
        (squat.pk, 1, 10_000, 2000),
        (lunge.pk, 0, 30_000, 2000),
    ]
    assert [b["score"] for b in data["blocks"]] == [90, 20, 60]
    # Two seconds each, in quarters; of the last, half is not visible.
    assert [b["bins"] for b in data["blocks"]] == [
        [90] * 8,
        [20] * 8,
        [60] * 4 + [None] * 4,
    ]
    assert data["chunks"] == [[0, 0, 0, 1900], [1, 1, 10_000, 11_900], [2, 2, 30_000, 31_900]]
    # 2 s each: all green, all red, half yellow and half not visible.
    assert data["shares"] == {"green": 33, "yellow": 17, "red": 33, "unseen": 17}
    worst, mild = data["moments"]
    assert (worst["block"], worst["level"], worst["severe"]) == (1, "red", True)
    assert worst["words"] == "left thigh 45° off"
    assert 10 <= worst["at_s"] < 12
    assert (mild["block"], mild["level"]) == (2, "yellow")


def test_a_stall_is_a_gap_in_the_data(cast: Cast, assignment: Assignment, anna: Site) -> None:
    session = services.start_session(cast.kate, assignment)
    chunk = make_chunk(first_item(assignment).pk, [80.0] * 40)
    chunk["t"] = [0.1 * i + (3.0 if i >= 20 else 0.0) for i in range(40)]
    services.store_chunk(session, 0, chunk)
    data = cast.anna.browser(cast.anna.owner).get(report_url(session, "data/")).json()
    bins = data["blocks"][0]["bins"]
    assert set(bins) == {80, -1}
    assert bins.count(-1) == pytest.approx(3.0 / (7.0 / len(bins)), abs=1.5)


def test_frames_are_given_as_posted(cast: Cast, session: WorkoutSession, anna: Site) -> None:
    http = cast.anna.browser(cast.anna.owner)
    answer = http.get(report_url(session, "frames/2/"))
    posted = session.chunks.get(seq=2).data
    assert answer.json() == {
        name: posted[name]
        for name in ("t", "clip_t", "score", "lag", "errors", "landmarks", "visibility")
    }
    assert http.get(report_url(session, "frames/3/")).status_code == 404


def test_half_an_hour_fits_the_budget(cast: Cast, assignment: Assignment, anna: Site) -> None:
    session = services.start_session(cast.kate, assignment)
    item = first_item(assignment).pk
    scores: list[float | None] = [float(i % 100) + 0.5 for i in range(75)]
    for seq in range(360):
        chunk = make_chunk(item, scores, start_s=5.0 * seq, fps=15)
        # The skeletons are not part of the data; storing them would only take time.
        chunk["landmarks"] = chunk["visibility"] = [None] * 75
        services.store_chunk(session, seq, chunk)
    services.finish_session(session, 360)
    answer = cast.anna.browser(cast.anna.owner).get(report_url(session, "data/"))
    (block,) = answer.json()["blocks"]
    assert len(block["bins"]) == 7200
    assert len(answer.content) < 40_000


def test_reviewing_moves_it_out_of_the_inbox_and_back(
    cast: Cast, session: WorkoutSession, anna: Site
) -> None:
    http = cast.anna.browser(cast.anna.owner)
    answer = http.post(report_url(session, "reviewed/"), {"reviewed": "1"})
    assert (answer.status_code, answer["Location"]) == (302, report_url(session))
    assert is_reviewed(session)
    http.post(report_url(session, "reviewed/"), {"reviewed": "0"})
    assert not is_reviewed(session)
    assert http.get(report_url(session, "reviewed/")).status_code == 405


def test_many_are_reviewed_at_once(cast: Cast, session: WorkoutSession, anna: Site) -> None:
    cast.anna.browser(cast.anna.owner).post(
        LIST, {"action": "review", "_selected_action": [str(session.pk)]}
    )
    assert is_reviewed(session)


def test_a_session_without_frames_has_a_report(
    cast: Cast, assignment: Assignment, anna: Site
) -> None:
    session = services.start_session(cast.kate, assignment)
    http = cast.anna.browser(cast.anna.owner)
    page = http.get(report_url(session))
    assert page.status_code == 200
    assert "Mark reviewed" not in page.content.decode()
    data = http.get(report_url(session, "data/")).json()
    assert (data["chunks"], data["blocks"], data["moments"]) == ([], [], [])


def test_a_broken_off_session_shows_what_there_is(
    cast: Cast, assignment: Assignment, anna: Site
) -> None:
    session = services.start_session(cast.kate, assignment)
    services.store_chunk(session, 0, make_chunk(first_item(assignment).pk, [35.0, None, 37.0]))
    page = cast.anna.browser(cast.anna.owner).get(report_url(session)).content.decode()
    assert "36%" in page
    assert "not finished" in page


def test_a_report_outlives_the_item(
    cast: Cast, assignment: Assignment, session: WorkoutSession, anna: Site
) -> None:
    assignment.workout.items.all()[0].delete()
    http = cast.anna.browser(cast.anna.owner)
    assert http.get(report_url(session)).status_code == 200
    assert len(http.get(report_url(session, "data/")).json()["blocks"]) == 3
    kate = cast.anna.browser(cast.kate).get(f"/results/{session.pk}/")
    assert "Removed exercise" in kate.content.decode()


def test_the_page_is_told_where_everything_is(
    cast: Cast, assignment: Assignment, session: WorkoutSession, anna: Site
) -> None:
    page = cast.anna.browser(cast.anna.owner).get(report_url(session)).content.decode()
    found = re.search(r'<script id="report-config" type="application/json">(.*?)</script>', page)
    assert found is not None
    config = json.loads(found[1])
    item = first_item(assignment)
    assert config["items"][str(item.pk)] == {
        "name": "Squat",
        "video": f"/media/clips/{item.exercise.clip_id}/transparent/?run=1",
        "poses": f"/media/clips/{item.exercise.clip_id}/poses_packed/?run=1",
        "duration_s": 4.0,
        "width": 360,
        "height": 480,
        "wide": False,
    }
    assert len(config["bones"]) == 13
    assert config["frames"].endswith("/frames/0/")


def test_strangers_are_refused(cast: Cast, session: WorkoutSession, anna: Site) -> None:
    analysis = session.analyses.all()[0].pk
    tails: list[tuple[str, Any]] = [
        ("", "get"),
        ("data/", "get"),
        ("frames/0/", "get"),
        ("reviewed/", "post"),
        ("again/", "post"),
        ("comment/", "post"),
        (f"suggestion/?analysis={analysis}&persona=hype_beast", "get"),
        (f"pairs/{analysis}/", "get"),
        (f"curves/{analysis}/left_knee_flexion/", "get"),
    ]
    for tail, method in tails:
        url = report_url(session, tail)
        # The other trainer is at home in another studio, where there is no such session.
        boris = cast.boris.browser(cast.boris.owner)
        assert getattr(boris, method)(url).status_code == 404, url
        for http in (
            cast.anna.browser(),
            cast.anna.browser(cast.kate),
            cast.anna.browser(cast.mila),
            cast.boris.browser(cast.denis),
        ):
            answer = getattr(http, method)(url)
            assert answer.status_code in {302, 403}, url
            if answer.status_code == 302:
                assert "/login/" in answer["Location"]
    with anna.schema():
        assert not is_reviewed(session)
        session.refresh_from_db()
        assert session.comment == ""
        assert {one.fence for one in session.analyses.all()} == {0}


def test_the_report_plays_what_was_filmed(cast: Cast, session: WorkoutSession, anna: Site) -> None:
    owner = cast.anna.browser(cast.anna.owner)
    assert "<video controls" not in owner.get(report_url(session)).content.decode()
    make_recording(session, 0, content="stage")
    make_recording(session, 1, status="receiving")
    lost = make_recording(session, 2, status="failed", problem="broken", set_index=1)
    WorkoutSession.objects.filter(pk=session.pk).update(level="video")
    lost.file.delete()
    page = owner.get(report_url(session)).content.decode()
    played = re.findall(r'<video controls[^>]* src="([^"]+)"', page)
    assert played == [f"/api/sessions/{session.pk}/recordings/{n}/file" for n in (0, 1)]
    for url in played:
        assert owner.head(url).status_code == 200
    for words in (
        "shared: skeleton and the camera’s video",
        "Squat, set 1, from 0:01 on",
        "camera and trainer",
        "The rest has not arrived yet.",
        "Squat, set 2, from 0:01 on",
        "The browser sent something that is no video. It can’t be played.",
    ):
        assert words.replace("’", "&#x27;") in page, words
    # Whose exercise is gone keeps its film.
    first_item(session.assignment).delete()
    assert "Removed exercise, set 1" in owner.get(report_url(session)).content.decode()


def test_a_report_of_another_trainers_client_shows_no_film(
    cast: Cast, session: WorkoutSession
) -> None:
    make_recording(session)
    answer = cast.boris.browser(cast.boris.owner).get(report_url(session))
    assert answer.status_code == 404
    assert b"<video" not in answer.content


def test_deleting_a_session_says_what_goes_with_it(
    cast: Cast, session: WorkoutSession, anna: Site
) -> None:
    make_recording(session)
    owner = cast.anna.browser(cast.anna.owner)
    page = owner.get(f"{LIST}{session.pk}/delete/").content.decode()
    for words in ("Sessions: 1", "Stretches of the time line: 3", "Recordings: 1", "Analyses: 2"):
        assert words in page
    assert cast.anna.browser(cast.kate).get(f"{LIST}{session.pk}/delete/").status_code == 302
    assert WorkoutSession.objects.filter(pk=session.pk).exists()
