"""A client's go at an assignment: what the browser measured, and what it filmed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exercises.levels import Level
from exercises.models import Assignment, WorkoutItem
from exercises.strictness import Strictness
from sessions.leases import NEVER, Leased

# Django looks for models here.
from sessions.notes.models import Note
from sessions.taught.models import FaultFinding, RepMeasures, TaughtFault
from sessions.videos.models import VideoAnalysis

__all__ = [
    "NEVER",
    "FaultFinding",
    "ItemAnalysis",
    "Note",
    "Recording",
    "RecordingPart",
    "RepMeasures",
    "TaughtFault",
    "TimelineChunk",
    "VideoAnalysis",
    "WorkoutSession",
]


class WorkoutSession(models.Model):
    """One go at an assignment. ``score`` is the mean Match Score, 0..100, null while unknown.

    ``id`` is made by the client's device, so that a workout can begin without the network.
    """

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
    level = models.CharField(
        _("shared"), max_length=12, choices=Level.choices, default=Level.SKELETON
    )
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    score = models.FloatField(_("match"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    # The trainer's words for the client, shown with the results.
    comment = models.TextField(_("comment for the client"), blank=True, max_length=4000)
    commented_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering: ClassVar = ["-started_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                name="session_score_is_percentage",
            ),
            models.CheckConstraint(
                condition=Q(level__in=["numbers", "skeleton", "silhouette", "video"]),
                name="session_level_known",
            ),
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
        verbose_name = _("stretch of the time line")
        verbose_name_plural = _("stretches of the time line")
        ordering: ClassVar = ["seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "seq"], name="chunk_once_per_seq")
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.seq}"


class Recording(Leased):
    """A video of one stretch of a session, sent in parts while it is made.

    The row is the truth about what is still to be done, as with clips: a worker claims it for a
    while (``lease_until``) with a growing number (``fence``), and writes only as long as the
    number is still its own. While parts come in, the lease says when the device is taken to be
    away; what there is by then is joined for the trainer to see, and the parts are kept.
    """

    class Status(models.TextChoices):
        RECEIVING = "receiving", _("arriving")
        JOINING = "joining", _("being put together")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    class Content(models.TextChoices):
        SILHOUETTE = "silhouette", _("silhouette")
        VIDEO = "video", _("camera")
        STAGE = "stage", _("camera and trainer")

    ACTIVE: ClassVar[tuple[str, ...]] = (Status.RECEIVING, Status.JOINING)

    session = models.ForeignKey(WorkoutSession, on_delete=models.CASCADE, related_name="recordings")
    n = models.PositiveIntegerField()
    item = models.ForeignKey(WorkoutItem, on_delete=models.SET_NULL, null=True)
    set_index = models.PositiveSmallIntegerField()
    # On the session's clock, as a chunk's ``t``.
    started_s = models.FloatField()
    mime = models.CharField(max_length=100)
    content = models.CharField(max_length=12, choices=Content.choices)
    # What was announced, to know the same request again when the item is gone.
    sha256 = models.CharField(max_length=64)

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.RECEIVING)
    # Of the parts, or of the file once there is no part left.
    size_bytes = models.BigIntegerField(default=0)
    file = models.FileField(max_length=255, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    # How many parts the file was made of.
    parts_joined = models.PositiveIntegerField(default=0)
    duration_s = models.FloatField(null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    # A code of `sessions.words.RECORDING_PROBLEMS`, empty where all went well.
    problem = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering: ClassVar = ["n"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "n"], name="recording_once_per_number"),
            models.CheckConstraint(
                condition=Q(status__in=["receiving", "joining", "ready", "failed"]),
                name="recording_status_known",
            ),
            models.CheckConstraint(
                condition=Q(content__in=["silhouette", "video", "stage"]),
                name="recording_content_known",
            ),
        ]
        indexes: ClassVar = [
            # The sweeper: what nobody works on though something is to be done.
            models.Index(
                fields=["lease_until"],
                name="recording_active_lease",
                condition=Q(status__in=["receiving", "joining"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.n}"


class RecordingPart(models.Model):
    """Some bytes of a recording, in a private file until they are joined."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="parts")
    seq = models.PositiveIntegerField()
    file = models.FileField(max_length=255)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("part of a recording")
        verbose_name_plural = _("parts of recordings")
        ordering: ClassVar = ["seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recording", "seq"], name="part_once_per_seq")
        ]

    def __str__(self) -> str:
        return f"{self.recording_id}/{self.seq}"


class ItemAnalysis(Leased):
    """What the analysis says of one exercise of a session, all of its sets together.

    The row is the truth about what is still to be done, as with recordings. While it is made anew
    the former document stays.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("being worked out")
        READY = "ready", _("ready")
        FAILED = "failed", _("not possible")

    ACTIVE: ClassVar[tuple[str, ...]] = (Status.PENDING,)

    session = models.ForeignKey(WorkoutSession, on_delete=models.CASCADE, related_name="analyses")
    item = models.ForeignKey(WorkoutItem, on_delete=models.SET_NULL, null=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    # A code of `sessions.review.words.PROBLEMS`, empty where all went well.
    problem = models.CharField(max_length=32, blank=True)
    # How strictly the next document is to judge, and how strictly the present one does.
    strictness = models.CharField(
        max_length=8, choices=Strictness.choices, default=Strictness.NORMAL
    )
    judged_strictness = models.CharField(max_length=8, choices=Strictness.choices, blank=True)
    # Of the present document; empty without one.
    algorithm = models.CharField(max_length=16, blank=True)
    document = models.JSONField(null=True)
    # Not read with the row's other columns: `sessions.review.curves`.
    curves = models.BinaryField(null=True)
    verdict = models.CharField(max_length=16, blank=True)
    score = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    grade = models.FloatField(null=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("analysis")
        verbose_name_plural = _("analyses")
        # As they were done: rows are made in that order.
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "item"], name="analysis_once_per_item"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "ready", "failed"]),
                name="analysis_status_known",
            ),
            models.CheckConstraint(
                condition=Q(strictness__in=["strict", "normal", "kind"]),
                name="analysis_strictness_known",
            ),
        ]
        indexes: ClassVar = [
            # The sweeper: what nobody works on though something is to be done.
            models.Index(
                fields=["lease_until"],
                name="analysis_active_lease",
                condition=Q(status="pending"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.item_id}"
