"""From the request's host name to the trainer's schema."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import set_urlconf
from django_tenants.middleware.main import TenantMainMiddleware


class TenantMiddleware(TenantMainMiddleware):  # type: ignore[misc]
    """django-tenants' look-up, with a page for addresses that nobody has."""

    def no_tenant_found(self, request: HttpRequest, hostname: str) -> HttpResponse:
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        set_urlconf(settings.PUBLIC_SCHEMA_URLCONF)
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        return render(request, "tenants/unknown_address.html", {"hostname": hostname}, status=404)
