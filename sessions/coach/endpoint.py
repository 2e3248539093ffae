"""An OpenAI-compatible endpoint: one question, one answer, within a time limit."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from sessions.coach.llm import LanguageModelError

_LARGEST_ANSWER: Final = 64 * 1024
"""Bytes; a true answer has some 2,000."""
_MOST_TOKENS: Final = 900
_OK: Final = 200


@dataclass(frozen=True)
class Endpoint:
    """A server with ``/chat/completions``.

    Redirects are not followed: the key must reach nobody else.

    Attributes
    ----------
    url : str
        Without ``/chat/completions``, as in ``https://llm.example/v1``.
    timeout_s : float
        For everything together: a server that trickles is as late as one that is silent.
    """

    url: str
    model: str
    key: str = field(repr=False)
    timeout_s: float = 10.0
    source: Literal["endpoint"] = "endpoint"

    def ask(self, instructions: str, question: str) -> str:
        """See `LanguageModel.ask`."""
        body = {
            "model": self.model,
            "messages": [
                {"role": "system", "content": instructions},
                {"role": "user", "content": question},
            ],
            "temperature": 0,
            "max_tokens": _MOST_TOKENS,
        }
        answer = self._post(json.dumps(body).encode())
        try:
            content = json.loads(answer)["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise LanguageModelError("garbage", "the endpoint's answer has no content") from error
        if not isinstance(content, str):
            raise LanguageModelError("garbage", "the endpoint's content is no text")
        return content

    def _post(self, body: bytes) -> bytes:
        deadline = time.monotonic() + self.timeout_s
        connection = self._connection()
        watch: threading.Timer | None = None
        try:
            connection.connect()
            # Time-outs of a socket count from byte to byte; this one counts for all of them.
            sock = connection.sock
            watch = threading.Timer(max(deadline - time.monotonic(), 0.0), _shut, [sock])
            watch.daemon = True
            watch.start()
            connection.request("POST", self._path(), body, self._headers())
            answer = connection.getresponse()
            if answer.status != _OK:
                raise LanguageModelError("status", f"the endpoint answered {answer.status}")
            content = answer.read(_LARGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() >= deadline or isinstance(error, TimeoutError):
                raise LanguageModelError("timeout", f"no answer in {self.timeout_s} s") from error
            raise LanguageModelError(
                "unreachable", f"the endpoint can't be asked: {error}"
            ) from error
        finally:
            if watch is not None:
                watch.cancel()
            connection.close()
        if len(content) > _LARGEST_ANSWER:
            raise LanguageModelError("garbage", f"more than {_LARGEST_ANSWER} bytes came")
        # Cut off by the watch, an answer without a length looks as if it had ended.
        if time.monotonic() >= deadline:
            raise LanguageModelError("timeout", f"no whole answer in {self.timeout_s} s")
        return content

    def _connection(self) -> http.client.HTTPConnection:
        try:
            address = urlsplit(self.url)
            host, port = address.hostname or "", address.port
        except ValueError as error:
            raise LanguageModelError("unreachable", f"no address: {self.url!r}") from error
        if address.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self.timeout_s, context=context)
        return http.client.HTTPConnection(host, port, timeout=self.timeout_s)

    def _path(self) -> str:
        return f"{urlsplit(self.url).path.rstrip('/')}/chat/completions"

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return {**headers, "Authorization": f"Bearer {self.key}"} if self.key else headers


def _shut(sock: Any) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It ended in the same moment.
        return
