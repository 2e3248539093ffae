"""Absolute addresses of the landing page and of trainers' minisites."""

from __future__ import annotations

from django.conf import settings


def _origin(host: str) -> str:
    scheme = "https" if settings.HTTPS else "http"
    port = settings.PUBLIC_PORT
    default = 443 if settings.HTTPS else 80
    return f"{scheme}://{host}" + ("" if port == default else f":{port}")


def host_of(slug: str) -> str:
    """``anna`` → ``anna.pers.coach``."""
    return f"{slug}.{settings.BASE_DOMAIN}"


def site_url(slug: str, path: str = "/") -> str:
    """An absolute address on a trainer's minisite."""
    return _origin(host_of(slug)) + path


def landing_url(path: str = "/") -> str:
    """An absolute address on the public site."""
    return _origin(settings.BASE_DOMAIN) + path


def any_site() -> str:
    """Every minisite, as a source of a content security policy."""
    return _origin(host_of("*"))
