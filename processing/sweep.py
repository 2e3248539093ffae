"""Send again what has lapsed: messages get lost, workers get killed; the row remembers."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone
from django_tenants.utils import get_public_schema_name, tenant_context

from processing.models import Clip
from processing.workspace import clear_abandoned
from tenants.models import Trainer

logger = logging.getLogger(__name__)

# A clip that waits behind others is not lost: ask again only now and then.
RESEND_AFTER = timedelta(seconds=20)


def sweep() -> int:
    """Send messages for active clips that nobody works on. Returns how many.

    Scratch folders of killed workers go as well. Costs one query a tenant, and
    one for each lapsed clip. Sending once too often is harmless: the claim
    decides.
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
    if sent:
        logger.info("sent %d lapsed clips again", sent)
    return sent
