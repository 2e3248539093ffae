"""Whether everything that a site needs is there: asked anew, and soon answered.

What is wrong is told in sentences that name no address, path or password: a trainer reads them,
who need not run the server.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection

from processing.engines.registry import GRADE, LIFT, MATTING, POSE
from processing.presence.beats import queues_served
from processing.storage import is_local
from processing.weights.registry import WEIGHTS

QUEUES: Final = ("gpu", "default")
_PATIENCE_S: Final = 3
"""Longest that a part may take to answer. libpq waits for 2 s at least."""
_LASTS_S: Final = 2.0
"""Answers are kept for so long: anybody may ask, and each asks all over again."""
_LITTLE_SPACE: Final = 200 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    """One thing that is needed.

    Attributes
    ----------
    name : str
        ``database``, ``broker``, ``storage``, ``workers``, ``models``.
    wrong : str
        What is wrong with it, a sentence; empty where nothing is.
    """

    name: str
    wrong: str = ""

    @property
    def ok(self) -> bool:
        return not self.wrong


class _Kept:
    """The last answers, for a moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, tuple[float, Part]] = {}

    def ask(self, name: str, check: Callable[[], str]) -> Part:
        with self._lock:
            kept = self._answers.get(name)
        if kept is not None and time.monotonic() - kept[0] < _LASTS_S:
            return kept[1]
        part = Part(name, check())
        with self._lock:
            self._answers[name] = time.monotonic(), part
        return part

    def forget(self) -> None:
        with self._lock:
            self._answers.clear()


_kept = _Kept()
forget = _kept.forget


def database() -> Part:
    """Whether the database answers, on a connection of its own: a broken one is not waited for."""
    return _kept.ask("database", _database)


def _database() -> str:
    try:
        parameters: dict[str, Any] = connection.get_connection_params()
        # A host that swallows packets must not hold whoever asks.
        parameters |= {"connect_timeout": 2, "tcp_user_timeout": 2000}
        with psycopg.connect(**parameters) as own:
            own.execute("SELECT 1")
    except psycopg.Error:
        return "The database does not answer."
    return ""


def examine() -> tuple[Part, ...]:
    """Ask every part."""
    base = database()
    return (
        base,
        _kept.ask("broker", lambda: _in_time(_broker, "The queue's broker")),
        _kept.ask("storage", lambda: _in_time(_storage, "The storage")),
        _kept.ask("workers", _workers) if base.ok else Part("workers", _UNKNOWN),
        _kept.ask("models", _models),
    )


_UNKNOWN: Final = "Not known: the database does not answer."


def _in_time(check: Callable[[], str], subject: str) -> str:
    """Do a check that a library may take for ever over."""
    answers: list[str] = []

    def ask() -> None:
        try:
            answers.append(check())
        except Exception:
            # Each library has errors of its own; their words may hold an address.
            answers.append(f"{subject} does not answer.")

    # Not waited for by anybody when it hangs, not even at the end of the process.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_PATIENCE_S)
    return answers[0] if answers else f"{subject} did not answer within {_PATIENCE_S} s."


def _broker() -> str:
    url = settings.BROKER_URL
    if not url:
        return "No broker is configured: nothing can be processed."
    if url.startswith("amqp"):
        import pika

        parameters = pika.URLParameters(url)
        parameters.socket_timeout = parameters.blocked_connection_timeout = 2
        parameters.connection_attempts = 1
        pika.BlockingConnection(parameters).close()
        return ""
    import redis

    with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
        client.ping()
    return ""


def _storage() -> str:
    if not is_local():
        storage: Any = default_storage
        storage.connection.meta.client.head_bucket(Bucket=storage.bucket_name)
        return ""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        return "Files can't be written."
    if shutil.disk_usage(folder).free < _LITTLE_SPACE:
        return "The disk is all but full."
    return ""


def _workers() -> str:
    try:
        idle = set(QUEUES) - queues_served()
    except DatabaseError:
        return "Not known: the table of workers can't be read."
    if idle == set(QUEUES):
        return f"No worker was heard of for {settings.WORKER_SILENCE_SECONDS:g} s."
    if idle:
        return f"No worker works off the queue {', '.join(sorted(idle))}."
    return ""


def _models() -> str:
    folder = Path(settings.MODELS_DIR)
    missing = [weight.name for weight in WEIGHTS if not (folder / weight.name).is_file()]
    if missing:
        return f"Model files are missing: {', '.join(missing)}."
    chosen: tuple[tuple[Any, str], ...] = (
        (POSE, settings.POSE_ENGINE),
        (MATTING, settings.MATTING_ENGINE),
        (GRADE, settings.GRADE_ENGINE),
        (LIFT, settings.LIFTER),
    )
    for table, name in chosen:
        if name and (name not in table or not table[name].check(folder).can_run):
            return f"The engine {name} was chosen, and cannot run here."
    return ""
