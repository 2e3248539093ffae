"""Clients in the studio. The trainer's own account is changed nowhere but on the account pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from tenants.addresses import site_url
from tenants.people.invitations import INVITATION_AGE, invitation_token
from tenants.people.models import Client, User

if TYPE_CHECKING:
    _ClientModelAdmin = admin.ModelAdmin[Client]
else:
    _ClientModelAdmin = ModelAdmin

# A site has one trainer and its clients; rights in between, and e-mail
# addresses kept apart from people, would only be ways to go wrong.
for _model in (Group, EmailAddress):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)

_SHOW_LINK = "link"


class ClientForm(forms.ModelForm[Client]):
    class Meta:
        model = Client
        fields: ClassVar = ["name", "email", "language", "is_active"]

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"]).lower()
        known = User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).first()
        if known is not None and known.is_staff:
            raise ValidationError(_("This is your own address. A client needs another one."))
        if known is not None:
            raise ValidationError(
                _("%(name)s already has this address."), params={"name": known.name or known.email}
            )
        return email


@admin.register(Client)
class ClientAdmin(_ClientModelAdmin):
    """Add a client, hand over the link with which the client chooses a password."""

    form = ClientForm
    list_display = ["person", "email", "standing", "last_login"]
    list_display_links = ["person"]
    list_filter = ["is_active"]
    list_filter_submit = True
    search_fields = ["name", "email"]
    ordering = ["name", "email"]
    list_per_page = 50
    compressed_fields = True
    delete_confirmation_template = "admin/studio_delete_confirmation.html"
    empty_icon = "group"
    empty_words = _("Add a client, then send them the link you will get.")
    change_form_outer_before_template = "admin/people/client/_invitation.html"
    change_form_outer_after_template = "admin/people/client/_trends.html"

    def get_fields(self, request: HttpRequest, obj: Client | None = None) -> list[Any]:
        return ["name", "email", "language"] + (["is_active"] if obj else [])

    @admin.display(description=_("name"), ordering="name")
    def person(self, client: Client) -> str:
        return client.name or client.email

    @admin.display(description=_("state"))
    def standing(self, client: Client) -> str:
        if not client.is_active:
            kind, words = "off", gettext("locked out")
        elif not client.has_usable_password():
            kind, words = "wait", gettext("invited")
        else:
            kind, words = "ready", gettext("active")
        return format_html('<span class="badge badge-{}">{}</span>', kind, words)

    def save_model(
        self, request: HttpRequest, obj: Client, form: forms.ModelForm[Client], change: bool
    ) -> None:
        if not change:
            # Nobody but the client ever knows the password.
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Client, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Stay with the new client: the link to send is what the trainer needs next."""
        if any(name in request.POST for name in ("_addanother", "_popup")):
            return super().response_add(request, obj, post_url_continue)
        messages.success(
            request,
            gettext("%(name)s is on your site. Send the link below.") % {"name": obj},
        )
        return HttpResponseRedirect(reverse("admin:people_client_change", args=[obj.pk]))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        client = self.get_object(request, object_id)
        context = {**(extra_context or {})}
        if client is not None and client.is_active:
            invited = not client.has_usable_password()
            context["client_invited"] = invited
            # A new link for somebody who has a password is made only when asked for.
            if invited or _SHOW_LINK in request.GET:
                context["invitation_url"] = self._invitation_url(request, client)
                context["invitation_days"] = INVITATION_AGE.days
            else:
                context["new_link_url"] = f"{request.path}?{_SHOW_LINK}=1"
        return super().change_view(request, object_id, form_url, context)

    @staticmethod
    def _invitation_url(request: HttpRequest, client: Client) -> str:
        path = reverse("join", args=[invitation_token(client)])
        return site_url(request.tenant.slug, path)  # type: ignore[attr-defined]
