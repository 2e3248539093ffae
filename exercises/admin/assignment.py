"""Homework in the studio: which client does which workout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from exercises.models import Assignment, Workout
from tenants.people.models import Client

if TYPE_CHECKING:
    _AssignmentModelAdmin = admin.ModelAdmin[Assignment]
    _AssignmentModelForm = forms.ModelForm[Assignment]
else:
    _AssignmentModelAdmin, _AssignmentModelForm = ModelAdmin, forms.ModelForm


class AssignmentForm(_AssignmentModelForm):
    def clean_workout(self) -> Workout:
        workout: Workout = self.cleaned_data["workout"]
        if not workout.items.exists():
            raise forms.ValidationError(
                _("“%(workout)s” has no exercises yet. Add some, then assign it."),
                params={"workout": workout},
                code="empty",
            )
        return workout


@admin.register(Assignment)
class AssignmentAdmin(_AssignmentModelAdmin):
    form = AssignmentForm
    fields = ["workout", "client", "note", "due_on", "asks_for", "strictness"]
    # All of them and what they mean at one glance.
    radio_fields: ClassVar = {"asks_for": admin.VERTICAL, "strictness": admin.VERTICAL}
    list_display = ["workout", "client", "due_on", "created_at"]
    list_filter = [
        ("client", admin.RelatedOnlyFieldListFilter),
        ("workout", admin.RelatedOnlyFieldListFilter),
        "due_on",
    ]
    list_filter_submit = True
    list_select_related = ["workout", "client"]
    search_fields = ["workout__title", "client__name", "client__email", "note"]
    autocomplete_fields = ["workout"]
    list_per_page = 50
    delete_confirmation_template = "admin/studio_delete_confirmation.html"
    empty_icon = "assignment"
    empty_words = _("Give a workout to a client; it appears on their page at once.")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "client":
            kwargs["help_text"] = format_html(
                '{} <a class="text-link" href="{}">{}</a>',
                _("Not on the list?"),
                reverse("admin:people_client_add"),
                _("Add a client"),
            )
            kwargs["queryset"] = Client.objects.filter(is_active=True).order_by("name", "email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
