"""A trainer, a client, an hour of squats to do, and the client's film for a fake webcam.

``python -m benchmarks.shadow.homework FILM.mjpeg`` fills the running program's data folder
(``VAR_DIR``) and prints one object: ``host``, ``path`` of the Shadow page, ``email``, ``password``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Final

import django

from benchmarks.shadow.film import TAKE, shoot_client

SLUG: Final = "bench"
PASSWORD: Final = "shadow benchmark"
SECONDS: Final = 3600
_POLL_S: Final = 0.5


def _assignment(email: str) -> int:
    """Upload the trainer's take, wait until it is published, and assign it; gives the key."""
    from django.conf import settings
    from django.core.files import File
    from django.core.files.uploadedfile import UploadedFile

    from exercises.models import Assignment, Exercise, Workout, WorkoutItem
    from processing.services import upload_clip
    from processing.synthetic.render import shoot
    from processing.synthetic.video import write_video
    from tenants.people.models import User

    path = settings.VAR_DIR / "take.mp4"
    write_video(path, shoot(TAKE, "three_quarter", (540, 720)), 25.0)
    with path.open("rb") as file:
        clip = upload_clip(
            title="Squat",
            uploaded=UploadedFile(file=File(file), name=path.name, size=path.stat().st_size),
        )
    # The client is filmed while the worker is at the trainer's take.
    shoot_client(Path(sys.argv[1]))
    while clip.is_active:
        time.sleep(_POLL_S)
        clip.refresh_from_db()
    if not clip.is_usable:
        raise SystemExit(f"the trainer's take came to nothing: {clip.status}")
    workout = Workout.objects.create(title="Bench")
    WorkoutItem.objects.create(
        workout=workout,
        exercise=Exercise.objects.create(name="Squat", clip=clip),
        sets=1,
        seconds=SECONDS,
    )
    client = User.objects.create_user(email, PASSWORD, name="Bea")
    # What the trainer asks for at the most; a client sends the usual unless they choose more.
    return Assignment.objects.create(workout=workout, client=client, asks_for="video").pk


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perscoach.settings")
    django.setup()
    from django_tenants.utils import tenant_context

    from tenants.services import create_trainer

    trainer, _ = create_trainer(
        slug=SLUG, name="Bench", email="trainer@example.com", password=PASSWORD
    )
    email = "client@example.com"
    with tenant_context(trainer):
        key = _assignment(email)
    place = {"host": f"{SLUG}.localhost", "path": f"/homework/{key}/shadow/"}
    print(json.dumps({**place, "email": email, "password": PASSWORD}))


if __name__ == "__main__":
    main()
