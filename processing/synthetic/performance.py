"""What the athlete does when: exercise, tempo, depth, faults, and the exact rep boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, get_args

import numpy as np

from processing.synthetic.body import Floats

Exercise = Literal["squat", "push_up", "lunge", "jumping_jack", "overhead_press", "plank"]
EXERCISES: Final[tuple[Exercise, ...]] = get_args(Exercise)
FLOOR_EXERCISES: Final = frozenset({"push_up", "plank"})
# Seconds a repetition takes by default (of a plank: how long it is held).
REP_S: Final[dict[str, float]] = {
    "squat": 2.8,
    "push_up": 2.4,
    "lunge": 3.2,
    "jumping_jack": 1.2,
    "overhead_press": 2.6,
    "plank": 5.0,
}


@dataclass(frozen=True)
class Performance:
    """One take of an exercise.

    exercise : which one.
    reps : how many repetitions.
    rep_s : seconds of one repetition, before variation; None takes the exercise's own.
    depth : range of motion; 1 is full (thighs level, chest to the floor, arms straight up).
    idle_s : seconds of standing (or holding the top of a push-up) before and after.
    variation : how much repetitions differ from one another in tempo and depth; 0 is a machine.
    lean_deg : fault: the trunk leans forward this much more at the bottom.
    knees_in_m : fault: knees fall inwards by about this much at the bottom.
    uneven : fault: how much less the right arm or leg does, 0..1, where the exercise allows it.
    seed : of the variation and of the sway while standing.
    """

    exercise: Exercise
    reps: int = 3
    rep_s: float | None = None
    depth: float = 1.0
    idle_s: float = 0.8
    variation: float = 1.0
    lean_deg: float = 0.0
    knees_in_m: float = 0.0
    uneven: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.exercise not in EXERCISES:
            raise ValueError(f"Unknown exercise {self.exercise!r}; choose from {EXERCISES}.")
        if self.reps < 0 or (self.rep_s is not None and self.rep_s <= 0) or self.idle_s < 0:
            raise ValueError("reps and idle_s must not be negative, rep_s must be positive.")
        if not 0 < self.depth <= 1.15:
            raise ValueError(f"depth is {self.depth}; give 0 < depth <= 1.15.")

    @property
    def reps_s(self) -> Floats:
        """Start and end (reps, 2) of every repetition, seconds; they touch."""
        edges = _schedule(self)[0]
        return np.stack([edges[:-1], edges[1:]], axis=1)

    @property
    def duration_s(self) -> float:
        """Whole take, seconds."""
        return float(_schedule(self)[0][-1] + self.idle_s)

    def moment(self, t: float) -> Moment:
        """Where in the take ``t`` seconds is."""
        edges, depths = _schedule(self)
        if self.reps == 0 or t < edges[0] or t >= edges[-1]:
            return Moment(t, -1, 0.0, 0.0)
        rep = int(np.searchsorted(edges, t, side="right") - 1)
        phase = float((t - edges[rep]) / (edges[rep + 1] - edges[rep]))
        return Moment(t, rep, phase, float(depths[rep]))


@dataclass(frozen=True)
class Moment:
    """An instant of a take: repetition (-1 while idle), phase 0..1 in it, and its depth."""

    t: float
    rep: int
    phase: float
    depth: float

    def there_and_back(self) -> float:
        """How far into the movement, 0..depth: down, a short hold, up, a short rest."""
        p = self.phase
        return self.depth * (ramp(p, 0.0, 0.44) - ramp(p, 0.52, 0.94))


@lru_cache(maxsize=64)
def _schedule(performance: Performance) -> tuple[Floats, Floats]:
    """Edges (reps + 1,) in seconds, and the depth (reps,) of each repetition."""
    rng = np.random.default_rng([performance.seed, EXERCISES.index(performance.exercise)])
    n = performance.reps
    rep_s = performance.rep_s or REP_S[performance.exercise]
    wobble = np.clip(rng.standard_normal((2, n)), -2, 2) * performance.variation
    lengths = rep_s * (1 + 0.05 * wobble[0])
    depths = performance.depth * (1 - 0.03 * np.abs(wobble[1]))
    edges = performance.idle_s + np.concatenate([[0.0], np.cumsum(lengths)])
    return edges, depths


def ramp(x: float, low: float, high: float) -> float:
    """Quintic from 0 at ``low`` to 1 at ``high``: speed and acceleration vanish at both ends."""
    u = min(max((x - low) / (high - low), 0.0), 1.0)
    return u * u * u * (u * (6 * u - 15) + 10)


def bump(x: float, centre: float, half_width: float) -> float:
    """Smooth hill of height 1 at ``centre``, 0 beyond ``half_width``."""
    u = min(abs(x - centre) / half_width, 1.0)
    return (1 - u * u) ** 2
