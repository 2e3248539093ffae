"""A client's course over weeks: for the trainer in full, for the client one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exercises.models import Assignment
from processing.motion.analysis.document import ALGORITHM
from sessions.models import ItemAnalysis, WorkoutSession
from tests.conftest import Cast, Site
from tests.sessions.build import make_assignment
from tests.sessions.reviews import RIGHT, analysed, moved, squat_clip

BASE = "/studio/workout_sessions/workoutsession/"


def url(client: int) -> str:
    return f"{BASE}of-client/{client}/"


def page_of(cast: Cast) -> str:
    answer = cast.anna.browser(cast.anna.owner).get(url(cast.kate.pk))
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def assignment(cast: Cast, anna: Site) -> Assignment:
    return make_assignment(cast.kate, clips=[squat_clip()])


def trained(cast: Cast, assignment: Assignment, shallow: list[float]) -> list[WorkoutSession]:
    """Squats that get deeper: a session every five days, the last one today."""
    sessions = []
    for number, short in enumerate(shallow):
        how = replace(RIGHT, short=short) if short else RIGHT
        session = moved(cast.kate, [[how, how]], assignment=assignment)
        analysed(session)
        at = timezone.now() - timedelta(days=5 * (len(shallow) - 1 - number))
        WorkoutSession.objects.filter(pk=session.pk).update(started_at=at, finished_at=at)
        sessions.append(session)
    return sessions


def test_who_gets_better_is_told_so(cast: Cast, assignment: Assignment) -> None:
    last = trained(cast, assignment, [0.5, 0.42, 0.32, 0.2, 0.0])[-1]
    page = page_of(cast)
    for told in (
        "Kate",
        "points better in 3 weeks",
        ">better<",
        "Range of motion",
        "° more in 3 weeks",
        "Most frequent problems",
        "4 reps last time, usually 4",
        "Days trained",
        "Done: 1 of 1 workouts that were assigned.",
        f"version {ALGORITHM}, normal",
        'role="img"',
        f"{last.pk}/report/",
    ):
        assert told in page, told
    # Of a squat it is a leg, however far the arms swing.
    assert "knee bend: " in page or "hip bend: " in page
    assert "shoulder, to the front: " not in page
    # Of the drawing the text alternative says the same.
    assert page.count("<circle") == 5
    kate = cast.anna.browser(cast.kate).get(f"/results/{last.pk}/").content.decode()
    assert "better than 3 weeks ago. Well done!" in kate


def test_accidents_are_no_trend_and_the_client_reads_nothing_of_one(
    cast: Cast, assignment: Assignment
) -> None:
    last = trained(cast, assignment, [0.0, 0.02, 0.0, 0.02])[-1]
    page = page_of(cast)
    assert "No clear change" in page and ">no clear change<" in page
    kate = cast.anna.browser(cast.kate).get(f"/results/{last.pk}/").content.decode()
    assert "better than" not in kate


def test_other_versions_are_shown_and_left_out(cast: Cast, assignment: Assignment) -> None:
    sessions = trained(cast, assignment, [0.5, 0.42, 0.32, 0.2, 0.0])
    ItemAnalysis.objects.filter(session__in=sessions[:2]).update(algorithm="0")
    page = page_of(cast)
    assert "2 sessions were judged by another version or strictness" in page
    assert "Too early to say: 1 more session is needed." in page
    assert page.count("chart-dot-other") == 2
    ItemAnalysis.objects.filter(session__in=sessions[:2]).update(
        algorithm=ALGORITHM, judged_strictness="kind"
    )
    assert page_of(cast).count("chart-dot-other") == 2


def test_it_costs_two_queries_however_much_there_is(cast: Cast, assignment: Assignment) -> None:
    def queries() -> int:
        http = cast.anna.browser(cast.anna.owner)
        http.get(url(cast.kate.pk))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert http.get(url(cast.kate.pk)).status_code == 200
        return len(seen)

    nothing = queries()
    trained(cast, assignment, [0.0, 0.0, 0.3])
    assert queries() <= nothing


def test_an_empty_page_says_what_to_do(cast: Cast, anna: Site) -> None:
    page = page_of(cast)
    assert "There is no course to show yet" in page and "Assign a workout" in page
    assignment = make_assignment(cast.kate, clips=[squat_clip()])
    assert "has not finished a session yet" in page_of(cast)
    session = moved(cast.kate, [[RIGHT]], assignment=assignment, bodies=False)
    analysed(session)
    assert "could be judged" in page_of(cast)


def test_it_is_linked_from_the_client_and_the_report(cast: Cast, assignment: Assignment) -> None:
    (session,) = trained(cast, assignment, [0.0])
    http = cast.anna.browser(cast.anna.owner)
    for path in (f"/studio/people/client/{cast.kate.pk}/change/", f"{BASE}{session.pk}/report/"):
        assert url(cast.kate.pk) in http.get(path).content.decode()


def test_nobody_else_reads_it(cast: Cast, assignment: Assignment) -> None:
    trained(cast, assignment, [0.0])
    for http in (
        cast.anna.browser(),
        cast.anna.browser(cast.kate),
        cast.anna.browser(cast.mila),
        cast.boris.browser(cast.boris.owner),
    ):
        answer = http.get(url(cast.kate.pk))
        # On another's site the number may be somebody else's; never Kate's.
        assert answer.status_code in (200, 302, 404)
        assert b"Kate" not in answer.content and b"Squat" not in answer.content
        if answer.status_code == 200:
            assert http.cookies and answer.wsgi_request.get_host().startswith("boris")
    owner = cast.anna.browser(cast.anna.owner)
    assert owner.get(url(cast.anna.owner.pk)).status_code == 404
    assert owner.get(url(10**6)).status_code == 404
    assert owner.post(url(cast.kate.pk)).status_code == 405
