"""Two small stages that do to their process what a hostile video might.

The "video" is a script: its first word says what the second stage does. They
live in a module of their own because the stage process must import them.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import time
from collections.abc import Callable, Set
from contextlib import suppress
from pathlib import Path

from processing.errors import InvalidClip
from processing.stages import Options, Paths, Progress, Stage
from processing.stages.files import replacing

TICK_S = 0.05


def look(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """First stage: never fails."""
    with replacing(outputs["probe"]) as (path,):
        path.write_text("{}")
    return {"version": 1, "width": 48, "height": 64, "fps": 20.0, "duration_s": 1.0}


def work(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Second stage: writes half of its files, does what the script says, writes the rest."""
    word, *arguments = inputs["source"].read_text().split()
    with replacing(outputs["masks"], outputs["poster"]) as (masks, poster):
        masks.write_bytes(b"half" * 1000)
        progress(1, 100)
        _SCRIPTS[word](masks, progress, *map(float, arguments))
        # Who made it, when, and in which process: tests look for work done twice.
        poster.write_text(json.dumps({"pid": os.getpid(), "pose": options.pose_model}))
        progress(100, 100)
    return {"window_s": options.window_s, "pose_model": options.pose_model}


def _write(path: Path, progress: Progress) -> None:
    pass


def _last(path: Path, progress: Progress, seconds: float) -> None:
    """Work for a while, with progress."""
    steps = int(seconds / TICK_S)
    for step in range(steps):
        time.sleep(TICK_S)
        progress(1 + 98 * step // steps, 100)


def _hang(path: Path, progress: Progress) -> None:
    """Sleep in native code, which hears no signal's Python handler and holds the GIL."""
    ctypes.PyDLL(None).sleep(3600)


def _segfault(path: Path, progress: Progress) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _abort(path: Path, progress: Progress) -> None:
    os.abort()


def _killed(path: Path, progress: Progress) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _leave(path: Path, progress: Progress) -> None:
    os._exit(3)


def _hog(path: Path, progress: Progress, megabytes: float) -> None:
    """Take memory and write to it."""
    blocks = []
    for step in range(int(megabytes)):
        blocks.append(bytearray(b"x") * (1024 * 1024))
        progress(1 + step, int(megabytes) + 2)


def _fill(path: Path, progress: Progress) -> None:
    """Write for ever."""
    with path.open("wb") as file:
        while True:
            file.write(b"x" * 65536)
            file.flush()


def _swallow(path: Path, progress: Progress) -> None:
    """Write for ever, and hide why it ends, as some libraries do."""
    with suppress(OSError):
        _fill(path, progress)
    raise RuntimeError("write failed")


def _broken(path: Path, progress: Progress) -> None:
    raise RuntimeError("something nobody thought of")


def _refuse(path: Path, progress: Progress) -> None:
    raise InvalidClip("quality", findings=[{"code": "too_dark", "spans": [[0.0, 1.5]]}])


def _misread(path: Path, progress: Progress) -> None:
    """Call the video damaged for want of memory."""
    try:
        raise MemoryError
    except MemoryError as error:
        raise InvalidClip("damaged") from error


_SCRIPTS: dict[str, Callable[..., None]] = {
    "write": _write,
    "last": _last,
    "hang": _hang,
    "segfault": _segfault,
    "abort": _abort,
    "killed": _killed,
    "leave": _leave,
    "hog": _hog,
    "fill": _fill,
    "swallow": _swallow,
    "broken": _broken,
    "refuse": _refuse,
    "misread": _misread,
}

LOOK = Stage("probe", ("source",), ("probe",), look)
WORK = Stage("pose", ("source", "probe"), ("masks", "poster"), work)
STAGES = (LOOK, WORK)
PUBLISHED = {"probe", "poster"}


def next_stage(present: Set[str]) -> Stage | None:
    """As `processing.pipeline.next_stage`, for the two."""
    if "poster" in present:
        return None
    return WORK if "probe" in present else LOOK
