"""Hand out a private file: whole, in part, or by an address that expires.

``FileResponse`` knows no ranges, and a video element cannot seek without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from django.core.files.base import File
from django.db.models.fields.files import FieldFile
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)

from processing.storage import TenantS3Storage

CONTENT_TYPES: Final[dict[str, str]] = {
    "transparent": "video/webm",
    "poses": "application/json",
    # Gzip is part of the format, not a transfer encoding: the page unpacks it itself.
    "poses_packed": "application/octet-stream",
    "poster": "image/webp",
    "stacked": "video/mp4",
    "mesh": "application/octet-stream",
    "filmstrip": "image/webp",
    "quality": "application/json",
    "probe": "application/json",
    "plan": "application/json",
    "detections": "application/octet-stream",
    "masks": "video/x-matroska",
    "surface": "application/octet-stream",
}
"""Media type of each artifact kind."""

BLOCK_BYTES: Final = 256 * 1024
MAX_AGE_S: Final = 3600
PRESIGNED_S: Final = 3600

_RANGE: Final = re.compile(r"bytes=[ \t]*(\d*)-(\d*)[ \t]*")


class Unsatisfiable(ValueError):
    """The range lies wholly outside the file."""


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """Read a ``Range`` header.

    Parameters
    ----------
    header : str
        As received; may be empty.
    size : int
        Bytes of the whole file.

    Returns
    -------
    (start, stop) or None
        Half-open, within the file. None where the whole file is the right answer:
        no header, another unit, several ranges, or one that makes no sense.

    Raises
    ------
    Unsatisfiable
        Where the range is well-formed and beyond the end.
    """
    match = _RANGE.fullmatch(header.strip())
    if match is None:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        length = min(int(last), size)
        if length == 0:
            raise Unsatisfiable
        return size - length, size
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return start, min(int(last) + 1, size) if last else size


class _Part:
    """Some bytes of an open file, block by block; closes it when the response ends."""

    def __init__(self, file: File[bytes], start: int, stop: int) -> None:
        self._file = file
        self._left = stop - start
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        block = self._file.read(min(BLOCK_BYTES, self._left)) if self._left else b""
        if not block:
            raise StopIteration
        self._left -= len(block)
        return block

    def close(self) -> None:
        self._file.close()


def _names_the_file(header: str, etag: str) -> bool:
    """Whether an ``If-None-Match`` list holds this file."""
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or etag in tags


def _disposition(download_name: str) -> str:
    plain = re.sub(r'[^\x20-\x7e]|["\\]', "_", download_name)
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(download_name, safe='')}"


def serve(
    request: HttpRequest,
    file: FieldFile,
    content_type: str,
    *,
    etag: str,
    download_name: str = "",
    lasting: bool = True,
) -> HttpResponseBase:
    """Answer GET or HEAD with a file of the tenant's storage.

    Parameters
    ----------
    request : HttpRequest
    file : FieldFile
        Who may have it has been decided already.
    content_type : str
        Never guessed by the browser.
    etag : str
        Changes whenever the bytes do, without quotes: the SHA-256 where there is one.
    download_name : str
        What "save as" suggests.
    lasting : bool
        Whether this address will always mean these bytes; else the browser asks before each use.

    Raises
    ------
    Http404
        Where the row is there and the file is not.
    """
    tag = f'"{etag}"'
    if isinstance(file.storage, TenantS3Storage):
        return _presigned(file, content_type, download_name, lasting)
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Cache-Control": f"private, max-age={MAX_AGE_S}" if lasting else "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if download_name:
        headers["Content-Disposition"] = _disposition(download_name)
    if _names_the_file(request.headers.get("If-None-Match", ""), tag):
        return HttpResponse(status=304, headers=headers)
    try:
        size = file.size
        wanted = request.headers.get("Range", "")
        if request.headers.get("If-Range", tag) != tag:
            # The browser holds a part of something else: it needs the whole.
            wanted = ""
        part = parse_range(wanted, size)
        opened = file.storage.open(file.name or "", "rb") if request.method != "HEAD" else None
    except FileNotFoundError as error:
        raise Http404 from error
    except Unsatisfiable:
        headers["Content-Range"] = f"bytes */{size}"
        return HttpResponse(status=416, headers=headers, content_type="text/plain")
    start, stop = part or (0, size)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    status = 200 if part is None else 206
    if opened is None:
        return HttpResponse(status=status, content_type=content_type, headers=headers)
    return StreamingHttpResponse(
        _Part(opened, start, stop), status=status, content_type=content_type, headers=headers
    )


def _presigned(
    file: FieldFile, content_type: str, download_name: str, lasting: bool
) -> HttpResponseRedirect:
    """Send the browser to the bucket, with an address that expires."""
    parameters = {"ResponseContentType": content_type}
    if download_name:
        parameters["ResponseContentDisposition"] = _disposition(download_name)
    url = file.storage.url(file.name, parameters=parameters, expire=PRESIGNED_S)  # type: ignore[call-arg]
    response = HttpResponseRedirect(url)
    # Kept for less than the address lives, so that a cached redirect still works.
    response["Cache-Control"] = (
        f"private, max-age={PRESIGNED_S // 2}" if lasting else "private, no-cache"
    )
    return response
