"""What an analysis says, and how it is written down. ``docs/formats.md`` describes the document."""

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Final, Literal

import numpy as np

from processing.motion.analysis.scoring import Score

VERSION: Final = 1
ALGORITHM: Final = "2"
"""1 had landmarks in space as the network gives them, and knew nothing of furniture."""

Verdict = Literal["judged", "other_exercise", "not_visible", "too_short"]
Phase = Literal["top", "down", "bottom", "up", "hold"]
Fault = Literal[
    "depth",
    "valgus",
    "trunk_lean",
    "asymmetry",
    "half_range",
    "too_fast",
    "too_slow",
    "wrong_phase",
    "not_extended",
    "arm_position",
    "leg_position",
]
NOTHING: Final = Score(np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Grade:
    """0 (perfect) to 4 (poor), and whether the movement is like what the grader was taught with."""

    value: float
    low: float
    high: float
    familiar: bool


@dataclass(frozen=True)
class Found:
    """How the client's video lies over the trainer's."""

    lag_s: float
    mirror: bool
    yaw_deg: float
    view: str
    trainer_view_deg: float
    agreement: float


@dataclass(frozen=True)
class Part:
    """A part of the body.

    less_seen : 0..1, how much less visible it is than in the trainer's clip; 0 where that shows
    it as little, or the body itself hides it.
    """

    part: str
    score: Score
    difference_deg: float
    noise_deg: float
    less_seen: float


@dataclass(frozen=True)
class Times:
    """Seconds of a repetition: against the load's fall, between, and with the load."""

    eccentric_s: float
    pause_s: float
    concentric_s: float


@dataclass(frozen=True)
class RepResult:
    """One repetition of the client."""

    n: int
    start_s: float
    end_s: float
    kind: str
    trainer_rep: int
    score: Score
    tempo: Times
    range_deg: dict[str, tuple[float, float]]
    peak_speed: float
    parts: dict[str, float]


@dataclass(frozen=True)
class Fatigue:
    """Score points gained with every repetition of a set; its 90% interval."""

    change_per_rep: float
    low: float
    high: float
    significant: bool


@dataclass(frozen=True)
class SetResult:
    """Repetitions without a long pause between them."""

    n: int
    start_s: float
    end_s: float
    reps: int
    score: Score
    fatigue: Fatigue
    velocity_loss_pct: float


@dataclass(frozen=True)
class TempoResult:
    """Typical times of both."""

    client: Times
    trainer: Times
    ratio: float


@dataclass(frozen=True)
class Symmetry:
    """How far an angle goes on either side of the client."""

    angle: str
    left_deg: float
    right_deg: float
    difference_deg: float
    noise_deg: float
    significant: bool


@dataclass(frozen=True)
class Stability:
    """How far the hips stray sideways from their usual way, root mean square."""

    sway_m: float
    trainer_sway_m: float
    significant: bool


@dataclass(frozen=True)
class Moment:
    """A stretch of time in which something is not as the trainer does it."""

    fault: Fault
    part: str | None
    angle: str | None
    side: str | None
    direction: str
    difference_deg: float
    noise_deg: float
    difference_s: float
    start_s: float
    end_s: float
    at_s: float
    trainer_at_s: float
    reps: tuple[int, ...]
    phase: Phase
    cost: float
    severe: bool


@dataclass(frozen=True)
class Evidence:
    """What speaks for a fault, found or not: degrees (of the joint, of the cycle for
    ``wrong_phase``), per cent of the time for ``too_fast`` and ``too_slow``.

    Up to ``noise`` it is noise, or tolerated.
    """

    difference: float
    noise: float


@dataclass(frozen=True)
class Strip:
    """Score over the client's time, for colouring."""

    step_s: float
    score: tuple[float, ...]


@dataclass(frozen=True)
class Sight:
    """A stretch of time in which something could not be judged, or only be guessed.

    less_seen : as of ``Part``; 1 where nobody is there
    """

    code: str
    start_s: float
    end_s: float
    part: str | None
    less_seen: float


@dataclass(frozen=True)
class Analysis:
    """A client's movement against the trainer's."""

    verdict: Verdict
    alignment: Found
    score: Score = NOTHING
    grade: Grade | None = None
    parts: tuple[Part, ...] = ()
    reps: tuple[RepResult, ...] = ()
    sets: tuple[SetResult, ...] = ()
    tempo: TempoResult | None = None
    symmetry: tuple[Symmetry, ...] = ()
    stability: Stability | None = None
    moments: tuple[Moment, ...] = ()
    evidence: dict[Fault, Evidence] = field(default_factory=dict)
    strip: Strip = Strip(0.5, ())
    quality: tuple[Sight, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Write the document: numbers rounded, NaN as None."""
        written = _plain(self, "")
        assert isinstance(written, dict)
        return {"version": VERSION, "algorithm": ALGORITHM, **written}


def _digits(name: str) -> int:
    if name.endswith(
        ("_s", "_m", "agreement", "ratio", "peak_speed", "change_per_rep", "less_seen")
    ):
        return 3
    return 1 if name != "grade" else 2


def _plain(value: object, name: str) -> Any:
    """Numbers, strings, lists and dicts of anything above."""
    if is_dataclass(value) and not isinstance(value, type):
        inner = "grade" if isinstance(value, Grade) else ""
        if isinstance(value, Fatigue):
            inner = "change_per_rep"
        return {f.name: _plain(getattr(value, f.name), inner or f.name) for f in fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item, name) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item, name) for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if not np.isfinite(value) else round(float(value), _digits(name)) + 0.0
    return value
