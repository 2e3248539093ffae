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

    What follows a webcam takes its time, and much of the other half is waiting.
    """
    pytest = [sys.executable, "-m", "pytest", *sys.argv[1:], "-m"]
    print("\n=== pytest", flush=True)
    started = time.monotonic()
    statuses = {subprocess.call([*pytest, "alone"], cwd=ROOT, env=env)}
    print(f"--- what must be alone: {time.monotonic() - started:.0f} s", flush=True)
    rest = [*pytest, "not live and not alone"]
    with tempfile.TemporaryFile() as said:
        other = subprocess.Popen(rest, cwd=ROOT, env=env, stdout=said, stderr=subprocess.STDOUT)
        try:
            statuses.add(subprocess.call([*pytest, "live"], cwd=ROOT, env=env))
            print(f"--- what follows a webcam: {time.monotonic() - started:.0f} s", flush=True)
            statuses.add(other.wait())
        finally:
            other.terminate()
            other.wait()
            said.seek(0)
            sys.stdout.buffer.write(said.read())
            sys.stdout.flush()
    print(f"--- pytest: {time.monotonic() - started:.0f} s", flush=True)
    failed = statuses - {0, _NOTHING_ASKED_FOR}
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
