"""Child processes that cannot outlive their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1


def die_with_parent(sig: signal.Signals) -> None:
    """Ask the kernel to send this process ``sig`` when the thread that made it ends.

    Linux only; elsewhere an outright kill of the parent can leave the child
    behind. Changing user clears the request, so it must come after that.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(sig))


def _tie(sig: signal.Signals, parent_pid: int) -> Callable[[], None]:
    def before_exec() -> None:
        die_with_parent(sig)
        # The parent may have died before the request was made.
        if os.getppid() != parent_pid:
            os._exit(1)

    return before_exec


def spawn(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals = signal.SIGTERM,
    user: int | None = None,
    group: int | None = None,
    env: Mapping[str, str] | None = None,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own, tied to this process's life.

    A session of its own keeps the terminal's Ctrl-C away from the child, so
    that its parent decides in which order things stop.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout is not None else None,
        env=dict(env) if env is not None else None,
        cwd=cwd,
        user=user,
        group=group,
        extra_groups=[] if user is not None else None,
        start_new_session=True,
        preexec_fn=_tie(death_signal, os.getpid()),
    )


def stop(
    process: subprocess.Popen[bytes], sig: signal.Signals = signal.SIGTERM, grace_s: float = 15.0
) -> None:
    """Send ``sig``, wait up to ``grace_s`` seconds, then kill."""
    if process.poll() is not None:
        return
    process.send_signal(sig)
    try:
        process.wait(grace_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A TCP port that was free on the loopback interface a moment ago.

    A race with other programs is possible and harmless: the server then fails
    to bind and says so.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
