"""Clips in the studio: upload, watch, judge, cut, and make again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
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
from processing.studio_again import AgainForm, PartForm
from processing.studio_review import review_of
from processing.studio_upload import MEGABYTE, UploadForm

if TYPE_CHECKING:
    _ClipModelAdmin = admin.ModelAdmin[Clip]
else:
    _ClipModelAdmin = ModelAdmin


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
            "sentence": clip_sentence(clip),
            "facts": clip.facts,
        }

    def _review(self, clip: Clip) -> dict[str, Any]:
        """The standing, and what is known of the take. Reads a file."""
        review = review_of(clip)
        return self._standing(clip) | {
            "review": review,
            "review_data": review.for_page(clip),
            # Until then the panel asks to be told; what a trainer is at work on is left alone.
            "review_waits": clip.is_active and not review.can_be_cut,
        }

    def _again(self, clip: Clip) -> dict[str, Any]:
        return {} if clip.is_active else {"again": AgainForm(clip)}

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
        context["max_upload_bytes"] = settings.MAX_UPLOAD_MB * MEGABYTE
        context["max_upload"] = filesizeformat(context["max_upload_bytes"])
        context["show_save_and_add_another"] = False
        clip = context.get("original")
        if clip is not None:
            context |= self._review(clip) | self._again(clip)
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
        fragments = {"progress": self.progress_view, "review": self.review_view}
        verbs = {
            "retry": self.retry_view,
            "cancel": self.cancel_view,
            "again": self.again_view,
            "part": self.part_view,
        }
        return [
            *(
                path(f"<uuid:pk>/{name}/", wrap(never_cache(require_safe(view))),
                     name=f"processing_clip_{name}")
                for name, view in fragments.items()
            ),
            *(
                path(f"<uuid:pk>/{name}/", wrap(require_POST(view)),
                     name=f"processing_clip_{name}")
                for name, view in verbs.items()
            ),
            *super().get_urls(),
        ]  # fmt: skip

    def _clip(self, request: HttpRequest, pk: object) -> Clip:
        clip = self.get_object(request, str(pk))
        if clip is None:
            raise Http404
        if not self.has_change_permission(request, clip):
            raise PermissionDenied
        return clip

    def _back(self, clip: Clip) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:processing_clip_change", args=[clip.pk]))

    def progress_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        """The fragment that replaces itself until the clip is done."""
        clip = self._clip(request, pk)
        if request.GET.get("as") == "state":
            context = self._standing(clip) | {"is_polled": True}
            return render(request, "admin/processing/clip/_state.html", context)
        context = self._standing(clip) | self._again(clip) | {"is_polled": True}
        response = render(request, "admin/processing/clip/_progress.html", context)
        if not clip.is_active or any(one.kind == "quality" for one in clip.made):
            # The panel below may now have something to show.
            response["HX-Trigger"] = "clipReviewed"
        return response

    def review_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        """Findings and filmstrip, once they are there."""
        clip = self._clip(request, pk)
        return render(request, "admin/processing/clip/_review.html", self._review(clip))

    def retry_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        clip = self._clip(request, pk)
        if clip.status in _WORTH_ANOTHER_TRY and services.retry_clip(clip):
            messages.success(request, gettext("The clip is in the queue again."))
        return self._back(clip)

    def cancel_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        clip = self._clip(request, pk)
        if services.cancel_clip(clip):
            words = (
                gettext("Stopped. The version before stays in use.")
                if clip.is_usable
                else gettext("Stopped.")
            )
            messages.success(request, words)
        return self._back(clip)

    def again_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        """A further run with other settings."""
        clip = self._clip(request, pk)
        form = AgainForm(clip, request.POST)
        if clip.is_active:
            messages.warning(request, gettext("The clip is in work. Stop it first."))
        elif not form.is_valid():
            messages.error(request, gettext("This choice is not to be had here any more."))
        else:
            window_s = None if form.takes_the_whole else services.UNCHANGED
            services.reprocess_clip(clip, window_s=window_s, **form.chosen)
            messages.success(request, gettext("The clip is being made again."))
        return self._back(clip)

    def part_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        """A further run of a part of the take only; the borders are the trainer's own."""
        clip = self._clip(request, pk)
        review = review_of(clip)
        form = PartForm(request.POST, review.duration_s)
        if not review.can_be_cut:
            messages.warning(request, gettext("The clip is in work. Stop it first."))
        elif not form.is_valid():
            for words in (words for errors in form.errors.values() for words in errors):
                messages.error(request, str(words))
        else:
            from_s = clip.window_s[0] if clip.window_s else 0.0
            start_s, end_s = (from_s + edge for edge in form.part_s)
            settings_of_part = {**clip.settings, "trim": False}
            services.reprocess_clip(clip, window_s=(start_s, end_s), **settings_of_part)
            messages.success(request, gettext("The clip is being made again, of this part only."))
        return self._back(clip)


# A video that cannot be used will not be usable by itself.
_WORTH_ANOTHER_TRY = (Clip.Status.FAILED, Clip.Status.CANCELLED)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("x-requested-with") == "XMLHttpRequest"
