"""The public site: landing page and trainer sign-up."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("tenants.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
