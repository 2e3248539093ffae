"""A small server for browsers that Playwright does not drive: what tests hand it, in ranges."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Find = Callable[[str], tuple[bytes, str] | None]
"""Path to content and its type; nothing where there is none."""


@contextmanager
def serving(find: Find, heard: Callable[[bytes], None] = lambda said: None) -> Iterator[str]:
    """Serve what `find` finds, and hand what pages post to `heard`; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = find(self.path.split("?")[0])
            if found is None:
                self._answer(404, b"", "text/plain")
                return
            body, kind = found
            asked = self.headers.get("Range", "").removeprefix("bytes=").partition("-")
            if not asked[0]:
                self._answer(200, body, kind)
                return
            first, last = int(asked[0]), int(asked[2] or len(body) - 1)
            where = f"bytes {first}-{last}/{len(body)}"
            self._answer(206, body[first : last + 1], kind, where)

        def do_POST(self) -> None:
            said = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(204, b"", "text/plain")
            heard(said)

        def _answer(self, status: int, body: bytes, kind: str, where: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Accept-Ranges", "bytes")
            if where:
                self.send_header("Content-Range", where)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet: a test says what it wants to know."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
