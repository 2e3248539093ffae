"""The analyses in the studio's report and on the client's results: words, curves, comment."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.utils import translation

from exercises.models import Assignment
from processing.motion.analysis.document import ALGORITHM
from sessions import services
from sessions.models import ItemAnalysis, WorkoutSession
from sessions.review import words
from sessions.review.services import have_scored
from tests.conftest import Cast, Site
from tests.sessions.build import first_item, make_assignment, make_chunk
from tests.sessions.reviews import LOOP_S, RIGHT, SHALLOW, analysed, moved, squat_clip

LIST = "/studio/workout_sessions/workoutsession/"


@pytest.fixture
def session(cast: Cast, anna: Site) -> WorkoutSession:
    """Two sets: one as it should be, one in which Kate does not go down far enough."""
    session = moved(cast.kate, [[RIGHT, RIGHT], [SHALLOW, SHALLOW]])
    analysed(session)
    return session


def url(session: WorkoutSession, tail: str = "") -> str:
    return f"{LIST}{session.pk}/report/{tail}"


def page_of(cast: Cast, session: WorkoutSession) -> str:
    answer = cast.anna.browser(cast.anna.owner).get(url(session))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_report_says_what_was_found_in_words(cast: Cast, session: WorkoutSession) -> None:
    page = page_of(cast, session)
    row = session.analyses.get()
    assert row.score is not None
    for told in (
        f">{words.whole(row.score)}</strong>",
        "most likely",
        "8 reps",
        "Parts of the body",
        "Left knee",
        "What to work on",
        "reps 5–8",
        "costs ",
        "set 1",
        "set 2",
        f"Judged by version {row.algorithm}, normal",
        "Score again",
    ):
        assert told in page, told
    # No landmark is in the page.
    assert "landmarks" not in page
    with translation.override("ru"):
        assert words.interval_words({"low": 70.2, "high": 80.0})


def test_the_inbox_shows_it_too(cast: Cast, session: WorkoutSession) -> None:
    page = cast.anna.browser(cast.anna.owner).get(LIST).content.decode()
    score = session.analyses.get().score
    assert score is not None
    assert "technique" in page.lower()
    assert re.search(rf">\s*{round(score)}\s*<", page)
    assert cast.anna.browser(cast.kate).get(LIST).status_code == 302


def test_marks_are_where_it_happened(cast: Cast, session: WorkoutSession) -> None:
    data = cast.anna.browser(cast.anna.owner).get(url(session, "data/")).json()
    (marks,) = data["exercises"]
    row = session.analyses.get()
    document: Any = row.document
    assert marks["id"] == row.pk
    starts = [sum(rep[0] for rep in marks["reps"][: n + 1]) / 1000 for n in range(8)]
    assert starts == pytest.approx([rep["start_s"] for rep in document["reps"]], abs=0.002)
    assert [rep[3] for rep in marks["reps"]] == [
        int(rep["kind"] == "half") for rep in document["reps"]
    ]
    assert [moment[0] for moment in marks["moments"]] == [
        pytest.approx(1000 * moment["at_s"], abs=1) for moment in document["moments"]
    ]


def test_a_joint_is_fetched_on_demand_with_what_is_tolerated(
    cast: Cast, session: WorkoutSession
) -> None:
    http = cast.anna.browser(cast.anna.owner)
    row = session.analyses.get()
    curve = http.get(url(session, f"curves/{row.pk}/left_knee_flexion/")).json()
    assert curve["tolerance"] == 100
    assert (len(curve["client"]), len(curve["client"][0]), len(curve["trainer"])) == (8, 26, 1)
    # Tenths of a degree: right repetitions bend as the trainer, shallow ones clearly less.
    deep = max(curve["trainer"][0])
    assert max(curve["client"][0]) == pytest.approx(deep, abs=120)
    assert max(curve["client"][7]) < deep - 200
    assert len(json.dumps(curve)) < 3_000
    assert http.get(url(session, f"curves/{row.pk}/nose/")).status_code == 404
    assert http.get(url(session, f"curves/{row.pk + 99}/left_knee_flexion/")).status_code == 404

    pairs = http.get(url(session, f"pairs/{row.pk}/")).json()["pairs"]
    client, trainer = ([sum(side[: n + 1]) for n in range(11)] for side in pairs[5])
    rep = row.document["reps"][5] if row.document else {}
    assert client[0] / 1000 == pytest.approx(rep["start_s"], abs=0.05)
    assert client == sorted(client) and trainer == sorted(trainer)
    assert trainer[0] >= 0 and trainer[-1] <= 1000 * LOOP_S


def test_what_has_no_analysis_says_why(cast: Cast, anna: Site) -> None:
    assignment = make_assignment(cast.kate, clips=[squat_clip()], asks_for="numbers")
    session = services.start_session(cast.kate, assignment)
    services.store_chunk(session, 0, make_chunk(first_item(assignment).pk, [20.0] * 20))
    services.finish_session(session, 1)
    assert "being worked out" in page_of(cast, session)
    row = analysed(session)
    http = cast.anna.browser(cast.anna.owner)
    assert http.get(url(session, f"pairs/{row.pk}/")).status_code == 404
    for problem, told in words.PROBLEMS.items():
        ItemAnalysis.objects.update(status="failed", problem=problem, document=None)
        assert str(told) in page_of(cast, session).replace("&#x27;", "'")
    ItemAnalysis.objects.all().delete()
    assert "has not been analysed yet" in page_of(cast, session)


def test_a_button_has_it_scored_again(cast: Cast, session: WorkoutSession) -> None:
    http = cast.anna.browser(cast.anna.owner)
    Assignment.objects.update(strictness="kind")
    answer = http.post(url(session, "again/"))
    assert (answer.status_code, answer["Location"]) == (302, url(session))
    row = session.analyses.get()
    assert (row.status, row.strictness, row.judged_strictness) == ("pending", "kind", "normal")
    # What was found before is still there to be read.
    assert "What to work on" in page_of(cast, session)
    assert analysed(session).judged_strictness == "kind"
    assert f"Judged by version {ALGORITHM}, kind" in page_of(cast, session)
    assert http.get(url(session, "again/")).status_code == 405


def test_strictness_is_chosen_with_the_homework(cast: Cast, anna: Site) -> None:
    assignment = make_assignment(cast.kate, clips=[squat_clip()])
    http = cast.anna.browser(cast.anna.owner)
    form = f"/studio/exercises/assignment/{assignment.pk}/change/"
    assert "how strictly it is judged" in http.get(form).content.decode().lower()
    fields = {
        "workout": assignment.workout_id,
        "client": cast.kate.pk,
        "asks_for": "skeleton",
        "strictness": "strict",
    }
    assert http.post(form, fields).status_code == 302
    assignment.refresh_from_db()
    assert assignment.strictness == "strict"
    assert http.post(form, {**fields, "strictness": "cruel"}).status_code == 200


# --- The comment ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_voice_suggests_a_text_in_the_clients_language(
    cast: Cast, session: WorkoutSession, language: str
) -> None:
    cast.kate.language = language
    cast.kate.save()
    http = cast.anna.browser(cast.anna.owner)
    row = session.analyses.get()
    texts = {
        persona: http.get(
            url(session, "suggestion/"), {"analysis": row.pk, "persona": persona}
        ).json()["text"]
        for persona in ("hype_beast", "data_scientist", "no_nonsense_pro", "mindful_aligner")
    }
    assert len(set(texts.values())) == 4
    for text in texts.values():
        assert any("а" <= letter <= "я" for letter in text) == (language == "ru")
    wrong = http.get(url(session, f"suggestion/?analysis={row.pk}&persona=poet"))
    assert wrong.status_code == 400
    missing = http.get(url(session, "suggestion/?analysis=9999&persona=hype_beast"))
    assert missing.status_code == 404


def test_the_comment_is_for_this_client_only(cast: Cast, session: WorkoutSession) -> None:
    owner = cast.anna.browser(cast.anna.owner)
    answer = owner.post(url(session, "comment/"), {"comment": " Lower,\n<b>Kate</b>! "})
    assert answer.status_code == 302
    session.refresh_from_db()
    assert session.comment == "Lower,\n<b>Kate</b>!"
    assert "&lt;b&gt;Kate" in page_of(cast, session)

    kate = cast.anna.browser(cast.kate).get(f"/results/{session.pk}/").content.decode()
    assert "&lt;b&gt;Kate&lt;/b&gt;" in kate and "<b>Kate" not in kate
    assert cast.anna.browser(cast.mila).get(f"/results/{session.pk}/").status_code == 404
    assert cast.anna.browser().get(f"/results/{session.pk}/").status_code == 302

    owner.post(url(session, "comment/"), {"comment": "x" * 4001})
    session.refresh_from_db()
    assert session.comment.startswith("Lower")
    owner.post(url(session, "comment/"), {"comment": ""})
    session.refresh_from_db()
    assert (session.comment, session.commented_at) == ("", None)


def test_the_client_reads_the_analysis_in_friendly_words(
    cast: Cast, session: WorkoutSession
) -> None:
    page = cast.anna.browser(cast.kate).get(f"/results/{session.pk}/").content.decode()
    for told in ("How you moved", "Squat", "What went well", "What to change"):
        assert told in page, told
    # Nothing of the trainer's tools.
    for hidden in ("Score again", "Judged by version", "report/"):
        assert hidden not in page, hidden


def test_a_session_may_be_asked_for_again_while_it_is_made(
    cast: Cast, session: WorkoutSession
) -> None:
    assert have_scored(session) == have_scored(session) == 1
    assert analysed(session).status == "ready"
