"""An analysis in words, for the trainer's report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.coach import words as coach_words
from sessions.coach.faults import fault_of, is_beyond_noise

PROBLEMS: Final[dict[str, Promise]] = {
    "numbers": gettext_lazy(
        "Only numbers were shared, no skeleton: the movement itself can’t be analysed."
    ),
    "nobody": gettext_lazy("Nobody was visible, so there is nothing to analyse."),
    "no_poses": gettext_lazy("The trainer’s clip is not there any more: nothing to compare with."),
    "removed": gettext_lazy("This exercise was removed from the workout."),
    "internal": gettext_lazy("The analysis failed. Have it scored again."),
}
VERDICTS: Final[dict[str, Promise]] = {
    "other_exercise": gettext_lazy("No score: this does not look like the trainer’s exercise."),
    "not_visible": gettext_lazy("No score: too little of the body could be seen."),
    "too_short": gettext_lazy("No score: it was too short."),
}
_GRADES: Final[tuple[Promise, ...]] = (
    gettext_lazy("as the trainer does it"),
    gettext_lazy("small differences"),
    gettext_lazy("clear differences"),
    gettext_lazy("large differences"),
    gettext_lazy("far from the trainer’s movement"),
)
_FAULTS: Final[dict[tuple[str, str], Promise]] = {
    ("depth", "less"): gettext_lazy("Not far enough"),
    ("depth", "more"): gettext_lazy("Farther than the trainer"),
    ("half_range", ""): gettext_lazy("Half repetitions"),
    ("not_extended", ""): gettext_lazy("Does not come back all the way"),
    ("valgus", ""): gettext_lazy("Knee falls inwards"),
    ("trunk_lean", "less"): gettext_lazy("Trunk too upright"),
    ("trunk_lean", "more"): gettext_lazy("Trunk leans too far"),
    ("asymmetry", ""): gettext_lazy("Left and right differ"),
    ("arm_position", ""): gettext_lazy("Arm held differently"),
    ("leg_position", ""): gettext_lazy("Leg held differently"),
    ("too_fast", ""): gettext_lazy("Faster than the trainer"),
    ("too_slow", ""): gettext_lazy("Slower than the trainer"),
    ("wrong_phase", ""): gettext_lazy("Comes late"),
}
_JOINTS: Final[dict[str, Promise]] = {
    "shoulder_flexion": gettext_lazy("shoulder, to the front"),
    "shoulder_abduction": gettext_lazy("shoulder, to the side"),
    "elbow_flexion": gettext_lazy("elbow bend"),
    "hip_flexion": gettext_lazy("hip bend"),
    "hip_abduction": gettext_lazy("hip, to the side"),
    "knee_flexion": gettext_lazy("knee bend"),
    "knee_valgus": gettext_lazy("knee, inwards"),
    "ankle_flexion": gettext_lazy("ankle bend"),
    "trunk_lean": gettext_lazy("trunk lean, forwards"),
    "trunk_side_lean": gettext_lazy("trunk lean, to the side"),
}
_SIDES: Final[dict[str, Promise]] = {
    "left": gettext_lazy("left"),
    "right": gettext_lazy("right"),
}


def decimal(value: float, digits: int = 1) -> str:
    """In the reader's language: a decimal comma in Russian."""
    return str(number_format(round(value, digits), decimal_pos=digits))


def whole(score: float) -> int:
    """The whole number that every page shows; halves go up."""
    return int(score + 0.5)


def interval_words(score: Mapping[str, Any]) -> str:
    """``most likely 76 to 88``."""
    low, high = whole(score["low"]), whole(score["high"])
    if low == high:
        return _("no doubt about it")
    return _("most likely %(low)d to %(high)d") % {"low": low, "high": high}


def grade_words(grade: Mapping[str, Any] | None) -> str:
    """What a grade means; empty where there is none."""
    if grade is None:
        return ""
    if not grade["familiar"]:
        return _("unlike anything known, so there is no grade")
    return str(_GRADES[min(4, whole(grade["value"]))])


def angle_words(angle: str) -> str:
    """``left knee bend`` as a label: ``knee bend, left``."""
    side, _dot, rest = angle.partition("_")
    if side not in _SIDES:
        return str(_JOINTS[angle])
    return f"{_JOINTS[rest]}, {_SIDES[side]}"


def fault_words(moment: Mapping[str, Any]) -> str:
    """The fault in two or three words."""
    fault, direction = moment["fault"], moment["direction"]
    known = _FAULTS.get((fault, "")) or _FAULTS.get((fault, direction))
    return str(known or fault)


def moment_words(moment: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """Joint, size, direction, phase and repetitions as one sentence."""
    fault = moment["fault"]
    if fault in ("too_fast", "too_slow", "wrong_phase") or not is_beyond_noise(moment, document):
        return _time_words(moment)
    return coach_words.basis(fault_of(1, [moment], document))


def _time_words(moment: Mapping[str, Any]) -> str:
    seconds = moment["difference_s"]
    reps = reps_words(moment["reps"])
    if seconds is None:
        return reps
    values = {"seconds": decimal(abs(seconds)), "reps": reps}
    if moment["fault"] == "wrong_phase":
        return _("%(seconds)s s later than usual, %(reps)s") % values
    if seconds < 0:
        return _("%(seconds)s s shorter than the trainer’s, %(reps)s") % values
    return _("%(seconds)s s longer than the trainer’s, %(reps)s") % values


def reps_words(reps: list[int]) -> str:
    """``rep 3``, or ``reps 1–4, 7``."""
    runs: list[list[int]] = []
    for n in reps:
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    told = ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)
    if len(reps) == 1:
        return _("rep %(numbers)s") % {"numbers": told}
    return _("reps %(numbers)s") % {"numbers": told}


def cost_words(cost: float) -> str:
    """``−4.2 points``."""
    return _("costs %(points)s points") % {"points": decimal(cost)}


def fatigue_words(done: Mapping[str, Any]) -> str:
    """How the repetitions of a set changed."""
    fatigue = done["fatigue"]
    change = fatigue["change_per_rep"]
    if not fatigue["significant"] or change is None:
        return _("no measurable fatigue")
    points = decimal(abs(change))
    if change < 0:
        return _("tires: −%(points)s points with every repetition") % {"points": points}
    return _("warms up: +%(points)s points with every repetition") % {"points": points}


def speed_words(done: Mapping[str, Any]) -> str:
    """How much slower the last repetitions were; empty where they were not."""
    loss = done["velocity_loss_pct"]
    if loss is None or loss < 10:
        return ""
    return _("last reps %(share)d%% slower") % {"share": whole(loss)}


def count_words(reps: list[Mapping[str, Any]]) -> str:
    """``12 reps, 3 of them half``."""
    half = sum(rep["kind"] == "half" for rep in reps)
    told = ngettext("%(count)d rep", "%(count)d reps", len(reps)) % {"count": len(reps)}
    if not half:
        return told
    return _("%(reps)s, half: %(half)d") % {"reps": told, "half": half}
