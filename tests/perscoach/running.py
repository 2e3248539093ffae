"""The whole program as `make run` starts it, for tests that look at it from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from perscoach.embedded.process import free_port

ROOT = Path(__file__).resolve().parents[2]
READY = "Press Ctrl-C to stop."


@dataclass
class Program:
    """A running ``make run`` on a data folder of its own."""

    process: subprocess.Popen[bytes]
    var: Path
    port: int
    output: Path
    _family: set[tuple[int, str]] = field(default_factory=set)

    def url(self, site: str = "", path: str = "/") -> str:
        host = f"{site}.localhost" if site else "localhost"
        return f"http://{host}:{self.port}{path}"

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_for(self, text: str, timeout_s: float = 120.0) -> None:
        """Wait until the program has printed ``text``."""
        deadline = time.monotonic() + timeout_s
        while text not in self.said():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{text!r} was never said:\n{self.said()}")
            time.sleep(0.1)

    def pids(self) -> dict[int, str]:
        """Every live process that descends, or did when last asked, from this program."""
        parents, started = {}, {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with suppress(OSError):
                    fields = (folder / "stat").read_text().rpartition(")")[2].split()
                    # A zombie has ended; it only waits to be noticed.
                    if fields[0] != "Z":
                        parents[int(folder.name)] = int(fields[1])
                        started[int(folder.name)] = fields[19]
        family = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= more
        self._family |= {(pid, started[pid]) for pid in family if pid in started}
        # A number can be given to a new process: the start time tells them apart. Parents come
        # before their children, so that pid_of() finds gunicorn's master and not its worker.
        eldest_first = sorted(self._family, key=lambda one: (int(one[1]), one[0]))
        return {pid: _command(pid) for pid, began in eldest_first if started.get(pid) == began}

    def pid_of(self, words: str) -> int:
        return next(pid for pid, command in self.pids().items() if words in command)

    def end(self) -> None:
        """Stop the program, by force if it must be."""
        self.pids()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        for pid in self.wait_until_gone():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def wait_until_gone(self, timeout_s: float = 30.0) -> dict[int, str]:
        """Wait until no process is left; returns those that are left nevertheless."""
        left = self.pids()
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            # The direct child stays in /proc as a zombie until it is waited for.
            self.process.poll()
            left = self.pids()
            if not left:
                self.process.wait(10)
                return {}
            time.sleep(0.1)
        return left


def _command(pid: int) -> str:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(var: Path, command: list[str] | None = None, **extra: str) -> Program:
    """Start ``make run`` (or ``command``) on ``var`` without waiting."""
    var.mkdir(parents=True, exist_ok=True)
    port = free_port()
    output = var / "output.txt"
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE", "LOG_LEVEL"}
    }
    env |= {"VAR_DIR": str(var), "PORT": str(port), "DEMO": "0", "LEASE_SECONDS": "3"} | extra
    with output.open("wb") as file:
        process = subprocess.Popen(
            command or ["make", "--no-print-directory", "run"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # A test run in the background of a script ignores SIGINT, and hands that down.
            preexec_fn=_heed_interrupts,
        )
    return Program(process, var, port, output)


@contextmanager
def running(var: Path, **extra: str) -> Iterator[Program]:
    """A program that answers; stopped, and if need be killed, at the end."""
    program = start(var, None, **extra)
    try:
        program.wait_for(READY)
        yield program
    finally:
        program.end()
