"""The pieces a trainer cut a take into, as the page sends them: checked before anything is made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processing.services import Piece

LEAST_S: Final = 0.5
MOST_PIECES: Final = 100
# The page rounds to hundredths, and so does nobody who compares afterwards.
_SLACK_S: Final = 0.05


@dataclass(frozen=True)
class Problem:
    """What is wrong, in the trainer's language; ``piece`` counts from 0, None for all of them."""

    words: str
    piece: int | None = None


class BadPieces(ValueError):
    """Pieces that can't be made; nothing was changed."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.words for problem in problems))
        self.problems = problems


class _PieceForm(forms.Form):
    name = forms.CharField(
        max_length=120,
        error_messages={
            "required": gettext_lazy("Give this piece a name."),
            "max_length": gettext_lazy("This name is too long: 120 letters are the most."),
        },
    )
    start_s = forms.FloatField(min_value=0.0)
    end_s = forms.FloatField(min_value=0.0)


def pieces_in(body: bytes, duration_s: float) -> list[Piece]:
    """Read ``{"pieces": [{"name", "start_s", "end_s"}, …]}``; times in seconds of the take.

    Returns
    -------
    list of Piece
        In the order of time.

    Raises
    ------
    BadPieces
        With all that is wrong.
    """
    given = _given(body)
    if not given:
        raise BadPieces(Problem(_("There is no piece to make an exercise of.")))
    if len(given) > MOST_PIECES:
        raise BadPieces(
            Problem(_("These are too many pieces: at most %(most)d.") % {"most": MOST_PIECES})
        )
    pieces, problems = [], []
    for i, fields in enumerate(given):
        form = _PieceForm(fields)
        words = _wrong(form, duration_s)
        if words:
            problems.append(Problem(words, i))
        else:
            data = form.cleaned_data
            end_s = min(data["end_s"], duration_s)
            pieces.append(Piece(data["name"].strip(), data["start_s"], end_s))
    if problems:
        raise BadPieces(*problems)
    pieces.sort(key=lambda piece: piece.start_s)
    for before, after in zip(pieces, pieces[1:], strict=False):
        if after.start_s < before.end_s - _SLACK_S:
            raise BadPieces(
                Problem(
                    _("“%(first)s” and “%(second)s” overlap: move the border between them.")
                    % {"first": before.name, "second": after.name}
                )
            )
    return pieces


def _given(body: bytes) -> list[dict[str, Any]]:
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    pieces = content.get("pieces") if isinstance(content, dict) else None
    if not isinstance(pieces, list) or not all(isinstance(piece, dict) for piece in pieces):
        raise BadPieces(Problem(_("The pieces did not arrive whole. Press the button again.")))
    return pieces


def _wrong(form: _PieceForm, duration_s: float) -> str:
    """What is wrong with one piece by itself; empty where nothing is."""
    if not form.is_valid():
        if "name" in form.errors:
            return str(form.errors["name"][0])
        return _("This piece has no proper beginning and end.")
    start_s, end_s = form.cleaned_data["start_s"], form.cleaned_data["end_s"]
    if end_s > duration_s + _SLACK_S:
        return _("This piece goes on after the end of the video.")
    if end_s - start_s < LEAST_S:
        return _("This piece is too short: half a second is the least.")
    return ""
