"""What will be said, before anybody says it: the same for every voice and every language model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sessions.coach.facts import NOTABLE, Fact, Facts, Kind, leading_part
from sessions.coach.faults import changes_of

MOST_PRAISE: Final = 2
_PRAISE_ORDER: Final[tuple[Kind, ...]] = ("reps", "tempo", "symmetry", "fatigue", "stability")


@dataclass(frozen=True)
class Plan:
    """What to say of some facts.

    Attributes
    ----------
    facts : tuple of Fact
        All of them.
    verdict : str
    score : Fact or None
        None without a score.
    well : tuple of Fact
        To be praised, or, where nothing can be, to be acknowledged.
    change : tuple of Fact
        Faults, the costliest first.
    notes : tuple of Fact
        What limits or completes the answer.
    """

    facts: Facts
    verdict: str
    score: Fact | None
    well: tuple[Fact, ...]
    change: tuple[Fact, ...]
    notes: tuple[Fact, ...]

    @property
    def overall(self) -> tuple[Fact, ...]:
        """How the whole went, which every sentence may allude to."""
        return (self.score,) if self.score else ()

    @property
    def headline(self) -> str:
        """The level of the score, or the verdict where there is none."""
        return self.score.level if self.score else self.verdict


def plan_of(facts: Facts) -> Plan:
    by_kind = {fact.kind: fact for fact in facts}
    verdict, score = by_kind["verdict"], by_kind.get("score")
    if score is None:
        return Plan(facts, verdict.topic, None, (), (), ())
    return Plan(
        facts, verdict.topic, score, _well(facts), tuple(changes_of(facts)), _notes(facts, score)
    )


def _well(facts: Facts) -> tuple[Fact, ...]:
    by_kind = {fact.kind: fact for fact in facts}
    others = [by_kind.get(kind) for kind in _PRAISE_ORDER]
    candidates = [by_kind.get("trend"), leading_part(facts), *others]
    good = [fact for fact in candidates if fact is not None and fact.standing == "good"]
    if good:
        return tuple(good[:MOST_PRAISE])
    # Nothing to praise: what was done is acknowledged, without a judgement.
    return (by_kind.get("reps") or by_kind["verdict"],)


def _notes(facts: Facts, score: Fact) -> tuple[Fact, ...]:
    wide = score["high"] - score["low"] > NOTABLE and score.level != "unsure"
    told = [
        fact
        for fact in facts
        if fact.kind in ("unseen", "sight", "grade")
        or (fact.kind == "trend" and fact.standing != "good")
        or (fact.kind == "fatigue" and fact.topic == "falls")
        or (fact.kind == "stability" and fact.topic == "sways")
    ]
    return (*((score,) if wide else ()), *told)
