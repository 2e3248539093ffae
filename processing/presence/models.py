"""A worker that lives, as far as it was heard of."""

from __future__ import annotations

from django.db import models


class Worker(models.Model):
    """One ``run_worker``. It writes down every few seconds that it is there."""

    name = models.CharField(primary_key=True, max_length=120)
    # Names with a space between.
    queues = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
