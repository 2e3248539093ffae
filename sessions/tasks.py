"""Dramatiq actors: open the tenant, join what was filmed."""

from __future__ import annotations

import logging

import dramatiq
from django_tenants.utils import tenant_context

from sessions.joining import join_recording
from tenants.models import Trainer

logger = logging.getLogger(__name__)


# As with clips: retries are the row's business, not the message's.
@dramatiq.actor(queue_name="default", max_retries=0)
def join(schema_name: str, recording_id: int) -> None:
    """Make one playable file of a recording's parts, in the tenant ``schema_name``."""
    trainer = Trainer.objects.filter(schema_name=schema_name).first()
    if trainer is None:
        logger.warning("no tenant %s: its message is dropped", schema_name)
        return
    with tenant_context(trainer):
        join_recording(recording_id)


def remind(schema_name: str, recording_id: int) -> None:
    """Send a message. A broker that is away fails nothing: the sweep sends later."""
    try:
        join.send(schema_name, recording_id)
    except Exception:
        # Each broker's library has errors of its own, and none of them is the caller's.
        logger.warning("no message sent for recording %s, the sweep will", recording_id)
