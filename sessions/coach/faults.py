"""Problem moments as facts: merged where they are one fault, left out within the noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from processing.motion.analysis.document import Fault
from sessions.coach.document import (
    Document,
    mapping,
    number,
    rows,
    seconds_of,
    whole_numbers,
)
from sessions.coach.facts import PARTS, Fact, Facts, Number, words_of

FAULTS: Final[tuple[str, ...]] = get_args(Fault)
TEMPO: Final = ("too_fast", "too_slow")
_BY_ANGLE: Final = ("asymmetry", "not_extended", "arm_position", "leg_position")
"""Faults that are another thing to change at another joint."""
FAMILY: Final = {
    "half_range": "depth",
    "too_slow": "too_fast",
}
"""Faults of one family are one thing to change: the costlier is told, the other would contradict
or repeat it."""
MOST_CHANGES: Final = 3
ANGLES: Final = (
    "knee_flexion",
    "hip_flexion",
    "hip_abduction",
    "knee_valgus",
    "elbow_flexion",
    "shoulder_flexion",
    "shoulder_abduction",
    "ankle_flexion",
    "trunk_lean",
    "trunk_side_lean",
)
_PHASES: Final = ("top", "down", "bottom", "up", "hold")


def base_angle(angle: str) -> str:
    """``left_knee_flexion`` without its side."""
    return angle.removeprefix("left_").removeprefix("right_")


def faults_of(document: Document) -> list[Fact]:
    """Faults, the costliest first; those the measurement can't vouch for are no faults."""
    together: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for moment in rows(document.get("moments")):
        if not is_beyond_noise(moment, document):
            continue
        fault, angle = str(moment["fault"]), base_angle(str(moment.get("angle") or ""))
        direction = str(moment.get("direction") or "")
        key = (fault, angle if fault in _BY_ANGLE else "", "" if fault in TEMPO else direction)
        together.setdefault(key, []).append(moment)
    ranked = sorted(together.values(), key=_cost, reverse=True)
    return [fault_of(n, moments, document) for n, moments in enumerate(ranked, start=1)]


def changes_of(facts: Facts) -> list[Fact]:
    """What to change: the costliest faults, one of a family."""
    chosen: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind == "fault":
            family = FAMILY.get(fact.topic, fact.topic)
            chosen.setdefault(f"{family} {fact.angle}" if family in _BY_ANGLE else family, fact)
    return list(chosen.values())[:MOST_CHANGES]


def _cost(moments: Sequence[Mapping[str, Any]]) -> float:
    return sum(number(moment.get("cost")) or 0.0 for moment in moments)


def is_beyond_noise(moment: Mapping[str, Any], document: Document) -> bool:
    """Whether a moment is a fact with a number that the document bears out."""
    fault = moment.get("fault")
    if fault not in FAULTS or (number(moment.get("cost")) or 0.0) <= 0:
        return False
    if fault in TEMPO:
        return _slowest_or_fastest(str(fault), document) is not None
    if base_angle(str(moment.get("angle") or "")) not in ANGLES:
        return False
    difference, noise = number(moment.get("difference_deg")), number(moment.get("noise_deg"))
    return difference is not None and noise is not None and abs(difference) > noise


def fault_of(n: int, moments: Sequence[Mapping[str, Any]], document: Document) -> Fact:
    """One fact of moments that are one fault, each beyond the noise."""
    worst = max(moments, key=lambda moment: abs(number(moment.get("difference_deg")) or 0.0))
    fault = str(worst["fault"])
    angle = base_angle(str(worst.get("angle") or ""))
    reps = whole_numbers([rep for moment in moments for rep in moment.get("reps") or []])
    phases = {str(moment.get("phase")) for moment in moments}
    numbers = {f"rep {rep}": Number(rep, "rep") for rep in reps}
    numbers["in_reps"] = Number(len(reps), "count")
    numbers["of_reps"] = Number(len(rows(document.get("reps"))), "count")
    cost = _cost(moments)
    tempo = _slowest_or_fastest(fault, document) if fault in TEMPO else None
    if tempo is not None:
        what, own, model = tempo
        numbers |= {"value": Number(own, "s"), "trainer": Number(model, "s")}
        meaning = f"{words_of(fault)}: {what} takes {own:.1f} s, the trainer's {model:.1f} s."
        parts: tuple[str, ...] = ()
        angle = what
    else:
        size = abs(number(worst.get("difference_deg")) or 0.0)
        noise = number(worst.get("noise_deg")) or 0.0
        parts = _parts(fault, angle, moments)
        numbers |= {"value": Number(size, "deg"), "noise": Number(noise, "deg")}
        if fault == "asymmetry":
            meaning = f"asymmetry: left and right {words_of(angle)} differ by {size:.0f} degrees."
        else:
            where = " and ".join(map(words_of, parts))
            meaning = (
                f"{words_of(fault)}: at the {where}, {words_of(angle)} is {size:.0f} degrees "
                f"{worst.get('direction')} than the trainer's."
            )
    return Fact(
        f"fault.{n}",
        "fault",
        meaning,
        standing="fault",
        numbers=numbers,
        parts=parts,
        topic=fault,
        angle=angle,
        direction=str(worst.get("direction") or ""),
        phase=phases.pop() if len(phases) == 1 and phases <= set(_PHASES) else "",
        reps=reps,
        merged=len(moments) > 1,
        cost=cost,
    )


def _parts(fault: str, angle: str, moments: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The parts of the body the fault's own angle belongs to, in the order of `PARTS`."""
    joint = angle.split("_")[0]
    if joint == "trunk":
        return ("trunk",)
    # Only moments of the angle whose number is told: the others are the same fault elsewhere.
    same = [moment for moment in moments if base_angle(str(moment.get("angle"))) == angle]
    sides = {str(moment.get("side")) for moment in same}
    if fault == "asymmetry" or not sides & {"left", "right"}:
        sides = {"left", "right"}
    return tuple(part for part in PARTS if part in {f"{side}_{joint}" for side in sides})


def _slowest_or_fastest(fault: str, document: Document) -> tuple[str, float, float] | None:
    """The phase that is furthest off in this way: its name, the client's and the trainer's s.

    None where no phase is: then the numbers do not bear the fault out, and it is not told.
    """
    tempo = mapping(document.get("tempo"))
    client, trainer = seconds_of(tempo.get("client")), seconds_of(tempo.get("trainer"))
    sign = 1 if fault == "too_slow" else -1
    gaps = {
        what: sign * (client[what] - trainer[what])
        for what in client.keys() & trainer.keys()
        # What would round to the same tenth of a second shows no difference.
        if sign * (client[what] - trainer[what]) >= 0.1
    }
    if not gaps:
        return None
    # The whole repetition, where it is off at all: it is what people count.
    what = "rep" if "rep" in gaps else max(gaps, key=lambda name: gaps[name])
    return what, client[what], trainer[what]
