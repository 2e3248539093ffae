"""Homework made at once, for tests that are not about how it is made.

``python -m tests.e2e.homework`` works on the data folder of a running program (``VAR_DIR``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.perscoach.running import ROOT, Program

PASSWORD = "a good long password"
CLIENTS = ("nina", "mila")
_READY_S = 400.0


@dataclass(frozen=True)
class Homework:
    """What there is to do at one trainer's site."""

    site: str
    assignments: dict[str, int]
    """By client; each has one of their own."""
    item: int

    def path(self, client: str = "nina") -> str:
        return f"/homework/{self.assignments[client]}/"


def email(client: str) -> str:
    return f"{client}@example.com"


def make(
    program: Program, film: Path, site: str, *, seconds: int, sets: int, asks_for: str
) -> Homework:
    """Have the film processed and given to two clients, as one exercise by time."""
    # The tests' own servers are others.
    servers = {"DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE"}
    env = {name: value for name, value in os.environ.items() if name not in servers}
    wanted = [site, str(film), str(seconds), str(sets), asks_for]
    made = subprocess.run(
        [sys.executable, "-m", "tests.e2e.homework", *wanted],
        cwd=ROOT,
        env=env | {"VAR_DIR": str(program.var), "LOG_LEVEL": "WARNING"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return Homework(**json.loads(made.stdout))


def _make(site: str, film: Path, seconds: int, sets: int, asks_for: str) -> Homework:
    from django.core.files import File
    from django.core.files.uploadedfile import UploadedFile
    from django_tenants.utils import tenant_context

    from exercises.models import Assignment, Exercise, Workout, WorkoutItem
    from processing.services import upload_clip
    from tenants.people.models import User
    from tenants.services import create_trainer

    trainer, _ = create_trainer(
        slug=site, name=site.capitalize(), email=email(site), password=PASSWORD
    )
    with tenant_context(trainer):
        with film.open("rb") as file:
            uploaded = UploadedFile(file=File(file), name=film.name, size=film.stat().st_size)
            clip = upload_clip(title="Squat", uploaded=uploaded)
        deadline = time.monotonic() + _READY_S
        while clip.is_active and time.monotonic() < deadline:
            time.sleep(0.2)
            clip.refresh_from_db()
        if not clip.is_usable:
            raise SystemExit(f"the film came to nothing: {clip.status} {clip.error_code}")
        exercise = Exercise.objects.create(name="Squat", clip=clip)
        workout = Workout.objects.create(title="Monday")
        item = WorkoutItem.objects.create(
            workout=workout, exercise=exercise, sets=sets, seconds=seconds, rest_seconds=3
        )
        assignments = {
            name: Assignment.objects.create(
                workout=workout,
                client=User.objects.create_user(email(name), PASSWORD, name=name.capitalize()),
                asks_for=asks_for,
            ).pk
            for name in CLIENTS
        }
    return Homework(site, assignments, item.pk)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perscoach.settings")
    import django

    django.setup()
    _site, _film, _seconds, _sets, _asks_for = sys.argv[1:]
    print(json.dumps(asdict(_make(_site, Path(_film), int(_seconds), int(_sets), _asks_for))))
