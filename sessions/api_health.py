"""Whether the site works: to anyone yes or no, to its trainer part by part."""

from __future__ import annotations

from typing import Any

from django.views.decorators.cache import never_cache
from django_tenants.utils import get_public_schema_name
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from processing.health import examine
from tenants.schema import current_schema


class WhereThereArePeople(SessionAuthentication):
    """Log-ins of a trainer's site; the public one has no people, and no table to look for them."""

    def authenticate(self, request: Request) -> Any:
        if current_schema() == get_public_schema_name():
            return None
        return super().authenticate(request)


class HealthPartSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=("database", "broker", "storage", "workers", "models"))
    ok = serializers.BooleanField()
    wrong = serializers.CharField(allow_blank=True, help_text="A sentence; empty if ok.")


class HealthSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=("ok", "failing"))
    parts = HealthPartSerializer(many=True, required=False, help_text="For the trainer only.")


@extend_schema(
    methods=["GET"],
    responses={
        200: HealthSerializer,
        503: OpenApiResponse(HealthSerializer, "Something does not work."),
    },
    auth=[],
    operation_id="health",
)
@extend_schema(methods=["HEAD"], exclude=True)
@never_cache
@api_view(["GET", "HEAD"])
@authentication_classes([WhereThereArePeople])
@permission_classes([AllowAny])
def health(request: Request) -> Response:
    """Whether everything works. Without its database the site answers before this is reached."""
    parts = examine()
    ok = all(part.ok for part in parts)
    answer: dict[str, Any] = {"status": "ok" if ok else "failing"}
    if getattr(request.user, "is_staff", False):
        answer["parts"] = [
            {"name": part.name, "ok": part.ok, "wrong": part.wrong} for part in parts
        ]
    return Response(
        answer, status=status.HTTP_200_OK if ok else status.HTTP_503_SERVICE_UNAVAILABLE
    )
