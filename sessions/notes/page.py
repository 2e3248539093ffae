"""What pages show of notes: reading, no writing."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from sessions import words
from sessions.models import Recording, WorkoutSession
from sessions.notes.drawing import COLOURS, MOST_STROKES, POINTS
from sessions.notes.models import LONGEST_TEXT, Note
from sessions.notes.voice import LONGEST_S


def notes_of(session: WorkoutSession) -> list[dict[str, Any]]:
    """A session's notes as docs/formats.md has them, as it went. Two queries."""
    notes = list(session.notes.filter(deleted_at__isnull=True).select_related("item__exercise"))
    if not notes:
        return []
    films = films_of(session)
    return [shown(note, films) for note in notes]


def films_of(session: WorkoutSession) -> list[dict[str, Any]]:
    """The recordings that can be played: ``url``, ``started_s``, ``duration_s``. One query."""
    return [
        {
            "url": reverse("api_recording_file", args=[session.pk, recording.n]),
            "started_s": recording.started_s,
            "duration_s": recording.duration_s,
        }
        for recording in Recording.objects.filter(session=session).exclude(file="")
        if recording.duration_s is not None
    ]


def shown(note: Note, films: list[dict[str, Any]]) -> dict[str, Any]:
    """One note. Costs a query where its item was not fetched with it."""
    return {
        "id": note.pk,
        "at_s": note.at_s,
        "clip_s": note.clip_s,
        "item": note.item_id,
        "where": where(note),
        "text": note.text,
        "strokes": note.strokes,
        "view": note.view,
        "figure": note.figure,
        "film": None if note.at_s is None else _film(films, note.at_s),
        "voice": {
            "url": reverse("note_voice", args=[note.session_id, note.pk])
            # The address of other bytes is another one: browsers keep what they have played.
            + f"?{note.voice_sha256[:12]}",
            "duration_s": note.voice_s,
        }
        if note.voice
        else None,
    }


def where(note: Note) -> str:
    """Say where in the session it is."""
    if note.at_s is None:
        return _("The whole session")
    if note.set_index is None or note.set_s is None:
        return words.clock(note.at_s)
    name = note.item.exercise.name if note.item else _("Removed exercise")
    return f"{name}, {words.set_words(note.set_index)} · {words.clock(note.set_s)}"


def _film(films: list[dict[str, Any]], at_s: float) -> dict[str, Any] | None:
    """The recording that shows an instant."""
    for film in films:
        into_s = at_s - film["started_s"]
        if 0 <= into_s <= film["duration_s"]:
            return {"url": film["url"], "at_s": round(into_s, 3)}
    return None


def limits() -> dict[str, Any]:
    """What a note may hold, for the page that makes one."""
    return {
        "text": LONGEST_TEXT,
        "strokes": MOST_STROKES,
        "points": POINTS["pen"][1],
        "voice_s": LONGEST_S,
        "colours": list(COLOURS),
    }


def messages() -> dict[str, str]:
    """Words for the scripts of the trainer's page."""
    return {
        "note": _("note {number}: {where}"),
        "deleted": _("The note was deleted."),
        "failed_note": _("The note could not be saved. Check the connection and try again."),
        "no_microphone": _("No microphone was found. Connect one and try again."),
        "microphone_denied": _(
            "The browser does not let this page use the microphone. Allow it in the address bar "
            "and try again."
        ),
        "microphone_failed": _("The microphone can't be used: another program may have it."),
        "no_recorder": _("This browser can't record sound. Use a newer one."),
        "empty": _("The note is empty. Draw, write or say something first."),
        "full": _("A note takes no more strokes. Erase one first."),
        "drawing": _("What the trainer drew"),
        "drawing_trainer": _("Drawing over the trainer’s picture"),
        "drawing_client": _("Drawing over the client’s picture"),
        "pin_here": _("Pinned to {where}"),
        "pin_whole": _("About the whole session"),
        "play_voice": _("Voice note: {where}"),
    }
