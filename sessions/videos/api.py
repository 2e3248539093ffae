"""The API of analyses: send a video, ask how far it is, fetch what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast
from uuid import UUID

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import api_view, parser_classes
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from processing.media import serve
from processing.motion.packing import unpack
from processing.motion.track import PoseTrack
from processing.running import options_with
from sessions.parsers import TooLarge
from sessions.serializers import DetailSerializer
from sessions.videos import services
from sessions.videos.access import analysis_to_read, exercise_to_compare_with
from sessions.videos.models import VideoAnalysis
from sessions.videos.poses import LAYOUTS, csv_pieces, json_pieces
from sessions.videos.serializers import AskedSerializer, AskSerializer, VideoAnalysisSerializer
from tenants.people.models import User

_MEGABYTE: Final = 1024 * 1024
_READY: Final = VideoAnalysis.Status.READY

_LAYOUT: Final = OpenApiParameter(
    "layout",
    str,
    enum=list(LAYOUTS),
    default="33",
    description="BlazePose's 33 landmarks, or 13 joints as Kinect has them.",
)


class NotReady(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "not_ready"


class VideosParser(MultiPartParser):
    """Two videos at most: more is refused before it is read."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = (2 * settings.MAX_UPLOAD_MB + 1) * _MEGABYTE
        told = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if told.isdecimal() and int(told) > limit:
            raise TooLarge(limit)
        return super().parse(stream, media_type, parser_context)


def _user(request: Request) -> User:
    # The default permission has let nobody else in.
    return cast(User, request.user)


@extend_schema(
    request={"multipart/form-data": AskSerializer},
    responses={
        202: AskedSerializer,
        400: OpenApiResponse(description="What is wrong, field by field."),
        403: OpenApiResponse(DetailSerializer, "Two videos are compared for the trainer only."),
        404: OpenApiResponse(DetailSerializer, "No exercise of theirs has this number."),
        409: OpenApiResponse(DetailSerializer, "The exercise's clip is not ready."),
        413: DetailSerializer,
        429: OpenApiResponse(DetailSerializer, "So many of theirs wait already."),
    },
    operation_id="analysis_ask",
)
@api_view(["POST"])
@parser_classes([VideosParser])
def ask(request: Request) -> Response:
    """Have a video judged by an exercise: any for the trainer, one of their homework for a client.

    The trainer may send a reference video in the exercise's place.
    """
    posted = AskSerializer(data=request.data)
    posted.is_valid(raise_exception=True)
    wanted = posted.validated_data
    user = _user(request)
    exercise = None
    choices: dict[str, Any] = {}
    if "exercise" in wanted:
        exercise = exercise_to_compare_with(user, wanted["exercise"])
        if not exercise.clip.is_usable:
            raise NotReady("The clip of this exercise is not ready yet.")
        choices = exercise.clip.published_settings.get("settings", {})
    elif not user.is_staff:
        raise PermissionDenied("Only the trainer may compare two videos.", code="trainer_only")
    # Poses are best compared with poses of the same kind.
    usual = options_with(choices)
    try:
        analysis = services.ask(
            user,
            wanted["video"],
            services.Wanted(
                engine=wanted.get("engine", usual.pose),
                lifter=wanted.get("lifter", usual.lifter),
                strictness=wanted["strictness"],
                persona=wanted["persona"],
                language=wanted["language"],
            ),
            exercise=exercise,
            reference=wanted.get("reference"),
        )
    except services.TooManyWaiting:
        detail = f"{services.MOST_WAITING} of your videos wait already. Send this one later."
        return Response(
            {"detail": detail, "code": "too_many"}, status=status.HTTP_429_TOO_MANY_REQUESTS
        )
    url = reverse("api_analysis", args=[analysis.pk])
    return Response(
        {"id": str(analysis.pk), "status": analysis.status, "url": url},
        status=status.HTTP_202_ACCEPTED,
        headers={"Location": url},
    )


@extend_schema(
    methods=["GET"],
    responses={200: VideoAnalysisSerializer, 404: DetailSerializer},
    operation_id="analysis_read",
)
@extend_schema(
    methods=["DELETE"],
    responses={204: None, 404: DetailSerializer},
    operation_id="analysis_delete",
)
@api_view(["GET", "DELETE"])
def analysis(request: Request, analysis_id: UUID) -> Response:
    """How far an analysis is and what came of it; or delete it with its videos, at any time."""
    found = analysis_to_read(_user(request), analysis_id)
    if request.method == "DELETE":
        services.delete(found)
        return Response(status=status.HTTP_204_NO_CONTENT)
    return Response(
        VideoAnalysisSerializer(found).data, headers={"Cache-Control": "private, no-store"}
    )


@extend_schema(
    request=None,
    responses={
        200: AskedSerializer,
        404: DetailSerializer,
        409: OpenApiResponse(DetailSerializer, "It has ended already."),
    },
    operation_id="analysis_cancel",
)
@api_view(["POST"])
def cancel(request: Request, analysis_id: UUID) -> Response:
    """Stop an analysis that waits or is in work. The videos are kept until it is deleted."""
    found = analysis_to_read(_user(request), analysis_id)
    if not services.cancel(found):
        return Response(
            {"detail": "There is nothing to stop: it has ended already.", "code": "finished"},
            status=status.HTTP_409_CONFLICT,
        )
    url = reverse("api_analysis", args=[found.pk])
    return Response(
        {"id": str(found.pk), "status": VideoAnalysis.Status.CANCELLED, "url": url},
        status=status.HTTP_200_OK,
    )


def _ready(request: Request, analysis_id: UUID) -> VideoAnalysis:
    """An analysis that came to something.

    Raises
    ------
    Http404
    NotReady
    """
    found = analysis_to_read(_user(request), analysis_id)
    if found.status != _READY:
        raise NotReady("There is no result.")
    return found


def _track(file: FieldFile) -> PoseTrack:
    try:
        with file.open("rb") as opened:
            return unpack(opened.read())
    except FileNotFoundError as error:
        raise Http404 from error


_Written = Callable[[Mapping[str, PoseTrack], str], Iterator[str]]


def _export(
    suffix: str, written: _Written, content_type: str, answer: OpenApiTypes, about: str
) -> Callable[..., HttpResponseBase]:
    """A view that hands out the poses of both sides in one format."""

    @extend_schema(
        parameters=[_LAYOUT],
        responses={
            (200, content_type.partition(";")[0]): answer,
            400: OpenApiResponse(description="There is no such layout."),
            404: DetailSerializer,
            409: OpenApiResponse(DetailSerializer, "There is no result."),
        },
        operation_id=f"analysis_poses_{suffix}",
        description=about,
    )
    @api_view(["GET"])
    def poses(request: Request, analysis_id: UUID) -> HttpResponseBase:
        layout = request.query_params.get("layout", "33")
        found = _ready(request, analysis_id)
        if layout not in LAYOUTS:
            raise ValidationError({"layout": [f"Choose one of {', '.join(LAYOUTS)}."]})
        sides = {"trainer": _track(found.trainer_poses), "client": _track(found.client_poses)}
        response = StreamingHttpResponse(written(sides, layout), content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="poses.{suffix}"'
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    # drf-stubs know the decorated view by its request only.
    return cast(Callable[..., HttpResponseBase], poses)


poses_json = _export(
    "json", json_pieces, "application/json", OpenApiTypes.OBJECT, "The poses of both sides."
)
poses_csv = _export(
    "csv",
    csv_pieces,
    "text/csv; charset=utf-8",
    OpenApiTypes.STR,
    "The poses of both sides, a line for every joint.",
)


@extend_schema(
    methods=["GET"],
    responses={
        (200, "video/mp4"): OpenApiTypes.BINARY,
        206: OpenApiResponse(description="The range that was asked for."),
        404: DetailSerializer,
        409: OpenApiResponse(DetailSerializer, "There is no result."),
    },
    operation_id="analysis_side_by_side",
)
@extend_schema(methods=["HEAD"], exclude=True)
@api_view(["GET", "HEAD"])
def side_by_side(request: Request, analysis_id: UUID) -> HttpResponseBase:
    """The trainer and the client beside each other at the same phase, with skeletons."""
    found = _ready(request, analysis_id)
    return serve(
        request._request,
        found.side_by_side,
        "video/mp4",
        etag=found.side_by_side_sha256,
        download_name=f"{found.created_at:%Y-%m-%d} side by side.mp4",
    )
