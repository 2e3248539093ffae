"""The language a person chose, where their browser has not been told another."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django_tenants.utils import get_public_schema_name

from tenants.schema import current_schema


class LanguageMiddleware:
    """Speak the person's language; the switch in the page's header, a cookie, comes first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The public schema has neither people nor sessions.
        if (
            settings.LANGUAGE_COOKIE_NAME not in request.COOKIES
            and current_schema() != get_public_schema_name()
            and request.user.is_authenticated
            and request.user.language
        ):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self._get_response(request)
