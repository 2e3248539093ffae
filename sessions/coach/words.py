"""What every voice shares: names of parts, measured sentences, plain cues, drills and caveats.

Called under the language that is spoken. Russian translations hold both ways of addressing a
person, as in ``[вы|ты]`` and ``Держи[те]``; ``tone.addressed`` chooses.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.coach.facts import Fact


def percent(score: float) -> str:
    """``84%``: the whole number that every page shows."""
    return f"{int(score + 0.5)}%"


def decimal(value: float) -> str:
    """One decimal, with the language's own point or comma."""
    return str(number_format(round(value, 1), decimal_pos=1, use_l10n=True))


def part_label(parts: Sequence[str]) -> str:
    """``Left knee``, ``Both knees``: the beginning of a line, in the nominative."""
    labels = {
        "left_shoulder": _("Left shoulder"),
        "right_shoulder": _("Right shoulder"),
        "shoulder": _("Both shoulders"),
        "left_elbow": _("Left elbow"),
        "right_elbow": _("Right elbow"),
        "elbow": _("Both elbows"),
        "left_hip": _("Left hip"),
        "right_hip": _("Right hip"),
        "hip": _("Both hips"),
        "left_knee": _("Left knee"),
        "right_knee": _("Right knee"),
        "knee": _("Both knees"),
        "left_ankle": _("Left ankle"),
        "right_ankle": _("Right ankle"),
        "ankle": _("Both ankles"),
        "trunk": _("Trunk"),
    }
    return labels[parts[0] if len(parts) == 1 else parts[0].split("_")[1]]


def part_list(parts: Sequence[str]) -> str:
    """``left knee, both ankles``: in the nominative, for the end of a line."""
    groups: dict[str, list[str]] = {}
    for part in parts:
        groups.setdefault(part.split("_")[-1], []).append(part)
    labels = [part_label(group) for group in groups.values()]
    return ", ".join(label[:1].lower() + label[1:] for label in labels)


# --- What a change rests on ----------------------------------------------------------------


def basis(fault: Fact, *, with_noise: bool = False) -> str:
    """The number a fault rests on, as one sentence without a voice.

    ``Left knee: 21° less bend than the trainer’s, at the bottom, reps 2–4.``
    """
    if fault.unit == "s":
        told = _tempo_labels()[fault.angle] % {
            "client": decimal(fault["value"]),
            "trainer": decimal(fault["trainer"]),
        }
    else:
        told = _angle_words(fault)
    pieces = [told]
    if fault.phase and fault.unit != "s":
        pieces.append(_phases()[fault.phase])
    if fault.reps and fault.unit != "s":
        pieces.append(_in_reps(fault))
    if with_noise and "noise" in fault.numbers:
        pieces.append(_("noise %(deg)s°") % {"deg": round(fault["noise"])})
    return ", ".join(pieces) + "."


def _angle_words(fault: Fact) -> str:
    size = round(fault["value"])
    if fault.topic == "asymmetry":
        sentences = {
            "shoulder": _("Shoulders: left and right differ by %(deg)s°"),
            "elbow": _("Elbows: left and right differ by %(deg)s°"),
            "hip": _("Hips: left and right differ by %(deg)s°"),
            "knee": _("Knees: left and right differ by %(deg)s°"),
            "ankle": _("Ankles: left and right differ by %(deg)s°"),
            "trunk": _("Trunk: left and right differ by %(deg)s°"),
        }
        return sentences[fault.angle.split("_")[0]] % {"deg": size}
    label = part_label(fault.parts)
    return _measures()[fault.angle][fault.direction != "less"] % {"part": label, "deg": size}


def _measures() -> dict[str, tuple[str, str]]:
    """By angle: what is said where the client has less of it than the trainer, and more."""
    bend = (
        _("%(part)s: %(deg)s° less bend than the trainer’s"),
        _("%(part)s: %(deg)s° more bend than the trainer’s"),
    )
    side_lean = _("%(part)s: side lean %(deg)s° away from the trainer’s")
    return {
        "knee_flexion": bend,
        "hip_flexion": bend,
        "elbow_flexion": bend,
        "ankle_flexion": bend,
        "hip_abduction": (
            _("%(part)s: %(deg)s° less to the side than the trainer’s"),
            _("%(part)s: %(deg)s° more to the side than the trainer’s"),
        ),
        "knee_valgus": (
            _("%(part)s: %(deg)s° further outwards than the trainer’s"),
            _("%(part)s: %(deg)s° further inwards than the trainer’s"),
        ),
        "shoulder_flexion": (
            _("%(part)s: arm raised %(deg)s° less to the front than the trainer’s"),
            _("%(part)s: arm raised %(deg)s° more to the front than the trainer’s"),
        ),
        "shoulder_abduction": (
            _("%(part)s: arm raised %(deg)s° less to the side than the trainer’s"),
            _("%(part)s: arm raised %(deg)s° more to the side than the trainer’s"),
        ),
        "trunk_lean": (
            _("%(part)s: %(deg)s° less forward lean than the trainer’s"),
            _("%(part)s: %(deg)s° more forward lean than the trainer’s"),
        ),
        "trunk_side_lean": (side_lean, side_lean),
    }


def _tempo_labels() -> dict[str, str]:
    return {
        "rep": _("A rep takes %(client)s s, the trainer’s %(trainer)s s"),
        "eccentric": _("The way down takes %(client)s s, the trainer’s %(trainer)s s"),
        "pause": _("The pause takes %(client)s s, the trainer’s %(trainer)s s"),
        "concentric": _("The way up takes %(client)s s, the trainer’s %(trainer)s s"),
    }


def _phases() -> dict[str, str]:
    return {
        "top": _("at the top"),
        "down": _("on the way down"),
        "bottom": _("at the bottom"),
        "up": _("on the way up"),
        "hold": _("while holding"),
    }


def _in_reps(fault: Fact) -> str:
    runs = _runs(fault.reps)
    if len(runs) > 2:
        total = int(fault["of_reps"])
        return ngettext(
            "in %(count)d of %(total)d rep", "in %(count)d of %(total)d reps", total
        ) % {
            "count": len(fault.reps),
            "total": total,
        }
    told = ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)
    if len(fault.reps) == 1:
        return _("rep %(numbers)s") % {"numbers": told}
    return _("reps %(numbers)s") % {"numbers": told}


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring whole numbers put together: 2, 3, 4, 7 → (2, 4), (7, 7)."""
    runs: list[tuple[int, int]] = []
    for n in numbers:
        if runs and n == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], n)
        else:
            runs.append((n, n))
    return runs


# --- Cues ----------------------------------------------------------------------------------


def position_cue(fault: Fact) -> str:
    """What to do about an arm or a leg; empty where the voice's own words say it all."""
    if fault.topic not in ("arm_position", "leg_position"):
        return ""
    # Who has less than the trainer is told to do more.
    more, less = {
        "knee_flexion": (
            _("A little more bend at the knee."),
            _("A little less bend at the knee."),
        ),
        "hip_flexion": (_("A little more bend at the hip."), _("A little less bend at the hip.")),
        "elbow_flexion": (
            _("A little more bend at the elbow."),
            _("A little less bend at the elbow."),
        ),
        "ankle_flexion": (
            _("A little more bend at the ankle."),
            _("A little less bend at the ankle."),
        ),
        "hip_abduction": (
            _("Take the leg a little further out to the side."),
            _("Keep the leg a little closer to the middle."),
        ),
        "knee_valgus": (
            _("Bring the knee a little inwards, over the toes."),
            _("Bring the knee a little outwards, over the toes."),
        ),
        "shoulder_flexion": (
            _("Raise the arm a little higher to the front."),
            _("Keep the arm a little lower in front."),
        ),
        "shoulder_abduction": (
            _("Raise the arm a little higher to the side."),
            _("Keep the arm a little closer to the body."),
        ),
        "trunk_lean": (_("A little more forward lean."), _("A little less forward lean.")),
        "trunk_side_lean": ("", ""),
    }[fault.angle]
    return more if fault.direction == "less" else less


def drill(fault: Fact | None, *, green: bool) -> str:
    """What to try next time, for the costliest fault or, without one, for the result."""
    if fault is None:
        if green:
            return _("Keep this form, and leave the next step to your trainer.")
        return _("Do the same again calmly, with the whole body in the picture.")
    return {
        "depth": _("Do a few slow reps with a short pause at the lowest point."),
        "valgus": _("Watch the knee in a mirror and keep it over the toes."),
        "trunk_lean": _("Film yourself from the side and compare the trunk with the trainer’s."),
        "asymmetry": _("Do a few slow reps and feel both sides work equally."),
        "half_range": _("Do fewer reps if you need to, but take each through the whole movement."),
        "too_fast": _("Count slowly to yourself on the way down and on the way up."),
        "too_slow": _("Begin every rep together with the trainer and don’t linger."),
        "wrong_phase": _("Watch a rep of the trainer’s first, then join in."),
        "not_extended": _("Hold the end of every rep for a moment, fully straightened."),
        "arm_position": _("Do a few reps looking only at the arms."),
        "leg_position": _("Do a few reps looking only at the legs."),
    }[fault.topic]


def remedy(verdict: str) -> str:
    """What to do so that there is a score next time."""
    return {
        "other_exercise": _(
            "Open the exercise again and follow the trainer’s video from the start."
        ),
        "not_visible": _(
            "Place the camera so that the whole body stays in the picture, with light from the "
            "front."
        ),
        "too_short": _("Do at least a few whole reps before you stop the recording."),
    }[verdict]


# --- Caveats -------------------------------------------------------------------------------


def uncertain(score: Fact) -> str:
    return _("The score is approximate: it may lie anywhere between %(low)s and %(high)s.") % {
        "low": percent(score["low"]),
        "high": percent(score["high"]),
    }


def unseen(parts: Sequence[str]) -> str:
    return _(
        "Not seen well enough to be judged: %(parts)s. This says nothing about the movement."
    ) % {"parts": part_list(parts)}


def hard_to_see() -> str:
    return _("Part of the recording is hard to see, which limits what can be said.")


def nothing_stands_out() -> str:
    return _("Nothing stands out beyond what can be measured.")


def fading(fatigue: Fact) -> str:
    return _("Within a set the score falls by about %(points)s points a rep.") % {
        "points": decimal(fatigue["value"])
    }


def swaying(stability: Fact) -> str:
    return _("The body sways by %(client)s cm, the trainer’s by %(trainer)s cm.") % {
        "client": decimal(stability["value"]),
        "trainer": decimal(stability["trainer"]),
    }


def compared(trend: Fact) -> str:
    numbers = {"before": percent(trend["before"]), "now": percent(trend["value"])}
    if trend.topic == "down":
        return _("Last time it was %(before)s, now it is %(now)s.") % numbers
    return _("Last time it was %(before)s: no measurable change since.") % numbers


def graded(grade: Fact) -> str:
    if grade.standing == "unknown":
        return _("There is no grade: this movement is unlike anything the grade was taught.")
    return _("The grade is %(grade)s on a scale from 0 (as the trainer) to 4.") % {
        "grade": decimal(grade["value"])
    }
