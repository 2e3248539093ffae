"""Have finished sessions analysed again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django_tenants.utils import get_public_schema_name, tenant_context

from sessions.models import WorkoutSession
from sessions.review.services import have_scored, outdated
from tenants.models import Trainer


class Command(BaseCommand):
    help = (
        "Analyse finished sessions again: those that an older algorithm judged, or another "
        "strictness than their homework has now, and those without an analysis."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="slug of the trainer's site; left out, all of them")
        parser.add_argument("--session", type=UUID, help="this session only, whatever it has")
        parser.add_argument("--all", action="store_true", help="all finished sessions")

    def handle(
        self,
        *args: Any,
        tenant: str | None,
        session: UUID | None,
        all: bool,
        **options: Any,
    ) -> None:
        trainers = Trainer.objects.exclude(schema_name=get_public_schema_name())
        if tenant is not None:
            trainers = trainers.filter(slug=tenant)
            if not trainers:
                raise CommandError(f"There is no site {tenant!r}.")
        sessions = 0
        for trainer in trainers:
            with tenant_context(trainer):
                for one in _chosen(session, all):
                    with transaction.atomic():
                        have_scored(one)
                    sessions += 1
        if session is not None and not sessions:
            raise CommandError(f"There is no finished session {session}.")
        self.stdout.write(f"Sessions to be analysed again: {sessions}. The workers have them.")


def _chosen(session: UUID | None, everything: bool) -> list[WorkoutSession]:
    finished = WorkoutSession.objects.filter(finished_at__isnull=False)
    if session is not None:
        return list(finished.filter(pk=session).select_related("assignment"))
    return list(finished.select_related("assignment")) if everything else outdated()
