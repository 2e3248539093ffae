"""What trainers have taught, how repetitions differ, and what was found."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exercises.models import Exercise
from sessions.leases import Leased


class TaughtFault(models.Model):
    """A fault that a trainer marked in one session and named in their own words."""

    class Scope(models.TextChoices):
        CLIENT = "client", _("this client’s sessions")
        ALL = "all", _("all my clients’ sessions")

    name = models.CharField(pgettext_lazy("fault", "name"), max_length=80)
    cue = models.CharField(
        _("cue"),
        max_length=300,
        blank=True,
        help_text=_("What you say to the client about it."),
    )
    exercise = models.ForeignKey(
        Exercise,
        verbose_name=_("exercise"),
        on_delete=models.CASCADE,
        related_name="taught_faults",
    )
    # In whose session it was marked: their own ways are known.
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("client"),
        on_delete=models.CASCADE,
        related_name="taught_faults",
    )
    scope = models.CharField(
        _("look for it in"), max_length=8, choices=Scope.choices, default=Scope.CLIENT
    )
    active = models.BooleanField(
        _("looked for"),
        default=True,
        help_text=_("Switched off, it is neither looked for nor shown."),
    )
    # `processing.motion.taught.Signature`, and its version.
    signature = models.JSONField()
    signature_version = models.PositiveSmallIntegerField()
    # Where it was marked, on the session's clock.
    session = models.ForeignKey(
        "workout_sessions.WorkoutSession",
        verbose_name=_("session"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="taught_faults",
    )
    start_s = models.FloatField()
    end_s = models.FloatField()
    created_at = models.DateTimeField(_("taught"), auto_now_add=True)

    class Meta:
        verbose_name = _("taught fault")
        verbose_name_plural = _("taught faults")
        ordering: ClassVar = ["exercise__name", "name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scope__in=["client", "all"]), name="taught_scope_known"
            ),
            models.CheckConstraint(
                condition=Q(end_s__gt=models.F("start_s")), name="taught_interval_forwards"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RepMeasures(models.Model):
    """How the repetitions of an analysis differ from the trainer's: gzipped JSON of
    ``processing.motion.taught.Measures``, made with the analysis or when first asked for."""

    analysis = models.OneToOneField(
        "workout_sessions.ItemAnalysis", on_delete=models.CASCADE, related_name="measures"
    )
    # Of the analysis whose repetitions these are.
    made_at = models.DateTimeField()
    data = models.BinaryField()

    class Meta:
        verbose_name = _("measures of repetitions")
        verbose_name_plural = _("measures of repetitions")

    def __str__(self) -> str:
        return str(self.analysis_id)


class FaultFinding(Leased):
    """One taught fault in one analysis: still to be looked for, or what was found.

    The row is the truth about what is still to be done, as with analyses.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("being looked for")
        READY = "ready", _("looked for")
        FAILED = "failed", _("not possible")

    ACTIVE: ClassVar[tuple[str, ...]] = (Status.PENDING,)

    fault = models.ForeignKey(TaughtFault, on_delete=models.CASCADE, related_name="findings")
    analysis = models.ForeignKey(
        "workout_sessions.ItemAnalysis", on_delete=models.CASCADE, related_name="taught_findings"
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    # [number of the repetition, size against what was taught, confidence 0..1], by number.
    reps = models.JSONField(default=list)
    # How many repetitions have it.
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("taught fault in a session")
        verbose_name_plural = _("taught faults in sessions")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fault", "analysis"], name="finding_once"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "ready", "failed"]),
                name="finding_status_known",
            ),
        ]
        indexes: ClassVar = [
            # The sweeper: what nobody works on though something is to be done.
            models.Index(
                fields=["lease_until"], name="finding_active_lease", condition=Q(status="pending")
            )
        ]

    def __str__(self) -> str:
        return f"{self.fault_id} in {self.analysis_id}"
