"""An uploaded video that is to be judged, and what came of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exercises.models import Exercise
from sessions.leases import Leased


class VideoAnalysis(Leased):
    """A client's video against an exercise, or against another video.

    ``result`` is what ``docs/formats.md`` describes, null until there is one.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("in work")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("stopped")

    ACTIVE: ClassVar[tuple[str, ...]] = (Status.QUEUED, Status.RUNNING)
    RELATED: ClassVar[tuple[str, ...]] = ("exercise__clip", "asked_by")
    WORTH_RETRYING: ClassVar[tuple[str, ...]] = (Status.FAILED, Status.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.CASCADE,
        related_name="video_analyses",
    )
    # Null where two videos are compared, and once the exercise is deleted.
    exercise = models.ForeignKey(
        Exercise,
        verbose_name=_("exercise"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="video_analyses",
    )
    video = models.FileField(_("video"), max_length=255)
    # Only shown: by it a trainer knows the video again.
    original_name = models.CharField(_("file"), max_length=120, blank=True)
    reference = models.FileField(_("reference video"), max_length=255, blank=True)
    size_bytes = models.BigIntegerField(default=0)

    # How to look and how to judge, as asked for.
    engine = models.CharField(max_length=32)
    lifter = models.CharField(max_length=32, blank=True)
    strictness = models.CharField(max_length=8)
    persona = models.CharField(max_length=24)
    language = models.CharField(max_length=8)

    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.QUEUED
    )
    stage = models.CharField(_("step"), max_length=24, blank=True)
    progress_pct = models.FloatField(_("progress"), default=0.0)
    # A code of `sessions.videos.words.problem_sentence`, empty where all went well.
    problem = models.CharField(max_length=32, blank=True)
    problem_params = models.JSONField(default=dict, blank=True)
    result = models.JSONField(null=True, blank=True)
    # What one claim has made: poses of both, and the video to look at.
    client_poses = models.FileField(max_length=255, blank=True)
    trainer_poses = models.FileField(max_length=255, blank=True)
    side_by_side = models.FileField(max_length=255, blank=True)
    side_by_side_sha256 = models.CharField(max_length=64, blank=True)

    # There is something to be done from the first moment on.
    lease_until = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    kept_until = models.DateTimeField(_("kept until"))

    class Meta:
        verbose_name = _("analysis of a video")
        verbose_name_plural = _("analyses of videos")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running", "ready", "failed", "cancelled"]),
                name="video_analysis_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(result__isnull=False),
                name="video_analysis_ready_has_result",
            ),
            models.CheckConstraint(
                condition=Q(progress_pct__gte=0, progress_pct__lte=100),
                name="video_analysis_progress_is_percentage",
            ),
        ]
        indexes: ClassVar = [
            # The sweeper: what nobody works on though something is to be done.
            models.Index(
                fields=["lease_until"],
                name="video_analysis_active_lease",
                condition=Q(status__in=["queued", "running"]),
            ),
            # The sweeper: what has been kept for long enough.
            models.Index(fields=["kept_until"], name="video_analysis_kept_until"),
        ]

    def __str__(self) -> str:
        return self.original_name or f"{self.pk}"

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE
