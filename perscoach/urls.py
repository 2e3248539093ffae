"""A trainer's minisite: the studio, the client's pages, media and the API."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

# One log-in page for everyone, with its rate limit.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("sessions.urls")),
    path("", include("exercises.urls")),
    path("", include("tenants.people.urls")),
    # An address is the trainer's business: nobody changes their own.
    path("accounts/email/", RedirectView.as_view(pattern_name="home")),
    path("accounts/", include("allauth.account.urls")),
    path("studio/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
]
