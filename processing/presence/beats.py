"""Saying that one is there, and asking who is."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from processing.presence.models import Worker

_FORGOTTEN_AFTER: Final = timedelta(days=1)


class Presence:
    """What a worker says of itself, from its start to its end.

    Parameters
    ----------
    queues : sequence of str
        That it works off.
    """

    def __init__(self, queues: Sequence[str]) -> None:
        self.name = f"{socket.gethostname()[:80]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._queues = " ".join(queues)
        self._started_at = timezone.now()

    def beat(self) -> None:
        """Say that it is there; rows of workers that died long ago go. Costs two queries or so."""
        now = timezone.now()
        Worker.objects.update_or_create(
            name=self.name,
            defaults={"seen_at": now},
            create_defaults={
                "queues": self._queues,
                "started_at": self._started_at,
                "seen_at": now,
            },
        )
        Worker.objects.filter(seen_at__lt=now - _FORGOTTEN_AFTER).delete()

    def end(self) -> None:
        """Say that it goes."""
        Worker.objects.filter(name=self.name).delete()


def queues_served() -> set[str]:
    """Queues that a living worker works off. Costs one query."""
    since = timezone.now() - timedelta(seconds=settings.WORKER_SILENCE_SECONDS)
    alive = Worker.objects.filter(seen_at__gte=since).values_list("queues", flat=True)
    return {queue for queues in alive for queue in queues.split()}
