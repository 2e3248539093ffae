"""What a trainer builds from finished clips: exercises, workouts, and who is to do them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exercises.levels import Level
from exercises.strictness import Strictness
from processing.models import Clip


class Exercise(models.Model):
    """A movement to copy: a finished clip with a name and words."""

    class Focus(models.TextChoices):
        ARMS = "arms", _("arms")
        LEGS = "legs", _("legs")
        TRUNK = "trunk", _("trunk")
        WHOLE = "whole", _("whole body")

    name = models.CharField(pgettext_lazy("exercise", "name"), max_length=120)
    cues = models.TextField(
        _("cues"),
        blank=True,
        max_length=2000,
        help_text=_("What the client should pay attention to, one thought to a line."),
    )
    focus = models.CharField(
        _("focus"),
        max_length=8,
        choices=Focus.choices,
        default=Focus.WHOLE,
        help_text=_("These parts of the body weigh more in the Match Score."),
    )
    clip = models.ForeignKey(
        Clip, verbose_name=_("clip"), on_delete=models.PROTECT, related_name="exercises"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Workout(models.Model):
    """Exercises in order, with how much of each."""

    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("description"), blank=True, max_length=2000)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("workout")
        verbose_name_plural = _("workouts")
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.title


class WorkoutItem(models.Model):
    """One exercise of a workout: sets of repetitions, or sets of seconds."""

    workout = models.ForeignKey(Workout, on_delete=models.CASCADE, related_name="items")
    exercise = models.ForeignKey(
        Exercise, verbose_name=_("exercise"), on_delete=models.PROTECT, related_name="items"
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)
    sets = models.PositiveSmallIntegerField(
        _("sets"), default=3, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    reps = models.PositiveSmallIntegerField(
        _("reps"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
    )
    seconds = models.PositiveSmallIntegerField(
        _("seconds"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3600)],
    )
    rest_seconds = models.PositiveSmallIntegerField(
        _("rest, s"), default=30, validators=[MaxValueValidator(3600)]
    )

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reps__isnull=True, seconds__isnull=False)
                | Q(reps__isnull=False, seconds__isnull=True),
                name="item_has_reps_or_seconds",
                violation_error_message=_("Give either repetitions or seconds, not both."),
            )
        ]

    def __str__(self) -> str:
        return str(self.exercise)


class Assignment(models.Model):
    """Homework: a workout given to a client."""

    workout = models.ForeignKey(
        Workout, verbose_name=_("workout"), on_delete=models.PROTECT, related_name="assignments"
    )
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("client"),
        on_delete=models.CASCADE,
        related_name="assignments",
        limit_choices_to={"is_staff": False},
    )
    note = models.TextField(_("note to the client"), blank=True, max_length=2000)
    due_on = models.DateField(_("due"), null=True, blank=True)
    asks_for = models.CharField(
        _("what I ask for"),
        max_length=12,
        choices=Level.choices,
        default=Level.SKELETON,
        help_text=_("Your client sees this before each workout, and may always send less."),
    )
    strictness = models.CharField(
        _("how strictly it is judged"),
        max_length=8,
        choices=Strictness.choices,
        default=Strictness.NORMAL,
        help_text=_("Applies to the reports after each workout, not to the live Match Score."),
    )
    created_at = models.DateTimeField(_("assigned"), auto_now_add=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(asks_for__in=["numbers", "skeleton", "silhouette", "video"]),
                name="assignment_level_known",
            ),
            models.CheckConstraint(
                condition=Q(strictness__in=["strict", "normal", "kind"]),
                name="assignment_strictness_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workout} — {self.client}"
