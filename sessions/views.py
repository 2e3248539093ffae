"""The client's pages: homework, Shadow Mode, results. Written for a phone first."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from exercises.access import assignment_to_do
from sessions.access import results_to_read, sessions_of
from sessions.homework import cards_for, lines_of
from sessions.notes.results import told_notes_of
from sessions.results import results_of, rows_of
from sessions.review.friendly import told_of
from sessions.review.page import is_pending
from sessions.shadow_config import shadow_config
from sessions.trends.friendly import better_words
from tenants.people.models import User

CAMERA_POLICY = "camera=(self), microphone=(), geolocation=()"
RECENT = 10


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The homework list; for anyone else, the trainer's minisite."""
    if not request.user.is_authenticated or request.user.is_staff:
        return render(request, "workout_sessions/minisite.html")
    to_do, done = cards_for(request.user)
    context = {"to_do": to_do, "done": done, "client": request.user}
    return render(request, "workout_sessions/home.html", context)


@never_cache
@require_safe
@login_required
def homework(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """One homework: what to do, how much of it, and how it went before."""
    user = cast(User, request.user)
    assignment = assignment_to_do(user, assignment_id)
    lines = lines_of(assignment)
    recent = sessions_of(user).filter(assignment=assignment)[:RECENT]
    context = {
        "assignment": assignment,
        "lines": lines,
        "playable": any(line.playable for line in lines),
        "waiting": any(not line.playable for line in lines),
        "rows": rows_of(recent),
    }
    return render(request, "workout_sessions/homework.html", context)


@never_cache
@require_safe
@login_required
# The page posts by fetch: it needs the cookie though it holds no form.
@ensure_csrf_cookie
def shadow(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Shadow Mode, on one's own homework."""
    assignment = assignment_to_do(cast(User, request.user), assignment_id)
    config = shadow_config(assignment)
    if not config["items"]:
        return render(request, "workout_sessions/not_ready.html", {"assignment": assignment})
    context = {"assignment": assignment, "config": config}
    response = render(request, "workout_sessions/shadow.html", context)
    response["Permissions-Policy"] = CAMERA_POLICY
    return response


@never_cache
@require_safe
@login_required
def results(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """How one session went, for the client; the trainer is sent to the report."""
    user = cast(User, request.user)
    if user.is_staff:
        return redirect("admin:workout_sessions_workoutsession_report", session_id)
    session = results_to_read(user, session_id)
    context = {
        "session": session,
        "results": results_of(session),
        "exercises": told_of(session),
        "notes": told_notes_of(session),
        "better": better_words(session),
        "pending": is_pending(session),
    }
    return render(request, "workout_sessions/results.html", context)


@never_cache
@require_safe
@login_required
def results_standing(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Whether results are still being made, for a page that asks again and again."""
    session = results_to_read(cast(User, request.user), session_id)
    return JsonResponse({"pending": is_pending(session)})
