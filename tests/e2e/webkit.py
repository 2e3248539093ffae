"""WebKitGTK's own browser, where there is one, over its WebDriver: what Safari is made of."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from perscoach.embedded.process import free_port

DRIVER = shutil.which("WebKitWebDriver")
SCREEN = shutil.which("Xvfb")
BROWSER = next(iter(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")), None)
MISSING = not (DRIVER and SCREEN and BROWSER)
_START_S = 20.0
_SCRIPT_MS = 60_000


class WebKit:
    """One window."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        options = {"binary": str(BROWSER), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self._session = "/session/" + self._ask("POST", "/session", wanted)["sessionId"]
        self._ask("POST", f"{self._session}/timeouts", {"script": _SCRIPT_MS})

    def resize(self, width: int, height: int) -> None:
        """Make the page so large: what is around it is the browser's affair."""
        for _ in range(2):
            inner = self.evaluate("return [innerWidth, innerHeight, outerWidth, outerHeight]")
            wider, taller = inner[2] - inner[0], inner[3] - inner[1]
            size = {"width": width + wider, "height": height + taller}
            self._ask("POST", f"{self._session}/window/rect", size)

    def go(self, url: str) -> None:
        self._ask("POST", f"{self._session}/url", {"url": url})

    def evaluate(self, body: str) -> Any:
        """Run the body of an async function in the page; gives what it returns."""
        script = (
            "const done = arguments[arguments.length - 1];"
            f"(async () => {{ {body} }})().then((value) => done({{ value }}),"
            " (error) => done({ error: String(error) }));"
        )
        path = f"{self._session}/execute/async"
        said = self._ask("POST", path, {"script": script, "args": []})
        assert "error" not in said, said["error"]
        return said.get("value")

    def close(self) -> None:
        self._ask("DELETE", self._session)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, method=method)
        with urllib.request.urlopen(request, timeout=2 * _SCRIPT_MS / 1000) as answer:
            return json.load(answer)["value"]


@contextmanager
def webkit(home: Path) -> Iterator[WebKit]:
    """Open a window on a screen that nobody sees."""
    assert DRIVER and SCREEN and BROWSER
    home.chmod(0o700)
    # Xvfb chooses a number that is free, and writes it down.
    read, write = os.pipe()
    screen = subprocess.Popen(
        [SCREEN, "-displayfd", str(write), "-screen", "0", "1280x1024x24"],
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as said:
        display = f":{said.readline().strip()}"
    env = os.environ | {
        "DISPLAY": display,
        "GDK_BACKEND": "x11",
        "HOME": str(home),
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "NO_AT_BRIDGE": "1",
        "XDG_RUNTIME_DIR": str(home),
    }
    port = free_port()
    driver = subprocess.Popen(
        [DRIVER, f"--port={port}"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        window = _open(port)
        try:
            yield window
        finally:
            with suppress(OSError):
                window.close()
    finally:
        for process in (driver, screen):
            process.terminate()
            process.wait()


def _open(port: int) -> WebKit:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            return WebKit(port)
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
