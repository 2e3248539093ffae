"""A server's address that can be made to go away and come back."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from perscoach.embedded.process import free_port

_BLOCK = 65536


class Proxy:
    """Passes TCP on to the server behind ``url``.

    ``cut`` closes every connection and refuses new ones, as a server that is
    stopped does; ``mend`` lets them through again.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "", parts.port or 0)
        self._port = free_port()
        self.url = url.replace(f":{self._server[1]}/", f":{self._port}/")
        self._listening: socket.socket | None = None
        self._open: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        if self._listening is not None:
            return
        self._listening = socket.create_server(("127.0.0.1", self._port))
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        if self._listening is not None:
            # A thread that waits in accept() keeps a closed socket alive: shut it down first.
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        while self._open:
            with suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
                server = socket.create_connection(self._server)
            except OSError:
                return
            self._open += [client, server]
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Pass bytes on until either end hangs up."""
    with suppress(OSError):
        while block := source.recv(_BLOCK):
            target.sendall(block)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
    source.close()
