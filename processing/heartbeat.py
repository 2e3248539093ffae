"""Keep a claim alive while a stage runs, and tell its trainer how far it is."""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from processing.claims import Claim
from processing.errors import Cancelled
from processing.outages import AWAY, Pauses, may_try_again, stopping
from processing.pipeline import overall_pct

logger = logging.getLogger(__name__)

_BEAT_EVERY_S: Final = 1.0


class Heartbeat:
    """What a worker does every moment of a stage: look whether it may go on.

    Once a second it saves progress and renews the claim. While the database is
    away the stage goes on: nobody else can take the clip then either, and
    whoever comes first afterwards has it. What has other words for its progress than a clip
    overrides :meth:`progress`.
    """

    def __init__(self, held: Claim, stage: str) -> None:
        self._claim = held
        self._stage = stage
        self._started = self._next = time.monotonic()
        self._pauses = Pauses()

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._started

    def __call__(self, done: int = 0, total: int = 0) -> None:
        """Say that the stage has done ``done`` of ``total`` frames; called as often as one likes.

        Raises
        ------
        Cancelled
            Where the work is no longer wanted.
        """
        if stopping.is_set():
            raise Cancelled("the worker is stopping")
        if time.monotonic() < self._next:
            return
        try:
            standing = self._claim.renew(**self.progress(done, total))
        except AWAY as error:
            if not may_try_again():
                raise
            pause_s = self._pauses.after_failure()
            self._next = time.monotonic() + pause_s
            logger.warning("the database is away, the stage goes on: %s", error)
            return
        self._next = time.monotonic() + _BEAT_EVERY_S
        if self._pauses.after_success():
            logger.warning("the database is back")
        if not standing:
            raise Cancelled("another worker has taken over, or the trainer stopped it")

    def progress(self, done: int, total: int) -> dict[str, Any]:
        """What is written down about how far the stage is; nothing before its first frame."""
        if not done:
            return {}
        elapsed = self.elapsed_s
        begun = overall_pct(self._stage, 0, 1)
        reached = overall_pct(self._stage, done, total)
        left = elapsed * (100.0 - reached) / (reached - begun) if reached > begun else None
        return {
            "stage": self._stage,
            "progress_pct": reached,
            "frames_done": done,
            "frames_total": total,
            "frames_per_second": done / elapsed if elapsed else 0.0,
            "seconds_left": left,
        }
