"""The document as a list of facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from processing.motion.score import GREEN_ABOVE
from sessions.coach.document import (
    Document,
    Interval,
    interval,
    mapping,
    number,
    rows,
    seconds_of,
    verdict_of,
)
from sessions.coach.facts import (
    CONFIDENCE_PCT,
    PARTS,
    WIDE,
    Fact,
    Facts,
    Level,
    Number,
    Standing,
    Unit,
    colour,
    words_of,
)
from sessions.coach.faults import faults_of

_SAME_TEMPO: Final = 0.1
"""Share by which a repetition may be longer or shorter and still be in the trainer's tempo."""
_ENOUGH_REPS: Final = 5
"""Fewer repetitions in a set say nothing about fatigue."""


def spread(measured: Interval, unit: Unit) -> dict[str, Number]:
    return {
        "value": Number(measured.value, unit),
        "low": Number(measured.low, unit),
        "high": Number(measured.high, unit),
    }


def facts_of(document: Document, earlier: Sequence[Mapping[str, Any]] = ()) -> Facts:
    """Everything that may be said of a document.

    Parameters
    ----------
    document : mapping
        ``Analysis.to_json()``.
    earlier : sequence of mapping
        Documents of the same exercise (``score`` and ``algorithm`` are enough), the latest last.

    Raises
    ------
    DocumentError
        Where the document contradicts itself or is of an unknown version.
    """
    verdict = verdict_of(document)
    said = Fact("verdict", "verdict", f"The verdict is: {words_of(verdict)}.", topic=verdict)
    score = interval(document.get("score"))
    if verdict != "judged" or score is None:
        return (said,)
    faults = faults_of(document)
    topics = {fault.topic for fault in faults}
    return (
        said,
        _score(score),
        *_trend(score, document, earlier),
        *_grade(document),
        *faults,
        *_parts(document, faults),
        *_reps(document, topics),
        *_tempo(document, topics),
        *_symmetry(document, faults),
        *_stability(document),
        *_fatigue(document),
        *_sight(document),
    )


def _score(score: Interval) -> Fact:
    level: Level = "unsure" if score.width > WIDE else colour(score.value)
    return Fact(
        "score",
        "score",
        f"The movement matches the trainer's by {score.value:.0f}% "
        f"(between {score.low:.0f}% and {score.high:.0f}%): {level}.",
        standing="good" if level == "green" else "neutral",
        numbers={**spread(score, "score"), "confidence": Number(CONFIDENCE_PCT, "pct")},
        level=level,
    )


def _trend(score: Interval, document: Document, earlier: Sequence[Mapping[str, Any]]) -> list[Fact]:
    same = [entry for entry in earlier if entry.get("algorithm") == document.get("algorithm")]
    before = interval(same[-1].get("score")) if same else None
    if before is None:
        return []
    # Two values differ for sure only where their intervals are apart.
    way = "up" if score.low > before.high else "down" if score.high < before.low else "same"
    meaning = {
        "up": f"The score rose from {before.value:.0f}% to {score.value:.0f}%.",
        "down": f"The score fell from {before.value:.0f}% to {score.value:.0f}%.",
        "same": f"The score last time was {before.value:.0f}%: no measurable change.",
    }[way]
    numbers = {"value": Number(score.value, "score"), "before": Number(before.value, "score")}
    good: Standing = "good" if way == "up" else "neutral"
    return [Fact("trend", "trend", meaning, standing=good, numbers=numbers, topic=way)]


def _grade(document: Document) -> list[Fact]:
    given = mapping(document.get("grade"))
    grade = interval(given)
    if grade is None:
        return []
    if given.get("familiar") is not True:
        return [Fact("grade", "grade", "No grade: an unfamiliar movement.", standing="unknown")]
    numbers = {**spread(grade, "grade"), "best": Number(0, "grade"), "worst": Number(4, "grade")}
    meaning = f"The grade is {grade.value:.1f}, where 0 is perfect and 4 is poor."
    return [Fact("grade", "grade", meaning, numbers=numbers)]


def _parts(document: Document, faults: Sequence[Fact]) -> list[Fact]:
    faulty = {part for fault in faults for part in fault.parts}
    found: list[Fact] = []
    for row in rows(document.get("parts")):
        part, score = str(row.get("part")), interval(row.get("score"))
        if part not in PARTS:
            continue
        if score is None:
            meaning = f"The {words_of(part)} could not be seen well enough to be judged."
            found.append(
                Fact(f"unseen.{part}", "unseen", meaning, standing="unknown", parts=(part,))
            )
            continue
        # Praise takes certainty: green even at the lower end of the interval.
        good = score.low > GREEN_ABOVE and part not in faulty
        found.append(
            Fact(
                f"part.{part}",
                "part",
                f"The {words_of(part)} matches the trainer's by {score.value:.0f}%.",
                standing="good" if good else "neutral",
                numbers=spread(score, "score"),
                parts=(part,),
                level=colour(score.value),
                moves_deg=_moves(document, part),
            )
        )
    return found


def _moves(document: Document, part: str) -> float:
    """The widest range in degrees that any angle of a part went through in one repetition."""
    widest = 0.0
    for rep in rows(document.get("reps")):
        for angle, ends in mapping(rep.get("range_deg")).items():
            if str(angle).startswith(f"{part}_") and isinstance(ends, Sequence) and len(ends) == 2:
                low, high = number(ends[0]), number(ends[1])
                if low is not None and high is not None:
                    widest = max(widest, high - low)
    return widest


def _reps(document: Document, topics: set[str]) -> list[Fact]:
    kinds = [rep.get("kind") for rep in rows(document.get("reps"))]
    if not kinds:
        return []
    half = kinds.count("half")
    numbers = {"value": Number(len(kinds), "count"), "half": Number(half, "count")}
    numbers["full"] = Number(len(kinds) - half, "count")
    whole = len(kinds) > 1 and not half and not topics & {"half_range", "depth", "not_extended"}
    meaning = f"{len(kinds)} repetitions were counted, {half} of them half."
    standing: Standing = "good" if whole else "neutral"
    return [Fact("reps", "reps", meaning, standing=standing, numbers=numbers)]


def _tempo(document: Document, topics: set[str]) -> list[Fact]:
    given = mapping(document.get("tempo"))
    client, trainer = seconds_of(given.get("client")), seconds_of(given.get("trainer"))
    own, model = client.get("rep"), trainer.get("rep")
    if own is None or model is None or model <= 0:
        return []
    near = abs(own / model - 1) <= _SAME_TEMPO
    good = near and not topics & {"too_fast", "too_slow", "wrong_phase"}
    return [
        Fact(
            "tempo",
            "tempo",
            f"One repetition takes {own:.1f} s, the trainer's {model:.1f} s.",
            standing="good" if good else "neutral",
            numbers={"value": Number(own, "s"), "trainer": Number(model, "s")},
        )
    ]


def _symmetry(document: Document, faults: Sequence[Fact]) -> list[Fact]:
    pairs = rows(document.get("symmetry"))
    if not pairs:
        return []
    # A fault of one side is a difference between the sides, whatever the averages say.
    one_sided = any(len({*fault.parts} - {"trunk"}) == 1 for fault in faults)
    uneven = any(row.get("significant") for row in pairs)
    if uneven or one_sided or any(fault.topic == "asymmetry" for fault in faults):
        return [Fact("symmetry", "symmetry", "Left and right are not the same.")]
    meaning = "Left and right do not differ by more than the measurement's noise."
    return [Fact("symmetry", "symmetry", meaning, standing="good")]


def _stability(document: Document) -> list[Fact]:
    given = mapping(document.get("stability"))
    own, model = number(given.get("sway_m")), number(given.get("trainer_sway_m"))
    if own is None or model is None:
        return []
    numbers = {"value": Number(100 * own, "cm"), "trainer": Number(100 * model, "cm")}
    if given.get("significant") and own > model:
        meaning = f"The body sways by {100 * own:.1f} cm, the trainer's by {100 * model:.1f} cm."
        return [Fact("stability", "stability", meaning, numbers=numbers, topic="sways")]
    meaning = "The body does not sway measurably more than the trainer's."
    return [Fact("stability", "stability", meaning, standing="good")]


def _fatigue(document: Document) -> list[Fact]:
    long = [row for row in rows(document.get("sets")) if _reps_in(row) >= _ENOUGH_REPS]
    changes = [
        (number(fatigue.get("change_per_rep")), bool(fatigue.get("significant")))
        for fatigue in (mapping(row.get("fatigue")) for row in long)
    ]
    known = [(change, sure) for change, sure in changes if change is not None]
    if not known:
        return []
    falls = [-change for change, sure in known if sure and change < 0]
    if falls:
        meaning = f"Within a set the score falls by {max(falls):.1f} points a repetition."
        numbers = {"value": Number(max(falls), "score")}
        return [Fact("fatigue", "fatigue", meaning, numbers=numbers, topic="falls")]
    meaning = "Within a set the score does not fall measurably."
    return [Fact("fatigue", "fatigue", meaning, standing="good")]


def _reps_in(row: Mapping[str, Any]) -> int:
    reps = row.get("reps")
    return len(reps) if isinstance(reps, list) else int(number(reps) or 0)


def _sight(document: Document) -> list[Fact]:
    if not rows(document.get("quality")):
        return []
    meaning = "Part of the recording was hard to see, which limits what can be said."
    return [Fact("sight", "sight", meaning, standing="unknown")]
