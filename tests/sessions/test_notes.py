"""A trainer's notes: made, changed, deleted and brought back; heard by two people only."""

from __future__ import annotations

import io
import json
import math
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as HttpClient
from django.utils import timezone

from processing.sweep import sweep
from sessions import services
from sessions.models import Note, WorkoutSession
from sessions.notes.drawing import MOST_STROKES
from tenants.people.models import User
from tests.conftest import Cast, Site
from tests.sessions.build import first_item, make_assignment, make_chunk, make_clip, make_recording

LIST = "/studio/workout_sessions/workoutsession/"
LINE = {"on": "trainer", "tool": "line", "colour": "green", "points": [[0.1, 0.2], [0.8, 0.9]]}
ON_CLIENT = {**LINE, "on": "client"}
VIEW = {"mirror": True, "yaw_rad": 0.25, "frame": [-0.8, -1.1, 1.6, 2.0]}


@pytest.fixture
def session(cast: Cast, anna: Site) -> WorkoutSession:
    """Two sets of squats: from second 2 and from second 10 on."""
    assignment = make_assignment(cast.kate, clips=[make_clip("Squat")])
    session = services.start_session(cast.kate, assignment)
    item = first_item(assignment).pk
    services.store_chunk(session, 0, make_chunk(item, [90.0] * 20, start_s=2.0))
    services.store_chunk(session, 1, make_chunk(item, [40.0] * 20, start_s=10.0, set_index=1))
    return services.finish_session(session, 2)


@pytest.fixture
def owner(cast: Cast) -> HttpClient:
    return cast.anna.browser(cast.anna.owner)


def url(session: WorkoutSession, tail: str = "") -> str:
    return f"{LIST}{session.pk}/report/notes/{tail}"


def voice_url(session: WorkoutSession, pk: int) -> str:
    return f"/results/{session.pk}/notes/{pk}/voice"


def posted(note: Any = None, **fields: Any) -> dict[str, Any]:
    facts = {"at_s": 10.52, "clip_s": 1.4, "text": "Lower!", "strokes": [], **(note or {})}
    return {"note": json.dumps(facts), **fields}


def spoken(seconds: float = 2.0, container: str = "webm") -> SimpleUploadedFile:
    """A tone as a browser would send it."""
    file = io.BytesIO()
    codec = {"webm": "libopus", "mp4": "aac"}[container]
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=48000, layout="mono")
        at = np.arange(960, dtype=np.float32)
        for n in range(round(seconds * 50)):
            wave = 0.3 * np.sin(2 * np.pi * 440 * (at + 960 * n) / 48000)
            frame = av.AudioFrame.from_ndarray(wave[None].astype(np.float32), "fltp", "mono")
            frame.rate, frame.pts, frame.time_base = 48000, 960 * n, Fraction(1, 48000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return SimpleUploadedFile(f"voice.{container}", file.getvalue(), f"audio/{container}")


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_note_is_pinned_to_its_instant(owner: HttpClient, session: WorkoutSession) -> None:
    drawn = {"strokes": [LINE, ON_CLIENT], "view": VIEW}
    answer = owner.post(url(session), posted(drawn))
    assert answer.status_code == 201
    (note,) = owner.get(url(session)).json()["notes"]
    assert note == answer.json()
    assert (note["at_s"], note["clip_s"], note["text"]) == (10.52, 1.4, "Lower!")
    assert note["where"] == "Squat, set 2 · 0:00"
    assert note["strokes"] == [LINE, ON_CLIENT]
    assert note["view"] == VIEW
    # The frame nearest to 10.52 s is the fifth of the second chunk.
    assert len(note["figure"]["landmarks"]) == 99
    assert note["film"] is None and note["voice"] is None


def test_a_note_shows_the_recording_of_its_instant(
    owner: HttpClient, session: WorkoutSession
) -> None:
    make_recording(session, duration_s=9.2)
    film = owner.post(url(session), posted()).json()["film"]
    assert film == {"url": f"/api/sessions/{session.pk}/recordings/0/file", "at_s": 9.02}
    assert owner.post(url(session), posted({"at_s": 11.9})).json()["film"] is None


def test_a_note_is_changed_deleted_and_brought_back(
    owner: HttpClient, session: WorkoutSession
) -> None:
    pk = owner.post(url(session), posted({"strokes": [LINE]})).json()["id"]
    changed = owner.post(url(session, f"{pk}/"), posted({"text": "Knees out", "at_s": 3.0}))
    assert changed.status_code == 200
    # The instant stays; the drawing is what was posted last.
    assert (changed.json()["text"], changed.json()["at_s"]) == ("Knees out", 10.52)
    assert changed.json()["strokes"] == []
    assert owner.delete(url(session, f"{pk}/")).status_code == 204
    assert owner.get(url(session)).json()["notes"] == []
    assert owner.delete(url(session, f"{pk}/")).status_code == 404
    assert owner.post(url(session, f"{pk}/"), posted()).status_code == 404
    back = owner.post(url(session, f"{pk}/restore/"))
    assert back.json()["text"] == "Knees out"
    assert [note["id"] for note in owner.get(url(session)).json()["notes"]] == [pk]
    assert owner.get(url(session, f"{pk}/")).status_code == 405


def test_what_is_not_wanted_back_goes_for_good(
    cast: Cast, owner: HttpClient, session: WorkoutSession, django_capture_on_commit_callbacks: Any
) -> None:
    kept = owner.post(url(session), posted()).json()["id"]
    pk = owner.post(url(session), posted(voice=spoken())).json()["id"]
    owner.delete(url(session, f"{pk}/"))
    with cast.anna.schema():
        path = Path(Note.objects.get(pk=pk).voice.path)
        sweep()
        assert Note.objects.filter(pk=pk).exists() and path.exists()
        Note.objects.filter(pk=pk).update(deleted_at=timezone.now() - timedelta(hours=2))
        with django_capture_on_commit_callbacks(execute=True):
            sweep()
        assert list(Note.objects.values_list("pk", flat=True)) == [kept]
    assert not path.exists()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"text": "", "strokes": []}, "empty"),
        ({"text": "x" * 501}, "text_too_long"),
        ({"text": "a\x00b"}, "invalid"),
        ({"text": "\ud800"}, "invalid"),
        ({"text": 5}, "invalid"),
        ({"at_s": -1}, "invalid"),
        ({"at_s": math.nan}, "invalid"),
        ({"at_s": True}, "invalid"),
        ({"at_s": 10**400}, "invalid"),
        ({"at_s": None, "strokes": [LINE]}, "no_instant"),
        ({"strokes": "many"}, "invalid"),
        ({"strokes": [LINE] * (MOST_STROKES + 1)}, "too_many_strokes"),
        (
            {"strokes": [{**LINE, "tool": "pen", "points": [[0.5, 0.5]] * 500}] * 9},
            "too_many_points",
        ),
        ({"strokes": [{**LINE, "tool": "pen", "points": [[0.5, 0.5]] * 501}]}, "invalid"),
        ({"strokes": [{**LINE, "tool": "spray"}]}, "invalid"),
        ({"strokes": [{**LINE, "tool": ["pen"]}]}, "invalid"),
        ({"strokes": [{**LINE, "colour": "#00ff88"}]}, "invalid"),
        ({"strokes": [{**LINE, "on": "wall"}]}, "invalid"),
        ({"strokes": [{**LINE, "on": {}}]}, "invalid"),
        ({"strokes": [{**LINE, "points": [[0.1, 0.2]]}]}, "invalid"),
        ({"strokes": [{**LINE, "tool": "angle"}]}, "invalid"),
        ({"strokes": [{**LINE, "points": [[0.1, 0.2], [0.3]]}]}, "invalid"),
        ({"strokes": [{**LINE, "points": [[0.1, 0.2], [1.2, 0.3]]}]}, "outside"),
        ({"strokes": [{**LINE, "points": [[0.1, 0.2], [math.nan, 0.3]]}]}, "outside"),
        ({"strokes": [{**LINE, "points": [[0.1, 0.2], [True, 0.3]]}]}, "outside"),
        ({"strokes": [ON_CLIENT]}, "invalid"),
        ({"strokes": [ON_CLIENT], "view": {**VIEW, "frame": [0, 0, 0, 0]}}, "invalid"),
        ({"strokes": [ON_CLIENT], "view": {**VIEW, "yaw_rad": "left"}}, "invalid"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    owner: HttpClient, session: WorkoutSession, wrong: dict[str, Any], code: str
) -> None:
    answer = owner.post(url(session), posted(wrong))
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert len(answer.json()["detail"]) > 20
    assert not session.notes.exists()


def test_what_is_no_json_is_refused(owner: HttpClient, session: WorkoutSession) -> None:
    for body in ("", "{", "[]", "[" * 100_000, "null"):
        assert owner.post(url(session), {"note": body}).json()["code"] == "invalid"


def test_a_session_takes_so_many_notes(owner: HttpClient, session: WorkoutSession) -> None:
    Note.objects.bulk_create([Note(session=session, text="again") for _ in range(100)])
    answer = owner.post(url(session), posted())
    assert answer.json()["code"] == "too_many"


# --- Voice ---------------------------------------------------------------------------------


@pytest.mark.parametrize("container", ["webm", "mp4"])
def test_a_voice_plays_and_seeks(
    cast: Cast, owner: HttpClient, session: WorkoutSession, container: str
) -> None:
    sent = {"note": json.dumps({"at_s": None, "text": ""}), "voice": spoken(2.0, container)}
    answer = owner.post(url(session), sent)
    assert answer.status_code == 201, answer.content
    note = answer.json()
    assert note["where"] == "The whole session"
    assert note["voice"]["duration_s"] == pytest.approx(2.0, abs=0.1)
    heard = cast.anna.browser(cast.kate).get(note["voice"]["url"])
    assert (heard.status_code, heard["Content-Type"]) == (200, "audio/mp4")
    content = content_of(heard)
    # The index comes before the sound.
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(io.BytesIO(content)) as file:
        assert file.duration is not None
        assert file.duration / av.time_base == pytest.approx(2.0, abs=0.1)
        file.seek(round(1.5 * av.time_base))
        frame = next(file.decode(audio=0))
        assert frame.time == pytest.approx(1.5, abs=0.2)
        assert np.abs(frame.to_ndarray()).max() > 0.1
    part = owner.get(voice_url(session, note["id"]), headers={"range": "bytes=0-99"})
    assert (part.status_code, len(content_of(part))) == (206, 100)


def test_a_voice_is_replaced_and_removed(
    cast: Cast, owner: HttpClient, session: WorkoutSession, django_capture_on_commit_callbacks: Any
) -> None:
    first = owner.post(url(session), posted(voice=spoken(1.0))).json()
    with cast.anna.schema():
        path = Path(Note.objects.get().voice.path)
    # Words alone leave the voice as it is.
    same = owner.post(url(session, f"{first['id']}/"), posted({"text": "More"})).json()
    assert same["voice"] == first["voice"]
    with django_capture_on_commit_callbacks(execute=True):
        other = owner.post(url(session, f"{first['id']}/"), posted(voice=spoken(3.0))).json()
    assert other["voice"]["url"] != first["voice"]["url"]
    assert other["voice"]["duration_s"] == pytest.approx(3.0, abs=0.1)
    assert not path.exists()
    with cast.anna.schema():
        path = Path(Note.objects.get().voice.path)
    with django_capture_on_commit_callbacks(execute=True):
        owner.post(url(session, f"{first['id']}/"), posted(voice="remove"))
    assert not path.exists()
    assert owner.get(voice_url(session, first["id"])).status_code == 404
    # Without its voice this one would say nothing.
    alone = owner.post(url(session), posted({"text": ""}, voice=spoken(1.0))).json()
    refused = owner.post(url(session, f"{alone['id']}/"), posted({"text": ""}, voice="remove"))
    assert refused.json()["code"] == "empty"


def test_what_is_no_voice_is_refused(owner: HttpClient, session: WorkoutSession) -> None:
    whole = spoken(1.0).read()
    for content, code in (
        (b"", "voice_empty"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "voice_damaged"),
        (whole[:200], "voice_damaged"),
        (b"\x1a\x45\xdf\xa3" + bytes(500), "voice_damaged"),
        (spoken(0.1).read(), "voice_empty"),
        (spoken(125.0).read(), "voice_too_long"),
        (bytes(6 * 1024 * 1024 + 1), "voice_too_large"),
    ):
        answer = owner.post(url(session), posted(voice=SimpleUploadedFile("v.webm", content)))
        assert answer.status_code == 400, code
        assert answer.json()["code"] == code
    assert not session.notes.exists()


@pytest.mark.parametrize("what", ["session", "client"])
def test_the_voice_goes_with(
    cast: Cast,
    owner: HttpClient,
    session: WorkoutSession,
    what: str,
    django_capture_on_commit_callbacks: Any,
) -> None:
    owner.post(url(session), posted(voice=spoken(1.0)))
    with cast.anna.schema():
        path = Path(Note.objects.get().voice.path)
        assert path.exists()
        # In the tenant's own folder, which goes with the tenant.
        assert f"/{cast.anna.trainer.schema_name}/notes/{session.pk}/" in str(path)
        with django_capture_on_commit_callbacks(execute=True):
            # Found anew: the cast outlives this test, and a deleted object has no key.
            (session if what == "session" else User.objects.get(pk=cast.kate.pk)).delete()
    assert not path.exists()


# --- Who may -------------------------------------------------------------------------------


def test_only_the_trainer_writes_and_only_two_people_hear(
    cast: Cast, owner: HttpClient, session: WorkoutSession
) -> None:
    pk = owner.post(url(session), posted(voice=spoken(1.0))).json()["id"]
    gone = owner.post(url(session), posted({"text": "gone"}, voice=spoken(1.0))).json()["id"]
    owner.delete(url(session, f"{gone}/"))
    boris = cast.boris.browser(cast.boris.owner)
    others = [cast.anna.browser(user) for user in (None, cast.kate, cast.mila)]
    others += [cast.boris.browser(user) for user in (None, cast.denis)]
    for http in (boris, *others):
        for method, tail in (
            ("get", ""),
            ("post", ""),
            ("post", f"{pk}/"),
            ("delete", f"{pk}/"),
            ("post", f"{gone}/restore/"),
        ):
            data = {"data": posted()} if method == "post" else {}
            answer = getattr(http, method)(url(session, tail), **data)
            assert answer.status_code in {302, 403, 404}, (method, tail)
            if answer.status_code == 302:
                assert "/login/" in answer["Location"]
    for user in (None, cast.mila):
        answer = cast.anna.browser(user).get(voice_url(session, pk))
        assert answer.status_code in {302, 404}
    for http in (boris, cast.boris.browser(cast.denis)):
        assert http.get(voice_url(session, pk)).status_code == 404
    kate = cast.anna.browser(cast.kate)
    heard = kate.get(voice_url(session, pk))
    assert heard.status_code == 200 and content_of(heard)
    assert kate.get(voice_url(session, gone)).status_code == 404
    # Of another session than it belongs to.
    other = services.start_session(cast.kate, session.assignment)
    assert owner.get(voice_url(other, pk)).status_code == 404
    assert owner.post(f"{LIST}{other.pk}/report/notes/{pk}/", posted()).status_code == 404
    with cast.anna.schema():
        assert Note.objects.filter(deleted_at__isnull=True).get().text == "Lower!"


def test_a_post_needs_the_pages_own_token(cast: Cast, session: WorkoutSession) -> None:
    http = HttpClient(headers={"host": cast.anna.host}, enforce_csrf_checks=True)
    with cast.anna.schema():
        http.force_login(cast.anna.owner)
    assert http.post(url(session), posted()).status_code == 403


def test_the_microphone_is_for_the_report_alone(
    cast: Cast, owner: HttpClient, session: WorkoutSession
) -> None:
    report = owner.get(f"{LIST}{session.pk}/report/")
    assert "microphone=(self)" in report["Permissions-Policy"]
    assert "camera=()" in report["Permissions-Policy"]
    for page in ("/studio/", LIST, "/studio/processing/clip/", "/"):
        assert "microphone=()" in owner.get(page)["Permissions-Policy"]
    kate = cast.anna.browser(cast.kate)
    for page in ("/", f"/results/{session.pk}/", f"/homework/{session.assignment_id}/shadow/"):
        assert "microphone=()" in kate.get(page)["Permissions-Policy"]


def test_the_client_reads_the_notes_with_their_results(
    cast: Cast, owner: HttpClient, session: WorkoutSession
) -> None:
    results = f"/results/{session.pk}/"
    kate = cast.anna.browser(cast.kate)
    assert "note-list" not in kate.get(results).content.decode()
    drawn = {"strokes": [LINE, ON_CLIENT], "view": VIEW, "text": "Lower <b>please</b>"}
    pk = owner.post(url(session), posted(drawn, voice=spoken(1.0))).json()["id"]
    gone = owner.post(url(session), posted({"text": "Taken back"})).json()["id"]
    owner.delete(url(session, f"{gone}/"))
    page = kate.get(results).content.decode()
    assert "Lower &lt;b&gt;please&lt;/b&gt;" in page
    assert "Squat, set 2 · 0:00" in page
    assert f'src="{voice_url(session, pk)}?' in page
    assert "Taken back" not in page
    for tool in ("data-note-edit", "studio", "textarea"):
        assert tool not in page
