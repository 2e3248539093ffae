"""Everything on one machine: servers, tables, demo, web and worker, until Ctrl-C.

``python -m perscoach.up`` is what ``make run`` calls. Each part is a child
process in a session of its own; this process starts them in order, restarts
web or worker if one dies, and stops them in reverse order. Should this process
itself be killed outright, the kernel ends the children.
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO

from perscoach.embedded import postgres, valkey
from perscoach.embedded.process import die_with_parent, spawn, stop

ROOT = Path(__file__).resolve().parent.parent
_WATCH_EVERY_S = 0.3
_RESTART_PAUSE_S = 1.0
_STOP_GRACE_S = 20.0


class Stop(BaseException):
    """Somebody wants everything to end."""


def say(text: str) -> None:
    print(text, flush=True)


def _on_signal(signum: int, frame: FrameType | None) -> None:
    raise Stop


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Refuse to run twice on the same data."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            sys.exit(f"pers.coach is already running on {var}. Stop that one first.")
        yield


def _port_is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class ParentWatch:
    """Notices that whoever started this process wants it gone, or is gone.

    ``make`` that gets a lone SIGINT (not from the terminal, which signals the
    whole group) neither dies nor passes it on: it puts the signal's default
    action back and waits for its child for ever. That its handler is gone can
    be read from /proc; without /proc only the parent's death is noticed.
    """

    def __init__(self) -> None:
        self._pid = os.getppid()
        self._caught = self._catches_interrupt()

    def _catches_interrupt(self) -> bool:
        try:
            status = Path(f"/proc/{self._pid}/status").read_text()
        except OSError:
            return False
        if not status.startswith("Name:\tmake\n"):
            return False
        for line in status.splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) >> (signal.SIGINT - 1) & 1)
        return False

    def wants_stop(self) -> bool:
        if os.getppid() != self._pid:
            return True
        return self._caught and not self._catches_interrupt()


class Services:
    """The long-running children: kept alive, stopped together."""

    def __init__(self, env: dict[str, str], logs: Path) -> None:
        self._env = env
        self._logs = logs
        self._commands: dict[str, list[str]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._not_before: dict[str, float] = {}
        self._once: list[subprocess.Popen[bytes]] = []

    def _log(self, name: str) -> IO[bytes]:
        self._logs.mkdir(parents=True, exist_ok=True)
        return (self._logs / f"{name}.log").open("ab")

    def start(self, name: str, command: list[str]) -> None:
        self._commands[name] = command
        with self._log(name) as log:
            self._running[name] = spawn(command, env=self._env, stdout=log, cwd=ROOT)

    def start_once(self, command: list[str]) -> None:
        """Start something that ends by itself and speaks to the terminal."""
        self._once.append(spawn(command, env=self._env, cwd=ROOT))

    def revive(self) -> None:
        """Start again what has died, at most once a second each."""
        now = time.monotonic()
        for name, process in list(self._running.items()):
            if process.poll() is None or now < self._not_before.get(name, 0.0):
                continue
            self._not_before[name] = now + _RESTART_PAUSE_S
            say(f"{name} ended (status {process.returncode}), starting it again; see {name}.log")
            self.start(name, self._commands[name])

    def stop(self) -> None:
        """End all at the same time, so that the slowest alone says how long it takes."""
        processes = [*self._once, *self._running.values()]
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _STOP_GRACE_S
        for process in processes:
            stop(process, grace_s=max(0.1, deadline - time.monotonic()))


def _manage(env: dict[str, str], *arguments: str) -> None:
    """Run a management command to its end, or stop everything with its message."""
    process = spawn([sys.executable, "manage.py", *arguments], env=env, cwd=ROOT)
    try:
        status = process.wait()
    except Stop:
        stop(process)
        raise
    if status:
        sys.exit(f"manage.py {' '.join(arguments)} failed with status {status}")


@contextmanager
def servers(env: dict[str, str], var: Path) -> Iterator[None]:
    """The embedded servers that ``env`` does not replace; their addresses are put into it."""
    state = var / "embedded.json"
    with ExitStack() as stack:
        found: dict[str, str] = {}
        if not env.get("DATABASE_URL") and not env.get("DATABASE_URL_FILE"):
            say("starting PostgreSQL …")
            database = stack.enter_context(postgres.running(var / "postgres"))
            env["DATABASE_URL"] = found["database_url"] = database.url
        if not env.get("BROKER_URL") and not env.get("BROKER_URL_FILE"):
            say("starting Valkey …")
            broker = stack.enter_context(valkey.running(var / "valkey"))
            env["BROKER_URL"] = found["broker_url"] = broker.url
        # So that `manage.py` in another terminal finds the same servers.
        state.unlink(missing_ok=True)
        state.touch(mode=0o600)
        state.write_text(json.dumps(found))
        try:
            yield
        finally:
            state.unlink(missing_ok=True)


def _wait_until_open(host: str, port: int, services: Services, watch: ParentWatch) -> None:
    """Wait until the web server takes connections."""
    while not watch.wants_stop():
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        services.revive()
        time.sleep(_WATCH_EVERY_S)
    raise Stop


def up(*, demo: bool, host: str, port: int) -> None:
    """Run until told to stop."""
    env = dict(os.environ)
    env.setdefault("DJANGO_SETTINGS_MODULE", "perscoach.settings")
    env["PORT"] = str(port)
    var = Path(env.get("VAR_DIR") or ROOT / "var").resolve()
    watch = ParentWatch()
    if not _port_is_free(host, port):
        sys.exit(
            f"Port {port} on {host} is in use by another program. "
            f"Choose another one: PORT={port + 1} make run"
        )
    with only_one(var), servers(env, var):
        say("preparing the database …")
        _manage(env, "migrate_all")
        _manage(env, "fetch_models")
        if demo:
            _manage(env, "seed_demo", "--only-people")
        services = Services(env, var / "logs")
        try:
            services.start(
                "web",
                [
                    sys.executable, "-m", "gunicorn", "perscoach.wsgi",
                    "--bind", f"{host}:{port}",
                    "--worker-class", "gthread", "--threads", env.get("WEB_THREADS", "16"),
                    "--workers", env.get("WEB_WORKERS", "1"),
                    "--worker-tmp-dir", str(var), "--timeout", "120", "--graceful-timeout", "5",
                ],
            )  # fmt: skip
            services.start(
                "worker",
                ["nice", "-n", "5", sys.executable, "manage.py", "run_worker"],
            )
            _wait_until_open(host, port, services, watch)
            _manage(env, "addresses")
            say("Press Ctrl-C to stop.\n")
            if demo:
                services.start_once([sys.executable, "manage.py", "seed_demo"])
            while not watch.wants_stop():
                time.sleep(_WATCH_EVERY_S)
                services.revive()
        finally:
            # From here on a second Ctrl-C must not cut the clean stop short.
            for sig in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sig, signal.SIG_IGN)
            say("stopping …")
            services.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--no-demo", action="store_true", help="leave the demo trainer out")
    arguments = parser.parse_args()
    host = os.environ.get("HOST") or "127.0.0.1"
    # The demo's passwords are in the source: only for this machine's own eyes.
    private = host in {"127.0.0.1", "localhost", "::1"}
    wanted = os.environ.get("DEMO", "1" if private else "0") not in {"0", "false", "no"}
    die_with_parent(signal.SIGTERM)
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, _on_signal)
    with suppress(Stop):
        up(
            demo=wanted and not arguments.no_demo,
            host=host,
            port=int(os.environ.get("PORT") or 8000),
        )
    say("stopped.")


if __name__ == "__main__":
    main()
