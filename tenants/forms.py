"""The sign-up form for trainers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tenants.models import Trainer, validate_slug


class SignupForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    slug = forms.CharField(
        label=_("Address of your site"),
        max_length=32,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].strip().lower()
        validate_slug(slug)
        if Trainer.objects.filter(slug=slug).exists():
            raise ValidationError(
                _("The address “%(slug)s” is taken. Choose another."),
                params={"slug": slug},
                code="taken",
            )
        return slug

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def new_trainer(self) -> dict[str, Any]:
        """Arguments of :func:`tenants.services.create_trainer`."""
        chosen = get_language() or settings.LANGUAGE_CODE
        known = dict(settings.LANGUAGES)
        return {**self.cleaned_data, "language": chosen if chosen in known else "en"}
