"""The studio's front page and navigation: it knows every app, so it lives where they are wired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from exercises.models import Assignment, Exercise, Workout
from processing.journey import Journey, journey_of
from processing.messages import clip_sentence
from processing.models import Clip
from sessions.models import WorkoutSession
from tenants.addresses import site_url
from tenants.people.models import Client

_SHOWN: Final = 6


@dataclass(frozen=True)
class Step:
    """One of the four things that lead to a client's first workout."""

    title: str
    words: str
    button: str
    url: str
    icon: str
    done: bool
    current: bool


@dataclass(frozen=True)
class Tile:
    """A number that leads to its list."""

    label: str
    count: int
    url: str
    icon: str


@dataclass(frozen=True)
class Work:
    """A clip that wants attention: in work, or stuck."""

    clip: Clip
    journey: Journey | None
    sentence: str


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar. Costs two small counts, for the badges."""
    working = Clip.objects.filter(status__in=Clip.ACTIVE).count()
    unseen = _awaiting_review().count()
    content = [
        _item(_("Clips"), "movie", "processing_clip", working),
        _item(_("Exercises"), "exercise", "exercises_exercise"),
        _item(_("Workouts"), "format_list_numbered", "exercises_workout"),
    ]
    people = [
        _item(_("Clients"), "group", "people_client"),
        _item(_("Homework"), "assignment", "exercises_assignment"),
    ]
    if admin.site.is_registered(WorkoutSession):
        people.append(_item(_("Reports"), "monitoring", "workout_sessions_workoutsession", unseen))
        content.append(_item(_("Taught faults"), "school", "workout_sessions_taughtfault"))
    people.append(_item(_("Video analyses"), "compare", "workout_sessions_videoanalysis"))
    front = {"title": _("Overview"), "icon": "space_dashboard", "link": reverse_lazy("admin:index")}
    return [
        {"items": [front]},
        {"title": _("Training"), "items": content},
        {"title": _("People"), "items": people},
    ]


def _item(title: str, icon: str, model: str, badge: int = 0) -> dict[str, Any]:
    link: str | Promise = reverse_lazy(f"admin:{model}_changelist")
    item: dict[str, Any] = {"title": title, "icon": icon, "link": link}
    if badge:
        item |= {"badge": str(badge), "badge_variant": "primary", "badge_style": "solid"}
    return item


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the front page shows; called by unfold."""
    counts = {
        "clips": Clip.objects.count(),
        "exercises": Exercise.objects.count(),
        "workouts": Workout.objects.filter(items__isnull=False).distinct().count(),
        "clients": Client.objects.count(),
        "homework": Assignment.objects.count(),
    }
    steps = _steps(counts)
    trainer = request.tenant  # type: ignore[attr-defined]
    return context | {
        "site_address": site_url(trainer.slug),
        "steps": steps,
        "beginning": any(not step.done for step in steps),
        "tiles": _tiles(counts),
        "work": _work(),
        "sessions": _sessions(),
        "title": _("Overview"),
    }


def _steps(counts: dict[str, int]) -> list[Step]:
    done = [
        counts["clips"] > 0,
        counts["exercises"] > 0,
        counts["workouts"] > 0,
        counts["homework"] > 0,
    ]
    now = done.index(False) if False in done else -1
    people_first = counts["clients"] == 0
    last = (
        (_("Invite a client"), reverse("admin:people_client_add"))
        if people_first
        else (_("Assign"), reverse("admin:exercises_assignment_add"))
    )
    texts = [
        (
            _("Upload a clip"),
            _("Film one exercise, whole body in the picture. The room will be cut away."),
            _("Upload"),
            reverse("admin:processing_clip_add"),
            "upload",
        ),
        (
            _("Make an exercise"),
            _("Give the finished clip a name and the words you always say."),
            _("Make an exercise"),
            reverse("admin:exercises_exercise_add"),
            "exercise",
        ),
        (
            _("Build a workout"),
            _("Put exercises in order; choose sets, repetitions or seconds, and rest."),
            _("Build"),
            reverse("admin:exercises_workout_add"),
            "format_list_numbered",
        ),
        (
            _("Invite and assign"),
            _("Send your client a link and give them the workout."),
            *last,
            "send",
        ),
    ]
    return [Step(*text, done=done[place], current=place == now) for place, text in enumerate(texts)]


def _tiles(counts: dict[str, int]) -> list[Tile]:
    def tile(label: str, key: str, model: str, icon: str) -> Tile:
        return Tile(label, counts[key], reverse(f"admin:{model}_changelist"), icon)

    return [
        tile(_("Clips"), "clips", "processing_clip", "movie"),
        tile(_("Exercises"), "exercises", "exercises_exercise", "exercise"),
        tile(_("Workouts"), "workouts", "exercises_workout", "format_list_numbered"),
        tile(_("Clients"), "clients", "people_client", "group"),
        tile(_("Homework"), "homework", "exercises_assignment", "assignment"),
    ]


def _work() -> list[Work]:
    unfinished = Clip.objects.exclude(status=Clip.Status.READY).order_by("-uploaded_at")
    return [
        Work(clip, journey_of(clip) if clip.is_active else None, clip_sentence(clip))
        for clip in unfinished[:_SHOWN]
    ]


def _awaiting_review() -> Any:
    return WorkoutSession.objects.filter(reviewed_at__isnull=True, finished_at__isnull=False)


def _sessions() -> list[dict[str, Any]]:
    newest = _awaiting_review().select_related("client", "assignment__workout")
    linked = admin.site.is_registered(WorkoutSession)
    return [
        {
            "session": session,
            "colour": _colour(session.score),
            "url": reverse("admin:workout_sessions_workoutsession_change", args=[session.pk])
            if linked
            else "",
        }
        for session in newest.order_by("-finished_at")[:_SHOWN]
    ]


def _colour(score: float | None) -> str:
    """The Match Score's colours, as everywhere."""
    if score is None:
        return "grey"
    return "green" if score > 70 else "yellow" if score > 40 else "red"
