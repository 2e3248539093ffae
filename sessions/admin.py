"""The studio's inbox of sessions, and the report on one."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Avg, F, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from unfold.admin import ModelAdmin
from unfold.decorators import display

from processing.motion.analysis.angles import ANGLES
from sessions import words
from sessions.access import analysis_to_read, chunk_to_read, session_to_read
from sessions.models import WorkoutSession
from sessions.notes.page import limits
from sessions.notes.views import NoteViews
from sessions.report import level_of
from sessions.review.comment import PERSONA_WORDS, CommentForm, SuggestionForm, suggestion
from sessions.review.curves import curve_of, pairs_of
from sessions.review.page import analyses_of, exercises_of, is_pending
from sessions.review.services import have_scored, set_comment
from sessions.services import mark_reviewed, mean_score_of
from sessions.studio import frames_of, report_config, report_data, shown_recordings
from sessions.taught.page import taught_of
from sessions.taught.studio import TaughtFaultAdmin, TaughtViews
from sessions.trends.studio import TrendViews
from sessions.videos.studio import VideoAnalysisAdmin
from tenants.people.models import User

__all__ = ["TaughtFaultAdmin", "VideoAnalysisAdmin", "WorkoutSessionAdmin"]

MICROPHONE_POLICY = "camera=(), microphone=(self), geolocation=()"
"""For voice notes, on this one page."""
_URL = "admin:workout_sessions_workoutsession_"
_TEMPLATE = "admin/workout_sessions/workoutsession/report.html"


def _json(content: dict[str, Any]) -> JsonResponse:
    return JsonResponse(content, json_dumps_params={"separators": (",", ":")})


class StateFilter(admin.SimpleListFilter):
    """To review, reviewed, or broken off."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("new", _("to review")),
            ("reviewed", _("reviewed")),
            ("unfinished", _("not finished")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "new":
                return queryset.filter(finished_at__isnull=False, reviewed_at__isnull=True)
            case "reviewed":
                return queryset.filter(reviewed_at__isnull=False)
            case "unfinished":
                return queryset.filter(finished_at__isnull=True)
        return queryset


@admin.register(WorkoutSession)
class WorkoutSessionAdmin(NoteViews, TaughtViews, TrendViews, ModelAdmin):  # type: ignore[misc]
    """Newest unreviewed sessions first; a row leads to its report."""

    list_display = ("client_name", "workout", "started", "match", "technique", "state")
    list_display_links = ("client_name", "workout")
    list_filter = (StateFilter, "assignment__client", "assignment__workout")
    list_select_related = ("assignment__workout", "client")
    search_fields = ("client__name", "client__email", "assignment__workout__title")
    list_per_page = 50
    delete_confirmation_template = "admin/studio_delete_confirmation.html"
    actions = ("review",)

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        return (
            F("reviewed_at").desc(nulls_first=True),
            F("finished_at").desc(nulls_last=True),
            F("started_at").desc(),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkoutSession]:
        sessions: QuerySet[WorkoutSession] = super().get_queryset(request)
        return sessions.annotate(technique_score=Avg("analyses__score"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("client"), ordering="client__name")
    def client_name(self, session: WorkoutSession) -> str:
        return str(session.client)

    @admin.display(description=gettext_lazy("workout"), ordering="assignment__workout__title")
    def workout(self, session: WorkoutSession) -> str:
        return session.assignment.workout.title

    @admin.display(description=gettext_lazy("when"), ordering="started_at")
    def started(self, session: WorkoutSession) -> Any:
        return session.started_at

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("match"),
        ordering="score",
        label={"green": "success", "yellow": "warning", "red": "danger", "unseen": "default"},
    )
    def match(self, session: WorkoutSession) -> tuple[str, str]:
        level = level_of(session.score)
        if session.score is None:
            return level, _("nothing measured") if session.finished_at else _("no result yet")
        return level, f"{words.percentage(session.score)} {words.LEVEL_WORDS[level]}"

    @admin.display(description=gettext_lazy("technique"), ordering="technique_score")
    def technique(self, session: WorkoutSession) -> str:
        """What the analysis says, the mean of the exercises that it judged."""
        score: float | None = getattr(session, "technique_score", None)
        return "—" if score is None else str(round(score))

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("state"),
        label={"new": "info", "reviewed": "success", "unfinished": "default"},
    )
    def state(self, session: WorkoutSession) -> tuple[str, str]:
        if session.finished_at is None:
            return "unfinished", _("not finished")
        if session.reviewed_at is None:
            return "new", _("to review")
        return "reviewed", _("reviewed")

    @admin.action(description=gettext_lazy("Mark as reviewed"))
    def review(self, request: HttpRequest, queryset: QuerySet[WorkoutSession]) -> None:
        count = 0
        for session in queryset.filter(finished_at__isnull=False, reviewed_at__isnull=True):
            mark_reviewed(session)
            count += 1
        self.message_user(request, _("Reviewed: %(count)d") % {"count": count})

    def get_urls(self) -> list[URLPattern]:
        views = [
            ("<uuid:pk>/report/", self.report, "report"),
            ("<uuid:pk>/report/data/", self.report_data, "report_data"),
            ("<uuid:pk>/report/frames/<int:seq>/", self.report_frames, "report_frames"),
            ("<uuid:pk>/report/standing/", self.report_standing, "report_standing"),
            ("<uuid:pk>/report/reviewed/", self.report_reviewed, "report_reviewed"),
            ("<uuid:pk>/report/pairs/<int:analysis>/", self.report_pairs, "report_pairs"),
            (
                "<uuid:pk>/report/curves/<int:analysis>/<slug:angle>/",
                self.report_curve,
                "report_curve",
            ),
            ("<uuid:pk>/report/again/", self.report_again, "report_again"),
            ("<uuid:pk>/report/comment/", self.report_comment, "report_comment"),
            ("<uuid:pk>/report/suggestion/", self.report_suggestion, "report_suggestion"),
            *self.note_views(),
            *self.taught_views(),
            *self.trend_views(),
        ]
        mine = [
            path(
                route,
                self.admin_site.admin_view(view),
                name=f"workout_sessions_workoutsession_{name}",
            )
            for route, view, name in views
        ]
        return [*mine, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """There is nothing to edit: a session is opened as its report."""
        try:
            UUID(object_id)
        except ValueError:
            raise Http404 from None
        return HttpResponseRedirect(reverse(_URL + "report", args=[object_id]))

    def _session(self, request: HttpRequest, pk: UUID) -> WorkoutSession:
        if not self.has_view_permission(request):
            raise PermissionDenied
        # admin_view() has let only the trainer in.
        return session_to_read(cast(User, request.user), pk)

    def _session_to_change(self, request: HttpRequest, pk: UUID) -> WorkoutSession:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return self._session(request, pk)

    @method_decorator(require_safe)
    def report(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The report on one session."""
        session = self._session(request, pk)
        # Of a session that was broken off, what there is so far.
        score = session.score if session.finished_at else mean_score_of(session)
        level = level_of(score)
        analyses = analyses_of(session)
        exercises = exercises_of(analyses)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Report"),
            "opts": self.opts,
            "session": session,
            "score": words.percentage(score),
            "level": level,
            "level_words": _("nothing measured") if score is None else words.LEVEL_WORDS[level],
            "levels": list(words.LEVEL_WORDS.items()),
            "config": report_config(session),
            "recordings": shown_recordings(session),
            "exercises": exercises,
            "taught": taught_of(analyses),
            "pending": any(exercise.pending for exercise in exercises),
            "judged": any(exercise.judged for exercise in exercises),
            "personas": list(PERSONA_WORDS.items()),
            "note_limits": limits(),
        }
        request.current_app = self.admin_site.name
        response = TemplateResponse(request, _TEMPLATE, context)
        response["Permissions-Policy"] = MICROPHONE_POLICY
        return response

    @method_decorator(require_safe)
    def report_data(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The timeline without skeletons, the sets and the worst moments."""
        session = self._session(request, pk)
        return _json(report_data(session))

    @method_decorator(never_cache)
    @method_decorator(require_safe)
    def report_standing(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Whether the analysis is still being made, for a page that asks again and again."""
        return _json({"pending": is_pending(self._session(request, pk))})

    @method_decorator(require_safe)
    def report_frames(self, request: HttpRequest, pk: UUID, seq: int) -> HttpResponse:
        """The skeletons of one chunk, as posted."""
        session = self._session(request, pk)
        return _json(frames_of(chunk_to_read(session, seq)))

    @method_decorator(require_safe)
    def report_pairs(self, request: HttpRequest, pk: UUID, analysis: int) -> HttpResponse:
        """Instants of equal phase in both videos."""
        row = analysis_to_read(self._session(request, pk), analysis)
        if row.curves is None:
            raise Http404
        return _json(pairs_of(bytes(row.curves)))

    @method_decorator(require_safe)
    def report_curve(
        self, request: HttpRequest, pk: UUID, analysis: int, angle: str
    ) -> HttpResponse:
        """One joint angle, repetition by repetition."""
        row = analysis_to_read(self._session(request, pk), analysis)
        if row.curves is None or angle not in ANGLES:
            raise Http404
        return _json(curve_of(bytes(row.curves), angle, row.judged_strictness))

    @method_decorator(require_safe)
    def report_suggestion(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """What a coach's voice would say of one exercise, for the trainer to take or to change."""
        session = self._session(request, pk)
        form = SuggestionForm(request.GET)
        if not form.is_valid():
            return JsonResponse({"errors": form.errors}, status=400)
        row = analysis_to_read(session, form.cleaned_data["analysis"])
        return _json({"text": suggestion(session, row, form.cleaned_data["persona"])})

    @method_decorator(require_POST)
    def report_again(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Have the session's exercises scored again."""
        session = self._session_to_change(request, pk)
        if session.finished_at is not None:
            with transaction.atomic():
                have_scored(session)
            self.message_user(request, _("It is being scored again; this takes a few seconds."))
        return HttpResponseRedirect(reverse(_URL + "report", args=[pk]))

    @method_decorator(require_POST)
    def report_comment(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Keep the trainer's words for the client."""
        session = self._session_to_change(request, pk)
        form = CommentForm(request.POST)
        if form.is_valid():
            set_comment(session, form.cleaned_data["comment"])
            self.message_user(request, _("Your client sees the comment with their results."))
        else:
            self.message_user(request, _("The comment is too long."), messages.ERROR)
        return HttpResponseRedirect(reverse(_URL + "report", args=[pk]) + "#comment")

    @method_decorator(require_POST)
    def report_reviewed(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Take the session out of the inbox, or put it back."""
        session = self._session_to_change(request, pk)
        mark_reviewed(session, reviewed=request.POST.get("reviewed") != "0")
        return HttpResponseRedirect(reverse(_URL + "report", args=[pk]))
