"""Writing verbs on recordings: announce one, keep its parts, close them with the session.

A part's file is there before its row is, and a row's file is never overwritten: what the API has
acknowledged can be read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from exercises.levels import Level
from processing.storage import put_bytes
from sessions.errors import AlreadyFinished, Conflict, NotShared, Stored, Surplus, TooMuch
from sessions.models import NEVER, Recording, RecordingPart, WorkoutSession
from sessions.recording_files import part_name
from sessions.timeline import fingerprint
from tenants.schema import current_schema

MEBIBYTE: Final = 1024 * 1024
LARGEST_PART_BYTES: Final = 4 * MEBIBYTE
LARGEST_RECORDING_BYTES: Final = 2048 * MEBIBYTE
LONGEST_RECORDING_S: Final = 3600.0
MAX_PARTS: Final = 7200
"""Parts hold about a second, and some devices cut them shorter."""
MAX_RECORDINGS: Final = 1000
QUIET_FOR: Final = timedelta(hours=1)
"""A device that sends nothing for so long is away: what there is gets joined for the trainer."""

_ALLOWED: Final[dict[Level, frozenset[str]]] = {
    Level.NUMBERS: frozenset(),
    Level.SKELETON: frozenset(),
    Level.SILHOUETTE: frozenset({Recording.Content.SILHOUETTE}),
    Level.VIDEO: frozenset(Recording.Content),
}


def announce(session: WorkoutSession, n: int, facts: Mapping[str, Any]) -> Stored:
    """Make a recording known before its parts come; the same again is harmless.

    Parameters
    ----------
    session : WorkoutSession
    n : int
    facts : mapping
        ``item``, ``set``, ``started_s``, ``mime``, ``content``.

    Raises
    ------
    NotShared
        Where the client chose to share less.
    Conflict
        Where another recording has this number, or the session is finished.
    """
    if facts["content"] not in _ALLOWED[Level(session.level)]:
        raise NotShared
    sha256 = fingerprint(facts)
    with transaction.atomic():
        current = _locked(session)
        stored = Recording.objects.filter(session=current, n=n).values("sha256").first()
        if stored is not None:
            if stored["sha256"] != sha256:
                raise Conflict
            return Stored.SAME
        if current.finished_at is not None:
            raise AlreadyFinished
        Recording.objects.create(
            session=current,
            n=n,
            item_id=facts["item"],
            set_index=facts["set"],
            started_s=facts["started_s"],
            mime=facts["mime"],
            content=facts["content"],
            sha256=sha256,
        )
    return Stored.NEW


def store_part(recording: Recording, seq: int, content: bytes) -> Stored:
    """Keep one part; the same part twice is harmless, also after the finish.

    Raises
    ------
    Conflict
        Where other bytes are stored under this number, or the session is finished.
    TooMuch
        Where the recording, or all of the client's together, would become too large.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    stored = _stored_already(recording, seq, sha256)
    if stored is not None:
        return stored
    # Asked twice: here, so that nothing is written in vain, and under the lock.
    _check_room(recording, len(content))
    name = put_bytes(part_name(recording.session_id, recording.n, seq), content)
    try:
        stored = _record(recording, seq, name, sha256, len(content))
    except Exception:
        # A commit whose answer was lost has named the file: ask. Where there is no answer either,
        # a file too many stays.
        if not RecordingPart.objects.filter(file=name).exists():
            default_storage.delete(name)
        raise
    if stored is Stored.SAME:
        default_storage.delete(name)
    return stored


def _record(recording: Recording, seq: int, name: str, sha256: str, size_bytes: int) -> Stored:
    with transaction.atomic():
        # The lock orders parts against each other and against the finish.
        session = _locked(recording.session)
        stored = _stored_already(recording, seq, sha256)
        if stored is not None:
            return stored
        if session.finished_at is not None:
            raise AlreadyFinished
        recording.refresh_from_db(fields=["size_bytes"])
        _check_room(recording, size_bytes)
        RecordingPart.objects.create(
            recording=recording, seq=seq, file=name, sha256=sha256, size_bytes=size_bytes
        )
        Recording.objects.filter(pk=recording.pk).update(
            size_bytes=F("size_bytes") + size_bytes, lease_until=timezone.now() + QUIET_FOR
        )
    return Stored.NEW


def _locked(session: WorkoutSession) -> WorkoutSession:
    return WorkoutSession.objects.select_for_update(of=("self",)).get(pk=session.pk)


def _stored_already(recording: Recording, seq: int, sha256: str) -> Stored | None:
    part = RecordingPart.objects.filter(recording=recording, seq=seq).values("sha256").first()
    if part is None:
        if recording.status != Recording.Status.RECEIVING:
            raise AlreadyFinished
        return None
    if part["sha256"] != sha256:
        raise Conflict
    return Stored.SAME


def _check_room(recording: Recording, more_bytes: int) -> None:
    if recording.size_bytes + more_bytes > LARGEST_RECORDING_BYTES:
        raise TooMuch(
            "recording_too_large",
            f"A recording may have {LARGEST_RECORDING_BYTES // MEBIBYTE} MiB in all.",
        )
    quota = settings.CLIENT_RECORDINGS_MB * MEBIBYTE
    if not quota:
        return
    mine = Recording.objects.filter(session__client=recording.session.client_id)
    if (mine.aggregate(all=Sum("size_bytes"))["all"] or 0) + more_bytes > quota:
        raise TooMuch(
            "quota",
            f"The recordings of one client may have {settings.CLIENT_RECORDINGS_MB} MiB in all. "
            "Older sessions must be deleted first.",
        )


def missing_parts(session: WorkoutSession, told: Mapping[int, int]) -> dict[int, list[int]]:
    """Say which parts lack, by recording, of what the device says it has sent.

    Raises
    ------
    Surplus
        Where a recording has more parts than that.
    """
    there: dict[int, set[int]] = {}
    parts = RecordingPart.objects.filter(recording__session=session, recording__n__in=told)
    for n, seq in parts.values_list("recording__n", "seq"):
        there.setdefault(n, set()).add(seq)
    for n, count in told.items():
        if any(seq >= count for seq in there.get(n, ())):
            raise Surplus("recordings")
    lacking = {
        n: [seq for seq in range(count) if seq not in there.get(n, ())] for n, count in told.items()
    }
    return {n: seqs for n, seqs in lacking.items() if seqs}


def close_all(session: WorkoutSession) -> None:
    """Have every recording of a session that is being finished joined."""
    from sessions.tasks import remind

    schema_name, now = current_schema(), timezone.now()
    waiting = session.recordings.filter(status=Recording.Status.RECEIVING)
    # Without a single byte there is nothing to join.
    waiting.filter(size_bytes=0).update(
        status=Recording.Status.FAILED, problem="empty", lease_until=NEVER
    )
    closed = list(waiting.values_list("pk", flat=True))
    # A worker that joins what there was so far loses its claim.
    waiting.update(
        status=Recording.Status.JOINING,
        fence=F("fence") + 1,
        attempts=0,
        lease_until=now,
        sent_at=now,
    )
    for pk in closed:
        transaction.on_commit(partial(remind, schema_name, pk))
