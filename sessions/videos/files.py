"""The files of analyses in the storage: where they lie."""

from __future__ import annotations

from uuid import UUID


def folder_of(analysis_id: UUID) -> str:
    """Where everything of one analysis lies."""
    return f"analyses/{analysis_id}"


def upload_name(analysis_id: UUID, which: str) -> str:
    """Where an uploaded video lies, ``video`` or ``reference``: its own name is nobody's."""
    return f"{folder_of(analysis_id)}/{which}"


def made_name(analysis_id: UUID, fence: int, name: str) -> str:
    """Where one claim puts what it has made."""
    return f"{folder_of(analysis_id)}/{fence:06d}/{name}"
