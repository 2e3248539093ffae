"""Who may have what of analyses. One function for each (object, right); a stranger gets 404."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from exercises.models import Exercise
from sessions.videos.models import VideoAnalysis
from tenants.people.models import User


def exercises_to_compare_with(user: User) -> QuerySet[Exercise]:
    """Exercises one may be judged by: any for the trainer, those of their homework for a client."""
    exercises = Exercise.objects.select_related("clip")
    if user.is_staff:
        return exercises
    return exercises.filter(items__workout__assignments__client=user).distinct()


def exercise_to_compare_with(user: User, pk: int) -> Exercise:
    """One of them.

    Raises
    ------
    Http404
    """
    return get_object_or_404(exercises_to_compare_with(user), pk=pk)


def analyses_of(user: User) -> QuerySet[VideoAnalysis]:
    """Analyses one may see: all for the trainer, their own for a client."""
    found = VideoAnalysis.objects.select_related("exercise", "asked_by")
    return found if user.is_staff else found.filter(asked_by=user)


def analysis_to_read(user: User, pk: UUID) -> VideoAnalysis:
    """An analysis, for the person who asked for it and for the trainer, who may also end it.

    Raises
    ------
    Http404
    """
    return get_object_or_404(analyses_of(user), pk=pk)
