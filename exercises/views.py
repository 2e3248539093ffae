"""Files of clips, handed out one by one."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from exercises.access import clip_file_to_read
from processing.media import serve


@require_safe
def clip_media(request: HttpRequest, clip_id: UUID, kind: str) -> HttpResponseBase:
    """Answer for one file of a clip, with ranges.

    ``?run=`` names the run the page was made for: only then may the browser
    keep the file without asking again.
    """
    found = clip_file_to_read(request.user, clip_id, kind)
    return serve(
        request,
        found.file,
        found.content_type,
        etag=found.etag,
        download_name=found.download_name,
        lasting=found.run is None or request.GET.get("run") == str(found.run),
    )
