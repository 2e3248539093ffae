"""Join a recording's parts to one file: claim, work, record. Called with the tenant current.

The way of clips in small (``processing.claims``): the row is the truth, messages are reminders, a
claim is a conditional ``UPDATE`` that raises ``fence``, and what has a lower one writes nothing.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from processing.claims import MAX_ATTEMPTS, lease
from processing.digest import sha256_of
from processing.errors import Cancelled, InvalidClip, StageFailed, failure_code
from processing.isolation.host import StageProcess
from processing.outages import AWAY, patiently, stopping
from processing.stages import Options
from processing.storage import is_local, put_file, work_root
from processing.sweep import RESEND_AFTER
from processing.workspace import beside
from sessions.models import NEVER, Recording
from sessions.recording_files import delete_folder, file_name, folder_of
from sessions.recordings import LONGEST_RECORDING_S, QUIET_FOR
from sessions.remux import OUTPUT, REMUX
from tenants.schema import current_schema

logger = logging.getLogger(__name__)

_BEAT_EVERY_S: Final = 1.0
_RETRY_AFTER: Final = timedelta(seconds=5)
_PROBLEMS: Final = {
    "not_a_video": "broken",
    "damaged": "broken",
    "no_video_stream": "no_picture",
    "too_large": "unsupported",
    "unsupported": "unsupported",
}
"""What the remuxer says, by the codes of ``sessions.words.RECORDING_PROBLEMS``."""


@dataclass
class _Claim:
    """The right to work on a recording, valid while the row still carries ``fence``."""

    recording: Recording
    fence: int
    _next: float = field(default=0.0)

    def update(self, **fields: Any) -> bool:
        """Write ``fields`` if the claim still stands. Costs one query."""
        mine = Recording.objects.filter(pk=self.recording.pk, fence=self.fence)
        return bool(mine.update(**fields))

    def beat(self, done: int = 0, total: int = 0) -> None:
        """Look, once a second, whether to go on, and say that somebody is at work.

        Raises
        ------
        Cancelled
        """
        if stopping.is_set():
            raise Cancelled("the worker is stopping")
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _BEAT_EVERY_S
        if not patiently(lambda: self.update(lease_until=timezone.now() + lease())):
            raise Cancelled("another worker has taken over, or the recording is gone")


def _claim(recording_id: int) -> _Claim | None:
    """Take a recording whose lease has lapsed. Costs three queries."""
    now = timezone.now()
    lapsed = Recording.objects.filter(
        pk=recording_id, status__in=Recording.ACTIVE, lease_until__lte=now
    )
    fence = lapsed.values_list("fence", flat=True).first()
    # Of two workers that read the same number, only the first changes the row.
    if fence is None or not lapsed.filter(fence=fence).update(
        fence=fence + 1, lease_until=now + lease(), attempts=F("attempts") + 1
    ):
        return None
    recording = Recording.objects.filter(pk=recording_id, fence=fence + 1).first()
    return _Claim(recording, fence + 1) if recording is not None else None


def join_recording(recording_id: int) -> None:
    """Make the file of a recording that is closed, or whose device has been away for long."""
    held = _claim(recording_id)
    if held is None:
        return
    recording = held.recording
    if recording.attempts > MAX_ATTEMPTS:
        # Nobody was left to say what happened: the workers themselves were killed.
        _give_up(held, "internal")
        return
    try:
        _join(held)
    except InvalidClip as problem:
        logger.info("recording %s cannot be joined: %s", recording, problem)
        _give_up(held, _PROBLEMS[problem.code])
    except Cancelled as reason:
        logger.info("recording %s, joining stopped: %s", recording, reason)
        held.update(lease_until=timezone.now(), attempts=F("attempts") - 1)
    except AWAY:
        # Nothing can be written down; the lease runs out, and it is done again.
        raise
    except Exception as error:
        logger.error(
            "joining recording %s failed (%s, attempt %d)",
            recording,
            failure_code(error),
            recording.attempts,
            exc_info=None if isinstance(error, StageFailed) else error,
        )
        if isinstance(error, StageFailed) and error.detail:
            logger.error("%s", error.detail.rstrip())
        if recording.attempts >= MAX_ATTEMPTS:
            _give_up(held, "internal")
        else:
            again = timezone.now() + _RETRY_AFTER * 2**recording.attempts
            patiently(lambda: held.update(lease_until=again))


def _join(held: _Claim) -> None:
    recording = held.recording
    closed = recording.status == Recording.Status.JOINING
    with _scratch(held) as folder:
        inputs = _parts(held, folder / "in")
        if not inputs or len(inputs) == recording.parts_joined:
            # What there is has been joined, and the device is still away.
            if closed:
                raise InvalidClip("not_a_video", reason="the first part lacks")
            held.update(lease_until=NEVER, attempts=0)
            return
        path = folder / OUTPUT
        options = Options(models_dir=settings.MODELS_DIR, max_duration_s=LONGEST_RECORDING_S)
        # Of its own, and not kept: what a browser sent can crash no worker.
        process = StageProcess(settings.STAGE_MEMORY_MB * 1024 * 1024, warm=False)
        try:
            facts = process.run(
                REMUX,
                inputs,
                {OUTPUT: path},
                options,
                watch=held.beat,
                silence_s=settings.STAGE_SILENCE_SECONDS,
            )
        finally:
            process.close()
        made: dict[str, Any] = {
            "file_sha256": sha256_of(path),
            "parts_joined": len(inputs),
            "duration_s": facts["duration_s"],
            "width": facts["width"],
            "height": facts["height"],
            "problem": "cut" if facts["cut"] else "",
        }
        size_bytes = path.stat().st_size
        name = file_name(recording.session_id, recording.n, held.fence, str(facts["format"]))
        made["file"] = beside(held.beat, partial(put_file, path, name))
    if closed:
        made |= {"status": Recording.Status.READY, "size_bytes": size_bytes, "lease_until": NEVER}
    else:
        made["lease_until"] = timezone.now() + QUIET_FOR
    if not patiently(lambda: _record(held, closed, made)):
        # No other claim publishes under this name.
        default_storage.delete(name)
        raise Cancelled("another worker has taken over, or the recording is gone")
    _delete_what_is_over(recording, name, closed)


def _record(held: _Claim, closed: bool, made: dict[str, Any]) -> bool:
    with transaction.atomic():
        standing = held.update(attempts=0, **made)
        if standing and closed:
            held.recording.parts.all().delete()
    return standing


def _delete_what_is_over(recording: Recording, name: str, closed: bool) -> None:
    """Delete what was joined before, by whomever, and the parts once they are in the file."""
    folder = folder_of(recording.session_id, recording.n)
    for other in default_storage.listdir(folder)[1]:
        if f"{folder}/{other}" < name:
            default_storage.delete(f"{folder}/{other}")
    if closed:
        delete_folder(f"{folder}/parts")


def _give_up(held: _Claim, problem: str) -> None:
    """There will be no file. The parts are kept: they may be all there is of that workout."""
    if held.recording.status == Recording.Status.RECEIVING:
        # More may come, and with it the chance of a file.
        patiently(lambda: held.update(lease_until=NEVER, attempts=0))
        return
    ended = {"status": Recording.Status.FAILED, "problem": problem, "lease_until": NEVER}
    patiently(lambda: held.update(**ended))


@contextmanager
def _scratch(held: _Claim) -> Iterator[Path]:
    """A folder for one claim. A killed worker's is cleared by whoever comes next."""
    root = work_root() / "joining"
    pk = held.recording.pk
    for other in root.glob(f"{pk}-*"):
        shutil.rmtree(other, ignore_errors=True)
    folder = root / f"{pk}-{held.fence}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parts(held: _Claim, folder: Path) -> dict[str, Path]:
    """The parts from the first one up to a gap, as local files by their numbers."""
    found: dict[str, Path] = {}
    for part in held.recording.parts.all():
        if part.seq != len(found):
            break
        key = f"{part.seq:06d}"
        if is_local():
            found[key] = Path(part.file.path)
            continue
        folder.mkdir(parents=True, exist_ok=True)
        found[key] = folder / key
        with part.file.open("rb") as far, found[key].open("wb") as near:
            shutil.copyfileobj(far, near)
        held.beat()
    return found


def resend_lapsed() -> int:
    """Send messages for recordings that nobody works on. Returns how many.

    Costs one query, and one for each that has lapsed.
    """
    from sessions.tasks import remind

    now, sent = timezone.now(), 0
    lapsed = Recording.objects.filter(
        status__in=Recording.ACTIVE, lease_until__lt=now, sent_at__lt=now - RESEND_AFTER
    )
    for pk in lapsed.values_list("pk", flat=True):
        if lapsed.filter(pk=pk).update(sent_at=now):
            remind(current_schema(), pk)
            sent += 1
    return sent
