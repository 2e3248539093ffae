"""How much of a workout leaves the client's device."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """What a client shares with the trainer; each level includes the ones before it.

    The trainer says how much they ask for; the client may always give less, never more.
    """

    NUMBERS = "numbers", _("numbers only")
    SKELETON = "skeleton", _("numbers and skeleton")
    SILHOUETTE = "silhouette", _("skeleton and a video of the silhouette")
    VIDEO = "video", _("skeleton and the camera's video")

    @property
    def rank(self) -> int:
        """Place in the order, from 0."""
        return list(Level).index(self)

    @property
    def and_less(self) -> list[Level]:
        """What a client may choose where this is asked for."""
        return list(Level)[: self.rank + 1]

    def at_most(self, asked: Level) -> Level:
        """This level, or the one asked for where that is less."""
        return min(self, asked, key=lambda level: level.rank)
