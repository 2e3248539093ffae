"""Send again what has lapsed: messages get lost, workers get killed; the row remembers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.utils import timezone
from django_tenants.utils import get_public_schema_name, tenant_context

from processing.models import Clip
from processing.workspace import clear_abandoned
from tenants.models import Trainer

logger = logging.getLogger(__name__)

# A clip that waits behind others is not lost: ask again only now and then.
RESEND_AFTER = timedelta(seconds=20)

ALSO: Final[list[Callable[[], int]]] = []
"""What apps that know clips add: called with each tenant current, they say how much they sent."""


def sweep() -> int:
    """Send messages for active clips, and what else there is, that nobody works on.

    Scratch folders of killed workers go as well. Costs one query a tenant, and
    one for each lapsed clip. Sending once too often is harmless: the claim
    decides.

    Returns
    -------
    int
        How many messages were sent.
    """
    from processing.tasks import remind

    sent = 0
    for trainer in Trainer.objects.exclude(schema_name=get_public_schema_name()):
        with tenant_context(trainer):
            now = timezone.now()
            lapsed = Clip.objects.filter(
                status__in=Clip.ACTIVE, lease_until__lt=now, sent_at__lt=now - RESEND_AFTER
            )
            for clip_id in lapsed.values_list("pk", flat=True):
                if lapsed.filter(pk=clip_id).update(sent_at=now):
                    remind(trainer.schema_name, clip_id)
                    sent += 1
            clear_abandoned()
            sent += sum(also() for also in ALSO)
    if sent:
        logger.info("sent %d lapsed messages again", sent)
    return sent
