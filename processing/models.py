"""An uploaded video, its state, and the files derived from it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Final, Self

from django.db import models
from django.db.models import F, Q
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

    A clip can be processed again with other settings. Each time is a *run* with
    a number; ``status`` speaks of the run being made, and what is served is
    ``published_run``, whatever becomes of the other.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        PROCESSING = "processing", _("in work")
        READY = "ready", _("ready")
        INVALID = "invalid", _("cannot be used")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("stopped")

    ACTIVE: ClassVar[tuple[str, ...]] = (Status.QUEUED, Status.PROCESSING)
    STUCK: ClassVar[tuple[str, ...]] = (Status.INVALID, Status.FAILED, Status.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=120)
    source = models.FileField(_("video"), upload_to=source_path, max_length=255)
    original_name = models.CharField(_("file name"), max_length=255, blank=True)
    size_bytes = models.BigIntegerField(_("size"), default=0)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    # The part of the source that is processed, in seconds since its first picture.
    window_start_s = models.FloatField(null=True, blank=True)
    window_end_s = models.FloatField(null=True, blank=True)
    # The take this was cut out of: both name the same source file.
    cut_from = models.ForeignKey(
        "self",
        verbose_name=_("cut from"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="pieces",
    )

    # Engine choices of the run being made; names that `Options` does not know are ignored.
    settings = models.JSONField(default=dict, blank=True)
    run = models.PositiveIntegerField(default=1)
    published_run = models.PositiveIntegerField(null=True, blank=True)
    # Settings and window the published run was made with: what a stopped re-run returns to.
    published_settings = models.JSONField(default=dict, blank=True)

    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.QUEUED
    )
    stage = models.CharField(_("step"), max_length=16, blank=True)
    progress_pct = models.FloatField(_("progress"), default=0.0)
    frames_done = models.PositiveIntegerField(default=0)
    frames_total = models.PositiveIntegerField(default=0)
    frames_per_second = models.FloatField(default=0.0)
    seconds_left = models.FloatField(null=True, blank=True)
    # Time the finished stages of this run took: with the frames, how fast clips are made here.
    worked_s = models.FloatField(default=0.0)
    error_code = models.CharField(max_length=32, blank=True)
    error_params = models.JSONField(default=dict, blank=True)

    lease_until = models.DateTimeField(default=timezone.now)
    fence = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    # When a message was last sent for this clip; the sweeper leaves fresh ones alone.
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("clip")
        verbose_name_plural = _("clips")
        ordering: ClassVar = ["-uploaded_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    status__in=["queued", "processing", "ready", "invalid", "failed", "cancelled"]
                ),
                name="clip_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(published_run__isnull=False),
                name="clip_ready_is_published",
            ),
            models.CheckConstraint(
                condition=Q(window_start_s__isnull=True, window_end_s__isnull=True)
                | Q(window_start_s__gte=0, window_end_s__gt=F("window_start_s")),
                name="clip_window_is_forward",
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
            ),
            # Deleting: does another clip name the same source?
            models.Index(fields=["source"], name="clip_source"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE

    @property
    def is_usable(self) -> bool:
        """Whether there is something to serve, also while a new run is made or has failed."""
        return self.published_run is not None

    @property
    def window_s(self) -> tuple[float, float] | None:
        """The part of the source that is processed; None for all of it."""
        if self.window_start_s is None or self.window_end_s is None:
            return None
        return self.window_start_s, self.window_end_s

    @property
    def published(self) -> list[Artifact]:
        """The files that are served. Reads prefetched artifacts, or costs a query."""
        return [one for one in self.artifacts.all() if one.run == self.published_run]

    @property
    def made(self) -> list[Artifact]:
        """The files of the run being made, so far. Reads prefetched artifacts, or costs a query."""
        return [one for one in self.artifacts.all() if one.run == self.run]

    @property
    def facts(self) -> dict[str, Any]:
        """What is known about the video: of the published run, or else of the one being made."""
        return facts_in(self.published if self.is_usable else self.made)


# What the stages found out: of the source first, then of what is made of it.
_FACT_KINDS: Final = ("probe", "plan")


def facts_in(artifacts: Iterable[Artifact]) -> dict[str, Any]:
    """Put together what one run's stages recorded about the video; later stages know better."""
    params = {one.kind: one.params for one in artifacts}
    return {name: fact for kind in _FACT_KINDS for name, fact in params.get(kind, {}).items()}


class ArtifactQuerySet(models.QuerySet["Artifact"]):
    """Readings of derived files."""

    def published(self) -> Self:
        """Only what is served: never the files of a run that is still being made."""
        return self.filter(run=F("clip__published_run"))

    def unpublished(self) -> Self:
        """What belongs to runs that were begun, and given up or not finished yet."""
        return self.exclude(run=F("clip__published_run"), clip__published_run__isnull=False)

    def facts(self) -> dict[uuid.UUID, dict[str, Any]]:
        """:func:`facts_in` for each clip of this set. Costs one query."""
        found: dict[uuid.UUID, list[Artifact]] = {}
        for artifact in self.filter(kind__in=_FACT_KINDS):
            found.setdefault(artifact.clip_id, []).append(artifact)
        return {clip_id: facts_in(artifacts) for clip_id, artifacts in found.items()}


class Artifact(models.Model):
    """A file derived from a clip by one stage, complete and checked when its row exists."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="artifacts")
    kind = models.CharField(max_length=24)
    run = models.PositiveIntegerField(default=1)
    file = models.FileField(upload_to=artifact_path, max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    params = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ArtifactQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clip", "kind", "run"], name="artifact_once_per_kind_and_run"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clip_id}/{self.kind}"
