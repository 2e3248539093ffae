"""Faults that a trainer has shown once, found again: ``docs/taught.md``.

``measures`` says how every repetition differs from the trainer's, ``spread`` by how much it may
differ without meaning anything, ``signature`` what the repetitions that were marked have of their
own, ``matching`` which repetitions of another session have it too.
"""

from processing.motion.taught.matching import Match, Same, matches
from processing.motion.taught.measures import Measures, measure
from processing.motion.taught.signature import NothingStandsOut, Signature, learned

__all__ = [
    "Match",
    "Measures",
    "NothingStandsOut",
    "Same",
    "Signature",
    "learned",
    "matches",
    "measure",
]
