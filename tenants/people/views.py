"""Accept an invitation; enter a new site."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tenants.people import invitations
from tenants.people.models import User

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """A client opens the trainer's link and chooses a password."""
    client = invitations.invited(token)
    if client is None:
        return render(request, "people/join_expired.html", status=410)
    form: SetPasswordForm[User] = SetPasswordForm(client, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        login(request, client, backend=_BACKEND)
        return redirect("home")
    return render(request, "people/join.html", {"form": form, "client": client})


@never_cache
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The sign-up page on the public host sends a new trainer here, logged in."""
    owner = invitations.entering(token)
    if owner is None:
        return redirect("account_login")
    login(request, owner, backend=_BACKEND)
    return redirect("admin:index")
