"""The workout constructor: exercises in order, with how much of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin, TabularInline

from exercises.estimate import SECONDS_PER_REP, workout_seconds
from exercises.models import Exercise, Workout, WorkoutItem
from exercises.services import duplicate_workout, renumber
from processing.journey import clock

if TYPE_CHECKING:
    _WorkoutModelAdmin = admin.ModelAdmin[Workout]
    _ItemInline = admin.TabularInline[WorkoutItem, Workout]
    _ItemModelForm = forms.ModelForm[WorkoutItem]
    _ItemFormSet = forms.BaseInlineFormSet[WorkoutItem, Workout, forms.ModelForm[WorkoutItem]]
else:
    _WorkoutModelAdmin, _ItemInline, _ItemModelForm = ModelAdmin, TabularInline, forms.ModelForm
    _ItemFormSet = forms.BaseInlineFormSet

# Where a row without a place goes: the largest number the column takes.
_AT_THE_END = 32767


class ItemForm(_ItemModelForm):
    position = forms.IntegerField(
        required=False, min_value=0, max_value=_AT_THE_END, widget=forms.HiddenInput
    )

    class Meta:
        model = WorkoutItem
        fields: ClassVar = ["exercise", "position", "sets", "reps", "seconds", "rest_seconds"]
        widgets: ClassVar = {"exercise": forms.HiddenInput}
        error_messages: ClassVar = {"exercise": {"required": _("Choose an exercise.")}}

    def clean_position(self) -> int:
        given = self.cleaned_data["position"]
        return _AT_THE_END if given is None else int(given)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "reps" in self.errors or "seconds" in self.errors:
            return cleaned
        reps, seconds = cleaned.get("reps"), cleaned.get("seconds")
        # On the field, not on the row: what failed is not checked against the
        # database's rule again, which would say the same thing twice.
        if reps is not None and seconds is not None:
            self.add_error("reps", _("Give either repetitions or seconds, not both."))
        elif reps is None and seconds is None:
            self.add_error("reps", _("Say how many repetitions, or how many seconds."))
        return cleaned

    @property
    def chosen(self) -> Exercise | None:
        """The exercise of this row, for its name and picture."""
        return self.instance.exercise if self.instance.exercise_id else None


class ItemFormSet(_ItemFormSet):
    def save(self, commit: bool = True) -> list[WorkoutItem]:
        saved = super().save(commit)
        if commit:
            renumber(self.instance)
        return saved


class ItemInline(_ItemInline):
    model = WorkoutItem
    form = ItemForm
    formset = ItemFormSet
    extra = 0
    template = "admin/exercises/workout/_items.html"
    verbose_name_plural = _("exercises of the workout")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkoutItem]:
        return super().get_queryset(request).select_related("exercise__clip")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        # Plain inputs: the page's own styles fit more on a row than the admin's widgets.
        return db_field.formfield(**kwargs)


@admin.register(Workout)
class WorkoutAdmin(_WorkoutModelAdmin):
    fields = ["title", "description"]
    inlines = [ItemInline]
    list_display = ["title", "contents", "duration", "assigned", "created_at"]
    search_fields = ["title", "description", "items__exercise__name"]
    list_per_page = 30
    actions = ["duplicate"]
    change_form_outer_before_template = "admin/exercises/workout/_verbs.html"
    delete_confirmation_template = "admin/studio_delete_confirmation.html"
    empty_icon = "format_list_numbered"
    empty_words = _("Put exercises in order and choose how much of each.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workout]:
        items = Prefetch("items", WorkoutItem.objects.select_related("exercise"))
        people = Count("assignments", distinct=True)
        return super().get_queryset(request).prefetch_related(items).annotate(people=people)

    @admin.display(description=_("exercises"))
    def contents(self, workout: Workout) -> str:
        names = [str(item.exercise) for item in workout.items.all()]
        more = f" +{len(names) - 3}" if len(names) > 3 else ""
        return ", ".join(names[:3]) + more or "–"

    @admin.display(description=_("takes about"))
    def duration(self, workout: Workout) -> str:
        return clock(workout_seconds(workout.items.all()))

    @admin.display(description=_("assigned"), ordering="people")
    def assigned(self, workout: Workout) -> int:
        count: int = getattr(workout, "people", 0)
        return count

    @admin.action(description=_("Duplicate"))
    def duplicate(self, request: HttpRequest, queryset: QuerySet[Workout]) -> None:
        for workout in queryset:
            _copy(workout)
        messages.success(request, gettext("Duplicated. The copies are on top."))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/duplicate/", wrap(require_POST(self.duplicate_view)),
                 name="exercises_workout_duplicate"),
            *super().get_urls(),
        ]  # fmt: skip

    def duplicate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        workout = self.get_object(request, str(pk))
        if workout is None:
            raise Http404
        copy = _copy(workout)
        messages.success(request, gettext("This is the copy. Change what should differ."))
        return HttpResponseRedirect(reverse("admin:exercises_workout_change", args=[copy.pk]))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["catalogue"] = Exercise.objects.select_related("clip")
        context["seconds_per_rep"] = SECONDS_PER_REP
        return super().render_change_form(request, context, *args, **kwargs)


def _copy(workout: Workout) -> Workout:
    return duplicate_workout(workout, title=gettext("%(title)s (copy)") % {"title": workout})
