"""Everything that must hold, in the order of cost: what ``make test`` runs after the set-up."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.browser import chromium
from tools.setup import ROOT, node_folder

BIN = Path(sys.executable).parent
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


def tests(env: dict[str, str]) -> None:
    """Run pytest: first what needs the machine for itself, then the rest as two halves at once.

    What follows a webcam takes its time, and much of the other half is waiting. What fails while
    the halves share the machine is asked once more by itself, and must hold then.
    """

    def command(part: str, *more: str) -> list[str]:
        cache = f"cache_dir=.pytest_cache/{part.replace(' ', '_')}"
        given = [*sys.argv[1:], "-m", part, "-o", cache, *more]
        return [sys.executable, "-m", "pytest", *given]

    print("\n=== pytest", flush=True)
    started = time.monotonic()
    statuses = {"alone": subprocess.call(command("alone"), cwd=ROOT, env=env)}
    print(f"--- what must be alone: {time.monotonic() - started:.0f} s", flush=True)
    live, rest = "live", "not live and not alone"
    with tempfile.TemporaryFile() as said:
        other = subprocess.Popen(
            command(rest), cwd=ROOT, env=env, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            statuses[live] = subprocess.call(command(live), cwd=ROOT, env=env)
            print(f"--- what follows a webcam: {time.monotonic() - started:.0f} s", flush=True)
            statuses[rest] = other.wait()
        finally:
            other.terminate()
            other.wait()
            said.seek(0)
            sys.stdout.buffer.write(said.read())
            sys.stdout.flush()
    for part, status in statuses.items():
        if status == _FAILED:
            again = command(part, "--last-failed", "--last-failed-no-failures=none")
            statuses[part] = subprocess.call(again, cwd=ROOT, env=env)
    print(f"--- pytest: {time.monotonic() - started:.0f} s", flush=True)
    failed = set(statuses.values()) - {0, _NOTHING_ASKED_FOR}
    if failed:
        sys.exit(f"pytest failed with status {max(failed)}")


def main() -> None:
    node = node_folder()
    env = dict(os.environ, PATH=f"{BIN}{os.pathsep}{node}{os.pathsep}{os.environ['PATH']}")
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
