"""The API the Shadow page writes to, and programs read from."""

from __future__ import annotations

import io
from typing import IO, Any, cast
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import api_view, parser_classes
from rest_framework.exceptions import APIException, NotFound
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from exercises.access import assignment_to_do
from sessions import serializers, services
from sessions.access import chunk_to_read, items_of, session_to_read, session_to_write
from sessions.models import TimelineChunk
from sessions.timeline import MAX_SEQ
from tenants.people.models import User

LARGEST_CHUNK_BYTES = 1024 * 1024
"""300 frames take a quarter of this."""


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = f"The body is larger than {LARGEST_CHUNK_BYTES} bytes."
    default_code = "too_large"


class BoundedJSONParser(JSONParser):
    """DRF reads past Django's limit on bodies; this parser does not read on for ever."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> Any:
        body = stream.read(LARGEST_CHUNK_BYTES + 1)
        if len(body) > LARGEST_CHUNK_BYTES:
            raise TooLarge
        return super().parse(io.BytesIO(body), media_type, parser_context)


def _user(request: Request) -> User:
    # The default permission has let nobody else in.
    return cast(User, request.user)


def _refused(words: str) -> Response:
    return Response({"detail": words}, status=status.HTTP_409_CONFLICT)


@extend_schema(
    request=serializers.StartSerializer,
    responses={201: serializers.StartedSerializer, 404: serializers.DetailSerializer},
    operation_id="session_start",
)
@api_view(["POST"])
@parser_classes([BoundedJSONParser])
def start(request: Request) -> Response:
    """Begin a session of one's own homework."""
    wanted = serializers.StartSerializer(data=request.data)
    wanted.is_valid(raise_exception=True)
    assignment = assignment_to_do(_user(request), wanted.validated_data["assignment"])
    session = services.start_session(_user(request), assignment)
    return Response(serializers.StartedSerializer(session).data, status=status.HTTP_201_CREATED)


@extend_schema(
    responses={200: serializers.SessionSerializer, 404: serializers.DetailSerializer},
    operation_id="session_read",
)
@api_view(["GET"])
def session(request: Request, session_id: UUID) -> Response:
    """One session: the client's own, or any for the trainer."""
    found = session_to_read(_user(request), session_id)
    return Response(serializers.SessionSerializer(found).data)


@extend_schema(
    responses={200: serializers.TimelineSerializer, 404: serializers.DetailSerializer},
    operation_id="timeline_read",
)
@api_view(["GET"])
def timeline(request: Request, session_id: UUID) -> Response:
    """The whole timeline without skeletons, chunk by chunk."""
    found = session_to_read(_user(request), session_id)
    names = ("item", "set", "t", "clip_t", "score", "lag")
    rows = TimelineChunk.objects.filter(session=found).values_list(
        "seq", *(f"data__{name}" for name in names)
    )
    return Response({"chunks": [dict(zip(("seq", *names), row, strict=True)) for row in rows]})


@extend_schema(
    methods=["GET"],
    responses={200: serializers.ChunkSerializer, 404: serializers.DetailSerializer},
    operation_id="chunk_read",
)
@extend_schema(
    methods=["PUT"],
    request=serializers.ChunkSerializer,
    responses={
        200: OpenApiResponse(serializers.StoredSerializer, "The same chunk was stored before."),
        201: serializers.StoredSerializer,
        400: OpenApiResponse(description="What is wrong, field by field."),
        404: serializers.DetailSerializer,
        409: OpenApiResponse(
            serializers.DetailSerializer,
            "Another chunk has this number, or the session is finished.",
        ),
        413: serializers.DetailSerializer,
    },
    operation_id="chunk_store",
)
@api_view(["GET", "PUT"])
@parser_classes([BoundedJSONParser])
def chunk(request: Request, session_id: UUID, seq: int) -> Response:
    """Read a chunk as posted, or store one; storing the same chunk again is harmless."""
    if seq >= MAX_SEQ:
        raise NotFound
    if request.method == "GET":
        readable = session_to_read(_user(request), session_id)
        return Response(chunk_to_read(readable, seq).data)
    writable = session_to_write(_user(request), session_id)
    items = items_of(writable)
    posted = serializers.ChunkSerializer(data=request.data, context={"items": items})
    posted.is_valid(raise_exception=True)
    try:
        stored = services.store_chunk(writable, seq, posted.validated_data)
    except services.AlreadyFinished:
        return _refused("The session is finished and takes no more chunks.")
    except services.Conflict:
        return _refused(f"Another chunk is stored under number {seq}.")
    fresh = stored is services.Stored.NEW
    return Response(
        {"seq": seq, "rows": len(posted.validated_data["t"])},
        status=status.HTTP_201_CREATED if fresh else status.HTTP_200_OK,
    )


@extend_schema(
    request=serializers.FinishSerializer,
    responses={
        200: serializers.FinishedSerializer,
        400: OpenApiResponse(description="What is wrong, field by field."),
        404: serializers.DetailSerializer,
        409: OpenApiResponse(serializers.MissingSerializer, "These chunks lack."),
    },
    operation_id="session_finish",
)
@api_view(["POST"])
@parser_classes([BoundedJSONParser])
def finish(request: Request, session_id: UUID) -> Response:
    """Close a session whose chunks have all arrived, and score it."""
    writable = session_to_write(_user(request), session_id)
    wanted = serializers.FinishSerializer(data=request.data)
    wanted.is_valid(raise_exception=True)
    try:
        finished = services.finish_session(writable, wanted.validated_data["chunks"])
    except services.Incomplete as error:
        return Response({"missing": error.missing}, status=status.HTTP_409_CONFLICT)
    except services.Surplus:
        return Response(
            {"chunks": ["More chunks are stored than this."]},
            status=status.HTTP_400_BAD_REQUEST,
        )
    url = reverse("results", args=[finished.pk])
    return Response({"score": finished.score, "url": url})


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Whether the web process reaches its database. Open to everyone, tells nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})
