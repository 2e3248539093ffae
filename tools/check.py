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
"""Pytest's status where the arguments leave no test of one half."""


def step(name: str, command: list[str | Path], env: dict[str, str]) -> None:
    print(f"\n=== {name}", flush=True)
    started = time.monotonic()
    status = subprocess.call([str(part) for part in command], cwd=ROOT, env=env)
    print(f"--- {name}: {time.monotonic() - started:.0f} s", flush=True)
    if status:
        sys.exit(f"{name} failed with status {status}")


def both_halves(env: dict[str, str]) -> None:
    """Run pytest twice at once: what follows a webcam takes its time, the rest mostly waits."""
    pytest = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    live, rest = [*pytest, "-m", "live"], [*pytest, "-m", "not live"]
    print("\n=== pytest, both halves", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryFile() as said:
        other = subprocess.Popen(rest, cwd=ROOT, env=env, stdout=said, stderr=subprocess.STDOUT)
        try:
            first = subprocess.call(live, cwd=ROOT, env=env)
            print(f"--- what follows a webcam: {time.monotonic() - started:.0f} s", flush=True)
            second = other.wait()
        finally:
            other.terminate()
            other.wait()
            said.seek(0)
            sys.stdout.buffer.write(said.read())
            sys.stdout.flush()
    print(f"--- both halves: {time.monotonic() - started:.0f} s", flush=True)
    failed = {first, second} - {0, _NOTHING_ASKED_FOR}
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
    both_halves(env)


if __name__ == "__main__":
    main()
