"""The client's pages as an app: installable, and able to run a workout without network.

``static/js/sw.js`` is the service worker; it is handed out here, for its scope is the folder it
comes from. What it may keep is listed with the content's hash, so that whatever changes on the
server changes the worker, and a browser notices.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from django_tenants.utils import get_public_schema_name

from sessions.shadow_config import user_key
from tenants.people.models import User
from tenants.schema import current_schema

USER_HEADER: Final = "X-User-Key"
BUILD_HEADER: Final = "X-Build"

_SHELL: Final = (
    "css/base.css",
    "css/client*.css",
    "css/fonts.css",
    "css/shadow*.css",
    "img/icon*",
    "js/pwa.js",
    "js/shadow/*",
    "vendor/onest/*-wght-normal.woff2",
    "vendor/outfit/*-wght-normal.woff2",
    "vendor/three/three.core.min.js",
    "vendor/three/three.module.min.js",
)
"""What every page needs: kept as soon as the app is installed."""
_HEAVY: Final = (
    "models/*.task",
    "models/*.tflite",
    "vendor/tasks-vision/vision_bundle.mjs",
    "vendor/tasks-vision/wasm/*.js",
    "vendor/tasks-vision/wasm/*.wasm",
)
"""Megabytes: kept once a workout has asked for them."""


@dataclass(frozen=True)
class Build:
    """The static files of the client's pages: address to hash of the content."""

    shell: dict[str, str]
    heavy: dict[str, str]
    version: str


def build() -> Build:
    """Describe the files that are served; in development they may change at any time."""
    if settings.DEBUG:
        _build.cache_clear()
    return _build()


@lru_cache(maxsize=1)
def _build() -> Build:
    shell: dict[str, str] = {}
    heavy: dict[str, str] = {}
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            prefix = getattr(storage, "prefix", None)
            name = f"{prefix}/{path}" if prefix else path
            for patterns, files in ((_SHELL, shell), (_HEAVY, heavy)):
                if any(fnmatchcase(name, pattern) for pattern in patterns):
                    files.setdefault(static(name), _hash(Path(storage.path(path))))
    digest = hashlib.blake2b(_worker_source().encode(), digest_size=8)
    for files in (shell, heavy):
        digest.update(json.dumps(sorted(files.items())).encode())
    return Build(shell, heavy, digest.hexdigest())


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=8)).hexdigest()


def _worker_source() -> str:
    found = finders.find("js/sw.js")
    if not found:
        raise FileNotFoundError("static/js/sw.js")
    return Path(found).read_text()


class PageLabelMiddleware:
    """Tell the service worker whose page it is and of which build the page's scripts are.

    By the first it keeps people apart who share a device; by the second it notices that its own
    copies of the scripts are out of date before the page asks for them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        page = response.headers.get("Content-Type", "").startswith("text/html")
        # The public schema has no people, and its pages are no app.
        if page and current_schema() != get_public_schema_name():
            response.headers[USER_HEADER] = key_of(request)
            response.headers[BUILD_HEADER] = build().version
        return response


def key_of(request: HttpRequest) -> str:
    """Who asks, as browsers know them; empty for nobody."""
    user = getattr(request, "user", None)
    return user_key(user) if isinstance(user, User) and user.is_authenticated else ""


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with what it may keep."""
    made = build()
    facts = {
        "version": made.version,
        "shell": made.shell,
        "heavy": made.heavy,
        "offline": f"{reverse('offline')}?{get_language()}",
        "logout": reverse("account_logout"),
        "userHeader": USER_HEADER,
        "buildHeader": BUILD_HEADER,
    }
    source = f"const BUILD = Object.freeze({json.dumps(facts)});\n{_worker_source()}"
    return HttpResponse(source, content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a browser needs to install the trainer's site as an app."""
    name = request.tenant.name  # type: ignore[attr-defined]

    def icon(file: str, size: int, purpose: str) -> dict[str, str]:
        return {
            "src": static(f"img/{file}"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }

    return JsonResponse(
        {
            "id": "/",
            "name": name,
            "short_name": name[:30],
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#0a0a0f",
            "theme_color": "#0a0a0f",
            "icons": [
                icon("icon-192.png", 192, "any"),
                icon("icon-512.png", 512, "any"),
                icon("icon-maskable-512.png", 512, "maskable"),
            ],
        },
        content_type="application/manifest+json",
    )


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown where there is no network and nothing was kept. The same for everyone."""
    return render(request, "workout_sessions/offline.html")


@never_cache
@require_safe
# Whoever asks is about to write: a page from the cache may come without the cookie that needs.
@ensure_csrf_cookie
def me(request: HttpRequest) -> JsonResponse:
    """Who is logged in, as browsers know them; null for nobody."""
    return JsonResponse({"user": key_of(request) or None})
