"""A database that is away for a while: wait for it, do not lose the work."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Set when the worker is told to stop: running stages end, and nobody waits any longer.
stopping = threading.Event()

AWAY: Final = (OperationalError, InterfaceError)
"""How Django words that the database does not answer."""

_FIRST_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 5.0


class Pauses:
    """Growing pauses between tries; a success starts them over."""

    def __init__(self) -> None:
        self._pause_s = 0.0

    def after_failure(self) -> float:
        """How long to wait now, in seconds."""
        self._pause_s = min(_LONGEST_PAUSE_S, max(_FIRST_PAUSE_S, self._pause_s * 2))
        return self._pause_s

    def after_success(self) -> bool:
        """Whether it had been failing."""
        failed, self._pause_s = self._pause_s > 0, 0.0
        return failed


def may_try_again() -> bool:
    """After an error: drop the connection, so that the next query makes a new one.

    False within a transaction, where a part cannot be done again without the whole.
    """
    if connection.in_atomic_block:
        return False
    connection.close()
    return True


def patiently(write: Callable[[], T]) -> T:
    """Do a database write that may be done twice, again and again while the database is away.

    Raises
    ------
    OperationalError, InterfaceError
        Once it has been away for ``settings.DATABASE_PATIENCE_SECONDS``, or
        the worker is to stop.
    """
    pauses = Pauses()
    deadline = time.monotonic() + settings.DATABASE_PATIENCE_SECONDS
    while True:
        try:
            result = write()
        except AWAY:
            pause_s = pauses.after_failure()
            late = time.monotonic() + pause_s > deadline
            if not may_try_again() or late or stopping.wait(pause_s):
                raise
            logger.warning("the database is away, trying again in %.1f s", pause_s)
        else:
            return result
