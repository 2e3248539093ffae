"""The form that takes a new clip."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from processing.models import Clip

if TYPE_CHECKING:
    _ClipModelForm = forms.ModelForm[Clip]
else:
    _ClipModelForm = forms.ModelForm

MEGABYTE = 1024 * 1024


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
        check_size(uploaded)
        return uploaded

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        uploaded = cleaned.get("source")
        if uploaded is not None and not (cleaned.get("title") or "").strip():
            cleaned["title"] = _title_from(uploaded.name or "")
        return cleaned


def check_size(uploaded: UploadedFile[bytes]) -> None:
    """Refuse an uploaded video that is empty or too large.

    Raises
    ------
    ValidationError
        With the code ``empty`` or ``too_large``.
    """
    size = uploaded.size or 0
    if not size:
        raise ValidationError(
            _("The file “%(name)s” is empty. Choose the video again; if it comes from a phone "
              "or a cloud folder, wait until it has been copied completely."),
            params={"name": uploaded.name},
            code="empty",
        )  # fmt: skip
    if size > settings.MAX_UPLOAD_MB * MEGABYTE:
        raise ValidationError(
            _("The file is %(size)s, and at most %(limit)s can be uploaded. Cut the video into "
              "shorter ones or export it in a lower quality."),
            params={
                "size": filesizeformat(size),
                "limit": filesizeformat(settings.MAX_UPLOAD_MB * MEGABYTE),
            },
            code="too_large",
        )  # fmt: skip


def _title_from(name: str) -> str:
    """``squat_side-view.MP4`` → ``Squat side view``."""
    words = PurePath(name).stem.replace("_", " ").replace("-", " ").split()
    title = " ".join(words)[:120]
    return title[:1].upper() + title[1:] if title else gettext("Untitled")
