"""Work off the queues until told to stop."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import dramatiq
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection

from processing import running
from processing.presence.beats import Presence
from processing.sweep import sweep

logger = logging.getLogger(__name__)

_SWEEP_EVERY_S = 10.0
_STOP_TIMEOUT_MS = 10_000


class Command(BaseCommand):
    help = "Work off the queues. Start more of these to use more machines."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--queues",
            nargs="+",
            default=["gpu", "default"],
            help="queues to work off: gpu has the clips' stages, default what takes seconds",
        )
        parser.add_argument(
            "--threads",
            type=int,
            default=1,
            help="messages of each queue at once (a stage uses several cores)",
        )

    def handle(self, *args: Any, queues: list[str], threads: int, **options: Any) -> None:
        stop = threading.Event()

        def on_signal(signum: int, frame: FrameType | None) -> None:
            stop.set()

        for sig in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sig, on_signal)

        # Threads of its own for each queue: what takes seconds never waits for a clip.
        workers = [
            dramatiq.Worker(dramatiq.get_broker(), queues={queue}, worker_threads=threads)
            for queue in queues
        ]
        for worker in workers:
            # What one worker has fetched no other can do: take one message at a time.
            worker.queue_prefetch = threads
            worker.start()
        presence = Presence(queues)
        self._try(presence.beat)
        self.stdout.write(f"worker ready on {', '.join(queues)}")
        while not stop.wait(_SWEEP_EVERY_S):
            self._try(presence.beat)
            self._try(sweep)
        running.stopping.set()
        self._try(presence.end)
        for worker in workers:
            worker.stop(timeout=_STOP_TIMEOUT_MS)
        connection.close()

    def _try(self, work: Callable[[], object]) -> None:
        """Do some work; a database or broker that is away for a while must not end the worker."""
        close_old_connections()
        try:
            work()
        except (DatabaseError, dramatiq.ConnectionError, OSError):
            logger.warning("%s failed, will try again", work.__name__, exc_info=True)
            connection.close()
