"""The files of recordings in the storage: where they lie, and which may go."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.core.files.storage import default_storage


def folder_of(session_id: UUID, n: int) -> str:
    """Where everything of one recording lies."""
    return f"recordings/{session_id}/{n}"


def part_name(session_id: UUID, n: int, seq: int) -> str:
    """A new place for a part: two requests with the same number never share a file."""
    return f"{folder_of(session_id, n)}/parts/{seq:06d}-{uuid4().hex}"


def file_name(session_id: UUID, n: int, fence: int, suffix: str) -> str:
    """Where one claim puts what it has joined."""
    return f"{folder_of(session_id, n)}/{fence:06d}.{suffix}"


def delete_files(names: Iterable[str]) -> None:
    """Delete files; those that are gone already are no error."""
    for name in names:
        default_storage.delete(name)


def delete_folder(folder: str) -> None:
    """Delete all that lies below a folder, named by a row or left behind by a killed process."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for inner in folders:
        delete_folder(f"{folder}/{inner}")
    delete_files(f"{folder}/{name}" for name in names)
    if folders or names:
        # A bucket has no folders; on disk the empty one goes as well.
        default_storage.delete(folder)
