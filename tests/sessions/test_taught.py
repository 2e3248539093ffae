"""A fault is marked once in a report, and found in other sessions: before, after, others'."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from exercises.models import Assignment
from processing.claims import MAX_ATTEMPTS
from processing.sweep import sweep
from sessions.models import FaultFinding, ItemAnalysis, RepMeasures, TaughtFault, WorkoutSession
from sessions.review.services import have_scored
from sessions.tasks import look_for
from sessions.taught.finding import find
from sessions.taught.page import moments_of
from tests.conftest import Cast, Site
from tests.sessions.build import make_assignment
from tests.sessions.reviews import RIGHT, analysed, moved, squat_clip

LIST = "/studio/workout_sessions/workoutsession/"
FAULTS = "/studio/workout_sessions/taughtfault/"
LEANS = replace(RIGHT, lean_deg=32.0)
LESS = replace(RIGHT, lean_deg=23.0, seed=11)
WORDS = {"name": "chest drops", "cue": "Подними грудь", "scope": "client"}


@pytest.fixture
def assignment(cast: Cast, anna: Site) -> Assignment:
    return make_assignment(cast.kate, clips=[squat_clip()])


@pytest.fixture
def source(cast: Cast, assignment: Assignment) -> WorkoutSession:
    """Kate does one set right, in the next her chest drops."""
    session = moved(cast.kate, [[RIGHT, RIGHT], [LEANS]], assignment=assignment)
    analysed(session)
    return session


def url(session: WorkoutSession, tail: str) -> str:
    return f"{LIST}{session.pk}/report/{tail}"


def interval(session: WorkoutSession, *numbers: int) -> dict[str, Any]:
    row = session.analyses.get()
    assert row.document is not None
    reps = {rep["n"]: rep for rep in row.document["reps"]}
    return {
        **WORDS,
        "analysis": row.pk,
        "start_s": reps[numbers[0]]["start_s"],
        "end_s": reps[numbers[-1]]["end_s"],
    }


def taught(cast: Cast, source: WorkoutSession, **other: Any) -> TaughtFault:
    http = cast.anna.browser(cast.anna.owner)
    answer = http.post(url(source, "teach/"), {**interval(source, 5, 6), **other})
    assert answer.status_code == 201, answer.content.decode()
    return TaughtFault.objects.get(pk=answer.json()["fault"])


def looked(fault: TaughtFault) -> dict[Any, list[int]]:
    """Do what the worker does, and say which repetitions of which session have it."""
    for pk in fault.findings.filter(status="pending").values_list("pk", flat=True):
        find(pk)
    return {
        finding.analysis.session_id: [rep[0] for rep in finding.reps]
        for finding in fault.findings.select_related("analysis")
    }


def test_what_was_marked_is_found_in_sessions_before_and_after(
    cast: Cast, assignment: Assignment, source: WorkoutSession
) -> None:
    before = moved(cast.kate, [[LESS], [RIGHT]], assignment=assignment)
    analysed(before)
    fault = taught(cast, source)
    assert (fault.name, fault.cue, fault.client, fault.active) == (
        "chest drops",
        "Подними грудь",
        cast.kate,
        True,
    )
    assert looked(fault) == {source.pk: [5, 6], before.pk: [1, 2]}

    after = moved(cast.kate, [[RIGHT], [LESS]], assignment=assignment)
    analysed(after)
    right = moved(cast.kate, [[RIGHT, RIGHT]], assignment=assignment)
    analysed(right)
    found = looked(fault)
    assert (found[after.pk], found[right.pk]) == ([3, 4], [])

    page = cast.anna.browser(cast.anna.owner).get(f"{LIST}{after.pk}/report/").content.decode()
    for told in (
        "What you taught",
        "chest drops",
        "Подними грудь",
        "reps 3–4",
        "% sure",
        ">taught<",
    ):
        assert told in page, told
    nothing = cast.anna.browser(cast.anna.owner).get(url(right, "taught/")).content.decode()
    assert "Not in this session." in nothing


def test_others_are_looked_at_only_where_the_trainer_wishes(
    cast: Cast, assignment: Assignment, source: WorkoutSession
) -> None:
    milas = Assignment.objects.create(workout=assignment.workout, client=cast.mila)
    other = moved(cast.mila, [[RIGHT], [LEANS]], assignment=milas)
    analysed(other)
    assert other.pk not in looked(taught(cast, source))
    everyone = taught(cast, source, scope="all", name="chest drops, all")
    assert looked(everyone)[other.pk] == [3, 4]


def test_another_exercise_is_left_alone(cast: Cast, source: WorkoutSession) -> None:
    other = moved(
        cast.kate, [[RIGHT], [LEANS]], assignment=make_assignment(cast.kate, clips=[squat_clip()])
    )
    analysed(other)
    assert list(looked(taught(cast, source))) == [source.pk]


def test_progress_is_told(cast: Cast, assignment: Assignment, source: WorkoutSession) -> None:
    analysed(moved(cast.kate, [[RIGHT]], assignment=assignment))
    http = cast.anna.browser(cast.anna.owner)
    answer = http.post(url(source, "teach/"), interval(source, 5, 6))
    assert answer.json()["told"] == "Learned. Looking through 2 sessions."
    assert any("trunk lean" in words for words in answer.json()["seen"])
    page = http.get(url(source, "taught/")).content.decode()
    assert "data-pending" in page and "Looking through 2 sessions" in page
    assert "looking through 2 sessions" in http.get(FAULTS).content.decode()
    look_for(cast.anna.trainer.schema_name, FaultFinding.objects.first().pk)  # type: ignore[union-attr]
    assert "Looking through 1 session" in http.get(url(source, "taught/")).content.decode()


def test_what_does_not_stand_out_is_not_saved(cast: Cast, source: WorkoutSession) -> None:
    http = cast.anna.browser(cast.anna.owner)
    for given, status, told in (
        (interval(source, 1, 2), 422, "Nothing in this interval stands out"),
        ({**interval(source, 5), "start_s": 0.0, "end_s": 0.5}, 422, "no repetition"),
        ({**interval(source, 5), "start_s": 9.0, "end_s": 3.0}, 400, "ends before it begins"),
        ({**interval(source, 5), "name": ""}, 400, "required"),
        ({**interval(source, 5), "scope": "world"}, 400, "choice"),
    ):
        answer = http.post(url(source, "teach/"), given)
        assert answer.status_code == status, answer.content
        assert told in answer.json()["problem"]
    assert not TaughtFault.objects.exists()
    missing = {**interval(source, 5), "analysis": 9999}
    assert http.post(url(source, "teach/"), missing).status_code == 404


def test_only_the_trainer_teaches_and_reads(cast: Cast, source: WorkoutSession) -> None:
    fault = taught(cast, source)
    given = interval(source, 5, 6)
    for http in (
        cast.anna.browser(),
        cast.anna.browser(cast.kate),
        cast.anna.browser(cast.mila),
        cast.boris.browser(cast.boris.owner),
        cast.boris.browser(cast.denis),
    ):
        for answer in (
            http.post(url(source, "teach/"), given),
            http.get(url(source, "taught/")),
            http.get(f"{FAULTS}{fault.pk}/change/"),
            http.post(f"{FAULTS}{fault.pk}/delete/", {"post": "yes"}),
        ):
            assert answer.status_code in (302, 403, 404)
            assert b"chest drops" not in answer.content
    with cast.anna.schema():
        assert list(TaughtFault.objects.all()) == [fault]
    # Nothing of it is in what the client reads.
    kate = cast.anna.browser(cast.kate).get(f"/results/{source.pk}/").content.decode()
    assert "chest drops" not in kate


def test_it_is_renamed_switched_off_and_deleted(
    cast: Cast, assignment: Assignment, source: WorkoutSession
) -> None:
    fault = taught(cast, source)
    looked(fault)
    http = cast.anna.browser(cast.anna.owner)
    change = f"{FAULTS}{fault.pk}/change/"
    assert "trunk lean" in http.get(change).content.decode()
    fields = {"name": "drops the chest", "cue": "", "scope": "client", "active": "on"}
    assert http.post(change, fields).status_code == 302
    assert "drops the chest" in http.get(url(source, "taught/")).content.decode()
    # A new name is no reason to look again.
    assert not FaultFinding.objects.filter(status="pending").exists()

    http.post(change, {**fields, "active": ""})
    assert "drops the chest" not in http.get(url(source, "taught/")).content.decode()
    after = moved(cast.kate, [[LEANS]], assignment=assignment)
    analysed(after)
    assert not FaultFinding.objects.exists()
    http.post(FAULTS, {"action": "switch_on", "_selected_action": [fault.pk]})
    assert set(looked(fault)) == {source.pk, after.pk}

    assert "found" in http.get(FAULTS).content.decode()
    assert http.post(f"{FAULTS}{fault.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not FaultFinding.objects.exists()
    assert http.get(f"{FAULTS}add/").status_code == 403


def test_scoring_again_looks_again(
    cast: Cast, assignment: Assignment, source: WorkoutSession
) -> None:
    fault = taught(cast, source)
    looked(fault)
    FaultFinding.objects.update(reps=[[1, 1.0, 1.0]], count=1)
    RepMeasures.objects.all().delete()
    ItemAnalysis.objects.update(algorithm="0")
    call_command("rescore_sessions", stdout=None)
    analysed(source)
    assert looked(fault) == {source.pk: [5, 6]}
    assert RepMeasures.objects.count() == 1
    # Measures that are gone, or of an older analysis, are made when they are asked for.
    RepMeasures.objects.update(made_at=timezone.now() - timedelta(days=1))
    FaultFinding.objects.update(status="pending", lease_until=timezone.now())
    assert looked(fault) == {source.pk: [5, 6]}


def test_where_there_is_nothing_left_to_look_at_it_says_so(
    cast: Cast, source: WorkoutSession
) -> None:
    fault = taught(cast, source)
    RepMeasures.objects.all().delete()
    source.chunks.all().delete()
    looked(fault)
    assert fault.findings.get().status == "failed"
    http = cast.anna.browser(cast.anna.owner)
    assert "Could not be looked for here" in http.get(url(source, "taught/")).content.decode()
    answer = http.post(url(source, "teach/"), interval(source, 5, 6))
    assert (answer.status_code, "not there any more" in answer.json()["problem"]) == (422, True)


def test_a_lost_message_is_sent_again_and_no_worker_is_fed_for_ever(
    cast: Cast, source: WorkoutSession
) -> None:
    fault = taught(cast, source)
    long_ago = timezone.now() - timedelta(hours=1)
    FaultFinding.objects.update(lease_until=long_ago, sent_at=long_ago)
    assert (sweep(), sweep()) == (1, 0)
    FaultFinding.objects.update(attempts=MAX_ATTEMPTS)
    looked(fault)
    assert fault.findings.get().status == "failed"
    have_scored(source)
    analysed(source)
    assert looked(fault) == {source.pk: [5, 6]}


def test_repetitions_in_a_row_of_one_set_are_one_moment() -> None:
    document = {
        "reps": [{"n": n, "start_s": 3.0 * n, "end_s": 3.0 * n + 2} for n in range(1, 8)],
        "sets": [{"reps": 4}, {"reps": 3}],
    }
    reps = [[1, 0.5, 0.9], [2, 1.0, 0.99], [4, 0.8, 0.9], [5, 0.8, 0.9], [9, 1.0, 1.0]]
    found = moments_of(reps, document)
    assert [(moment.start_s, moment.end_s, moment.at_s) for moment in found] == [
        (3.0, 8.0, 7.0),
        (12.0, 14.0, 13.0),
        (15.0, 17.0, 16.0),
    ]
    assert found[0].words == "reps 1–2, 0.8× as large as you marked it, 99% sure"
