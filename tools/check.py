"""Everything that must hold, in the order of cost: what ``make test`` runs after the set-up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from processing.stages.cores import ENVIRONMENT
from tools.browser import chromium
from tools.setup import ROOT, node_folder

BIN = Path(sys.executable).parent
_SERVED = "not live and not alone and not pure"
_PURE = ("pure and models", "pure and not models")
_LIVE = "live"
_ALONE = "alone"
_BROWSERS = "tests/e2e"
_WHERE = {
    _LIVE: [_BROWSERS],
    _ALONE: [_BROWSERS],
    **dict.fromkeys(_PURE, [f"--ignore={_BROWSERS}"]),
}
"""Where a part's tests are: collecting all of them for every part takes a minute and a half."""
_STANDS_BACK = 10
_FAILED = 1
_NOTHING_ASKED_FOR = 5
"""Pytest's status where the arguments leave no test of a part."""


def step(name: str, command: list[str | Path], env: dict[str, str]) -> None:
    print(f"\n=== {name}", flush=True)
    started = time.monotonic()
    status = subprocess.call([str(part) for part in command], cwd=ROOT, env=env)
    print(f"--- {name}: {time.monotonic() - started:.0f} s", flush=True)
    if status:
        sys.exit(f"{name} failed with status {status}")


def _stand_back() -> None:
    """Leave the cores to whoever follows a clock. In a child process, before it starts."""
    os.nice(_STANDS_BACK)
    # Where the kernel shares time among sessions, niceness counts only within one.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(_STANDS_BACK))


def tests(env: dict[str, str]) -> None:
    """Run pytest: first what needs the machine for itself, then all the rest, in parts at once.

    What follows a webcam takes its time, what talks to servers waits for them, and what only
    computes stands back behind both. What fails while they share the machine is asked once more
    by itself, and must hold then.
    """

    def command(part: str, *more: str) -> list[str]:
        cache = f"cache_dir=.pytest_cache/{part.replace(' ', '_')}"
        given = [*(sys.argv[1:] or _WHERE.get(part, [])), "-m", part, "-o", cache, *more]
        return [sys.executable, "-m", "pytest", "--durations=15", *given]

    print("\n=== pytest", flush=True)
    started = time.monotonic()

    def lap(what: str) -> None:
        print(f"--- {what}: {time.monotonic() - started:.0f} s", flush=True)

    statuses = {_ALONE: subprocess.call(command(_ALONE), cwd=ROOT, env=env)}
    lap("what must be alone")
    with ExitStack() as stack:
        others = {}
        for part, prepare in ((_SERVED, None), *((part, _stand_back) for part in _PURE)):
            said = stack.enter_context(tempfile.TemporaryFile())
            process = subprocess.Popen(
                command(part),
                cwd=ROOT,
                env=env,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=prepare,
            )
            others[part] = process, said
            stack.callback(_finish, process, said)
        statuses[_LIVE] = subprocess.call(command(_LIVE), cwd=ROOT, env=env)
        lap("what follows a webcam")
        for part, (process, _) in others.items():
            statuses[part] = process.wait()
            lap(part)
    for part, status in statuses.items():
        if status == _FAILED:
            again = command(part, "--last-failed", "--last-failed-no-failures=none")
            statuses[part] = subprocess.call(again, cwd=ROOT, env=env)
    lap("pytest")
    failed = set(statuses.values()) - {0, _NOTHING_ASKED_FOR}
    if failed:
        sys.exit(f"pytest failed with status {max(failed)}")


def _finish(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    """Print what a part said; where it still runs, as Ctrl-C leaves it, end it as Ctrl-C does."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait()
    said.seek(0)
    sys.stdout.buffer.write(said.read())
    sys.stdout.flush()


def main() -> None:
    node = node_folder()
    path = f"{BIN}{os.pathsep}{node}{os.pathsep}{os.environ['PATH']}"
    # Parts that run at once only lose by libraries that split each small operation over threads.
    env = dict(os.environ, **ENVIRONMENT, PATH=path)
    # Tests choose their own servers and settings; what an operator has set is not theirs.
    env.pop("VAR_DIR", None)
    step("ruff check", [BIN / "ruff", "check", "."], env)
    step("ruff format", [BIN / "ruff", "format", "--check", "."], env)
    step("import contracts", [BIN / "lint-imports"], env)
    step("types", [BIN / "mypy", "."], env)
    step("models", [sys.executable, "manage.py", "fetch_models"], env)
    # File by file: Node 20 takes a folder here and no pattern, later releases the other way round.
    scripts = sorted((ROOT / "tests" / "js").glob("*.test.js"))
    step("node --test", [node / "node", "--test", *scripts], env)
    env["CHROMIUM"] = str(chromium())
    tests(env)


if __name__ == "__main__":
    main()
