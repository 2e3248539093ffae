"""Who may have what of sessions. One function for each (object, right); a stranger gets 404."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from exercises.models import WorkoutItem
from sessions.models import ItemAnalysis, Note, Recording, TimelineChunk, WorkoutSession
from tenants.people.models import User


def sessions_of(user: User) -> QuerySet[WorkoutSession]:
    """A client's own finished sessions, newest first."""
    return WorkoutSession.objects.filter(client=user, finished_at__isnull=False)


def session_to_write(user: User, pk: UUID) -> WorkoutSession:
    """A session, for the client whose homework it is.

    Raises
    ------
    Http404
    """
    return get_object_or_404(
        WorkoutSession.objects.select_related("assignment"), pk=pk, client=user
    )


def items_of(session: WorkoutSession) -> set[int]:
    """The items a chunk of this session may be about. One query."""
    items = WorkoutItem.objects.filter(workout=session.assignment.workout_id)
    return set(items.order_by().values_list("pk", flat=True))


def session_to_read(user: User, pk: UUID) -> WorkoutSession:
    """A session, for its client and for the trainer.

    Raises
    ------
    Http404
    """
    sessions = WorkoutSession.objects.select_related("assignment__workout", "client")
    if not user.is_staff:
        sessions = sessions.filter(client=user)
    return get_object_or_404(sessions, pk=pk)


def results_to_read(user: User, pk: UUID) -> WorkoutSession:
    """A client's own finished session.

    Raises
    ------
    Http404
    """
    return get_object_or_404(sessions_of(user).select_related("assignment__workout"), pk=pk)


def client_to_follow(user: User, pk: int) -> User:
    """A client whose course may be read: any of the site's, for the trainer.

    Raises
    ------
    Http404
    """
    clients = User.objects.filter(is_staff=False)
    return get_object_or_404(clients if user.is_staff else clients.none(), pk=pk)


def chunk_to_read(session: WorkoutSession, seq: int) -> TimelineChunk:
    """One chunk of a session that may be read already.

    Raises
    ------
    Http404
    """
    return get_object_or_404(TimelineChunk, session=session, seq=seq)


def analysis_to_read(session: WorkoutSession, pk: int) -> ItemAnalysis:
    """One analysis of a session that may be read already.

    Raises
    ------
    Http404
    """
    return get_object_or_404(
        ItemAnalysis.objects.select_related("item__exercise"), session=session, pk=pk
    )


def recording_to_write(user: User, session_id: UUID, n: int) -> Recording:
    """A recording to send parts of, for the client whose session it is.

    Raises
    ------
    Http404
    """
    return get_object_or_404(
        Recording.objects.select_related("session"),
        session=session_id,
        session__client=user,
        n=n,
    )


def recording_to_read(user: User, session_id: UUID, n: int) -> Recording:
    """A recording that can be played, for its client and for the trainer.

    Raises
    ------
    Http404
    """
    playable = Recording.objects.select_related("session").exclude(file="")
    if not user.is_staff:
        playable = playable.filter(session__client=user)
    return get_object_or_404(playable, session=session_id, n=n)


def note_to_change(session: WorkoutSession, pk: int, *, deleted: bool = False) -> Note:
    """A note of a session that may be changed; one that was deleted, where that is asked for.

    Raises
    ------
    Http404
    """
    notes = Note.objects.select_related("session", "item__exercise")
    return get_object_or_404(notes, session=session, pk=pk, deleted_at__isnull=not deleted)


def note_voice_to_read(user: User, session_id: UUID, pk: int) -> Note:
    """A note with a voice: for the client of a finished session, and for the trainer.

    Raises
    ------
    Http404
    """
    spoken = Note.objects.filter(deleted_at__isnull=True).exclude(voice="")
    if not user.is_staff:
        spoken = spoken.filter(session__in=sessions_of(user))
    return get_object_or_404(spoken, session=session_id, pk=pk)
