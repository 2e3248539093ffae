"""Say where the sites are and how to log in to the demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tenants.addresses import landing_url, site_url
from tenants.models import Trainer


class Command(BaseCommand):
    help = "Print the addresses of the landing page and of the demo's trainer."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        lines = ["", f"  pers.coach is at      {landing_url()}"]
        if Trainer.objects.filter(slug=settings.DEMO_SLUG).exists():
            trainer, client = settings.DEMO_LOGINS
            lines += [
                f"  the demo trainer      {site_url(settings.DEMO_SLUG, '/studio/')}",
                f"      log in with       {trainer[0]}  /  {trainer[1]}",
                f"  the demo client       {site_url(settings.DEMO_SLUG)}",
                f"      log in with       {client[0]}  /  {client[1]}",
            ]
        self.stdout.write("\n".join([*lines, ""]))
