"""How strictly a client's movement is judged."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from processing.motion.analysis.settings import TOLERANCE_DEG


class Strictness(models.TextChoices):
    """What ``processing.motion.analysis`` tolerates, in the trainer's words."""

    STRICT = "strict", _("strict: 7° and 10% of the time are tolerated")
    NORMAL = "normal", _("normal: 10° and 15%")
    KIND = "kind", _("kind: 15° and 22%, for beginners and after an injury")


assert set(Strictness.values) == set(TOLERANCE_DEG)
