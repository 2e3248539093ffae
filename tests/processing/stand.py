"""A worker process of its own, behind a database and a broker that can go away."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from processing.models import Clip
from processing.services import upload_clip
from tests.processing.proxy import Proxy

ROOT = Path(__file__).resolve().parents[2]
LEASE_S = 2


def upload(content: bytes) -> Clip:
    """A committed clip; no message is sent, the worker's sweep finds it."""
    clip = upload_clip(title="", uploaded=SimpleUploadedFile("a.mp4", content))
    Clip.objects.filter(pk=clip.pk).update(sent_at=clip.uploaded_at.replace(year=2000))
    return clip


def fresh(clip: Clip) -> Clip:
    return Clip.objects.get(pk=clip.pk)


class Stand:
    """A worker process and its proxies. Everything it sees is committed."""

    def __init__(self, log: Path, *arguments: str) -> None:
        database = settings.DATABASES["default"]
        self.database = Proxy(
            f"postgres://{database['USER']}:{database['PASSWORD']}"
            f"@{database['HOST']}:{database['PORT']}/{connection.settings_dict['NAME']}"
        )
        # A queue of its own: other tests' messages are none of this worker's.
        self.broker = Proxy(settings.BROKER_URL.rsplit("/", 1)[0] + "/7")
        self._log = log
        self._arguments = arguments
        self._said_before = 0
        self._worker: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Make everything whole for another test."""
        self.database.mend()
        self.broker.mend()
        if not self.running:
            self.start()
        self._said_before = len(self._log.read_text(errors="replace"))

    def start(self) -> None:
        """Start a worker, or another after the first was killed."""
        env = os.environ | {
            "DATABASE_URL": self.database.url,
            "BROKER_URL": self.broker.url,
            "LEASE_SECONDS": str(LEASE_S),
            "LOG_LEVEL": "INFO",
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        }
        with self._log.open("ab") as log:
            self._worker = subprocess.Popen(
                [sys.executable, "-m", "tests.processing.worker", *self._arguments],
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def running(self) -> bool:
        return self._worker is not None and self._worker.poll() is None

    @property
    def worker(self) -> subprocess.Popen[bytes]:
        assert self._worker is not None
        return self._worker

    def said(self) -> str:
        """What the workers of this test have logged."""
        return self._log.read_text(errors="replace")[self._said_before :]

    def stage_pid(self) -> int:
        """The worker's stage process; 0 while there is none."""
        children = Path(f"/proc/{self.worker.pid}/task").glob("*/children")
        return next((int(pid) for path in children for pid in path.read_text().split()), 0)

    def wait(self, what: Callable[[], Any], timeout_s: float = 40.0) -> Any:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if found := what():
                return found
            time.sleep(0.05)
        raise AssertionError(f"it never happened; the worker said:\n{self.said()[-6000:]}")

    def pause(self) -> None:
        """Have no worker until the next test begins."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()

    def end(self) -> None:
        self.pause()
        self.database.cut()
        self.broker.cut()
