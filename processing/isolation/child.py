"""The stage process: takes a task from its pipe, runs it, says what came of it.

Tasks come pickled, from the worker. What goes back is JSON: whatever a crafted
video makes of this process, reading its answers runs no code in the worker.
"""

from __future__ import annotations

import ctypes
import faulthandler
import json
import os
import pickle
import queue
import resource
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from processing.errors import Cancelled, InvalidClip, failure_code
from processing.isolation.task import STOP, Task
from processing.stages.warming import warm_up

_PR_SET_PDEATHSIG: Final = 1
_NICE: Final = 5
_REPORT_EVERY_S: Final = 0.2


class _Pipe:
    """The line to the worker."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # Stages may report progress from threads of their own.
        self._lock = threading.Lock()

    def say(self, what: str, **facts: Any) -> None:
        message = json.dumps({"what": what, **facts}).encode()
        with self._lock:
            self._connection.send_bytes(message)

    def listen(self, tasks: queue.SimpleQueue[Task], stop: threading.Event) -> None:
        """Take orders until the worker hangs up; then there is nobody left to work for."""
        while True:
            try:
                order = self._connection.recv_bytes()
            except (EOFError, OSError):
                os._exit(0)
            if order == STOP:
                stop.set()
            else:
                stop.clear()
                tasks.put(pickle.loads(order))


class _Progress:
    """The callback a stage reports to; raises `Cancelled` once the worker has said stop."""

    def __init__(self, pipe: _Pipe, stop: threading.Event) -> None:
        self._pipe = pipe
        self._stop = stop
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Cancelled("the worker said stop")
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _REPORT_EVERY_S
            self._pipe.say("progress", done=done, total=total)


def _run(task: Task, pipe: _Pipe, stop: threading.Event) -> None:
    """Run a task and say exactly one thing about its end."""
    try:
        params = task.stage.run(task.inputs, task.outputs, task.options, _Progress(pipe, stop))
        pipe.say("done", params=params)
    except InvalidClip as problem:
        code = failure_code(problem)
        if code == "internal":
            pipe.say("invalid", code=problem.code, params=problem.params)
        else:
            pipe.say("failed", code=code, detail=traceback.format_exc())
    except Cancelled as reason:
        pipe.say("cancelled", detail=str(reason))
    except Exception as error:
        pipe.say("failed", code=failure_code(error), detail=traceback.format_exc())


def _tie_to(parent_pid: int) -> None:
    """Die with the worker's thread, however that ends (Linux; elsewhere with the pipe)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    # It may have died before the request was made.
    if os.getppid() != parent_pid:
        os._exit(0)


def _step_back(memory_bytes: int) -> None:
    """Let everybody else go first: other processes on the cores, and when memory runs out."""
    # The terminal's Ctrl-C is for the worker, which then says stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):
        os.nice(_NICE)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    if memory_bytes:
        # Not RLIMIT_AS: libraries reserve gigabytes of addresses that they never write to.
        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))


def main(descriptor: int, parent_pid: int, memory_bytes: int, warm: int) -> None:
    faulthandler.enable()
    _tie_to(parent_pid)
    _step_back(memory_bytes)
    pipe = _Pipe(Connection(descriptor))
    stop = threading.Event()
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=pipe.listen, args=(tasks, stop), daemon=True).start()
    if warm:
        warm_up()
    while True:
        _run(tasks.get(), pipe, stop)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
