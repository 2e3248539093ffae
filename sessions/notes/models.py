"""A note: a drawing, words and a voice, pinned to an instant of a session or to all of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 500


class Note(models.Model):
    """A trainer's note for the client.

    A deleted one stays for a while, so that deleting can be undone: whoever reads filters it out.
    """

    session = models.ForeignKey(
        "workout_sessions.WorkoutSession", on_delete=models.CASCADE, related_name="notes"
    )
    # On the session's clock, as a chunk's ``t``; null = the whole session.
    at_s = models.FloatField(null=True)
    # Where the trainer's clip stood then.
    clip_s = models.FloatField(null=True)
    # The set at that instant, and how far into it.
    item = models.ForeignKey("exercises.WorkoutItem", on_delete=models.SET_NULL, null=True)
    set_index = models.PositiveSmallIntegerField(null=True)
    set_s = models.FloatField(null=True)
    text = models.CharField(_("text"), max_length=LONGEST_TEXT, blank=True)
    # As `sessions.notes.drawing` checks them.
    strokes = models.JSONField(default=list)
    view = models.JSONField(null=True)
    # The client's skeleton at that instant, copied: a page shows it without the time line.
    figure = models.JSONField(null=True)
    voice = models.FileField(max_length=255, blank=True)
    voice_sha256 = models.CharField(max_length=64, blank=True)
    voice_s = models.FloatField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "workout_sessions"
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        # As the session went; what is about all of it comes first.
        ordering: ClassVar = [models.F("at_s").asc(nulls_first=True), "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(text="", strokes=[], voice=""), name="note_says_something"
            ),
            models.CheckConstraint(
                condition=Q(at_s__isnull=True) | Q(at_s__gte=0, at_s__lte=86400),
                name="note_within_a_day",
            ),
        ]
        indexes: ClassVar = [
            # The sweeper: what was deleted and is not wanted back.
            models.Index(
                fields=["deleted_at"],
                name="note_deleted",
                condition=Q(deleted_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.pk}"
