"""Files go with their rows, whoever deletes them: a session, a homework, a client,
an analysis, a note."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from sessions.models import Note, Recording
from sessions.recording_files import delete_folder, folder_of
from sessions.videos.files import folder_of as analysis_folder
from sessions.videos.models import VideoAnalysis


@receiver(post_delete, sender=Recording)
def delete_files_of(sender: type[Recording], instance: Recording, **kwargs: Any) -> None:
    """Delete a recording's folder once nothing can bring its row back."""
    folder = folder_of(instance.session_id, instance.n)
    transaction.on_commit(lambda: delete_folder(folder))


@receiver(post_delete, sender=VideoAnalysis)
def delete_analysis_files_of(
    sender: type[VideoAnalysis], instance: VideoAnalysis, **kwargs: Any
) -> None:
    """Delete an analysis's folder once nothing can bring its row back."""
    folder = analysis_folder(instance.pk)
    transaction.on_commit(lambda: delete_folder(folder))


@receiver(post_delete, sender=Note)
def delete_voice_of(sender: type[Note], instance: Note, **kwargs: Any) -> None:
    """Delete a note's voice once nothing can bring its row back."""
    name = instance.voice.name
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))
