"""Addresses of clips' files."""

from __future__ import annotations

from django.urls import reverse

from processing.models import Clip


def media_url(clip: Clip, kind: str) -> str:
    """Where the file of the published run is read.

    The run is part of the address: a browser may then keep the file, and never
    shows one run's video with another's poses. Without it every use asks anew.
    """
    address = reverse("clip_media", args=[clip.pk, kind])
    return f"{address}?run={clip.published_run}" if clip.is_usable else address
