"""Make the demo: a trainer, a client, exercises processed by the real pipeline, and homework."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import tenant_context

from exercises import demo
from exercises.models import Assignment, Exercise, Workout, WorkoutItem
from processing.messages import clip_sentence, stage_words
from processing.models import Clip
from processing.services import upload_clip
from processing.synthetic.video import write_video
from tenants.models import Trainer
from tenants.people.models import User
from tenants.services import create_trainer

_POLL_S = 0.5


class Command(BaseCommand):
    help = "Make the demo trainer, or what is still missing of it. A worker must be running."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only-people", action="store_true", help="make the logins, and no exercises yet"
        )

    def handle(self, *args: Any, only_people: bool, **options: Any) -> None:
        trainer = self._trainer()
        if only_people:
            return
        with tenant_context(trainer):
            missing = [
                item for item in demo.EXERCISES if not Exercise.objects.filter(name=item.name)
            ]
            # One by one: the first exercise can be tried while the others are being made.
            for item in missing:
                clip = self._clip(item)
                self._wait(item, clip)
                self._assign(item, clip)
        if missing:
            self.stdout.write("The demo is complete.")

    def _trainer(self) -> Trainer:
        """The demo's trainer and client; made the first time."""
        (email, password), (client_email, client_password) = settings.DEMO_LOGINS
        trainer: Trainer | None = Trainer.objects.filter(slug=settings.DEMO_SLUG).first()
        if trainer is None:
            trainer, _ = create_trainer(
                slug=settings.DEMO_SLUG, name="Anna", email=email, password=password
            )
        with tenant_context(trainer):
            if not User.objects.filter(email=client_email).exists():
                User.objects.create_user(client_email, client_password, name="Kate")
        return trainer

    def _clip(self, item: demo.DemoExercise) -> Clip:
        """The exercise's clip: the athlete is filmed and uploaded unless that was done."""
        known = Clip.objects.filter(original_name=item.file_name).first()
        if known is not None:
            return known
        path = settings.VAR_DIR / "demo" / item.file_name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch = path.with_name(f".{path.name}")
            write_video(
                scratch,
                item.shot(),
                demo.FPS,
                progress=lambda done, total: self._line(
                    f"{item.name}: the synthetic athlete is being filmed", 100 * done / total
                ),
            )
            os.replace(scratch, path)
        return self._upload(item, path)

    def _upload(self, item: demo.DemoExercise, path: Path) -> Clip:
        with path.open("rb") as file:
            uploaded = UploadedFile(file=File(file), name=item.file_name, size=path.stat().st_size)
            return upload_clip(title=item.name, uploaded=uploaded)

    def _wait(self, item: demo.DemoExercise, clip: Clip) -> None:
        while clip.is_active:
            words = stage_words(clip.stage) if clip.stage else "waiting for the worker"
            self._line(f"{item.name}: {words}", clip.progress_pct)
            time.sleep(_POLL_S)
            clip.refresh_from_db()
        if not clip.is_usable:
            raise CommandError(f"{item.name}: {clip_sentence(clip)}")
        self._line(f"{item.name}: ready", 100.0, end=True)

    def _assign(self, item: demo.DemoExercise, clip: Clip) -> None:
        """Make an exercise of the clip and add it to the homework."""
        exercise = Exercise.objects.create(
            name=item.name, cues=item.cues, focus=item.focus, clip=clip
        )
        workout, _ = Workout.objects.get_or_create(title=demo.WORKOUT)
        WorkoutItem.objects.create(
            workout=workout,
            exercise=exercise,
            position=workout.items.count(),
            sets=2,
            reps=item.reps,
            seconds=item.seconds,
            rest_seconds=15,
        )
        client = User.objects.get(email=settings.DEMO_LOGINS[1][0])
        Assignment.objects.get_or_create(
            workout=workout, client=client, defaults={"note": demo.NOTE}
        )

    def _line(self, words: str, pct: float, *, end: bool = False) -> None:
        """One line that changes on a terminal; a line for each new step in a log."""
        if sys.stdout.isatty():
            ending = "\n" if end else ""
            self.stdout.write(f"\r\x1b[K{words} … {pct:.0f} %", ending=ending)
            self.stdout.flush()
        elif words != getattr(self, "_said", ""):
            self._said = words
            self.stdout.write(words)
            self.stdout.flush()
