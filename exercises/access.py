"""Who may have what. One function for each (object, right); a stranger gets 404."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet
from django.db.models.fields.files import FieldFile
from django.http import Http404
from django.shortcuts import get_object_or_404

from exercises.models import Assignment, WorkoutItem
from processing.media import CONTENT_TYPES
from processing.models import Artifact, Clip
from tenants.people.models import User

Somebody = User | AnonymousUser

CLIENT_KINDS: Final = frozenset(
    {"transparent", "stacked", "poses", "poses_packed", "mesh", "poster"}
)
"""What is published: never the room the trainer filmed in, nor work files."""
REVIEW_KINDS: Final = frozenset({"filmstrip", "quality"})
"""What explains to a trainer why a clip was refused."""


@dataclass(frozen=True)
class ClipFile:
    """A file of a clip and how to label it."""

    file: FieldFile
    content_type: str
    etag: str
    download_name: str
    run: int | None = None
    """The run that made it; None for the upload."""


def clip_file_to_read(user: Somebody, clip_id: UUID, kind: str) -> ClipFile:
    """A clip's file: any for the trainer, published ones of their own homework for a client.

    Files come from the clip's published run, whatever is being made beside it.

    Raises
    ------
    Http404
    """
    if not isinstance(user, User):
        raise Http404
    clips = Clip.objects.filter(pk=clip_id)
    if not user.is_staff:
        if kind not in CLIENT_KINDS:
            raise Http404
        clips = clips.filter(exercises__items__workout__assignments__client=user).distinct()
    clip = get_object_or_404(clips)
    if kind == "source":
        return _source(clip)
    # A run that is still being made, or failed, is nobody's to see; but what a clip that was
    # never published did wrong is shown to its trainer.
    review = user.is_staff and kind in REVIEW_KINDS and not clip.is_usable
    run = clip.run if review else clip.published_run
    artifact = get_object_or_404(Artifact, clip=clip, kind=kind, run=run)
    suffix = (artifact.file.name or "").rpartition(".")[2]
    return ClipFile(
        artifact.file,
        CONTENT_TYPES.get(kind, "application/octet-stream"),
        artifact.sha256,
        f"{clip.title} ({kind}).{suffix}",
        run,
    )


def _source(clip: Clip) -> ClipFile:
    if not clip.source:
        raise Http404
    guessed, _ = mimetypes.guess_type(clip.original_name)
    # The trainer's browser must never run an upload as a page.
    content_type = guessed if guessed and guessed.startswith("video/") else None
    return ClipFile(
        clip.source,
        content_type or "application/octet-stream",
        f"source-{clip.pk}-{clip.size_bytes}",
        clip.original_name or clip.title,
    )


def take_to_cut(user: Somebody, clip_id: UUID) -> Clip:
    """A clip to make exercises of, for its trainer.

    Raises
    ------
    Http404
    """
    if not (isinstance(user, User) and user.is_staff):
        raise Http404
    return get_object_or_404(Clip.objects.prefetch_related("artifacts"), pk=clip_id)


def homework_to_read(user: User) -> QuerySet[Assignment]:
    """Everything this client was given, with its items and clips."""
    items = WorkoutItem.objects.select_related("exercise__clip")
    return (
        Assignment.objects.filter(client=user)
        .select_related("workout")
        .prefetch_related(Prefetch("workout__items", queryset=items))
    )


def assignment_to_do(user: User, pk: int) -> Assignment:
    """One homework, for the client it was given to and nobody else.

    Raises
    ------
    Http404
    """
    return get_object_or_404(homework_to_read(user), pk=pk)
