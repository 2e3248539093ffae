"""`manage.py run_worker` in a hurry, for tests that kill or starve it.

With `rough` as argument it runs the two rough stages in place of the real ones.
"""

from __future__ import annotations

import os
import sys

import django
from django.core.management import call_command

from tests.processing import rough


def main(*arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perscoach.settings")
    django.setup()
    from processing import running, sweep
    from processing.management.commands import run_worker

    if "rough" in arguments:
        running.next_stage = rough.next_stage  # type: ignore[attr-defined]
    # What waits ten seconds between sweeps waits less here.
    run_worker._SWEEP_EVERY_S = 0.2
    sweep.RESEND_AFTER *= 0.01
    call_command("run_worker")


if __name__ == "__main__":
    main(*sys.argv[1:])
