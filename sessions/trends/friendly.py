"""One friendly sentence for the client, where something is clearly better."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.models import WorkoutSession
from sessions.review.words import whole
from sessions.trends.course import courses_of
from sessions.trends.rows import done_by


def better_words(session: WorkoutSession) -> str:
    """How much better an exercise of this session has become; empty where that is not clear.

    Of several the one that has changed most. One query.
    """
    courses = courses_of(done_by(session.client, until=session.started_at))
    better = [
        course
        for course in courses
        if course.score.direction == "up" and course.latest.session == session.pk
    ]
    if not better:
        return ""
    course = max(better, key=lambda one: one.score.change)
    points, weeks = whole(course.score.change), round(course.score.days / 7)
    gained = ngettext("%(count)d point", "%(count)d points", points) % {"count": points}
    values = {"exercise": course.name, "points": gained}
    if weeks <= 1:
        return _("“%(exercise)s” is %(points)s better than a week ago. Well done!") % values
    return ngettext(
        "“%(exercise)s” is %(points)s better than %(weeks)d week ago. Well done!",
        "“%(exercise)s” is %(points)s better than %(weeks)d weeks ago. Well done!",
        weeks,
    ) % {**values, "weeks": weeks}
