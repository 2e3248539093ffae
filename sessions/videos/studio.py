"""Analyses of videos in the studio: ask for one, watch it, read what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from unfold.admin import ModelAdmin

from processing.running import options_with
from processing.studio_upload import MEGABYTE
from sessions.report import level_of
from sessions.review.comment import PERSONA_WORDS
from sessions.videos import services
from sessions.videos.access import analyses_of, analysis_to_read
from sessions.videos.forms import AnalyseForm, VoiceForm
from sessions.videos.models import VideoAnalysis
from sessions.videos.page import shown, standing_of, title_of
from tenants.people.models import User

_URL = "admin:workout_sessions_videoanalysis_"
_FOLDER = "admin/workout_sessions/videoanalysis"


@admin.register(VideoAnalysis)
class VideoAnalysisAdmin(ModelAdmin):  # type: ignore[misc]
    """Newest first; a row leads to the analysis, which nobody edits."""

    list_display = ("compared", "original_name", "asked_by", "created_at", "standing")
    list_display_links = ("compared", "original_name")
    list_filter = ("status", "exercise")
    search_fields = ("original_name", "exercise__name", "asked_by__name", "asked_by__email")
    list_per_page = 30
    delete_confirmation_template = "admin/studio_delete_confirmation.html"
    change_list_template = f"{_FOLDER}/change_list.html"
    empty_icon = "compare"
    empty_button = gettext_lazy("Analyse a video")
    empty_words = gettext_lazy(
        "Your client filmed an exercise without Shadow Mode? Analyse the video here: it is "
        "compared with your exercise, repetition by repetition."
    )

    # --- Reading -------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[VideoAnalysis]:
        # The documents are long, and a list shows one number of each.
        return analyses_of(cast(User, request.user))

    @admin.display(description=gettext_lazy("compared with"), ordering="exercise__name")
    def compared(self, analysis: VideoAnalysis) -> str:
        return title_of(analysis)

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def standing(self, analysis: VideoAnalysis) -> SafeString:
        document = (analysis.result or {}).get("analysis", {})
        score = document.get("score", {}).get("value")
        context = {
            "analysis": analysis,
            "standing": standing_of(analysis),
            "score": score,
            "level": level_of(score),
            "has_no_score": analysis.status == VideoAnalysis.Status.READY and score is None,
        }
        return render_to_string(f"{_FOLDER}/_state.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The analysis: its progress, and then its result."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        analysis = self._analysis(request, object_id)
        voice = VoiceForm(request.GET)
        persona = voice.cleaned_data["persona"] if voice.is_valid() else analysis.persona
        context = {
            **self.admin_site.each_context(request),
            "title": title_of(analysis),
            "opts": self.opts,
            "analysis": analysis,
            "standing": standing_of(analysis),
            "can_be_retried": analysis.status in VideoAnalysis.WORTH_RETRYING,
            "persona": persona,
            "personas": list(PERSONA_WORDS.items()),
            **shown(analysis, persona),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, f"{_FOLDER}/analysis.html", context)

    # --- Asking --------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, by plain POST or by a script that shows how much has been sent."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        user = cast(User, request.user)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = AnalyseForm(user, *posted)
        if posted and form.is_valid():
            try:
                analysis = _ask(user, form.cleaned_data)
            except services.TooManyWaiting:
                form.add_error(None, _too_many())
            else:
                target = reverse(_URL + "change", args=[analysis.pk])
                if _by_script(request):
                    return JsonResponse({"url": target}, status=201)
                return HttpResponseRedirect(target)
        if posted and _by_script(request):
            return JsonResponse({"errors": form.errors}, status=400)
        most = settings.MAX_UPLOAD_MB * MEGABYTE
        context = {
            **self.admin_site.each_context(request),
            "title": _("Analyse a video"),
            "opts": self.opts,
            "form": form,
            "max_upload_bytes": most,
            "max_upload": filesizeformat(most),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, f"{_FOLDER}/add.html", context)

    # --- Fragments and verbs -------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, Callable[..., HttpResponse]] = {
            "standing": never_cache(require_safe(self.standing_view)),
            "cancel": require_POST(self.cancel_view),
            "retry": require_POST(self.retry_view),
        }
        wrap = self.admin_site.admin_view
        mine = [
            path(f"<uuid:pk>/{name}/", wrap(view), name=f"workout_sessions_videoanalysis_{name}")
            for name, view in views.items()
        ]
        return [*mine, *super().get_urls()]

    def standing_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """How far it is, for a page that asks again and again."""
        return JsonResponse(standing_of(self._analysis(request, pk)).to_json())

    def cancel_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        if services.cancel(self._analysis_to_change(request, pk)):
            messages.success(request, _("Stopped."))
        return self._back(pk)

    def retry_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        if services.retry(self._analysis_to_change(request, pk)):
            messages.success(request, _("The video is in the queue again."))
        return self._back(pk)

    def _back(self, pk: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse(_URL + "change", args=[pk]))

    def _analysis(self, request: HttpRequest, pk: UUID | str) -> VideoAnalysis:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            number = pk if isinstance(pk, UUID) else UUID(pk)
        except ValueError:
            raise Http404 from None
        # admin_view() has let only the trainer in.
        return analysis_to_read(cast(User, request.user), number)

    def _analysis_to_change(self, request: HttpRequest, pk: UUID) -> VideoAnalysis:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return self._analysis(request, pk)


def _ask(user: User, chosen: dict[str, Any]) -> VideoAnalysis:
    exercise = chosen["exercise"]
    settings_of_clip = exercise.clip.published_settings.get("settings", {}) if exercise else {}
    usual = options_with(settings_of_clip)
    current = (get_language() or "").partition("-")[0]
    languages = [code for code, _words in settings.LANGUAGES]
    return services.ask(
        user,
        chosen["video"],
        services.Wanted(
            engine=chosen["engine"] or usual.pose,
            lifter="" if chosen["engine"] else usual.lifter,
            strictness=chosen["strictness"],
            persona=chosen["persona"],
            language=current if current in languages else languages[0],
        ),
        exercise=exercise,
        reference=chosen["reference"],
    )


def _too_many() -> str:
    return _(
        "%(count)d of your videos wait already. Wait until one of them is ready, "
        "or stop one, then send this one."
    ) % {"count": services.MOST_WAITING}


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("x-requested-with") == "XMLHttpRequest"
