"""Join a recording's parts to one file: claim, work, record. Called with the tenant current.

The way of clips in small (``processing.claims``): the row is the truth, messages are reminders, a
claim is a conditional ``UPDATE`` that raises ``fence``, and what has a lower one writes nothing.
"""

from __future__ import annotations

import logging
import shutil
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from processing.claims import MAX_ATTEMPTS, Claim, retry_after, take
from processing.digest import sha256_of
from processing.errors import Cancelled, InvalidClip, StageFailed, failure_code
from processing.heartbeat import Heartbeat
from processing.isolation.host import StageProcess
from processing.outages import AWAY, patiently
from processing.stages import Options
from processing.storage import is_local, put_file
from processing.sweep import resend
from processing.workspace import beside, scratch
from sessions.models import NEVER, Recording
from sessions.recording_files import delete_folder, file_name, folder_of
from sessions.recordings import LONGEST_RECORDING_S, QUIET_FOR
from sessions.remux import OUTPUT, REMUX

logger = logging.getLogger(__name__)

_PROBLEMS: Final = {
    "not_a_video": "broken",
    "damaged": "broken",
    "no_video_stream": "no_picture",
    "too_large": "unsupported",
    "unsupported": "unsupported",
}
"""What the remuxer says, by the codes of ``sessions.words.RECORDING_PROBLEMS``."""


class _Held(Heartbeat):
    """The right to work on a recording, as long as nobody else has taken it."""

    def __init__(self, claim: Claim, recording: Recording) -> None:
        super().__init__(claim, "join")
        self.recording = recording
        self.fence = claim.fence
        self.update = claim.update

    def progress(self, done: int, total: int) -> dict[str, Any]:
        # It takes seconds: nobody is told how far it is.
        return {}


def _take(recording_id: int) -> _Held | None:
    """Take a recording whose lease has lapsed. Costs three queries."""
    lapsed = Recording.objects.filter(status__in=Recording.ACTIVE, lease_until__lte=timezone.now())
    claim = take(lapsed, recording_id)
    if claim is None:
        return None
    recording = Recording.objects.filter(pk=recording_id, fence=claim.fence).first()
    return _Held(claim, recording) if recording is not None else None


def join_recording(recording_id: int) -> None:
    """Make the file of a recording that is closed, or whose device has been away for long."""
    held = _take(recording_id)
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
            again = timezone.now() + retry_after(recording.attempts)
            patiently(lambda: held.update(lease_until=again))


def _join(held: _Held) -> None:
    recording = held.recording
    closed = recording.status == Recording.Status.JOINING
    with scratch("joining", recording.pk, held.fence) as folder:
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
                watch=held,
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
        made["file"] = beside(held, partial(put_file, path, name))
    if closed:
        made |= {"status": Recording.Status.READY, "size_bytes": size_bytes, "lease_until": NEVER}
    else:
        made["lease_until"] = timezone.now() + QUIET_FOR
    if not patiently(lambda: _record(held, closed, made)):
        # No other claim publishes under this name.
        default_storage.delete(name)
        raise Cancelled("another worker has taken over, or the recording is gone")
    _delete_what_is_over(recording, name, closed)


def _record(held: _Held, closed: bool, made: dict[str, Any]) -> bool:
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


def _give_up(held: _Held, problem: str) -> None:
    """There will be no file. The parts are kept: they may be all there is of that workout."""
    if held.recording.status == Recording.Status.RECEIVING:
        # More may come, and with it the chance of a file.
        patiently(lambda: held.update(lease_until=NEVER, attempts=0))
        return
    ended = {"status": Recording.Status.FAILED, "problem": problem, "lease_until": NEVER}
    patiently(lambda: held.update(**ended))


def _parts(held: _Held, folder: Path) -> dict[str, Path]:
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
        held()
    return found


def resend_lapsed() -> int:
    """Send messages for recordings that nobody works on. Returns how many."""
    from sessions.tasks import remind

    return resend(Recording.objects.filter(status__in=Recording.ACTIVE), remind)
