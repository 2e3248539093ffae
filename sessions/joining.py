"""Join a recording's parts to one file: claim, work, record. Called with the tenant current."""

from __future__ import annotations

import logging
import shutil
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from processing.digest import sha256_of
from processing.errors import Cancelled, InvalidClip
from processing.isolation.host import StageProcess
from processing.outages import patiently
from processing.stages import Options
from processing.storage import is_local, put_file
from processing.sweep import resend
from processing.workspace import beside, scratch
from sessions.leases import NEVER, Held, claim, work_off
from sessions.models import Recording
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


_Claim = Held[Recording]


def join_recording(recording_id: int) -> None:
    """Make the file of a recording that is closed, or whose device has been away for long."""
    held = claim(Recording, recording_id)
    if held is None:
        return

    def work() -> None:
        try:
            _join(held)
        except InvalidClip as problem:
            logger.info("recording %s cannot be joined: %s", held.row, problem)
            _give_up(held, _PROBLEMS[problem.code])

    work_off(held, work, lambda code: _give_up(held, "internal"))


def _join(held: _Claim) -> None:
    recording = held.row
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


def _record(held: _Claim, closed: bool, made: dict[str, Any]) -> bool:
    with transaction.atomic():
        standing = held.update(attempts=0, **made)
        if standing and closed:
            held.row.parts.all().delete()
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
    if held.row.status == Recording.Status.RECEIVING:
        # More may come, and with it the chance of a file.
        patiently(lambda: held.update(lease_until=NEVER, attempts=0))
        return
    ended = {"status": Recording.Status.FAILED, "problem": problem, "lease_until": NEVER}
    patiently(lambda: held.update(**ended))


def _parts(held: _Claim, folder: Path) -> dict[str, Path]:
    """The parts from the first one up to a gap, as local files by their numbers."""
    found: dict[str, Path] = {}
    for part in held.row.parts.all():
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
