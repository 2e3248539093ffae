"""What the API of analyses takes and gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from processing.engines.registry import LIFT, POSE
from processing.motion.analysis.settings import TOLERANCE_DEG
from processing.studio_upload import check_size
from sessions.coach import PERSONAS
from sessions.videos.models import VideoAnalysis
from sessions.videos.queue import position_of
from sessions.videos.words import hint_sentences, problem_sentence, stage_words, with_sentences

_LARGEST_ID: Final = 2**63 - 1
_LANGUAGES: Final = tuple(code for code, _ in settings.LANGUAGES)
_PERSONA: Final = "no_nonsense_pro"


def _checked(uploaded: UploadedFile[bytes]) -> UploadedFile[bytes]:
    try:
        check_size(uploaded)
    except ValidationError as error:
        raise serializers.ValidationError(error.messages, code=error.code) from None
    return uploaded


class AskSerializer(serializers.Serializer[Any]):
    """A video, and what it is to be compared with."""

    video = serializers.FileField(allow_empty_file=True, help_text="The client's video.")
    exercise = serializers.IntegerField(
        required=False, min_value=1, max_value=_LARGEST_ID, help_text="Instead of `reference`."
    )
    reference = serializers.FileField(
        required=False,
        allow_empty_file=True,
        help_text="The trainer's video, instead of `exercise`; for the trainer only.",
    )
    engine = serializers.ChoiceField(
        choices=tuple(POSE),
        required=False,
        help_text="What finds the joints; as in the exercise's clip, if not given.",
    )
    lifter = serializers.ChoiceField(
        choices=("", *LIFT),
        required=False,
        help_text="What makes three dimensions of them; empty for the engine's own.",
    )
    strictness = serializers.ChoiceField(choices=tuple(TOLERANCE_DEG), default="normal")
    persona = serializers.ChoiceField(choices=PERSONAS, default=_PERSONA)
    language = serializers.ChoiceField(
        choices=_LANGUAGES, required=False, help_text="The coach's; the page's, if not given."
    )

    def validate_video(self, uploaded: UploadedFile[bytes]) -> UploadedFile[bytes]:
        return _checked(uploaded)

    def validate_reference(self, uploaded: UploadedFile[bytes]) -> UploadedFile[bytes]:
        return _checked(uploaded)

    def validate_engine(self, name: str) -> str:
        return _here(name, POSE[name].check(Path(settings.MODELS_DIR)).missing)

    def validate_lifter(self, name: str) -> str:
        if not name:
            return name
        return _here(name, LIFT[name].check(Path(settings.MODELS_DIR)).missing)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("exercise" in attrs) == ("reference" in attrs):
            raise serializers.ValidationError(
                {"exercise": ["Give either an exercise or a reference video."]}
            )
        current = (get_language() or "").partition("-")[0]
        attrs.setdefault("language", current if current in _LANGUAGES else _LANGUAGES[0])
        return attrs


def _here(name: str, missing: tuple[str, ...]) -> str:
    """Let an engine pass that can run.

    Raises
    ------
    ValidationError
        With what is missing, and how to get it.
    """
    if missing:
        raise serializers.ValidationError([f"{name} cannot run here.", *missing], code="missing")
    return name


class AskedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=VideoAnalysis.Status.choices)
    url = serializers.CharField(help_text="Where to ask how far it is.")


class ProblemSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    sentence = serializers.CharField()


class NamedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class MadeSerializer(serializers.Serializer[Any]):
    poses_json = serializers.CharField()
    poses_csv = serializers.CharField()
    side_by_side = serializers.CharField()


_RESULT_SCHEMA: Final = {
    "type": "object",
    "nullable": True,
    "required": ["version", "analysis", "hints", "client", "trainer", "engines", "coach"],
    "properties": {
        "version": {"type": "integer"},
        "analysis": {"type": "object", "description": "docs/formats.md, Analysis"},
        "hints": {"type": "array", "items": {"type": "object"}, "description": "What would help."},
        "client": {"type": "object", "description": "The video, its idle ends, and its quality."},
        "trainer": {"type": "object", "nullable": True},
        "engines": {"type": "object"},
        "coach": {"type": "object", "description": "docs/coach.md, Feedback"},
    },
}


class VideoAnalysisSerializer(serializers.ModelSerializer[VideoAnalysis]):
    """How far it is, and what came of it."""

    url = serializers.SerializerMethodField()
    exercise = NamedSerializer(allow_null=True)
    queue_position = serializers.SerializerMethodField(help_text="1 = next; null = not waiting.")
    stage_words = serializers.SerializerMethodField(help_text="For people; may be empty.")
    problem = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    class Meta:
        model = VideoAnalysis
        fields = (
            "id",
            "url",
            "status",
            "exercise",
            "engine",
            "lifter",
            "strictness",
            "persona",
            "language",
            "created_at",
            "finished_at",
            "kept_until",
            "queue_position",
            "stage",
            "stage_words",
            "progress_pct",
            "problem",
            "result",
            "files",
        )

    def get_url(self, analysis: VideoAnalysis) -> str:
        return reverse("api_analysis", args=[analysis.pk])

    def get_queue_position(self, analysis: VideoAnalysis) -> int | None:
        return position_of(analysis)

    def get_stage_words(self, analysis: VideoAnalysis) -> str:
        return stage_words(analysis)

    @extend_schema_field(ProblemSerializer(allow_null=True))
    def get_problem(self, analysis: VideoAnalysis) -> dict[str, str] | None:
        if not analysis.problem:
            return None
        return {"code": analysis.problem, "sentence": problem_sentence(analysis)}

    @extend_schema_field(cast(Any, _RESULT_SCHEMA))
    def get_result(self, analysis: VideoAnalysis) -> dict[str, Any] | None:
        found = analysis.result
        if found is None or analysis.status != VideoAnalysis.Status.READY:
            return None
        told = {who: with_sentences(found[who]) for who in ("client", "trainer")}
        return {**found, "hints": hint_sentences(found), **told}

    @extend_schema_field(MadeSerializer(allow_null=True))
    def get_files(self, analysis: VideoAnalysis) -> dict[str, str] | None:
        if analysis.status != VideoAnalysis.Status.READY:
            return None
        return {
            name: reverse(f"api_analysis_{name}", args=[analysis.pk])
            for name in ("poses_json", "poses_csv", "side_by_side")
        }
