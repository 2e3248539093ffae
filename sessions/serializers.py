"""What the API takes and gives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exercises.levels import Level
from sessions.models import Recording, WorkoutSession
from sessions.recordings import MAX_PARTS, MAX_RECORDINGS
from sessions.timeline import (
    BONE_COUNT,
    COLUMNS,
    LANDMARK_COUNT,
    LONGEST_SESSION_S,
    MAX_FRAMES,
    MAX_SEQ,
    MAX_SETS,
    SKELETON_COLUMNS,
    VERSION,
    agreement_faults,
    column_fault,
)

OLDEST_START: Final = timedelta(days=30)
"""A workout without network may be sent so late."""


def _column_schema(entry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "maxItems": MAX_FRAMES, "items": entry}


def _row_schema(count: int, entry: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"type": "array", "minItems": count, "maxItems": count, "items": entry, **extra}


class ColumnField(serializers.Field[list[Any], list[Any], list[Any], Any]):
    """One column, checked entry by entry without a field object for each number."""

    def to_internal_value(self, data: Any) -> list[Any]:
        name = self.field_name or ""
        fault = column_fault(name, data)
        if fault is not None:
            raise serializers.ValidationError(fault)
        return list(data)

    def to_representation(self, value: list[Any]) -> list[Any]:
        return value


_ANGLE = {"type": "number", "minimum": 0, "maximum": 180, "nullable": True}
_MILLIMETRES = {"type": "integer", "minimum": -5000, "maximum": 5000}
_PERCENTAGE = {"type": "integer", "minimum": 0, "maximum": 100}


@extend_schema_field(_column_schema({"type": "number", "minimum": 0, "maximum": 86400}))
class TimeColumn(ColumnField):
    pass


@extend_schema_field(_column_schema({"type": "number", "minimum": 0, "maximum": 7200}))
class ClipTimeColumn(ColumnField):
    pass


@extend_schema_field(
    _column_schema({"type": "number", "minimum": 0, "maximum": 100, "nullable": True})
)
class ScoreColumn(ColumnField):
    pass


@extend_schema_field(
    _column_schema({"type": "number", "minimum": -60, "maximum": 60, "nullable": True})
)
class LagColumn(ColumnField):
    pass


@extend_schema_field(_column_schema(_row_schema(BONE_COUNT, _ANGLE)))
class ErrorsColumn(ColumnField):
    pass


@extend_schema_field(_column_schema(_row_schema(3 * LANDMARK_COUNT, _MILLIMETRES, nullable=True)))
class LandmarksColumn(ColumnField):
    pass


@extend_schema_field(_column_schema(_row_schema(LANDMARK_COUNT, _PERCENTAGE, nullable=True)))
class VisibilityColumn(ColumnField):
    pass


class WholeNumber(serializers.IntegerField):
    """An integer that is one in JSON too: neither ``"3"`` nor ``3.0`` nor ``true``."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a misspelt column must not vanish silently."""

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError({name: ["Unknown field."] for name in unknown})
        return value


class ChunkSerializer(StrictSerializer):
    """Some seconds of per-frame measurements, column by column, all of one length.

    ``item`` must be among ``context["items"]``; where ``context["level"]`` is "numbers" there are
    no skeletons, ``context["asked"]`` is what the trainer asks for.
    """

    version = WholeNumber(min_value=VERSION, max_value=VERSION)
    item = WholeNumber(help_text="Item of the assignment's workout.")
    set = WholeNumber(min_value=0, max_value=MAX_SETS - 1, help_text="Counted from 0.")
    t = TimeColumn(help_text="Seconds since the session's start; strictly increasing.")
    clip_t = ClipTimeColumn(help_text="Seconds within the trainer's clip.")
    score = ScoreColumn(help_text="Match Score; null = not visible.")
    lag = LagColumn(help_text="Seconds the client follows behind; null = not known.")
    # Declared fields leave the class body, so this does not hide Serializer.errors.
    errors = ErrorsColumn(  # type: ignore[assignment]
        help_text="Degrees, bone by bone; null = not judged."
    )
    landmarks = LandmarksColumn(help_text="33 × (x, y, z), whole millimetres, as detected.")
    visibility = VisibilityColumn(help_text="Per cent, landmark by landmark.")

    def validate_item(self, value: int) -> int:
        if value not in self.context["items"]:
            raise serializers.ValidationError("Not an item of this assignment's workout.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        faults = agreement_faults({name: attrs[name] for name in COLUMNS})
        if not faults and self.context["level"] == Level.NUMBERS:
            faults = self._keep_skeletons_out(attrs)
        if faults:
            raise serializers.ValidationError(faults)
        return attrs

    def _keep_skeletons_out(self, attrs: dict[str, Any]) -> dict[str, str]:
        skeletons = [name for name in SKELETON_COLUMNS if any(attrs[name])]
        if self.context["asked"] != Level.NUMBERS:
            # It was the client's choice: a page that sends more is at fault.
            return dict.fromkeys(skeletons, "Must be null: the client shares numbers only.")
        # The trainer asks for less than when the page was loaded: the numbers are kept.
        for name in skeletons:
            attrs[name] = [None] * len(attrs["t"])
        return {}


class StartSerializer(StrictSerializer):
    assignment = WholeNumber(min_value=1)
    id = serializers.UUIDField(
        required=False, help_text="Version 4, made by the device; left out, the server makes one."
    )
    level = serializers.ChoiceField(
        choices=Level.choices,
        default=Level.SKELETON.value,
        help_text="What the client shares; no more than the trainer asks for is taken.",
    )
    started_at = serializers.DateTimeField(
        required=False,
        help_text="By the device's clock; taken to be at most 30 days ago, and never to come.",
    )

    def validate_id(self, value: UUID) -> UUID:
        if value.version != 4:
            raise serializers.ValidationError("Must be a random UUID, version 4.")
        return value

    def validate_started_at(self, value: datetime) -> datetime:
        # Bounded, not refused: a clock that is wrong must not cost the client the workout.
        now = timezone.now()
        return max(now - OLDEST_START, min(value, now))


class SentRecordingSerializer(StrictSerializer):
    n = WholeNumber(min_value=0, max_value=MAX_RECORDINGS - 1)
    parts = WholeNumber(min_value=0, max_value=MAX_PARTS)


class FinishSerializer(StrictSerializer):
    chunks = WholeNumber(min_value=0, max_value=MAX_SEQ, help_text="How many there are in all.")
    recordings = SentRecordingSerializer(
        many=True, required=False, help_text="How many parts each recording has."
    )

    def validate_recordings(self, value: list[dict[str, int]]) -> dict[int, int]:
        parts = {recording["n"]: recording["parts"] for recording in value}
        if len(parts) < len(value):
            raise serializers.ValidationError("A recording is named twice.")
        return parts


class StartedSerializer(serializers.Serializer[WorkoutSession]):
    id = serializers.UUIDField()
    level = serializers.ChoiceField(choices=Level.choices)
    started_at = serializers.DateTimeField()


class StoredSerializer(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    rows = serializers.IntegerField()


class FinishedSerializer(serializers.Serializer[Any]):
    score = serializers.FloatField(allow_null=True)
    url = serializers.CharField()


class MissingSerializer(serializers.Serializer[Any]):
    missing = serializers.ListField(child=serializers.IntegerField(), help_text="Chunks.")
    missing_parts = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Parts, by the recording's number.",
    )


class DetailSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField()
    code = serializers.CharField()


class AnnounceSerializer(StrictSerializer):
    """A recording, before its parts come. ``item`` must be among ``context["items"]``."""

    item = WholeNumber(help_text="Item of the assignment's workout.")
    set = WholeNumber(min_value=0, max_value=MAX_SETS - 1, help_text="Counted from 0.")
    started_s = serializers.FloatField(
        min_value=0, max_value=LONGEST_SESSION_S, help_text="On the session's clock, as t."
    )
    mime = serializers.RegexField(
        r"^video/(webm|mp4|x-matroska)(;.*)?$",
        max_length=100,
        help_text="As MediaRecorder has it: video/webm;codecs=vp9, video/mp4 …",
    )
    content = serializers.ChoiceField(choices=Recording.Content.choices)

    def validate_item(self, value: int) -> int:
        if value not in self.context["items"]:
            raise serializers.ValidationError("Not an item of this assignment's workout.")
        return value


class AnnouncedSerializer(serializers.Serializer[Any]):
    n = serializers.IntegerField()


class StoredPartSerializer(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    bytes = serializers.IntegerField()


class RecordingSerializer(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    item = serializers.IntegerField(allow_null=True)
    set = serializers.IntegerField()
    started_s = serializers.FloatField()
    duration_s = serializers.FloatField(allow_null=True)
    content = serializers.ChoiceField(choices=Recording.Content.choices)
    status = serializers.ChoiceField(choices=Recording.Status.choices)
    problem = serializers.CharField(help_text="What went wrong, in words; empty where nothing.")
    url = serializers.CharField(
        allow_null=True, help_text="Where it can be played, with ranges; null while it cannot."
    )


class RecordingsSerializer(serializers.Serializer[Any]):
    recordings = RecordingSerializer(many=True)


class SessionSerializer(serializers.ModelSerializer[WorkoutSession]):
    class Meta:
        model = WorkoutSession
        fields = (
            "id",
            "assignment",
            "client",
            "level",
            "started_at",
            "finished_at",
            "score",
            "reviewed_at",
        )
        read_only_fields = fields


class ChunkSummarySerializer(serializers.Serializer[Any]):
    """A chunk without its skeletons."""

    seq = serializers.IntegerField()
    item = serializers.IntegerField()
    set = serializers.IntegerField()
    t = TimeColumn()
    clip_t = ClipTimeColumn()
    score = ScoreColumn()
    lag = LagColumn()


class TimelineSerializer(serializers.Serializer[Any]):
    chunks = ChunkSummarySerializer(many=True)
