"""The public site: landing page and trainer sign-up."""

from __future__ import annotations

from django.urls import include, path, re_path

from sessions.api_health import health

urlpatterns = [
    path("", include("tenants.urls")),
    re_path(r"^api/health/?$", health),
    path("i18n/", include("django.conf.urls.i18n")),
]
