"""The files of a clip in the storage: which there are, and which may go."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.core.files.storage import default_storage

from processing.models import Clip


def folder_of(clip_id: UUID) -> str:
    return f"clips/{clip_id}"


def version_folder(clip_id: UUID, fence: int) -> str:
    """Where one claim publishes what it makes of a clip."""
    return f"{folder_of(clip_id)}/{fence:06d}"


def files_of(clip_id: UUID, until_fence: int | None = None) -> set[str]:
    """Names of a clip's derived files that are there; the source is not one of them.

    Parameters
    ----------
    clip_id : UUID
    until_fence : int, optional
        Leave out what later claims made.
    """
    folder = folder_of(clip_id)
    try:
        versions = default_storage.listdir(folder)[0]
    except FileNotFoundError:
        return set()
    return {
        f"{folder}/{version}/{name}"
        for version in versions
        if until_fence is None or (version.isdecimal() and int(version) <= until_fence)
        for name in default_storage.listdir(f"{folder}/{version}")[1]
    }


def delete_files(names: Iterable[str]) -> None:
    """Delete files; those that are gone already are no error."""
    for name in names:
        default_storage.delete(name)


def prune(clip: Clip, until_fence: int) -> None:
    """Delete the clip's files that no row names: what killed or late workers left behind.

    What a later claim than ``until_fence`` made is left alone: its rows may be about to come.
    """
    there = files_of(clip.pk, until_fence)
    delete_files(there - set(clip.artifacts.values_list("file", flat=True)))
