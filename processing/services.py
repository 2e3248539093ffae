"""Writing verbs on clips. Each enqueues only after the transaction that made the work.

They change the row by conditional ``UPDATE`` and raise its ``fence``: a worker
that is on the clip notices within a second, stops, and can write no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from processing.files import delete_files, files_of, prune
from processing.models import Artifact, Clip
from tenants.schema import current_schema

Window = tuple[float, float]
_LONGEST_TITLE: Final = 120


class Unchanged:
    """The type of :data:`UNCHANGED`."""


UNCHANGED: Final = Unchanged()
"""Says "as it is" where None means something."""


def _send(clip: Clip) -> None:
    """Send a message for the clip once the current transaction commits."""
    from processing.tasks import remind

    schema_name, clip_id = current_schema(), clip.pk
    transaction.on_commit(lambda: remind(schema_name, clip_id))


def _afresh() -> dict[str, Any]:
    """What a row looks like that waits to be worked on."""
    now = timezone.now()
    return {
        "status": Clip.Status.QUEUED,
        "error_code": "",
        "error_params": {},
        "attempts": 0,
        "fence": F("fence") + 1,
        "lease_until": now,
        "queued_at": now,
        "sent_at": now,
        "frames_per_second": 0.0,
        "seconds_left": None,
    }


def upload_clip(
    *, title: str, uploaded: UploadedFile[Any], settings: dict[str, Any] | None = None
) -> Clip:
    """Keep an uploaded video and queue it.

    Parameters
    ----------
    title : str
        Empty takes the file's name.
    uploaded : UploadedFile
    settings : dict, optional
        Engine choices, as :func:`reprocess_clip` takes them.
    """
    name = PurePath(uploaded.name or "").name
    clip = Clip(
        title=(title.strip() or PurePath(name).stem or "…")[:_LONGEST_TITLE],
        original_name=name[:255],
        size_bytes=uploaded.size or 0,
        settings=settings or {},
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
    """Queue a clip that failed, was stopped or could not be used; finished stages are kept.

    Returns
    -------
    bool
        False where the clip is in work or ready already.
    """
    with transaction.atomic():
        changed = Clip.objects.filter(pk=clip.pk, status__in=Clip.STUCK).update(**_afresh())
        if changed:
            _send(clip)
    return bool(changed)


def cancel_clip(clip: Clip) -> bool:
    """Stop work on a clip, waiting or begun; also gives up a further run that failed.

    A clip with a published run is READY again, as if the other had never been
    begun. Any other is CANCELLED: :func:`retry_clip` goes on where it stopped.

    Returns
    -------
    bool
        False where nothing was going on.
    """
    with transaction.atomic():
        row = Clip.objects.select_for_update().filter(pk=clip.pk).first()
        if row is None or not (row.is_active or (row.is_usable and row.status in Clip.STUCK)):
            return False
        if row.is_usable:
            Artifact.objects.filter(clip=row).unpublished().delete()
        changes = _as_published(row) if row.is_usable else {"status": Clip.Status.CANCELLED}
        Clip.objects.filter(pk=row.pk).update(
            fence=row.fence + 1, error_code="", error_params={}, seconds_left=None, **changes
        )
        transaction.on_commit(lambda: prune(row, row.fence))
    clip.refresh_from_db()
    return True


def _as_published(row: Clip) -> dict[str, Any]:
    """What a row looks like when the run being made is forgotten."""
    start_s, end_s = row.published_settings.get("window_s") or (None, None)
    return {
        "status": Clip.Status.READY,
        "run": row.published_run,
        "settings": row.published_settings.get("settings", {}),
        "window_start_s": start_s,
        "window_end_s": end_s,
        "progress_pct": 100.0,
        "attempts": 0,
    }


def reprocess_clip(
    clip: Clip, *, window_s: Window | None | Unchanged = UNCHANGED, **settings: Any
) -> None:
    """Make a further run of a clip from its source, with other settings.

    What is published stays served until the new run is READY, and for good if
    that one fails. A run in work is given up for this one.

    Parameters
    ----------
    clip : Clip
    window_s : (float, float) or None, optional
        Part of the source, seconds since its first picture; None for all of it.
    **settings
        Engine choices by the names of ``Options``, all of them: what is left
        out takes the operator's default.

    Raises
    ------
    Clip.DoesNotExist
        Where the clip was deleted meanwhile.
    ValueError
        For a window that ends before it starts.
    """
    with transaction.atomic():
        row = Clip.objects.select_for_update().get(pk=clip.pk)
        window = row.window_s if isinstance(window_s, Unchanged) else _checked(window_s)
        start_s, end_s = window or (None, None)
        Artifact.objects.filter(clip=row).unpublished().delete()
        Clip.objects.filter(pk=row.pk).update(
            run=row.run + 1,
            settings=settings,
            window_start_s=start_s,
            window_end_s=end_s,
            stage="",
            progress_pct=0.0,
            frames_done=0,
            frames_total=0,
            worked_s=0.0,
            **_afresh(),
        )
        transaction.on_commit(lambda: prune(row, row.fence))
        _send(row)
    clip.refresh_from_db()


@dataclass(frozen=True)
class Piece:
    """A part of a take; times in seconds since the take's first picture."""

    name: str
    start_s: float
    end_s: float


def cut_clip(clip: Clip, pieces: Sequence[Piece]) -> list[Clip]:
    """Make a clip of each piece of a take. They share its source file; the take stays.

    Parameters
    ----------
    clip : Clip
        The take; it need not be ready.
    pieces : sequence of Piece
        Times as the take's own files have them.

    Raises
    ------
    Clip.DoesNotExist
        Where the take was deleted meanwhile.
    ValueError
        For a piece that ends before it starts, or lies outside the take.
    """
    with transaction.atomic():
        # The lock keeps the take, and with it the file, until the pieces name it as well.
        take = Clip.objects.select_for_update().get(pk=clip.pk)
        from_s, to_s = take.window_s or (0.0, float("inf"))
        windows = [_checked((from_s + one.start_s, from_s + one.end_s)) for one in pieces]
        if any(window is None or window[0] >= to_s for window in windows):
            raise ValueError("a piece lies outside the take")
        children = [
            Clip(
                title=(piece.name.strip() or take.title)[:_LONGEST_TITLE],
                source=take.source.name,
                original_name=take.original_name,
                size_bytes=take.size_bytes,
                window_start_s=window[0],
                window_end_s=min(window[1], to_s),
                cut_from=take,
                # The borders are the trainer's own: nothing more is cut off.
                settings={**take.settings, "trim": False},
            )
            for piece, window in zip(pieces, windows, strict=True)
            if window is not None
        ]
        for child in children:
            # One after the other, so that they are made in the order they were named in.
            child.queued_at = timezone.now()
            child.save(force_insert=True)
            _send(child)
    return children


def _checked(window_s: Window | None) -> Window | None:
    if window_s is not None and not 0.0 <= window_s[0] < window_s[1] < float("inf"):
        raise ValueError(f"a window must go forward from 0 or later: {window_s}")
    return window_s


def delete_clip(clip: Clip) -> None:
    """Delete a clip, its artifacts and their files; a running stage notices and stops.

    The source goes with the last clip that names it.

    Raises
    ------
    django.db.models.ProtectedError
        Where an exercise uses the clip.
    """
    with transaction.atomic():
        # Locking every clip of the source makes two deletions at once count one after the other.
        sharing = Clip.objects.select_for_update().filter(source=clip.source.name).order_by("pk")
        shared = len([one for one in sharing if one.pk != clip.pk]) > 0
        source = str(clip.source.name or "")
        folder, named = clip.pk, clip.artifacts.values_list("file", flat=True)
        doomed = {str(name) for name in named} | (set() if shared or not source else {source})
        clip.delete()
        transaction.on_commit(lambda: delete_files(doomed | files_of(folder)))
