"""Wiring that belongs to no app."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse, JsonResponse

from processing import health

STUDIO_PREFIX = "/studio/"
HEALTH = "/api/health"
NO_DEVICES = "camera=(), microphone=(), geolocation=()"


class StudioPolicyMiddleware:
    """Loosen the content policy where the admin's own widgets need it, and only there.

    Unfold's interface is written in Alpine.js, which evaluates expressions in
    attributes, and sets styles inline. Nothing may be loaded from or sent to
    another origin there either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.path.startswith(STUDIO_PREFIX):
            response._csp_replace = {  # type: ignore[attr-defined]
                "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
                "style-src": [SELF, UNSAFE_INLINE],
            }
        return response


class DevicesMiddleware:
    """Keep camera and microphone from every page that does not name what it needs itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.setdefault("Permissions-Policy", NO_DEVICES)
        return response


class HealthMiddleware:
    """Say that the site fails where its database does: without it no host leads to any view.

    Stands before whatever asks the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.rstrip("/") == HEALTH and not health.database().ok:
            return JsonResponse(
                {"status": "failing"}, status=503, headers={"Cache-Control": "no-store"}
            )
        return self._get_response(request)
