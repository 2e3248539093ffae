"""From the trainer's word for a focus to the parts of the body that weigh more."""

from __future__ import annotations

from typing import Final

from exercises.models import Exercise
from processing.motion.skeleton import FOCUS

FOCUS_PARTS: Final[dict[str, tuple[str, ...]]] = {
    Exercise.Focus.ARMS: ("shoulders", "elbows"),
    Exercise.Focus.LEGS: ("hips", "knees", "ankles"),
    Exercise.Focus.TRUNK: ("back",),
    Exercise.Focus.WHOLE: (),
}
"""Words the Match Score knows (``processing.motion.skeleton.FOCUS``)."""

assert all(part in FOCUS for parts in FOCUS_PARTS.values() for part in parts)


def focus_parts(exercise: Exercise) -> list[str]:
    """What weighs more in this exercise; empty: every part alike."""
    return list(FOCUS_PARTS[exercise.focus])
