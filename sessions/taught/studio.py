"""Teaching in the studio: the report's doors to it, and the list of what was taught."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from unfold.admin import ModelAdmin
from unfold.decorators import display

from processing.motion.taught import Signature
from sessions.access import analysis_to_read
from sessions.models import TaughtFault, WorkoutSession
from sessions.review.page import analyses_of
from sessions.taught.asking import ask_everywhere
from sessions.taught.page import taught_of
from sessions.taught.teaching import NotTaught, TeachingForm, teach
from sessions.taught.words import shape_words


class TaughtViews:
    """The report's doors to teaching, for the admin of sessions."""

    _session: Callable[[HttpRequest, UUID], WorkoutSession]
    _session_to_change: Callable[[HttpRequest, UUID], WorkoutSession]

    def taught_views(self) -> list[tuple[str, Any, str]]:
        """Route, view and name of each."""
        return [
            ("<uuid:pk>/report/taught/", self.report_taught, "report_taught"),
            ("<uuid:pk>/report/teach/", self.report_teach, "report_teach"),
        ]

    @method_decorator(require_safe)
    def report_taught(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """What was found of taught faults, for the page to look again."""
        session = self._session(request, pk)
        return TemplateResponse(
            request,
            "admin/workout_sessions/workoutsession/_taught.html",
            {"taught": taught_of(analyses_of(session))},
        )

    @method_decorator(require_POST)
    def report_teach(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Learn a fault of an interval that the trainer marked."""
        session = self._session_to_change(request, pk)
        form = TeachingForm(request.POST)
        if not form.is_valid():
            (problem, *_others) = [error for errors in form.errors.values() for error in errors]
            return JsonResponse({"problem": problem}, status=400)
        row = analysis_to_read(session, form.cleaned_data["analysis"])
        try:
            fault, sessions = teach(row, form)
        except NotTaught as reason:
            return JsonResponse({"problem": str(reason)}, status=422)
        told = ngettext(
            "Learned. Looking through %(count)d session.",
            "Learned. Looking through %(count)d sessions.",
            sessions,
        ) % {"count": sessions}
        seen = shape_words(Signature.from_json(fault.signature))
        return JsonResponse({"fault": fault.pk, "told": told, "seen": seen}, status=201)


@admin.register(TaughtFault)
class TaughtFaultAdmin(ModelAdmin):  # type: ignore[misc]
    """What was taught, by exercise: to be renamed, switched off, or deleted with what it found."""

    list_display = ("name", "exercise", "whom", "found", "state")
    list_filter: ClassVar[list[Any]] = [("exercise", admin.RelatedOnlyFieldListFilter), "active"]
    list_select_related = ("exercise", "client")
    search_fields = ("name", "cue", "exercise__name", "client__name")
    fields = ("name", "cue", "scope", "active", "learned", "where")
    readonly_fields = ("learned", "where")
    radio_fields: ClassVar[dict[str, Any]] = {"scope": admin.VERTICAL}
    actions = ("switch_off", "switch_on")
    list_per_page = 50
    delete_confirmation_template = "admin/studio_delete_confirmation.html"
    empty_icon = "school"
    empty_words = gettext_lazy(
        "Mark a fault in a client’s report, and name it: it is then found in other sessions."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaughtFault]:
        faults: QuerySet[TaughtFault] = super().get_queryset(request)
        return faults.annotate(
            session_count=Count("findings", filter=Q(findings__count__gt=0)),
            pending_count=Count("findings", filter=Q(findings__status="pending")),
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        # It is taught in a report: there is nothing to be learned of words alone.
        return False

    @admin.display(description=gettext_lazy("look for it in"), ordering="scope")
    def whom(self, fault: TaughtFault) -> str:
        if fault.scope == TaughtFault.Scope.ALL:
            return _("all clients")
        return str(fault.client)

    @admin.display(description=gettext_lazy("found in"), ordering="session_count")
    def found(self, fault: TaughtFault) -> str:
        pending = getattr(fault, "pending_count", 0)
        if pending:
            return ngettext(
                "looking through %(count)d session", "looking through %(count)d sessions", pending
            ) % {"count": pending}
        count = getattr(fault, "session_count", 0)
        return ngettext("%(count)d session", "%(count)d sessions", count) % {"count": count}

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("state"), label={"on": "success", "off": "default"}
    )
    def state(self, fault: TaughtFault) -> tuple[str, str]:
        return ("on", _("looked for")) if fault.active else ("off", _("switched off"))

    @admin.display(description=gettext_lazy("what was learned"))
    def learned(self, fault: TaughtFault) -> str:
        try:
            return "; ".join(shape_words(Signature.from_json(fault.signature)))
        except ValueError:
            return _("Learned by an older version. Teach it again.")

    @admin.display(description=gettext_lazy("marked in"))
    def where(self, fault: TaughtFault) -> str:
        if fault.session is None:
            return _("a session that was deleted")
        url = reverse("admin:workout_sessions_workoutsession_report", args=[fault.session.pk])
        return format_html('<a class="text-link" href="{}">{}</a>', url, fault.session)

    def save_model(self, request: HttpRequest, obj: TaughtFault, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if {"scope", "active"} & set(form.changed_data):
                ask_everywhere(obj)

    @admin.action(description=gettext_lazy("Switch off"))
    def switch_off(self, request: HttpRequest, queryset: QuerySet[TaughtFault]) -> None:
        self._switch(queryset, active=False)

    @admin.action(description=gettext_lazy("Switch on"))
    def switch_on(self, request: HttpRequest, queryset: QuerySet[TaughtFault]) -> None:
        self._switch(queryset, active=True)

    @staticmethod
    def _switch(queryset: QuerySet[TaughtFault], *, active: bool) -> None:
        with transaction.atomic():
            for fault in queryset.exclude(active=active):
                fault.active = active
                fault.save(update_fields=["active"])
                ask_everywhere(fault)
