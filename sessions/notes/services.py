"""Writing verbs on notes: make, change, delete, bring back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from processing.storage import put_bytes
from sessions.models import TimelineChunk, WorkoutSession
from sessions.notes.drawing import Facts, NoteError
from sessions.notes.models import Note
from sessions.notes.voice import Voice

MOST_NOTES: Final = 100
"""Of a session, deleted ones included."""
KEPT_FOR: Final = timedelta(hours=1)
"""So long a deleted note can be brought back."""
NEAR_S: Final = 1.0
"""A frame farther away shows another instant."""


def folder_of(session_id: UUID) -> str:
    """Where the voices of a session's notes lie."""
    return f"notes/{session_id}"


def make_note(session: WorkoutSession, facts: Facts, voice: Voice | None) -> Note:
    """Keep a note.

    Raises
    ------
    NoteError
        `empty`, or `too_many`.
    """
    _check_says_something(facts, has_voice=voice is not None)
    if session.notes.count() >= MOST_NOTES:
        raise NoteError(
            "too_many",
            _("This session has %(most)d notes, and takes no more. Delete one first.")
            % {"most": MOST_NOTES},
        )
    place = None if facts.at_s is None else _place_of(session, facts.at_s)
    note = Note(
        session=session,
        at_s=facts.at_s,
        clip_s=facts.clip_s,
        text=facts.text,
        strokes=facts.strokes,
        view=facts.view,
    )
    if place is not None:
        note.item_id, note.set_index = place.item, place.set_index
        note.set_s, note.figure = place.set_s, place.figure
    _save(note, voice)
    return note


def change_note(note: Note, facts: Facts, voice: Voice | None, *, keeps_voice: bool) -> Note:
    """Change what a note says; its instant stays.

    Raises
    ------
    NoteError
        `empty`, or `no_instant` where something is drawn on a note about the whole session.
    """
    if facts.strokes and note.at_s is None:
        raise NoteError(
            "no_instant", _("A drawing belongs to an instant: pin the note to the moment shown.")
        )
    kept = keeps_voice and bool(note.voice)
    _check_says_something(facts, has_voice=voice is not None or kept)
    note.text, note.strokes, note.view = facts.text, facts.strokes, facts.view
    former = "" if kept and voice is None else note.voice.name or ""
    if former:
        note.voice, note.voice_sha256, note.voice_s = "", "", None
    _save(note, voice)
    if former:
        transaction.on_commit(lambda: default_storage.delete(former))
    return note


def delete_note(note: Note) -> None:
    """Take a note away; for an hour it can be brought back."""
    note.deleted_at = timezone.now()
    note.save(update_fields=["deleted_at"])


def restore_note(note: Note) -> Note:
    """Bring a deleted note back."""
    note.deleted_at = None
    note.save(update_fields=["deleted_at"])
    return note


def forget_deleted() -> int:
    """Delete for good what nobody has brought back. One query; returns 0: nothing is sent."""
    Note.objects.filter(deleted_at__lt=timezone.now() - KEPT_FOR).delete()
    return 0


def _check_says_something(facts: Facts, *, has_voice: bool) -> None:
    if not (facts.text or facts.strokes or has_voice):
        raise NoteError("empty", _("The note is empty. Draw, write or say something first."))


def _save(note: Note, voice: Voice | None) -> None:
    """Save the row, a new voice's file before it: what a row names can be played."""
    if voice is None:
        note.save()
        return
    name = put_bytes(f"{folder_of(note.session_id)}/{uuid4().hex}.m4a", voice.content)
    note.voice = name
    note.voice_sha256 = hashlib.sha256(voice.content).hexdigest()
    note.voice_s = round(voice.duration_s, 3)
    try:
        note.save()
    except Exception:
        default_storage.delete(name)
        raise


@dataclass(frozen=True)
class _Place:
    """Where in the session an instant is, and how the client stood there."""

    item: int | None
    set_index: int
    set_s: float
    figure: dict[str, Any] | None


def _place_of(session: WorkoutSession, at_s: float) -> _Place | None:
    """Find an instant's set and its nearest frame. Two queries; None without any frame."""
    rows = list(
        TimelineChunk.objects.filter(session=session, rows__gt=0)
        .order_by("seq")
        .values_list("pk", "item_id", "set_index", "data__t")
    )
    best: tuple[float, int, int] | None = None
    for number, (_pk, _item, _set, times) in enumerate(rows):
        row = min(range(len(times)), key=lambda i: abs(times[i] - at_s))
        away = abs(times[row] - at_s)
        if best is None or away < best[0]:
            best = (away, number, row)
    if best is None:
        return None
    away, number, row = best
    pk, item, set_index, _times = rows[number]
    start_s = min(_starts_of(rows, item, set_index))
    return _Place(
        item=item,
        set_index=set_index,
        set_s=max(0.0, round(at_s - start_s, 3)),
        figure=_figure(pk, row) if away <= NEAR_S else None,
    )


def _starts_of(rows: Iterable[Any], item: int | None, set_index: int) -> list[float]:
    return [times[0] for _pk, of, number, times in rows if (of, number) == (item, set_index)]


def _figure(chunk: int, row: int) -> dict[str, Any] | None:
    """One frame's skeleton as posted; None where nobody was seen or none was shared."""
    columns = ("landmarks", "visibility", "errors")
    found = (
        TimelineChunk.objects.filter(pk=chunk)
        .values_list(*(f"data__{name}__{row}" for name in columns))
        .get()
    )
    figure = dict(zip(columns, found, strict=True))
    return figure if figure["landmarks"] and figure["visibility"] else None
