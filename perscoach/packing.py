"""Text on its way to browsers: gzipped, where nobody has gzipped it before."""

from __future__ import annotations

import gzip
import io
from http import HTTPStatus
from typing import Any, Final
from wsgiref.headers import Headers

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response, StaticFile

SMALLEST_BYTES: Final = 600
"""Below that a packet is a packet."""
_TEXT: Final = ("text/", "application/json", "application/manifest+json", "image/svg+xml")


def is_text(content_type: str) -> bool:
    """Whether gzip makes it smaller."""
    return content_type.startswith(_TEXT)


class PackedFile(StaticFile):  # type: ignore[misc]
    """A text file that is gzipped when it is first asked for, and kept."""

    _packed: bytes | None = None

    def get_response(self, method: str, request_headers: dict[str, str]) -> Any:
        """As WhiteNoise's own, for a whole file that the browser takes gzipped."""
        response = super().get_response(method, request_headers)
        if response.status != HTTPStatus.OK:
            return response
        headers = Headers(list(response.headers))
        headers["Vary"] = "Accept-Encoding"
        if "gzip" not in request_headers.get("HTTP_ACCEPT_ENCODING", ""):
            return Response(response.status, headers.items(), response.file)
        if response.file is not None:
            response.file.close()
        packed = self._content()
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(packed))
        return Response(
            response.status, headers.items(), None if method == "HEAD" else io.BytesIO(packed)
        )

    def _content(self) -> bytes:
        # Two threads may pack it at once: the same bytes, harmless.
        if self._packed is None:
            path = self.alternatives[0][1]
            with open(path, "rb") as file:
                self._packed = gzip.compress(file.read(), mtime=0)
        return self._packed


class PackedWhiteNoiseMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves static files where they lie; text is sent gzipped.

    What was gzipped before has its copy beside it. Others would have to be written to folders that
    are not ours, such as an installed package's.
    """

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        file = super().get_static_file(path, url, stat_cache=stat_cache)
        [*others, (_encoding, _path, headers)] = file.alternatives
        known = dict(headers)
        small = int(known["Content-Length"]) < SMALLEST_BYTES
        if others or small or self.autorefresh or not is_text(known["Content-Type"]):
            return file
        return PackedFile(path, list(headers), stat_cache=stat_cache)


class PackedPagesMiddleware(GZipMiddleware):
    """Gzips pages and JSON, never media: those are read in ranges.

    Django's own middleware adds random bytes, so that lengths tell nothing about what is within.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        if response.streaming or not is_text(response.get("Content-Type", "")):
            return response
        return super().process_response(request, response)
