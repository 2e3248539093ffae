"""Bodies of requests, read no further than they may be long.

DRF reads past Django's limit on bodies; these parsers do not read on for ever.
"""

from __future__ import annotations

import io
from typing import IO, Any, Final

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser, JSONParser

from sessions.recordings import LARGEST_PART_BYTES

LARGEST_JSON_BYTES: Final = 1024 * 1024
"""300 frames take a quarter of this."""


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"The body is larger than {limit_bytes} bytes.")


def read_bounded(stream: IO[Any], limit_bytes: int) -> bytes:
    """Read a body whole.

    Raises
    ------
    TooLarge
    """
    body: bytes = stream.read(limit_bytes + 1)
    if len(body) > limit_bytes:
        raise TooLarge(limit_bytes)
    return body


class BoundedJSONParser(JSONParser):
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> Any:
        body = read_bounded(stream, LARGEST_JSON_BYTES)
        return super().parse(io.BytesIO(body), media_type, parser_context)


class PartParser(BaseParser):
    """The bytes of a recording's part."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> Any:
        body = read_bounded(stream, LARGEST_PART_BYTES)
        told = (parser_context or {})["request"].META.get("CONTENT_LENGTH")
        # JSON that breaks off is no JSON, but half a part looks like any other.
        if told and int(told) != len(body):
            raise ParseError(f"The body breaks off after {len(body)} of {told} bytes.")
        return body
