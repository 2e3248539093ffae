"""Takes of the synthetic athlete with faults of known size, for teaching and testing the grader.

No pictures: joints, seen by the detector whose errors `tools.fit_detector` fitted on films.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.grade.features import Features, Model, features_of, model_of
from processing.synthetic.body import MAN, Body, Floats
from processing.synthetic.camera import Camera
from processing.synthetic.detector import Detector, load, moved, seen_from, watched
from processing.synthetic.performance import REP_S, Exercise, Performance
from processing.synthetic.severity import APPLIES, Fault, flawed

DETECTOR: Final = Path(__file__).resolve().parent / "data" / "detector.npz"

EXERCISES: Final[tuple[Exercise, ...]] = (
    "squat",
    "push_up",
    "lunge",
    "jumping_jack",
    "overhead_press",
)
GRADED: Final[tuple[Fault, ...]] = (
    "depth",
    "valgus",
    "trunk_lean",
    "asymmetry",
    "half_range",
    "too_fast",
)
"""Coming late is no fault of form: the lag is told on its own."""
DEGREES_A_GRADE: Final = 10.0
WORST: Final = 4.0
VIEWS: Final = (0, 12, 25, 38, 50, 62, 75, 88)
HELD_OUT_VIEWS: Final = (25, 62)
_APART_DEG: Final = 6.0
_TRAINERS: Final = 6
_TAKES: Final = 5
_RIGHT: Final = 0.22
_TWO_FAULTS: Final = 0.15
_MOST_DEG: Final = 46.0

HELD_OUT_BODIES: Final = (
    Body(),
    MAN,
    Body().scaled(0.92),
    replace(MAN.scaled(1.04), torso_girth=1.18, leg_girth=1.15),
    replace(Body(), thigh_m=0.39, shin_m=0.385, torso_m=0.505, leg_girth=1.12),
)
"""Nobody like them is taught with; the scoring bench films them."""


@dataclass(frozen=True)
class Sample:
    """One comparison. grade : the truth, 0..4. kind : exercise and view, a word."""

    features: Features
    grade: float
    kind: str
    fault: str


@dataclass(frozen=True)
class Cast:
    """Who is seen from where: bodies to choose from (None = any but the held out) and views."""

    bodies: tuple[Body, ...] | None
    views: tuple[int, ...]


TAUGHT: Final = Cast(None, tuple(v for v in VIEWS if v not in HELD_OUT_VIEWS))
NEW_BODIES: Final = Cast(HELD_OUT_BODIES, TAUGHT.views)
NEW_VIEWS: Final = Cast(None, HELD_OUT_VIEWS)
NEW_BOTH: Final = Cast(HELD_OUT_BODIES, HELD_OUT_VIEWS)


def fair_views(fault: str, exercise: Exercise) -> tuple[int, int]:
    """From where, degrees from the front, a fault can be seen."""
    arms = exercise in ("jumping_jack", "overhead_press")
    if fault in ("valgus", "asymmetry"):
        return 0, 30
    if fault in ("depth", "half_range"):
        return (0, 40) if arms else (38, 90)
    if fault == "trunk_lean":
        return 38, 90
    return (0, 50) if arms else (0 if exercise != "push_up" else 38, 90)


def some_body(rng: np.random.Generator) -> Body:
    """Anybody: short or tall, with limbs of their own."""
    body = (Body() if rng.random() < 0.5 else MAN).scaled(float(rng.uniform(0.9, 1.07)))
    lengths = ("thigh_m", "shin_m", "torso_m", "upper_arm_m", "forearm_m", "shoulder_width_m")
    return replace(
        body, **{name: getattr(body, name) * float(rng.uniform(0.96, 1.04)) for name in lengths}
    )


def samples(seed: int, number: int, cast: Cast) -> list[Sample]:
    """The takes of one performance: as many as there are cameras and detectors looking at it."""
    rng = np.random.default_rng([seed, number])
    detector = _detector()
    exercise = EXERCISES[number % len(EXERCISES)]
    body = some_body(rng) if cast.bodies is None else cast.bodies[rng.integers(len(cast.bodies))]
    performance = Performance(
        exercise,
        rep_s=REP_S[exercise] * float(rng.uniform(0.95, 1.05)),
        idle_s=0.5,
        seed=int(rng.integers(1 << 30)),
    )
    faults: list[tuple[Fault, float]] = []
    low, high = fair_views("none", exercise)
    if rng.random() >= _RIGHT:
        able = [f for f in GRADED if exercise in APPLIES[f]]
        for _ in range(2 if rng.random() < _TWO_FAULTS else 1):
            fault = able[rng.integers(len(able))]
            fair = fair_views(fault, exercise)
            views = [v for v in cast.views if max(low, fair[0]) <= v <= min(high, fair[1])]
            # Half the way befalls every second repetition, and what goes with it would do so too.
            alone = faults and "half_range" in (fault, faults[0][0])
            if views and not alone and fault not in [f for f, _ in faults]:
                low, high = max(low, fair[0]), min(high, fair[1])
                faults.append((fault, float(rng.uniform(2.0, _MOST_DEG))))
    done = []
    for fault, severity in faults:
        # Who hardly moves can't lean far at the bottom: not everything goes together.
        with contextlib.suppress(ValueError):
            performance = flawed(performance, body, fault, severity)
            done.append((fault, severity))
    views = [v for v in cast.views if low <= v <= high]
    size = float(np.sqrt(sum(severity**2 for _, severity in done)))
    times, points = moved(performance, body, 15.0 if exercise == "jumping_jack" else 10.0)
    found = []
    for _ in range(_TAKES):
        view = views[rng.integers(len(views))]
        trainer = _trainer(seed, exercise, int(rng.integers(_TRAINERS)), view)
        client = watched(times, _seen(points, view, rng), detector, rng)
        features = features_of(trainer, client) if trainer is not None else None
        if features is not None:
            grade = min(size / DEGREES_A_GRADE, WORST)
            name = "+".join(fault for fault, _ in done) or "none"
            found.append(Sample(features, grade, f"{exercise}-{view}", name))
    return found


def _seen(points: Floats, view: float, rng: np.random.Generator) -> Floats:
    yaw = view + float(rng.uniform(-_APART_DEG, _APART_DEG))
    return seen_from(points, Camera(yaw_deg=yaw, tilt_deg=float(rng.uniform(0.0, 8.0))))


@lru_cache(maxsize=1)
def _detector() -> Detector:
    return load(DETECTOR)


@lru_cache(maxsize=64)
def _lesson(seed: int, exercise: Exercise, number: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng([seed, 1 << 20, EXERCISES.index(exercise), number])
    performance = Performance(exercise, idle_s=0.5, seed=int(rng.integers(1 << 30)))
    return moved(performance, some_body(rng), 15.0 if exercise == "jumping_jack" else 10.0)


@lru_cache(maxsize=512)
def _trainer(seed: int, exercise: Exercise, number: int, view: int) -> Model | None:
    times, points = _lesson(seed, exercise, number)
    rng = np.random.default_rng([seed, EXERCISES.index(exercise), number, view])
    return model_of(watched(times, _seen(points, view, rng), _detector(), rng))


def stacked(found: list[Sample]) -> dict[str, NDArray[np.generic]]:
    """Samples as arrays, repetitions one after the other, to be kept in a file."""
    curves = [sample.features.curves for sample in found]
    return {
        "reps": np.array([len(c) for c in curves]),
        "curves": np.concatenate(curves).astype(np.float16),
        "facts": np.concatenate([sample.features.facts for sample in found]),
        "grade": np.array([sample.grade for sample in found]),
        "kind": np.array([sample.kind for sample in found]),
        "fault": np.array([sample.fault for sample in found]),
    }
