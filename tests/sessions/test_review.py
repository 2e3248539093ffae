"""From a finished session to its analysis: when it is made, of what, and when made anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from unittest.mock import ANY

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from processing.claims import MAX_ATTEMPTS
from processing.outages import stopping
from processing.sweep import sweep
from sessions import services
from sessions.models import NEVER, ItemAnalysis
from sessions.review.scoring import score
from sessions.review.services import have_scored, outdated
from sessions.review.tracks import played
from sessions.tasks import review
from tests.conftest import Cast, Site
from tests.sessions.build import first_item, make_assignment, make_chunk, make_clip
from tests.sessions.reviews import (
    LOOP_S,
    RIGHT,
    SHALLOW,
    analysed,
    chunks_of,
    moved,
    squat_clip,
)


@pytest.fixture(autouse=True)
def at_work(anna: Site) -> Iterator[None]:
    stopping.clear()
    yield
    stopping.clear()


# --- The played clock ----------------------------------------------------------------------


def test_a_set_goes_on_through_the_loops_and_the_next_begins_at_a_multiple() -> None:
    chunks = chunks_of(1, [[RIGHT, RIGHT], [RIGHT]], rest_s=9.0, start_s=2.0)
    found = played(reversed(chunks), LOOP_S)

    assert len(found.track) == sum(len(chunk["t"]) for chunk in chunks)
    assert (np.diff(found.track.times_s) > 0).all()
    clip_t = [time for chunk in chunks for time in chunk["clip_t"]]
    beside = np.mod(found.track.times_s - np.array(clip_t) + 1e-6, LOOP_S)
    np.testing.assert_allclose(beside, 1e-6, atol=1e-6)
    first, second = found.clock.sets
    assert (first.number, second.number) == (0, 1)
    assert second.played_s[0] - first.played_s[1] >= 12
    assert found.clock.session(second.played_s[0]) == pytest.approx(2 + 2 * LOOP_S + 9, abs=0.1)
    assert found.clock.set_at(second.played_s[0] - 0.1) == 1


def test_a_video_clock_that_trembles_is_no_loop_and_frames_without_a_body_are_left_out() -> None:
    chunk = make_chunk(1, [80.0, 80.0, None, 80.0, 80.0])
    chunk["clip_t"] = [1.0, 1.1, 1.2, 1.19, 1.4]
    found = played([chunk], LOOP_S)
    assert found.clock.played_s.tolist() == [1.0, 1.1, 1.2, 1.4]
    assert found.track.times_s.tolist() == pytest.approx([1.0, 1.1, 1.4])
    with pytest.raises(ValueError, match="no frames"):
        played([], LOOP_S)
    with pytest.raises(ValueError, match="long"):
        played([chunk], 0.0)


# --- After the finish ----------------------------------------------------------------------


def test_who_follows_through_three_sets_gets_full_marks_on_the_sessions_clock(cast: Cast) -> None:
    session = moved(cast.kate, [[RIGHT, RIGHT]] * 3)
    row = session.analyses.get()
    assert (row.status, row.lease_until < NEVER) == ("pending", True)
    review(cast.anna.trainer.schema_name, row.pk)
    row.refresh_from_db()
    assert (row.status, row.problem, row.verdict) == ("ready", "", "judged")
    assert row.score is not None and row.score > 97
    document: Any = row.document
    assert row.algorithm == document["algorithm"]
    assert (row.low, row.high) == (document["score"]["low"], document["score"]["high"])
    assert document["moments"] == []
    # Four repetitions a set; a set takes two loops, and a rest follows.
    assert [done["n"] for done in document["sets"]] == [1, 2, 3]
    assert [done["reps"] for done in document["sets"]] == [4, 4, 4]
    for number, done in enumerate(document["sets"]):
        start = 2.0 + number * (2 * LOOP_S + 9)
        assert start < done["start_s"] < done["end_s"] < start + 2 * LOOP_S
    assert {rep["trainer_rep"] for rep in document["reps"]} == {1, 2}
    # Nobody is looked for in the rests.
    assert document["quality"] == []
    steps = document["strip"]["score"]
    assert steps[round(7 / 0.5)] > 90 and steps[round((2 + 2 * LOOP_S + 4) / 0.5)] is None


def test_the_worse_set_is_found_where_it_was(cast: Cast) -> None:
    document: Any = analysed(moved(cast.kate, [[RIGHT, RIGHT], [SHALLOW, SHALLOW]])).document
    moment = next(m for m in document["moments"] if m["fault"] in ("depth", "half_range"))
    assert moment["direction"] == "less"
    assert set(moment["reps"]) == {5, 6, 7, 8}
    start = 2 + 2 * LOOP_S + 9
    assert start < moment["at_s"] < start + 2 * LOOP_S
    assert 0 <= moment["trainer_at_s"] <= LOOP_S


def test_what_cannot_be_compared_says_why(cast: Cast) -> None:
    numbers = services.start_session(
        cast.kate, make_assignment(cast.kate, clips=[squat_clip()], asks_for="numbers")
    )
    item = first_item(numbers.assignment)
    for seq, chunk in enumerate(chunks_of(item.pk, [[RIGHT]], bodies=False)):
        services.store_chunk(numbers, seq, chunk)
    services.finish_session(numbers, seq + 1)
    assert (analysed(numbers).status, analysed(numbers).problem) == ("failed", "numbers")

    nobody = moved(cast.kate, [[RIGHT]], bodies=False)
    assert analysed(nobody).problem == "nobody"
    # The poses that are in the clip's place are no poses.
    broken = moved(cast.kate, [[RIGHT]], assignment=make_assignment(cast.kate, clips=[make_clip()]))
    assert analysed(broken).problem == "no_poses"
    removed = moved(cast.kate, [[RIGHT]])
    first_item(removed.assignment).delete()
    assert analysed(removed).problem == "removed"


def test_another_movement_is_no_low_score(cast: Cast) -> None:
    assignment = make_assignment(cast.kate, clips=[squat_clip()])
    session = services.start_session(cast.kate, assignment)
    # A body that jumps about: nothing of a squat in it.
    services.store_chunk(session, 0, make_chunk(first_item(assignment).pk, [20.0] * 60))
    row = analysed(services.finish_session(session, 1))
    assert row.status == "ready"
    assert row.verdict in {"other_exercise", "not_visible"}
    assert (row.score, row.grade) == (None, None)


# --- Whoever works on it -------------------------------------------------------------------


def test_a_claim_that_was_overtaken_writes_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = moved(cast.kate, [[RIGHT]])
    row = session.analyses.get()
    from sessions.review import scoring

    usual = scoring.analysis_of

    def slowly(*given: Any) -> Any:
        # Meanwhile the trainer asks for it to be judged otherwise.
        ItemAnalysis.objects.filter(pk=row.pk).update(fence=row.fence + 5, strictness="kind")
        return usual(*given)

    monkeypatch.setattr(scoring, "analysis_of", slowly)
    score(row.pk)
    row.refresh_from_db()
    assert (row.status, row.document) == ("pending", None)


def test_a_lost_message_is_sent_again_and_a_worker_that_dies_is_not_fed_for_ever(
    cast: Cast,
) -> None:
    row = moved(cast.kate, [[RIGHT]]).analyses.get()
    assert sweep() == 0
    ItemAnalysis.objects.update(
        lease_until=timezone.now() - timedelta(hours=1), sent_at=timezone.now() - timedelta(hours=1)
    )
    assert sweep() == 1
    assert sweep() == 0
    ItemAnalysis.objects.update(attempts=MAX_ATTEMPTS)
    score(row.pk)
    row.refresh_from_db()
    assert (row.status, row.problem) == ("failed", "internal")
    # Somebody asks for it again, and it is done.
    have_scored(row.session)
    assert analysed(row.session).status == "ready"


def test_a_worker_that_stops_leaves_it_to_the_next(cast: Cast) -> None:
    session = moved(cast.kate, [[RIGHT]])
    stopping.set()
    score(session.analyses.get().pk)
    row = session.analyses.get()
    assert (row.status, row.attempts) == ("pending", 0)
    stopping.clear()
    assert analysed(session).status == "ready"


# --- Anew ----------------------------------------------------------------------------------


def rescore(**options: Any) -> str:
    out = StringIO()
    call_command("rescore_sessions", stdout=out, **options)
    return out.getvalue()


def test_what_is_outdated_is_made_anew_and_the_old_stays_until_then(cast: Cast) -> None:
    session = moved(cast.kate, [[RIGHT], [SHALLOW]])
    normal = analysed(session)
    assert outdated() == []
    assert "again: 0" in rescore()

    session.assignment.strictness = "strict"
    session.assignment.save()
    assert outdated() == [session]
    assert "again: 1" in rescore(tenant="anna")
    row = session.analyses.get()
    assert (row.status, row.document, row.judged_strictness) == ("pending", ANY, "normal")
    assert row.document == normal.document
    strict = analysed(session)
    assert strict.judged_strictness == "strict"
    assert strict.score is not None and normal.score is not None
    assert strict.score < normal.score

    ItemAnalysis.objects.update(algorithm="0")
    assert outdated() == [session]
    assert "again: 0" in rescore(tenant="boris")
    assert "again: 1" in rescore()
    analysed(session)
    assert "again: 1" in rescore(session=session.pk)
    analysed(session)
    assert "again: 1" in rescore(all=True)
    # Finished before there were analyses.
    ItemAnalysis.objects.all().delete()
    assert outdated() == [session]
    with pytest.raises(CommandError, match="no site"):
        rescore(tenant="nobody")
    with pytest.raises(CommandError, match="no finished session"):
        rescore(session="0e3d8a5e-6f0c-4d0e-9a43-0a5b3a9d2f10")
