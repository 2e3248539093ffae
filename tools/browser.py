"""Find a Chromium for the end-to-end tests, or get one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")


def _on_path() -> Path | None:
    configured = os.environ.get("CHROMIUM")
    if configured:
        return Path(configured)
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


def _from_debian() -> Path | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    quiet = ["-qq", "-o", "Dpkg::Use-Pty=0"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        if subprocess.call(["apt-get", *quiet, *command], env=env, stdout=subprocess.DEVNULL):
            return None
    return _on_path()


def _from_playwright() -> Path | None:
    if subprocess.call([sys.executable, "-m", "playwright", "install", "chromium"]):
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def chromium() -> Path:
    """A Chromium: from ``CHROMIUM`` or the PATH, Debian's package, or Playwright's download."""
    for source in (_on_path, _from_debian, _from_playwright):
        found = source()
        if found is not None:
            return found
        if source is _on_path:
            print("no Chromium on the PATH, getting one …", flush=True)
    sys.exit("No Chromium could be found or installed. Install one, or set CHROMIUM to its path.")
