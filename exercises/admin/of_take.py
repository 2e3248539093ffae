"""The door through which the filmstrip makes exercises."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from exercises.access import take_to_cut
from exercises.cutting import BadPieces, Problem, pieces_in
from exercises.services import exercises_of_take
from processing.models import Clip
from processing.services import Piece
from processing.studio_review import review_of


def of_take_view(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Make exercises of the pieces in the request's body.

    Answers 201 and where to go, or 400 and what is wrong; then nothing was made
    and the page keeps what the trainer did.
    """
    take = take_to_cut(request.user, pk)
    try:
        exercises = exercises_of_take(take, _pieces(request, take))
    except BadPieces as bad:
        problems = [{"piece": one.piece, "words": one.words} for one in bad.problems]
        return JsonResponse({"problems": problems}, status=400)
    count = len(exercises)
    messages.success(
        request,
        ngettext(
            "%(count)d exercise is made. Its clip is being prepared; you need not wait for it.",
            "%(count)d exercises are made. Their clips are being prepared; "
            "you need not wait for them.",
            count,
        )
        % {"count": count},
    )
    there = reverse("admin:exercises_exercise_changelist")
    return JsonResponse({"url": f"{there}?clip__cut_from={take.pk}"}, status=201)


def _pieces(request: HttpRequest, take: Clip) -> list[Piece]:
    review = review_of(take)
    if not review.can_be_cut:
        raise BadPieces(Problem(gettext("The clip is being made anew. Cut it when that is done.")))
    return pieces_in(request.body, review.duration_s)
