"""Claims on rows: who may work on one, until when, and proof that it is still so.

Every write here is one conditional ``UPDATE``; the number of changed rows says
whether the claim still stands. No lock is held while a stage runs.

What can be claimed has ``lease_until``, ``fence`` and ``attempts``: clips, and what
apps that know clips have worked on in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from processing.models import Clip

# A row whose stage has been begun this often without an end kills its worker
# (out of memory, a codec's crash): stop feeding it to new ones.
MAX_ATTEMPTS = 4

ATTEMPTS: Final = {
    "disk_full": 1,
    "engine": 1,
    "timed_out": 2,
    "crashed": 3,
    "out_of_memory": 3,
    "internal": MAX_ATTEMPTS,
}
"""After so many attempts a failure is final. A full disk does not empty itself, and a video that
hangs a codec once will hang it again; memory may be free the next time."""

_RETRY_AFTER: Final = timedelta(seconds=5)


def lease() -> timedelta:
    """How long a claim lives without news."""
    return timedelta(seconds=settings.LEASE_SECONDS)


def retry_after(attempts: int) -> timedelta:
    """How long a row rests after so many failed attempts: longer each time."""
    return _RETRY_AFTER * float(2**attempts)


@dataclass(frozen=True)
class Claim:
    """The right to work on a row, valid while it still carries ``fence``."""

    model: type[Model]
    pk: object
    fence: int

    def update(self, **fields: Any) -> bool:
        """Write ``fields`` if the claim still stands. Costs one query."""
        rows = self.model._default_manager.filter(pk=self.pk, fence=self.fence)
        return bool(rows.update(**fields))

    def renew(self, **fields: Any) -> bool:
        """As :meth:`update`, and push the end of the lease into the future."""
        return self.update(lease_until=timezone.now() + lease(), **fields)


def take(free: QuerySet[Any], pk: object, **changes: Any) -> Claim | None:
    """Take a row, where it is one of those that are free. Costs two queries.

    Parameters
    ----------
    free : QuerySet
        What may be worked on now.
    pk : object
    **changes
        Written with the claim.

    Returns
    -------
    Claim or None
        None where another worker holds it, or nothing is to be done.
    """
    fence = free.filter(pk=pk).values_list("fence", flat=True).first()
    # The number read above is part of the condition: of two workers that read
    # the same one, only the first changes the row.
    if fence is None or not free.filter(pk=pk, fence=fence).update(
        fence=fence + 1,
        lease_until=timezone.now() + lease(),
        attempts=F("attempts") + 1,
        **changes,
    ):
        return None
    return Claim(free.model, pk, fence + 1)


def claim(clip_id: UUID) -> Claim | None:
    """Take a waiting clip, or one whose worker has gone silent, as :func:`take` does."""
    silent = Q(status=Clip.Status.PROCESSING, lease_until__lte=timezone.now())
    free = Clip.objects.filter(Q(status=Clip.Status.QUEUED) | silent)
    return take(free, clip_id, status=Clip.Status.PROCESSING)
