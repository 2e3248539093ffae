"""A client's go at an assignment, as the browser measured it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exercises.models import Assignment, WorkoutItem


class WorkoutSession(models.Model):
    """One go at an assignment. ``score`` is the mean Match Score, 0..100, null while unknown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(
        Assignment,
        verbose_name=_("assignment"),
        on_delete=models.CASCADE,
        related_name="sessions",
    )
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("client"),
        on_delete=models.CASCADE,
        related_name="workout_sessions",
    )
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    score = models.FloatField(_("match"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering: ClassVar = ["-started_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                name="session_score_is_percentage",
            )
        ]
        indexes: ClassVar = [
            # The studio's inbox: finished and not yet reviewed.
            models.Index(
                fields=["-finished_at"],
                name="session_inbox",
                condition=Q(reviewed_at__isnull=True, finished_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment} — {self.started_at:%Y-%m-%d %H:%M}"


class TimelineChunk(models.Model):
    """A few seconds of per-frame measurements, kept as posted (docs/formats.md)."""

    session = models.ForeignKey(WorkoutSession, on_delete=models.CASCADE, related_name="chunks")
    seq = models.PositiveIntegerField()
    item = models.ForeignKey(WorkoutItem, on_delete=models.SET_NULL, null=True)
    set_index = models.PositiveSmallIntegerField()
    rows = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    data = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "seq"], name="chunk_once_per_seq")
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.seq}"
