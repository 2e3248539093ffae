"""allauth's hooks: nobody signs up on a trainer's site without an invitation."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Trainers start in the studio, clients at their homework."""
        if request.user.is_staff:
            return reverse("admin:index")
        return reverse("home")
