"""The public site."""

from __future__ import annotations

from csp.decorators import csp_update
from django.conf import settings
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_tenants.utils import tenant_context

from tenants.addresses import any_site, site_url
from tenants.forms import SignupForm
from tenants.people.invitations import entry_token
from tenants.services import create_trainer


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "tenants/landing.html")


# The form's answer leads to the new site, which is another origin to a browser.
@csp_update({"form-action": [any_site()]})  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    """Create a trainer's minisite and take the trainer there."""
    form = SignupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            trainer, owner = create_trainer(**form.new_trainer())
        except IntegrityError:
            # Two people chose the same address in the same second.
            form.add_error("slug", _("This address was taken a moment ago. Choose another."))
        else:
            with tenant_context(trainer):
                token = entry_token(owner)
            return HttpResponseRedirect(site_url(trainer.slug, f"/enter/{token}/"))
    context = {"form": form, "base_domain": settings.BASE_DOMAIN}
    return render(request, "tenants/signup.html", context)
