"""The API of recordings: announced, sent in parts, listed and played."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import api_view, parser_classes
from rest_framework.exceptions import APIException, NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from processing.media import serve
from sessions import errors, recordings, serializers
from sessions.access import (
    items_of,
    recording_to_read,
    recording_to_write,
    session_to_read,
    session_to_write,
)
from sessions.models import Recording, WorkoutSession
from sessions.parsers import BoundedJSONParser, PartParser
from sessions.words import recording_problem
from tenants.people.models import User

CONTENT_TYPES = {"webm": "video/webm", "mp4": "video/mp4"}


class LengthRequired(APIException):
    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_detail = "The request must tell its Content-Length."
    default_code = "length_required"


def _user(request: Request) -> User:
    # The default permission has let nobody else in.
    return cast(User, request.user)


def _stored(stored: errors.Stored, **said: int) -> Response:
    fresh = stored is errors.Stored.NEW
    return Response(said, status=status.HTTP_201_CREATED if fresh else status.HTTP_200_OK)


def _refused(words: str, code: str, answer: int = status.HTTP_409_CONFLICT) -> Response:
    return Response({"detail": words, "code": code}, status=answer)


def recordings_of(session: WorkoutSession) -> list[dict[str, Any]]:
    """A session's recordings, as the list has them. One query."""
    return [
        {
            "n": recording.n,
            "item": recording.item_id,
            "set": recording.set_index,
            "started_s": recording.started_s,
            "duration_s": recording.duration_s,
            "content": recording.content,
            "status": recording.status,
            "problem": str(recording_problem(recording)),
            "url": reverse("api_recording_file", args=[session.pk, recording.n])
            if recording.file
            else None,
        }
        for recording in session.recordings.all()
    ]


@extend_schema(
    responses={200: serializers.RecordingsSerializer, 404: serializers.DetailSerializer},
    operation_id="recordings_read",
)
@api_view(["GET"])
def recording_list(request: Request, session_id: UUID) -> Response:
    """What was filmed in a session: the client's own, or any for the trainer."""
    return Response({"recordings": recordings_of(session_to_read(_user(request), session_id))})


@extend_schema(
    request=serializers.AnnounceSerializer,
    responses={
        200: OpenApiResponse(serializers.AnnouncedSerializer, "It was announced before."),
        201: serializers.AnnouncedSerializer,
        400: OpenApiResponse(description="What is wrong, field by field."),
        403: OpenApiResponse(serializers.DetailSerializer, "The client shares less than this."),
        404: serializers.DetailSerializer,
        409: OpenApiResponse(
            serializers.DetailSerializer,
            "Another recording has this number, or the session is finished.",
        ),
    },
    operation_id="recording_announce",
)
@api_view(["PUT"])
@parser_classes([BoundedJSONParser])
def recording(request: Request, session_id: UUID, n: int) -> Response:
    """Announce a recording, before its parts; announcing it again is harmless."""
    if n >= recordings.MAX_RECORDINGS:
        raise NotFound
    writable = session_to_write(_user(request), session_id)
    posted = serializers.AnnounceSerializer(
        data=request.data, context={"items": items_of(writable)}
    )
    posted.is_valid(raise_exception=True)
    try:
        stored = recordings.announce(writable, n, posted.validated_data)
    except errors.NotShared:
        raise PermissionDenied(
            f"The client shares “{writable.level}” in this session: "
            f"no video of the {posted.validated_data['content']} may be sent.",
            code="level",
        ) from None
    except errors.AlreadyFinished:
        return _refused("The session is finished and takes no more recordings.", "finished")
    except errors.Conflict:
        return _refused(f"Another recording has number {n}.", "conflict")
    return _stored(stored, n=n)


@extend_schema(
    request={"application/octet-stream": OpenApiTypes.BINARY},
    responses={
        200: OpenApiResponse(serializers.StoredPartSerializer, "The same part was stored before."),
        201: serializers.StoredPartSerializer,
        400: OpenApiResponse(serializers.DetailSerializer, "The body breaks off."),
        404: serializers.DetailSerializer,
        409: OpenApiResponse(
            serializers.DetailSerializer,
            "Other bytes have this number, or the session is finished.",
        ),
        411: serializers.DetailSerializer,
        413: OpenApiResponse(
            serializers.DetailSerializer,
            "The part (`too_large`), the recording (`recording_too_large`, `too_many_parts`) or "
            "all recordings of the client (`quota`) would be too large.",
        ),
    },
    operation_id="recording_part_store",
)
@api_view(["PUT"])
@parser_classes([PartParser])
def recording_part(request: Request, session_id: UUID, n: int, seq: int) -> Response:
    """Store a part, as it came from the recorder; storing the same part again is harmless."""
    if n >= recordings.MAX_RECORDINGS:
        raise NotFound
    writable = recording_to_write(_user(request), session_id, n)
    if not request.META.get("CONTENT_LENGTH"):
        raise LengthRequired
    posted: object = request.data
    # DRF gives no body at all to the parser where it is empty.
    body = posted if isinstance(posted, bytes) else b""
    if seq >= recordings.MAX_PARTS:
        return _refused(
            f"A recording may have {recordings.MAX_PARTS} parts.",
            "too_many_parts",
            status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
        )
    try:
        stored = recordings.store_part(writable, seq, body)
    except errors.TooMuch as error:
        return _refused(error.words, error.code, status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)
    except errors.AlreadyFinished:
        return _refused("The session is finished and takes no more parts.", "finished")
    except errors.Conflict:
        return _refused(f"Other bytes are stored under number {seq}.", "conflict")
    return _stored(stored, seq=seq, bytes=len(body))


@extend_schema(
    methods=["GET"],
    responses={
        (200, "video/webm"): OpenApiTypes.BINARY,
        (200, "video/mp4"): OpenApiTypes.BINARY,
        206: OpenApiResponse(description="The range that was asked for."),
        404: serializers.DetailSerializer,
    },
    operation_id="recording_play",
)
@extend_schema(methods=["HEAD"], exclude=True)
@api_view(["GET", "HEAD"])
def recording_file(request: Request, session_id: UUID, n: int) -> HttpResponseBase:
    """A recording's video, with ranges: the client's own, or any for the trainer."""
    if n >= recordings.MAX_RECORDINGS:
        raise NotFound
    found = recording_to_read(_user(request), session_id, n)
    suffix = (found.file.name or "").rpartition(".")[2]
    return serve(
        request._request,
        found.file,
        CONTENT_TYPES[suffix],
        etag=found.file_sha256,
        download_name=f"{found.session.started_at:%Y-%m-%d} {n + 1}.{suffix}",
        # While parts come in, it may be joined anew.
        lasting=found.status == Recording.Status.READY,
    )
