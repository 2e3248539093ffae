"""The worker's side: start the stage process, watch it, and end it when need be."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, Final

from processing.errors import Cancelled, InvalidClip, StageFailed
from processing.isolation.task import STOP, Task
from processing.stages import Options, Stage
from processing.stages.cores import ENVIRONMENT

Watch = Callable[[int, int], None]
"""Called several times a second with (frames done, frames in all), news or none.

It may raise: the stage is then stopped, and the exception comes out of `run`.
"""

_TICK_S: Final = 0.25
_STOP_GRACE_S: Final = 1.0
_END_TIMEOUT_S: Final = 10.0
# A process that has worked this long is replaced: libraries leak.
_TASKS_PER_PROCESS: Final = 100
# What the worker knows and a stage has no business with.
_SECRETS: Final = ("SECRET_KEY", "DATABASE_URL", "BROKER_URL", "CACHE_URL", "EMAIL_URL", "S3_")


class StageProcess:
    """A stage process that is kept warm from task to task. For one thread only.

    The kernel ends the process with the thread that started it.

    Parameters
    ----------
    memory_bytes : int
        Most memory it may write to; 0 sets no limit.
    warm : bool
        Whether it gets ready for a clip's stages when it starts: seconds and memory that only
        they need.
    """

    def __init__(self, memory_bytes: int = 0, *, warm: bool = True) -> None:
        self._memory_bytes = memory_bytes
        self._warm = warm
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._end: weakref.finalize[..., StageProcess] | None = None
        self._tasks = 0

    @property
    def pid(self) -> int | None:
        """Of the process that lives now."""
        return self._process.pid if self._process is not None else None

    def run(
        self,
        stage: Stage,
        inputs: Mapping[str, Path],
        outputs: Mapping[str, Path],
        options: Options,
        *,
        watch: Watch,
        silence_s: float,
    ) -> dict[str, Any]:
        """Run a stage and wait for its end.

        Parameters
        ----------
        stage, inputs, outputs, options
            As `Stage.run` takes them.
        watch : callable
        silence_s : float
            A stage that reports no progress for so long is ended.

        Returns
        -------
        dict
            The stage's facts.

        Raises
        ------
        InvalidClip
        Cancelled
            Where the stage says so itself.
        StageFailed
            For anything else: an error, a crash, no memory, no progress.
        """
        pipe = self._ready()
        self._tasks += 1
        deaths = _memory_deaths()
        try:
            pipe.send_bytes(pickle.dumps(Task(stage, dict(inputs), dict(outputs), options)))
            answer = self._wait(pipe, watch, silence_s)
        except (EOFError, ConnectionError):
            raise self._post_mortem(deaths) from None
        except BaseException:
            self._stop()
            raise
        return self._read(answer)

    def _wait(self, pipe: Connection, watch: Watch, silence_s: float) -> dict[str, Any]:
        """Pass on progress until the stage has ended."""
        done = total = 0
        heard = time.monotonic()
        while True:
            if pipe.poll(_TICK_S):
                answer: dict[str, Any] = json.loads(pipe.recv_bytes())
                if answer["what"] != "progress":
                    return answer
                done, total, heard = answer["done"], answer["total"], time.monotonic()
            elif time.monotonic() - heard > silence_s:
                self.close()
                raise StageFailed("timed_out", f"no progress for {silence_s:g} s")
            watch(done, total)

    def _read(self, answer: dict[str, Any]) -> dict[str, Any]:
        if answer["what"] == "done":
            return dict(answer["params"])
        if answer["what"] == "invalid":
            raise InvalidClip(answer["code"], **answer["params"])
        if answer["what"] == "cancelled":
            raise Cancelled(answer["detail"])
        if answer["code"] == "out_of_memory":
            # What it holds, it would keep.
            self.close()
        raise StageFailed(answer["code"], answer["detail"])

    def _stop(self) -> None:
        """End the running stage: ask first, so that the warm process is kept."""
        if self._pipe is None:
            return
        deadline = time.monotonic() + _STOP_GRACE_S
        try:
            self._pipe.send_bytes(STOP)
            while (left := deadline - time.monotonic()) > 0 and self._pipe.poll(left):
                if json.loads(self._pipe.recv_bytes())["what"] != "progress":
                    return
        except (EOFError, OSError, ValueError):
            pass
        self.close()

    def _post_mortem(self, deaths_before: int | None) -> StageFailed:
        """Say why the process is gone."""
        assert self._process is not None
        try:
            status = self._process.wait(_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            status = 0
        self.close()
        if status == -signal.SIGKILL:
            deaths = _memory_deaths()
            if deaths is None or deaths_before is None or deaths > deaths_before:
                return StageFailed("out_of_memory", "killed by the kernel")
        if status < 0:
            return StageFailed("crashed", signal.Signals(-status).name)
        return StageFailed("crashed", f"the stage process ended with status {status}")

    def _ready(self) -> Connection:
        """The pipe to a living process, a new one if there is none."""
        used_up = self._tasks >= _TASKS_PER_PROCESS
        if self._process is not None and (used_up or self._process.poll() is not None):
            self.close()
        if self._pipe is None:
            self._start()
        assert self._pipe is not None
        return self._pipe

    def _start(self) -> None:
        ours, theirs = Pipe()
        try:
            self._process = subprocess.Popen(
                [
                    sys.executable, "-P", "-m", "processing.isolation.child",
                    str(theirs.fileno()), str(os.getpid()), str(self._memory_bytes),
                    str(int(self._warm)),
                ],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_environment(),
                # Signals to the worker's group are the worker's: it decides what stops when.
                start_new_session=True,
            )  # fmt: skip
        finally:
            theirs.close()
        self._pipe, self._tasks = ours, 0
        self._end = weakref.finalize(self, _end, self._process, ours)

    def close(self) -> None:
        """End the process at once; the next task starts another."""
        if self._end is not None:
            self._end()
        self._process = self._pipe = self._end = None


def _end(process: subprocess.Popen[bytes], pipe: Connection) -> None:
    pipe.close()
    process.kill()
    process.wait()


def _environment() -> dict[str, str]:
    """The worker's own without its secrets, and with its import path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
    return (
        kept
        | ENVIRONMENT
        | {"PYTHONPATH": os.pathsep.join(os.path.abspath(path) for path in sys.path)}
    )


def _memory_deaths() -> int | None:
    """How many processes the kernel has killed for memory so far; None where it does not say."""
    try:
        text = Path("/proc/vmstat").read_text()
    except OSError:
        return None
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        if name == "oom_kill":
            return int(value)
    return None


_own = threading.local()


def stage_process(memory_bytes: int) -> StageProcess:
    """The stage process of the current thread, started when first used."""
    process: StageProcess | None = getattr(_own, "process", None)
    if process is None:
        process = _own.process = StageProcess(memory_bytes)
    return process
