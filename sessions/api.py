"""The API the Shadow page writes to, and programs read from."""

from __future__ import annotations

from typing import cast
from uuid import UUID, uuid4

from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import api_view, parser_classes
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from exercises.access import assignment_to_do
from exercises.levels import Level
from sessions import errors, serializers, services
from sessions.access import chunk_to_read, items_of, session_to_read, session_to_write
from sessions.models import TimelineChunk
from sessions.parsers import BoundedJSONParser
from sessions.timeline import MAX_SEQ
from tenants.people.models import User


def _user(request: Request) -> User:
    # The default permission has let nobody else in.
    return cast(User, request.user)


def _refused(words: str, code: str = "conflict") -> Response:
    return Response({"detail": words, "code": code}, status=status.HTTP_409_CONFLICT)


@extend_schema(
    request=serializers.StartSerializer,
    responses={
        200: OpenApiResponse(serializers.StartedSerializer, "It was begun before."),
        201: serializers.StartedSerializer,
        400: OpenApiResponse(description="What is wrong, field by field."),
        404: serializers.DetailSerializer,
        409: OpenApiResponse(serializers.DetailSerializer, "The id is of another homework."),
    },
    operation_id="session_start",
)
@api_view(["POST"])
@parser_classes([BoundedJSONParser])
def start(request: Request) -> Response:
    """Begin a session of one's own homework; beginning it again is harmless."""
    posted = serializers.StartSerializer(data=request.data)
    posted.is_valid(raise_exception=True)
    wanted = posted.validated_data
    assignment = assignment_to_do(_user(request), wanted["assignment"])
    try:
        session, stored = services.start_or_find_session(
            _user(request),
            assignment,
            wanted.get("id") or uuid4(),
            level=Level(wanted["level"]),
            started_at=wanted.get("started_at"),
        )
    except errors.NotTheirs:
        raise NotFound from None
    except errors.Conflict:
        return _refused("This id is of a session of another homework.")
    fresh = stored is errors.Stored.NEW
    return Response(
        serializers.StartedSerializer(session).data,
        status=status.HTTP_201_CREATED if fresh else status.HTTP_200_OK,
    )


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
    context = {
        "items": items_of(writable),
        "level": writable.level,
        "asked": writable.assignment.asks_for,
    }
    posted = serializers.ChunkSerializer(data=request.data, context=context)
    posted.is_valid(raise_exception=True)
    try:
        stored = services.store_chunk(writable, seq, posted.validated_data)
    except errors.AlreadyFinished:
        return _refused("The session is finished and takes no more chunks.", "finished")
    except errors.Conflict:
        return _refused(f"Another chunk is stored under number {seq}.")
    fresh = stored is errors.Stored.NEW
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
        409: OpenApiResponse(serializers.MissingSerializer, "These chunks and parts lack."),
    },
    operation_id="session_finish",
)
@api_view(["POST"])
@parser_classes([BoundedJSONParser])
def finish(request: Request, session_id: UUID) -> Response:
    """Close a session that has arrived whole, and score it; its recordings are then joined."""
    writable = session_to_write(_user(request), session_id)
    wanted = serializers.FinishSerializer(data=request.data)
    wanted.is_valid(raise_exception=True)
    try:
        finished = services.finish_session(
            writable, wanted.validated_data["chunks"], wanted.validated_data.get("recordings")
        )
    except errors.Incomplete as error:
        return Response(
            {
                "missing": error.missing,
                "missing_parts": {str(n): seqs for n, seqs in error.missing_parts.items()},
            },
            status=status.HTTP_409_CONFLICT,
        )
    except errors.Surplus as error:
        return Response({error.of: ["More is stored."]}, status=status.HTTP_400_BAD_REQUEST)
    url = reverse("results", args=[finished.pk])
    return Response({"score": finished.score, "url": url})
