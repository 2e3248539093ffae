"""Send again what has lapsed: messages get lost, workers get killed; the row remembers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, tenant_context

from processing.models import Clip
from processing.workspace import clear_abandoned
from tenants.models import Trainer
from tenants.schema import current_schema

logger = logging.getLogger(__name__)

# A clip that waits behind others is not lost: ask again only now and then.
RESEND_AFTER = timedelta(seconds=20)

ALSO: Final[list[Callable[[], int]]] = []
"""What apps that know clips add: called with each tenant current, they say how much they sent."""


def resend(active: QuerySet[Any], remind: Callable[[str, Any], None]) -> int:
    """Send messages for rows that nobody works on. Returns how many.

    Costs one query, and one for each that has lapsed. Sending once too often is harmless: the
    claim decides.

    Parameters
    ----------
    active : QuerySet
        What is to be worked on, in the current tenant; it has `lease_until` and `sent_at`.
    remind : callable
        Sends a message, given the schema's name and the row's key.
    """
    now, sent = timezone.now(), 0
    lapsed = active.filter(lease_until__lt=now, sent_at__lt=now - RESEND_AFTER)
    for pk in lapsed.values_list("pk", flat=True):
        if lapsed.filter(pk=pk).update(sent_at=now):
            remind(current_schema(), pk)
            sent += 1
    return sent


def sweep() -> int:
    """Send messages for active clips, and what else there is, that nobody works on.

    Scratch folders of killed workers go as well.

    Returns
    -------
    int
        How many messages were sent.
    """
    from processing.tasks import remind

    sent = 0
    for trainer in Trainer.objects.exclude(schema_name=get_public_schema_name()):
        with tenant_context(trainer):
            sent += resend(Clip.objects.filter(status__in=Clip.ACTIVE), remind)
            clear_abandoned()
            sent += sum(also() for also in ALSO)
    if sent:
        logger.info("sent %d lapsed messages again", sent)
    return sent
