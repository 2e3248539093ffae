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
    short : fault: share of the way that is missing, 0..1.
    hasty : fault: share of a repetition's time that is missing, 0..1.
    late_s : fault: a repetition comes so many seconds late; the next one makes up for it.
    faulty : numbers of the repetitions with these faults; None = all.
    pause_s, pauses : seconds of rest at the top after the repetitions of these numbers.
    follows : seed of somebody whose tempo is followed, repetition by repetition, but for some 30 ms
        (of a trainer, by a client who does the exercise beside them); None = a tempo of one's own.
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
    short: float = 0.0
    hasty: float = 0.0
    late_s: float = 0.0
    faulty: tuple[int, ...] | None = None
    pause_s: float = 0.0
    pauses: tuple[int, ...] = ()
    follows: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.exercise not in EXERCISES:
            raise ValueError(f"Unknown exercise {self.exercise!r}; choose from {EXERCISES}.")
        if self.reps < 0 or (self.rep_s is not None and self.rep_s <= 0) or self.idle_s < 0:
            raise ValueError("reps and idle_s must not be negative, rep_s must be positive.")
        if not 0 < self.depth <= 1.15:
            raise ValueError(f"depth is {self.depth}; give 0 < depth <= 1.15.")
        if not (0 <= self.short < 1 and 0 <= self.hasty < 1):
            raise ValueError(f"short is {self.short}, hasty {self.hasty}; both are 0..1.")
        if self.late_s < 0 or self.pause_s < 0:
            raise ValueError("late_s and pause_s must not be negative.")

    @property
    def reps_s(self) -> Floats:
        """Start and end (reps, 2) of every repetition, seconds; they touch unless one rests."""
        return _schedule(self)[0].copy()

    @property
    def duration_s(self) -> float:
        """Whole take, seconds."""
        reps_s = _schedule(self)[0]
        return float((reps_s[-1, 1] if len(reps_s) else self.idle_s) + self.idle_s)

    def is_faulty(self, rep: int) -> bool:
        """Whether a repetition, by its number, has the faults."""
        return self.faulty is None or rep in self.faulty

    def moment(self, t: float) -> Moment:
        """Where in the take ``t`` seconds is."""
        reps_s, depths = _schedule(self)
        rep = int(np.searchsorted(reps_s[:, 0], t, side="right") - 1)
        if rep < 0 or t >= reps_s[rep, 1]:
            return Moment(t, -1, 0.0, 0.0)
        start, end = reps_s[rep]
        return Moment(t, rep, float((t - start) / (end - start)), float(depths[rep]))


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


_FOLLOWING_S: Final = 0.03
"""How evenly a rhythm that is seen is kept: standard deviation of single beats. B. H. Repp, Y.-H.
Su: Sensorimotor synchronization. Psychon. Bull. Rev. 20, 2013, give 20 to 50 ms."""
_LEAST_REP_S: Final = 0.2


@lru_cache(maxsize=64)
def _schedule(performance: Performance) -> tuple[Floats, Floats]:
    """Start and end (reps, 2) in seconds, and the depth (reps,), of each repetition."""
    n = performance.reps
    wobble = _wobble(performance, performance.seed)
    tempo = wobble[0]
    if performance.follows is not None:
        tempo = _wobble(performance, performance.follows)[0]
    rep_s = performance.rep_s or REP_S[performance.exercise]
    faulty = np.array([performance.is_faulty(i) for i in range(n)], bool)
    lengths = rep_s * (1 + 0.05 * tempo) * np.where(faulty, 1 - performance.hasty, 1.0)
    depths = performance.depth * (1 - 0.03 * np.abs(wobble[1]))
    depths *= np.where(faulty, 1 - performance.short, 1.0)
    rests = np.zeros(n)
    rests[[i for i in performance.pauses if i < n]] = performance.pause_s
    edges = performance.idle_s + np.concatenate([[0.0], np.cumsum(lengths + rests)])
    late = performance.late_s * faulty
    if performance.follows is not None:
        rng = np.random.default_rng([performance.seed, performance.follows])
        late = late + _FOLLOWING_S * performance.variation * np.abs(rng.standard_normal(n))
    starts, ends = edges[:-1] + late, edges[1:] - rests + late
    # Whoever was late begins the next one when this one is done, and is in time again at its end.
    starts[1:] = np.maximum(starts[1:], ends[:-1])
    ends = np.maximum(ends, starts + _LEAST_REP_S)
    return np.stack([starts, ends], axis=1), depths


def _wobble(performance: Performance, seed: int) -> Floats:
    """How repetitions differ from one another in tempo and depth, (2, reps)."""
    rng = np.random.default_rng([seed, EXERCISES.index(performance.exercise)])
    noise = rng.standard_normal((2, performance.reps))
    return np.asarray(np.clip(noise, -2, 2) * performance.variation)


def ramp(x: float, low: float, high: float) -> float:
    """Quintic from 0 at ``low`` to 1 at ``high``: speed and acceleration vanish at both ends."""
    u = min(max((x - low) / (high - low), 0.0), 1.0)
    return u * u * u * (u * (6 * u - 15) + 10)


def bump(x: float, centre: float, half_width: float) -> float:
    """Smooth hill of height 1 at ``centre``, 0 beyond ``half_width``."""
    u = min(abs(x - centre) / half_width, 1.0)
    return (1 - u * u) ** 2
