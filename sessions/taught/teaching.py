"""A fault made of what a trainer marked."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from django import forms
from django.db import transaction
from django.utils.translation import gettext as _

from processing.motion.taught import NothingStandsOut, Same, Signature, learned, matches
from processing.motion.taught.signature import VERSION
from sessions.models import ItemAnalysis, TaughtFault
from sessions.taught.asking import ask_everywhere
from sessions.taught.measuring import NoMeasures, measures_of

_INSIDE: Final = 0.4
"""A repetition is marked where this share of it lies in the interval, or where the interval lies
within it."""


class TeachingForm(forms.ModelForm):  # type: ignore[type-arg]
    analysis = forms.IntegerField(min_value=1)

    class Meta:
        model = TaughtFault
        fields = ("name", "cue", "scope", "start_s", "end_s")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("start_s"), cleaned.get("end_s")
        if start is not None and end is not None and not 0 <= start < end:
            self.add_error("end_s", _("The interval ends before it begins. Mark it again."))
        return cleaned


class NotTaught(Exception):
    """There is no fault to be learned; the message says why and what to do."""


def marked_reps(document: dict[str, Any], start_s: float, end_s: float) -> list[int]:
    """Positions of the repetitions that an interval on the session's clock marks."""
    found = []
    for position, rep in enumerate(document["reps"]):
        first, last = rep["start_s"], rep["end_s"]
        inside = min(end_s, last) - max(start_s, first)
        shortest = max(min(last - first, end_s - start_s), 1e-6)
        enough = inside >= _INSIDE * (last - first) or inside >= 0.8 * shortest
        if inside > 0 and enough:
            found.append(position)
    return found


def teach(row: ItemAnalysis, form: TeachingForm) -> tuple[TaughtFault, int]:
    """Learn a fault of an interval, keep it, and have it looked for.

    Parameters
    ----------
    row : ItemAnalysis
        With its item and session at hand.
    form : TeachingForm
        Valid.

    Returns
    -------
    TaughtFault, int
        And in how many sessions it is looked for.

    Raises
    ------
    NotTaught
        Nothing was kept.
    """
    if row.document is None or row.item is None:
        raise NotTaught(_("This exercise has no analysis yet. Have it scored first."))
    given = form.cleaned_data
    reps = marked_reps(row.document, given["start_s"], given["end_s"])
    if not reps:
        raise NotTaught(
            _("There is no repetition in this interval. Mark at least one, from start to end.")
        )
    try:
        signature = _signature(row, reps)
    except NoMeasures as nothing:
        raise NotTaught(
            _("The movement itself is not there any more, so nothing can be learned of it.")
        ) from nothing
    except NothingStandsOut as nothing:
        raise NotTaught(
            _(
                "Nothing in this interval stands out from the trainer’s movement or from the "
                "client’s other repetitions by more than the camera’s error, so it was not saved: "
                "it would be found everywhere or nowhere. Mark a repetition in which the fault is "
                "plain, or one filmed from where it shows."
            )
        ) from nothing
    with transaction.atomic():
        fault: TaughtFault = form.save(commit=False)
        fault.exercise, fault.client = row.item.exercise, row.session.client
        fault.session = row.session
        fault.signature, fault.signature_version = signature.to_json(), VERSION
        fault.save()
        return fault, ask_everywhere(fault)


def _signature(row: ItemAnalysis, reps: list[int]) -> Signature:
    measures = measures_of(row)
    marked = np.zeros(len(measures.differences), np.bool_)
    marked[reps] = True
    signature = learned(measures, marked)
    again = {match.rep for match in matches(signature, measures, Same(person=True))}
    # What is not known again where it was shown would not be found elsewhere.
    if 2 * len(again & set(reps)) < len(reps):
        raise NothingStandsOut
    return signature
