"""What a fact is. Every voice, and every check, works from a list of them alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from processing.motion.score import GREEN_ABOVE, YELLOW_ABOVE

Unit = Literal["score", "pct", "deg", "s", "count", "rep", "grade", "cm", ""]
"""``score`` is 0..100, shown as a percentage; ``rep`` is a repetition's own number, from 1."""
Kind = Literal[
    "verdict", "score", "grade", "part", "unseen", "reps", "tempo", "symmetry", "stability",
    "fatigue", "speed", "fault", "trend", "sight",
]  # fmt: skip
Standing = Literal["good", "neutral", "fault", "unknown"]
Level = Literal["green", "yellow", "red", "unsure", ""]

PARTS: Final = (
    *(f"{side}_{joint}" for joint in ("shoulder", "elbow", "hip", "knee", "ankle")
      for side in ("left", "right")),
    "trunk",
)  # fmt: skip
CONFIDENCE_PCT: Final = 90.0
"""What part of the time a value lies within its interval."""
WIDE: Final = 20.0
"""An interval of more points than this allows no verdict: it may hold two of the three colours."""
NOTABLE: Final = 12.0
"""From so many points on, how uncertain a score is gets said in so many words."""
_MOVES_DEG: Final = 20.0
"""A joint that moves less than this is not what an exercise is about."""


@dataclass(frozen=True)
class Number:
    """A number that may be said, in its unit."""

    value: float
    unit: Unit


@dataclass(frozen=True)
class Fact:
    """One thing that was measured.

    Attributes
    ----------
    id : str
        As in ``score``, ``part.left_knee``, ``fault.1``.
    meaning : str
        A whole sentence in English, for language models and logs. Users never see it.
    standing : Standing
        Whether it may be praised, must be corrected, or neither.
    numbers : mapping of str to Number
        By role; ``value`` is the one it is about.
    parts : tuple of str
        Of the body, from `PARTS`.
    topic : str
        A fault's code, a verdict, or a trend's way (``up``, ``down``, ``same``).
    angle : str
        A fault's angle without its side: ``knee_flexion``.
    direction : str
        ``less`` or ``more`` than the trainer.
    reps : tuple of int
        Numbers of the repetitions it happened in, from 1.
    merged : bool
        Whether it happened more than once, so that its number is the largest of several.
    cost : float
        Points of the score it takes.
    moves_deg : float
        A part's own range of movement: how much the exercise is about it.
    """

    id: str
    kind: Kind
    meaning: str
    standing: Standing = "neutral"
    numbers: Mapping[str, Number] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    level: Level = ""
    topic: str = ""
    angle: str = ""
    direction: str = ""
    phase: str = ""
    reps: tuple[int, ...] = ()
    merged: bool = False
    cost: float = 0.0
    moves_deg: float = 0.0

    @property
    def value(self) -> float | None:
        return self.numbers["value"].value if "value" in self.numbers else None

    @property
    def unit(self) -> Unit:
        return self.numbers["value"].unit if "value" in self.numbers else ""

    def __getitem__(self, role: str) -> float:
        return self.numbers[role].value


Facts = tuple[Fact, ...]


def colour(score: float) -> Level:
    """The level a score has everywhere on the site."""
    return "green" if score > GREEN_ABOVE else "yellow" if score > YELLOW_ABOVE else "red"


def words_of(code: str) -> str:
    """``left_knee`` as English words."""
    return code.replace("_", " ")


def leading_part(facts: Facts) -> Fact | None:
    """The part to praise: of those that are good, the one the exercise is most about."""
    good = [fact for fact in facts if fact.kind == "part" and fact.standing == "good"]
    moving = [fact for fact in good if fact.moves_deg >= _MOVES_DEG]
    measured = any(fact.moves_deg > 0 for fact in facts if fact.kind == "part")
    if measured:
        return max(moving, key=lambda fact: fact.moves_deg, default=None)
    return max(good, key=lambda fact: fact["low"], default=None)
