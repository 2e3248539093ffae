"""Bring every schema's tables and every address up to date."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from tenants.services import ensure_public


class Command(BaseCommand):
    help = "Migrate the public schema and every trainer's, and keep addresses on BASE_DOMAIN."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate_schemas", shared=True, verbosity=0, interactive=False)
        ensure_public()
        call_command("migrate_schemas", tenant=True, verbosity=0, interactive=False)
        self.stdout.write("tables are up to date")
