"""Exercises in the studio: a finished clip, a name, words."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from exercises.admin.of_take import of_take_view
from exercises.models import Exercise
from processing.journey import journey_of
from processing.messages import clip_sentence
from processing.models import Clip

if TYPE_CHECKING:
    _ExerciseModelAdmin = admin.ModelAdmin[Exercise]
    _ExerciseModelForm = forms.ModelForm[Exercise]
    _ClipChoiceField = forms.ModelChoiceField[Clip]
else:
    _ExerciseModelAdmin, _ExerciseModelForm = ModelAdmin, forms.ModelForm
    _ClipChoiceField = forms.ModelChoiceField


class ClipPicker(forms.RadioSelect):
    """Clips as pictures to choose from."""

    template_name = "admin/exercises/clip_picker.html"

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> str:
        # Forms look for templates inside apps only; the project's own lie beside them.
        return render_to_string(template_name, context)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        # The stubs know nothing of the object that comes with the value.
        clip: Clip | None = getattr(value, "instance", None)
        if clip is not None and clip.is_usable:
            option["poster"] = reverse("clip_media", args=[str(value), "poster"])
        return option


class ExerciseForm(_ExerciseModelForm):
    clip = _ClipChoiceField(
        label=_("Clip"),
        queryset=Clip.objects.none(),
        empty_label=None,
        widget=ClipPicker,
        error_messages={
            "required": _("Choose the clip that shows the movement."),
            "invalid_choice": _("This clip is not ready. Choose one that is."),
        },
    )

    class Meta:
        model = Exercise
        fields: ClassVar = ["name", "clip", "cues", "focus"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The clip in use stays choosable whatever became of it.
        usable = Q(published_run__isnull=False) | Q(pk=self.instance.clip_id)
        field = self.fields["clip"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Clip.objects.filter(usable)


@admin.register(Exercise)
class ExerciseAdmin(_ExerciseModelAdmin):
    form = ExerciseForm
    fields = ["name", "clip", "cues", "focus"]
    list_display = ["thumbnail", "name", "clip_state", "focus_word", "used", "created_at"]
    list_display_links = ["thumbnail", "name"]
    list_filter = ["focus"]
    list_filter_submit = True
    list_select_related = ["clip"]
    search_fields = ["name", "cues"]
    list_per_page = 30
    delete_confirmation_template = "admin/studio_delete_confirmation.html"
    change_form_outer_after_template = "admin/exercises/exercise/_taught.html"
    empty_icon = "exercise"
    empty_words = _("An exercise is a finished clip with a name and your words to it.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Exercise]:
        workouts = Count("items__workout", distinct=True)
        return super().get_queryset(request).annotate(workout_count=workouts)

    @admin.display(description="")
    def thumbnail(self, exercise: Exercise) -> SafeString:
        return render_to_string(
            "admin/exercises/_poster.html",
            {
                "clip_id": exercise.clip_id,
                "name": exercise.name,
                "is_usable": exercise.clip.is_usable,
            },
        )

    @admin.display(description=_("clip"), ordering="clip__status")
    def clip_state(self, exercise: Exercise) -> SafeString:
        clip = exercise.clip
        return render_to_string(
            "admin/processing/clip/_state.html",
            {
                "clip": clip,
                "journey": journey_of(clip) if clip.is_active else None,
                "sentence": clip_sentence(clip),
            },
        )

    @admin.display(description=_("focus"), ordering="focus")
    def focus_word(self, exercise: Exercise) -> str:
        return exercise.get_focus_display()

    @admin.display(description=_("workouts"), ordering="workout_count")
    def used(self, exercise: Exercise) -> int:
        count: int = getattr(exercise, "workout_count", 0)
        return count

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        # Where the filmstrip leads to: what was made of one take.
        return lookup == "clip__cut_from" or super().lookup_allowed(lookup, value, request)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("of-take/<uuid:pk>/", self.admin_site.admin_view(require_POST(self.of_take)),
                 name="exercises_exercise_of_take"),
            *super().get_urls(),
        ]  # fmt: skip

    def of_take(self, request: HttpRequest, pk: UUID) -> JsonResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return of_take_view(request, pk)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """``?clip=<uuid>&name=<title>`` from the clip's page; nonsense is left out."""
        initial: dict[str, Any] = {"name": request.GET.get("name", "")[:120]}
        with suppress(ValueError):
            initial["clip"] = UUID(request.GET.get("clip", ""))
        return initial
