"""Dramatiq actors: open the tenant, judge an uploaded video."""

from __future__ import annotations

import logging
from uuid import UUID

import dramatiq
from django_tenants.utils import tenant_context

from sessions.videos.running import run_analysis
from tenants.models import Trainer

logger = logging.getLogger(__name__)


# As with clips: retries are the row's business, not the message's. The pose engines run where
# clips' do, on the queue that may have a GPU.
@dramatiq.actor(queue_name="gpu", max_retries=0)
def analyse_video(schema_name: str, analysis_id: str) -> None:
    """Judge one uploaded video of the tenant ``schema_name``."""
    trainer = Trainer.objects.filter(schema_name=schema_name).first()
    if trainer is None:
        logger.warning("no tenant %s: its message is dropped", schema_name)
        return
    with tenant_context(trainer):
        run_analysis(UUID(analysis_id))


def remind(schema_name: str, analysis_id: UUID) -> None:
    """Send a message. A broker that is away fails nothing: the sweep sends later."""
    try:
        analyse_video.send(schema_name, str(analysis_id))
    except Exception:
        # Each broker's library has errors of its own, and none of them is the caller's.
        logger.warning("no message sent for analysis %s, the sweep will", analysis_id)
