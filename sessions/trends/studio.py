"""A client's course in the studio."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sessions.access import client_to_follow
from sessions.trends.page import page_of
from tenants.people.models import User


class TrendViews:
    """The page of a client's course, for the admin of sessions."""

    admin_site: AdminSite
    opts: Any

    def trend_views(self) -> list[tuple[str, Any, str]]:
        """Route, view and name of each."""
        return [("of-client/<int:client>/", self.trends, "trends")]

    @method_decorator(require_safe)
    def trends(self, request: HttpRequest, client: int) -> HttpResponse:
        """How it went over weeks."""
        if not cast(Any, self).has_view_permission(request):
            raise PermissionDenied
        person = client_to_follow(cast(User, request.user), client)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Course over weeks"),
            "opts": self.opts,
            "client": person,
            "page": page_of(person),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request, "admin/workout_sessions/workoutsession/trends.html", context
        )
