"""What a trainer chooses to have a video judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from exercises.models import Exercise
from exercises.strictness import Strictness
from processing.studio_again import pose_engines
from processing.studio_upload import check_size
from sessions.coach import PERSONAS
from sessions.review.comment import PERSONA_WORDS
from sessions.videos.access import exercises_to_compare_with
from tenants.people.models import User

_VIDEO: Final = forms.FileInput(attrs={"accept": "video/*,.mkv,.mov,.mp4,.webm,.avi"})
DEFAULT_PERSONA: Final = "no_nonsense_pro"


class AnalyseForm(forms.Form):
    """A client's video, and what it is compared with."""

    video = forms.FileField(
        label=_("Your client’s video"),
        allow_empty_file=True,
        widget=_VIDEO,
        error_messages={"required": _("Choose your client’s video.")},
    )
    against = forms.ChoiceField(
        label=_("Compare it with"),
        choices=[("exercise", _("an exercise")), ("reference", _("another video"))],
        initial="exercise",
        widget=forms.RadioSelect,
    )
    exercise = forms.ModelChoiceField(
        label=_("Exercise"), queryset=Exercise.objects.none(), required=False
    )
    reference = forms.FileField(
        label=_("The video to compare with"),
        allow_empty_file=True,
        required=False,
        widget=_VIDEO,
    )
    engine = forms.ChoiceField(label=_("Finding the joints"), required=False)
    strictness = forms.ChoiceField(
        label=_("How strictly"), choices=Strictness.choices, initial=Strictness.NORMAL
    )
    persona = forms.ChoiceField(
        label=_("Coach’s voice"),
        choices=[(name, PERSONA_WORDS[name]) for name in PERSONAS],
        initial=DEFAULT_PERSONA,
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = exercises_to_compare_with(user).filter(clip__published_run__isnull=False)
        exercise = self.fields["exercise"]
        assert isinstance(exercise, forms.ModelChoiceField)
        exercise.queryset = found.order_by("name")
        exercise.empty_label = _("Choose an exercise")
        engine = self.fields["engine"]
        assert isinstance(engine, forms.ChoiceField)
        engine.choices = [
            ("", _("As usual")),
            *pose_engines(Path(settings.MODELS_DIR)),
        ]

    def clean_video(self) -> UploadedFile[bytes]:
        uploaded: UploadedFile[bytes] = self.cleaned_data["video"]
        check_size(uploaded)
        return uploaded

    def clean_reference(self) -> UploadedFile[bytes] | None:
        uploaded: UploadedFile[bytes] | None = self.cleaned_data["reference"]
        if uploaded is not None:
            check_size(uploaded)
        return uploaded

    def clean(self) -> dict[str, Any]:
        """Keep only the one that was chosen."""
        cleaned = super().clean() or self.cleaned_data
        against = cleaned.get("against")
        other = "reference" if against == "exercise" else "exercise"
        cleaned[other] = None
        if against == "exercise" and not cleaned.get("exercise") and "exercise" not in self.errors:
            self.add_error("exercise", _("Choose the exercise to compare with."))
        if (
            against == "reference"
            and not cleaned.get("reference")
            and "reference" not in self.errors
        ):
            self.add_error("reference", _("Choose the video to compare with."))
        return cleaned


class VoiceForm(forms.Form):
    """The voice in which the coach's text is read."""

    persona = forms.ChoiceField(choices=[(name, name) for name in PERSONAS])
