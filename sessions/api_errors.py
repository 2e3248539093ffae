"""How the API words a refusal: always JSON, with a sentence and a code for programs."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from sessions.models import WorkoutSession


def with_code(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's own answer, and ``code``: it tells "log in again" from other kinds of 403."""
    # A session may be deleted between the look at it and its lock.
    if isinstance(error, Http404 | WorkoutSession.DoesNotExist):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.APIException):
        code = error.get_codes()
        # Faults by field have a code each, and no use for one.
        if isinstance(code, str) and isinstance(response.data, dict):
            response.data["code"] = code
    return response
