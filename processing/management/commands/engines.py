"""Say which engines can run here, and what the others lack."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from processing.engines.contract import EngineError
from processing.engines.registry import JOBS, all_engines
from processing.engines.spec import Engine, Job

_SETTINGS: Final = {
    Job.MATTING: ("MATTING_ENGINE", "mediapipe"),
    Job.GRADE: ("GRADE_ENGINE", "v11"),
    Job.POSE: ("POSE_ENGINE", "mediapipe"),
    Job.LIFT: ("LIFTER", ""),
}
"""Which setting chooses the engine of a job, and what it is by default."""
_WIDTH: Final = 100


class Command(BaseCommand):
    help = "List the engines: which can run here, on which device, what is missing, licences."
    requires_system_checks = ()  # nor a database: it is asked when things do not work yet

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON list, for programs")
        parser.add_argument(
            "--load", action="store_true", help="load the weights too, which shows damaged files"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        models_dir = Path(settings.MODELS_DIR)
        facts = [_facts(engine, models_dir, load=options["load"]) for engine in all_engines()]
        if options["json"]:
            self.stdout.write(json.dumps(facts, indent=2))
            return
        self.stdout.write(f"Weights belong into {models_dir}; docs/engines.md says more.")
        for job in JOBS:
            setting, _ = _SETTINGS[job]
            self.stdout.write(f"\n{job} ({setting} chooses; * is chosen)")
            for fact in facts:
                if fact["job"] == job:
                    self._say(fact)

    def _say(self, fact: dict[str, Any]) -> None:
        star = "*" if fact["chosen"] else " "
        state = f"runs on {fact['device']}" if fact["can_run"] else f"not yet on {fact['device']}"
        licences = f"code {fact['code_licence']}, weights {fact['weights_licence']}"
        self.stdout.write(
            f"{star} {fact['name']:<14} {state:<16} {fact['title']}: {licences}".rstrip()
        )
        for sentence in fact["missing"]:
            self.stdout.write(
                textwrap.fill(
                    sentence,
                    _WIDTH,
                    initial_indent="    - ",
                    subsequent_indent="      ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )


def _facts(engine: Engine[Any], models_dir: Path, *, load: bool) -> dict[str, Any]:
    setting, default = _SETTINGS[engine.job]
    found = engine.check(models_dir)
    missing = [*found.missing, *_wrong(engine, models_dir)] if load else [*found.missing]
    return {
        "job": engine.job,
        "name": engine.name,
        "title": engine.title,
        "project": engine.project,
        "chosen": getattr(settings, setting, default) == engine.name,
        "can_run": not missing,
        "device": found.device,
        "missing": missing,
        "files": [str(path) for path in found.files],
        "code_licence": engine.code_licence,
        "weights_licence": engine.weights_licence,
    }


def _wrong(engine: Engine[Any], models_dir: Path) -> list[str]:
    """Load the engine where it can run, and return what it says of its weights."""
    if not engine.check(models_dir).can_run:
        return []
    try:
        engine.open(models_dir).close()
    except EngineError as error:
        return [str(error)]
    return []
