"""Writing verbs on clips. Each enqueues only after the transaction that made the work."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from processing.models import Clip
from tenants.schema import current_schema


def _send(clip: Clip) -> None:
    """Send a message for the clip once the current transaction commits."""
    from processing.tasks import run_stage

    schema_name, clip_id = current_schema(), str(clip.pk)
    transaction.on_commit(lambda: run_stage.send(schema_name, clip_id))


def upload_clip(*, title: str, uploaded: UploadedFile[Any]) -> Clip:
    """Keep an uploaded video and queue it."""
    name = PurePath(uploaded.name or "").name
    clip = Clip(
        title=(title.strip() or PurePath(name).stem or "…")[:120],
        original_name=name[:255],
        size_bytes=uploaded.size or 0,
        sent_at=timezone.now(),
    )
    clip.source.save(name, uploaded, save=False)
    try:
        with transaction.atomic():
            clip.save(force_insert=True)
            _send(clip)
    except BaseException:
        clip.source.delete(save=False)
        raise
    return clip


def retry_clip(clip: Clip) -> bool:
    """Queue a clip that failed or could not be used; finished stages are kept.

    Returns
    -------
    bool
        False where the clip is in work or ready already.
    """
    with transaction.atomic():
        changed = Clip.objects.filter(
            pk=clip.pk, status__in=[Clip.Status.FAILED, Clip.Status.INVALID]
        ).update(
            status=Clip.Status.QUEUED,
            error_code="",
            error_params={},
            attempts=0,
            fence=F("fence") + 1,
            sent_at=timezone.now(),
        )
        if changed:
            _send(clip)
    return bool(changed)


def delete_clip(clip: Clip) -> None:
    """Delete a clip, its artifacts and their files; a running stage notices and stops.

    Raises
    ------
    django.db.models.ProtectedError
        Where an exercise uses the clip.
    """
    storage = clip.source.storage
    names = [str(clip.source.name), *clip.artifacts.values_list("file", flat=True)]
    with transaction.atomic():
        clip.delete()
        transaction.on_commit(lambda: _delete_files(storage, names))


def _delete_files(storage: Storage, names: list[str]) -> None:
    for name in names:
        storage.delete(name)
