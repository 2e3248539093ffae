"""Dramatiq actors: open the tenant, run the clip's stages."""

from __future__ import annotations

import logging
from uuid import UUID

import dramatiq
from django_tenants.utils import tenant_context

from processing.running import run_next_stage
from tenants.models import Trainer

logger = logging.getLogger(__name__)


# Retries are the row's business (attempts, lease), not the message's: a message
# that is lost or repeated changes nothing. No time limit: none could interrupt
# native code, and a long video may rightly take hours.
@dramatiq.actor(queue_name="gpu", max_retries=0)
def run_stage(schema_name: str, clip_id: str) -> None:
    """Run all stages that are left of a clip of the tenant ``schema_name``."""
    trainer = Trainer.objects.filter(schema_name=schema_name).first()
    if trainer is None:
        logger.warning("no tenant %s: its message is dropped", schema_name)
        return
    with tenant_context(trainer):
        # To the end, not a message for each stage: clips are then ready in the order in which
        # they came, and a broker that goes away cannot stop one half-way.
        while run_next_stage(UUID(clip_id)):
            pass


def remind(schema_name: str, clip_id: UUID) -> None:
    """Send a message for a clip. A broker that is away fails nothing: the sweep sends later."""
    try:
        run_stage.send(schema_name, str(clip_id))
    except Exception:
        # Each broker's library has errors of its own, and none of them is the caller's.
        logger.warning("no message sent for clip %s, the sweep will", clip_id, exc_info=True)
