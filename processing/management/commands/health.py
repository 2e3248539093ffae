"""Say what works and what does not; ends with status 1 where something does not."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from processing.health import examine


class Command(BaseCommand):
    help = "Ask the database, the broker, the storage, the workers and the model files."
    requires_system_checks = ()  # it is asked when things do not work

    def handle(self, *args: Any, **options: Any) -> None:
        parts = examine()
        for part in parts:
            self.stdout.write(f"{part.name:10s} {'ok' if part.ok else part.wrong}")
        if not all(part.ok for part in parts):
            sys.exit(1)
