"""Clips in the studio: upload, watch, preview."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from unfold.admin import ModelAdmin

from processing import services
from processing.journey import clock, journey_of
from processing.messages import clip_sentence
from processing.models import Artifact, Clip

if TYPE_CHECKING:
    _ClipModelAdmin = admin.ModelAdmin[Clip]
    _ClipModelForm = forms.ModelForm[Clip]
else:
    _ClipModelAdmin, _ClipModelForm = ModelAdmin, forms.ModelForm

_MEGABYTE = 1024 * 1024


class UploadForm(_ClipModelForm):
    """A new clip. The title may be left to the file's name."""

    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        required=False,
        help_text=_("Left empty, it takes the name of the file."),
    )
    source = forms.FileField(
        label=_("Video"),
        # The file's own name is only shown; a long one is cut, not refused.
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "video/*,.mkv,.mov,.mp4,.webm,.avi"}),
        error_messages={"required": _("Choose a video file.")},
    )

    class Meta:
        model = Clip
        fields: ClassVar = ["title", "source"]

    def clean_source(self) -> UploadedFile[bytes]:
        uploaded: UploadedFile[bytes] = self.cleaned_data["source"]
        size = uploaded.size or 0
        if not size:
            raise ValidationError(
                _("The file “%(name)s” is empty. Choose the video again; if it comes from a phone "
                  "or a cloud folder, wait until it has been copied completely."),
                params={"name": uploaded.name},
                code="empty",
            )  # fmt: skip
        if size > settings.MAX_UPLOAD_MB * _MEGABYTE:
            raise ValidationError(
                _("The file is %(size)s, and at most %(limit)s can be uploaded. Cut the video into "
                  "shorter ones or export it in a lower quality."),
                params={
                    "size": filesizeformat(size),
                    "limit": filesizeformat(settings.MAX_UPLOAD_MB * _MEGABYTE),
                },
                code="too_large",
            )  # fmt: skip
        return uploaded

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        uploaded = cleaned.get("source")
        if uploaded is not None and not (cleaned.get("title") or "").strip():
            cleaned["title"] = _title_from(uploaded.name or "")
        return cleaned


def _title_from(name: str) -> str:
    """``squat_side-view.MP4`` → ``Squat side view``."""
    words = PurePath(name).stem.replace("_", " ").replace("-", " ").split()
    title = " ".join(words)[:120]
    return title[:1].upper() + title[1:] if title else gettext("Untitled")


@admin.register(Clip)
class ClipAdmin(_ClipModelAdmin):
    list_display = ["thumbnail", "title", "state", "length", "uploaded_at"]
    list_display_links = ["thumbnail", "title"]
    list_filter = ["status"]
    list_filter_submit = True
    search_fields = ["title", "original_name"]
    list_per_page = 30
    delete_confirmation_template = "admin/studio_delete_confirmation.html"
    empty_icon = "movie"
    empty_words = _("Upload a video of one exercise; the room around you will be cut away.")

    # --- Reading -------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Clip]:
        return super().get_queryset(request).prefetch_related("artifacts")

    @admin.display(description="")
    def thumbnail(self, clip: Clip) -> SafeString:
        return render_to_string("admin/processing/clip/_thumbnail.html", {"clip": clip})

    @admin.display(description=_("state"), ordering="status")
    def state(self, clip: Clip) -> SafeString:
        return render_to_string("admin/processing/clip/_state.html", self._standing(clip))

    @admin.display(description=_("length"))
    def length(self, clip: Clip) -> str:
        seconds = clip.facts.get("duration_s")
        return clock(seconds) if isinstance(seconds, int | float) else "–"

    @staticmethod
    def _standing(clip: Clip) -> dict[str, Any]:
        """What the fragments show. Costs a query while the clip waits."""
        return {
            "clip": clip,
            "journey": journey_of(clip) if clip.is_active else None,
            "sentence": clip_sentence(clip) if clip.status in _STUCK else "",
            "facts": clip.facts,
        }

    # --- Adding and changing -------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Clip | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Clip]]:
        if obj is None:
            kwargs["form"] = UploadForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Clip | None = None) -> list[Any]:
        return ["title"] if obj else ["title", "source"]

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Clip:
        if change:
            clip: Clip = super().save_form(request, form, change)
            return clip
        form.save_m2m = lambda: None
        return services.upload_clip(
            title=form.cleaned_data["title"], uploaded=form.cleaned_data["source"]
        )

    def save_model(self, request: HttpRequest, obj: Clip, form: Any, change: bool) -> None:
        # A new clip was saved by its service; of an old one only the title is the trainer's,
        # everything else in the row belongs to the worker.
        if change:
            obj.save(update_fields=["title"])

    def response_add(
        self, request: HttpRequest, obj: Clip, post_url_continue: str | None = None
    ) -> HttpResponse:
        target = reverse("admin:processing_clip_change", args=[obj.pk])
        if _by_script(request):
            return JsonResponse({"url": target}, status=201)
        return HttpResponseRedirect(target)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        if _by_script(request) and form.errors:
            return JsonResponse({"errors": form.errors}, status=400)
        context["max_upload_bytes"] = settings.MAX_UPLOAD_MB * _MEGABYTE
        context["max_upload"] = filesizeformat(context["max_upload_bytes"])
        context["show_save_and_add_another"] = False
        clip = context.get("original")
        if clip is not None:
            context |= self._standing(clip)
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Deleting ------------------------------------------------------------------------

    def get_deleted_objects(
        self, objs: Sequence[Clip] | QuerySet[Clip], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Derived files go with their clip and need no mention."""
        nested, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        counts.pop(str(Artifact._meta.verbose_name_plural), None)
        return nested, counts, perms_needed, protected

    def delete_model(self, request: HttpRequest, obj: Clip) -> None:
        services.delete_clip(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Clip]) -> None:
        for clip in queryset:
            services.delete_clip(clip)

    # --- Fragments and verbs -------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:pk>/progress/", wrap(never_cache(require_safe(self.progress_view))),
                 name="processing_clip_progress"),
            path("<uuid:pk>/retry/", wrap(require_POST(self.retry_view)),
                 name="processing_clip_retry"),
            *super().get_urls(),
        ]  # fmt: skip

    def _clip(self, request: HttpRequest, pk: object) -> Clip:
        clip = self.get_object(request, str(pk))
        if clip is None:
            raise Http404
        if not self.has_change_permission(request, clip):
            raise PermissionDenied
        return clip

    def progress_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        """The fragment that replaces itself until the clip is done."""
        clip = self._clip(request, pk)
        template = "_state.html" if request.GET.get("as") == "state" else "_progress.html"
        return render(request, f"admin/processing/clip/{template}", self._standing(clip))

    def retry_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        clip = self._clip(request, pk)
        if clip.status == Clip.Status.FAILED:
            services.retry_clip(clip)
            messages.success(request, gettext("The clip is in the queue again."))
        return HttpResponseRedirect(reverse("admin:processing_clip_change", args=[clip.pk]))


_STUCK = Clip.STUCK


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("x-requested-with") == "XMLHttpRequest"
