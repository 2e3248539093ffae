"""An uploaded video, its state, and the files derived from it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def source_path(clip: Clip, filename: str) -> str:
    """The upload's place in the storage; its own name is kept in a column, not on disk."""
    return f"clips/{clip.pk}/source"


def artifact_path(artifact: Artifact, filename: str) -> str:
    return f"clips/{artifact.clip_id}/{filename}"


class Clip(models.Model):
    """A video as the trainer uploaded it, on its way through the pipeline.

    The row, not the message in the queue, is the truth about what is still to
    be done: a worker claims it for a while (``lease_until``) with a growing
    number (``fence``), and writes only as long as the number is still its own.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        PROCESSING = "processing", _("in work")
        READY = "ready", _("ready")
        INVALID = "invalid", _("cannot be used")
        FAILED = "failed", _("failed")

    ACTIVE: ClassVar[tuple[str, ...]] = (Status.QUEUED, Status.PROCESSING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=120)
    source = models.FileField(_("video"), upload_to=source_path, max_length=255)
    original_name = models.CharField(_("file name"), max_length=255, blank=True)
    size_bytes = models.BigIntegerField(_("size"), default=0)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.QUEUED
    )
    stage = models.CharField(_("step"), max_length=16, blank=True)
    progress_pct = models.FloatField(_("progress"), default=0.0)
    frames_done = models.PositiveIntegerField(default=0)
    frames_total = models.PositiveIntegerField(default=0)
    frames_per_second = models.FloatField(default=0.0)
    seconds_left = models.FloatField(null=True, blank=True)
    error_code = models.CharField(max_length=32, blank=True)
    error_params = models.JSONField(default=dict, blank=True)

    lease_until = models.DateTimeField(default=timezone.now)
    fence = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When a message was last sent for this clip; the sweeper leaves fresh ones alone.
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("clip")
        verbose_name_plural = _("clips")
        ordering: ClassVar = ["-uploaded_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "processing", "ready", "invalid", "failed"]),
                name="clip_status_known",
            ),
            models.CheckConstraint(
                condition=Q(progress_pct__gte=0, progress_pct__lte=100),
                name="clip_progress_is_percentage",
            ),
        ]
        indexes: ClassVar = [
            # The sweeper: active clips whose lease has lapsed.
            models.Index(
                fields=["lease_until"],
                name="clip_active_lease",
                condition=Q(status__in=["queued", "processing"]),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE


class Artifact(models.Model):
    """A file derived from a clip by one stage, complete and checked when its row exists."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="artifacts")
    kind = models.CharField(max_length=24)
    file = models.FileField(upload_to=artifact_path, max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    params = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "kind"], name="artifact_once_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.clip_id}/{self.kind}"
