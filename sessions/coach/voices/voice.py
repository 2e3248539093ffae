"""What a persona must have words for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Counted = Callable[[int], str]
"""The sentence for so many repetitions, its ``%(count)d`` still open: numerals rule nouns."""


@dataclass(frozen=True)
class Voice:
    """Sentences of one persona; where there are several, the session's hash chooses.

    Attributes
    ----------
    greeting : str
        With ``name``.
    headline : mapping of str to tuple of str
        By ``green``, ``yellow``, ``red``, ``unsure``, and by the verdicts without a score. With
        ``exercise``, ``score``, ``low``, ``high``.
    part : tuple of str
        Praise of a part, with ``part``, ``score``, ``low``, ``high``.
    tempo : str
        With ``client``, ``trainer``, s.
    better : str
        With ``before``, ``now``.
    full, count : Counted
        All repetitions were whole; so many were done.
    symmetry, stability, fatigue, seen : str
        Nothing measurable is wrong there; ``seen`` where there is nothing else to say.
    cues : mapping of str to str
        By fault; by fault and direction (``depth less``) where that makes a difference.
    leads : tuple of str
        Before what to try next time.
    closing : tuple of str
    formal : bool
        How it addresses people in Russian, unless the trainer says otherwise.
    tells_noise : bool
        Whether each number comes with its measurement noise, and the grade is told.
    """

    greeting: str
    headline: dict[str, tuple[str, ...]]
    part: tuple[str, ...]
    full: Counted
    tempo: str
    symmetry: str
    stability: str
    fatigue: str
    better: str
    count: Counted
    seen: str
    cues: dict[str, str]
    leads: tuple[str, ...]
    closing: tuple[str, ...]
    formal: bool = True
    tells_noise: bool = False
