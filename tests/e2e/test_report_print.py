"""A report of several exercises on paper, with its notes: every page is looked at as a picture."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from exercises.models import Assignment, WorkoutItem
from processing.models import Artifact
from sessions import services
from sessions.models import WorkoutSession
from sessions.notes.drawing import Facts
from sessions.notes.services import make_note
from sessions.review.scoring import score
from sessions.review.services import set_comment
from tests.conftest import Cast
from tests.e2e.conftest import LAPTOP
from tests.e2e.report_stand import (  # noqa: F401  (fixtures)
    SHOTS,
    Stand,
    db_helper_fixture,
    pages_fixture,
    stand_fixture,
    until,
)
from tests.sessions.build import make_assignment
from tests.sessions.reviews import RIGHT, SHALLOW, chunks_of, squat_clip

pytestmark = pytest.mark.e2e

NAMES = ("Squat", "Goblet squat with a pause", "Box squat")
STROKES = [
    {
        "on": "trainer",
        "tool": "angle",
        "colour": "green",
        "points": [[0.4, 0.4], [0.5, 0.6], [0.4, 0.8]],
    },
    {"on": "client", "tool": "circle", "colour": "red", "points": [[0.5, 0.6], [0.5, 0.75]]},
    {"on": "client", "tool": "arrow", "colour": "yellow", "points": [[0.9, 0.3], [0.6, 0.55]]},
]
VIEW = {"mirror": False, "yaw_rad": 0.0, "frame": [-0.75, -1.05, 1.5, 2.0]}
TEXTS = ("Sit back further: the knee stays over the foot.", "", "Arms straight, and count to two.")
COUNT = 1 + 2 * len(TEXTS)


@pytest.fixture
def several(_cast: Cast, stand: Stand) -> str:
    """Kate's session of three exercises, judged, with notes and a comment."""
    with _cast.anna.schema():
        first = WorkoutSession.objects.get(pk=stand.session)
        film = Artifact.objects.get(
            clip=first.assignment.workout.items.all()[0].exercise.clip, kind="transparent"
        )
        clips = [squat_clip(name) for name in NAMES]
        for clip in clips:
            # The same film: it has a file that plays.
            Artifact.objects.filter(clip=clip, kind="transparent").update(
                file=film.file.name, sha256=film.sha256, size_bytes=film.size_bytes
            )
        session = _moved(_cast, make_assignment(_cast.kate, title="Three squats", clips=clips))
        make_note(session, Facts(None, None, "A good session. Until Friday!", [], None), None)
        for row in session.analyses.all():
            document: Any = row.document
            for text, rep in zip(TEXTS, document["reps"][1:3], strict=False):
                at_s = (rep["start_s"] + rep["end_s"]) / 2
                make_note(session, Facts(at_s, 1.2, text, STROKES, VIEW), None)
        set_comment(session, "Well done!\nIn the second exercise, go down as far as I do.")
        return str(session.pk)


def _moved(cast: Cast, assignment: Assignment) -> WorkoutSession:
    session = services.start_session(cast.kate, assignment)
    seq, start_s = 0, 2.0
    for item in WorkoutItem.objects.filter(workout=assignment.workout_id):
        sets = [[RIGHT, RIGHT], [SHALLOW, SHALLOW, replace(SHALLOW, short=0.5)]]
        chunks = chunks_of(item.pk, sets, start_s=start_s)
        for chunk in chunks:
            services.store_chunk(session, seq, chunk)
            seq += 1
        start_s = chunks[-1]["t"][-1] + 12.0
    services.finish_session(session, seq)
    for pk in session.analyses.values_list("pk", flat=True):
        score(pk)
    return session


def test_several_exercises_and_their_notes_on_paper(several: str, stand: Stand, pages: Any) -> None:
    page: Page = pages("owner", LAPTOP)
    page.goto(stand.url(f"/studio/workout_sessions/workoutsession/{several}/report/"))
    expect(page.locator("[data-part=course]")).to_be_visible()
    expect(page.locator("[data-note]")).to_have_count(COUNT)
    until(page, "document.querySelectorAll('[data-note] [data-shown]').length === 7")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    if SHOTS:
        Path(SHOTS, "several.pdf").write_bytes(pdf)
        page.screenshot(path=f"{SHOTS}/several-1280-en.png", full_page=True)
    assert len(re.findall(rb"/Type /Page\b", pdf)) <= 4
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1032})
    for name in NAMES:
        expect(page.get_by_role("heading", name=name, exact=True).first).to_be_visible()
    for picture in page.locator(".note-picture canvas").all():
        box = picture.bounding_box()
        assert box is not None and box["width"] > 60 and box["height"] > 60
    expect(page.locator(".note-picture-client [data-tool=circle]")).to_have_count(COUNT - 1)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
