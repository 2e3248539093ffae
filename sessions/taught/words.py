"""What was taught, and what was found of it, in words."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processing.motion.taught import Signature
from processing.motion.taught.measures import OTHERS
from sessions.review.words import angle_words, decimal, reps_words, whole

_OTHERS: Final[dict[str, Promise]] = {
    "left_foot_pitch": gettext_lazy("heel off the floor, left"),
    "right_foot_pitch": gettext_lazy("heel off the floor, right"),
    "head_lean": gettext_lazy("head pushed forward"),
    "hip_shift": gettext_lazy("hips to the left"),
    "stance": gettext_lazy("width of the stance"),
    "tempo": gettext_lazy("time of a repetition"),
}
assert set(OTHERS) <= set(_OTHERS)
_WINDOWS: Final[dict[str, Promise]] = {
    "home": gettext_lazy("at the start and the end"),
    "out": gettext_lazy("on the way out"),
    "far": gettext_lazy("at the far end"),
    "back": gettext_lazy("on the way back"),
    "held": gettext_lazy("while holding"),
    "": gettext_lazy("all the way"),
}
_PER_CENT: Final = ("hip_shift", "stance", "tempo")


def shape_words(signature: Signature) -> list[str]:
    """What stands out, the strongest first: ``knee bend, left: −24°, at the far end``."""
    return [_place_words(*place) for place in signature.strongest()]


def _place_words(window: str, measure: str, size: float) -> str:
    name = str(_OTHERS[measure]) if measure in _OTHERS else angle_words(measure)
    values = {
        "what": name,
        "size": f"{'+' if size > 0 else '−'}{abs(round(size))}",
        "where": _WINDOWS[window],
    }
    if measure in _PER_CENT:
        return _("%(what)s: %(size)s%%, %(where)s") % values
    return _("%(what)s: %(size)s°, %(where)s") % values


def found_words(reps: list[list[Any]]) -> str:
    """``reps 3–5, about 0.8 times as large as you marked it, 97% sure``."""
    size = sum(rep[1] for rep in reps) / len(reps)
    sure = max(rep[2] for rep in reps)
    return _("%(reps)s, %(size)s× as large as you marked it, %(sure)d%% sure") % {
        "reps": reps_words([rep[0] for rep in reps]),
        "size": decimal(size),
        "sure": min(99, whole(100 * sure)),
    }
