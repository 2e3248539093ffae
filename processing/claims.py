"""Claims on clips: who may work, until when, and proof that it is still so.

Every write here is one conditional ``UPDATE``; the number of changed rows says
whether the claim still stands. No lock is held while a stage runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from processing.models import Clip

# A clip whose stage has been begun this often without an end kills its worker
# (out of memory, a codec's crash): stop feeding it to new ones.
MAX_ATTEMPTS = 4


def lease() -> timedelta:
    """How long a claim lives without news."""
    return timedelta(seconds=settings.LEASE_SECONDS)


@dataclass(frozen=True)
class Claim:
    """The right to work on a clip, valid while the row still carries ``fence``."""

    clip_id: UUID
    fence: int

    def update(self, **fields: Any) -> bool:
        """Write ``fields`` if the claim still stands. Costs one query."""
        return bool(Clip.objects.filter(pk=self.clip_id, fence=self.fence).update(**fields))

    def renew(self, **fields: Any) -> bool:
        """As :meth:`update`, and push the end of the lease into the future."""
        return self.update(lease_until=timezone.now() + lease(), **fields)


def claim(clip_id: UUID) -> Claim | None:
    """Take a waiting clip, or one whose worker has gone silent. Costs two queries.

    Returns
    -------
    Claim or None
        None where another worker holds it, or nothing is to be done.
    """
    now = timezone.now()
    free = Q(status=Clip.Status.QUEUED) | Q(status=Clip.Status.PROCESSING, lease_until__lte=now)
    fence = Clip.objects.filter(pk=clip_id).values_list("fence", flat=True).first()
    if fence is None:
        return None
    # The number read above is part of the condition: of two workers that read
    # the same one, only the first changes the row.
    fence += 1
    taken = Clip.objects.filter(free, pk=clip_id, fence=fence - 1).update(
        status=Clip.Status.PROCESSING,
        lease_until=now + lease(),
        fence=fence,
        attempts=F("attempts") + 1,
    )
    if not taken:
        return None
    return Claim(clip_id, fence)
