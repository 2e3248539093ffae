"""Dramatiq actors: open the tenant, join what was filmed, judge what was done."""

from __future__ import annotations

import logging
from collections.abc import Callable

import dramatiq
from django_tenants.utils import tenant_context

from sessions.joining import join_recording
from sessions.review.scoring import score
from sessions.taught.finding import find
from tenants.models import Trainer

logger = logging.getLogger(__name__)


# As with clips: retries are the row's business, not the message's.
@dramatiq.actor(queue_name="default", max_retries=0)
def join(schema_name: str, recording_id: int) -> None:
    """Make one playable file of a recording's parts, in the tenant ``schema_name``."""
    _within(schema_name, join_recording, recording_id)


@dramatiq.actor(queue_name="default", max_retries=0)
def review(schema_name: str, analysis_id: int) -> None:
    """Analyse one exercise of a session, in the tenant ``schema_name``."""
    _within(schema_name, score, analysis_id)


@dramatiq.actor(queue_name="default", max_retries=0)
def look_for(schema_name: str, finding_id: int) -> None:
    """Look for a taught fault in one analysis, in the tenant ``schema_name``."""
    _within(schema_name, find, finding_id)


def _within(schema_name: str, work: Callable[[int], None], pk: int) -> None:
    trainer = Trainer.objects.filter(schema_name=schema_name).first()
    if trainer is None:
        logger.warning("no tenant %s: its message is dropped", schema_name)
        return
    with tenant_context(trainer):
        work(pk)


def remind(schema_name: str, recording_id: int) -> None:
    """Send a message. A broker that is away fails nothing: the sweep sends later."""
    _send(join, schema_name, recording_id)


def remind_review(schema_name: str, analysis_id: int) -> None:
    """The same for an analysis."""
    _send(review, schema_name, analysis_id)


def remind_finding(schema_name: str, finding_id: int) -> None:
    """The same for a taught fault that is to be looked for."""
    _send(look_for, schema_name, finding_id)


def _send(actor: dramatiq.Actor[[str, int], None], schema_name: str, pk: int) -> None:
    try:
        actor.send(schema_name, pk)
    except Exception:
        # Each broker's library has errors of its own, and none of them is the caller's.
        logger.warning("no message sent to %s for %s, the sweep will", actor.actor_name, pk)
