"""Every address of the two apps, tried by everyone it is not for."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

import exercises.urls
import sessions.urls
from sessions import services
from tests.conftest import Cast, Site
from tests.sessions.build import (
    FILM,
    first_item,
    make_analysis,
    make_assignment,
    make_chunk,
    make_note,
    make_recording,
)

OPEN = {"home", "api_health", "api_me", "service_worker", "manifest", "offline"}
"""For everyone; what is on them depends on who asks."""
WRITTEN = {
    "api_sessions",
    "api_finish",
    "api_recording",
    "api_recording_part",
    "api_analyze",
    "api_analysis_cancel",
}
"""Nothing is read there."""
OWN = {"api_schema"}
"""For anyone who is logged in: it describes the program, not its data."""


def _names() -> set[str]:
    patterns = [*sessions.urls.urlpatterns, *exercises.urls.urlpatterns]
    return {pattern.name for pattern in patterns if pattern.name}


@pytest.fixture
def doors(cast: Cast, anna: Site) -> dict[str, str]:
    """An address of Kate's behind every name."""
    assignment = make_assignment(cast.kate)
    item = first_item(assignment)
    session = services.start_session(cast.kate, assignment)
    services.store_chunk(session, 0, make_chunk(item.pk, [80.0] * 10))
    make_recording(session)
    services.finish_session(session, 1)
    note = make_note(session)
    analysis = make_analysis(cast.kate, item.exercise, "Squat")
    arguments: dict[str, list[Any]] = {
        "homework": [assignment.pk],
        "shadow": [assignment.pk],
        "results": [session.pk],
        "results_standing": [session.pk],
        "note_voice": [session.pk, note.pk],
        "api_sessions": [],
        "api_session": [session.pk],
        "api_timeline": [session.pk],
        "api_chunk": [session.pk, 0],
        "api_finish": [session.pk],
        "api_recordings": [session.pk],
        "api_recording": [session.pk, 0],
        "api_recording_part": [session.pk, 0, 0],
        "api_recording_file": [session.pk, 0],
        "api_analyze": [],
        "api_analysis": [analysis.pk],
        "api_analysis_cancel": [analysis.pk],
        "api_analysis_poses_json": [analysis.pk],
        "api_analysis_poses_csv": [analysis.pk],
        "api_analysis_side_by_side": [analysis.pk],
        "clip_media": [item.exercise.clip_id, "transparent"],
    }
    return {name: reverse(name, args=args) for name, args in arguments.items()}


def test_every_address_is_tried(doors: dict[str, str]) -> None:
    assert set(doors) | OPEN | OWN == _names()


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
def test_no_stranger_gets_anything(cast: Cast, doors: dict[str, str], method: str) -> None:
    strangers = {
        "another client": cast.anna.browser(cast.mila),
        "a visitor": cast.anna.browser(),
        "another trainer": cast.boris.browser(cast.boris.owner),
        "another trainer's client": cast.boris.browser(cast.denis),
        "a visitor of another site": cast.boris.browser(),
    }
    for who, http in strangers.items():
        for name, url in doors.items():
            answer = getattr(http, method)(url, content_type="application/json")
            # OPTIONS tells how an address is used, never what is there.
            refused = {302, 400, 403, 404, 405} | ({200} if method == "options" else set())
            # Anyone logged in may send a video, and this is none.
            refused |= {415} if name == "api_analyze" else set()
            assert answer.status_code in refused, (who, name)
            if answer.status_code == 302:
                assert "/login/" in answer["Location"] or "/studio/" in answer["Location"]
            if answer.status_code == 400:
                # Anyone logged in may ask to start a session, but this names no homework.
                assert name == "api_sessions", who
            assert b"Squat" not in answer.content, (who, name)
            assert b"landmarks" not in answer.content, (who, name)
            assert b"nose" not in answer.content, (who, name)
            assert FILM not in answer.content, (who, name)


def test_the_one_they_are_for_gets_in(cast: Cast, doors: dict[str, str]) -> None:
    kate = cast.anna.browser(cast.kate)
    for name in set(doors) - WRITTEN:
        answer: Any = kate.get(doors[name])
        assert answer.status_code == 200, name
        if answer.streaming:
            b"".join(answer.streaming_content)


def test_the_public_site_has_none_of_them(cast: Cast, doors: dict[str, str]) -> None:
    public = cast.anna.browser(cast.kate)
    for url in doors.values():
        assert public.get(url, headers={"host": "localhost"}).status_code == 404
