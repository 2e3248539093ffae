"""The grader on what it was not taught with: films, and movements of other kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scoring_films import films
from benchmarks.scoring_metrics import spearman
from processing.motion.grade.features import features_of, model_of
from processing.motion.grade.network import grade
from processing.motion.track import PoseTrack
from processing.synthetic.body import MAN, Body
from processing.synthetic.camera import Camera
from processing.synthetic.detector import load, moved, seen_from, watched
from processing.synthetic.performance import Performance
from tools.fit_detector import is_for_testing
from tools.grade_samples import DEGREES_A_GRADE, DETECTOR, GRADED, WORST
from tools.grade_strangers import MOVEMENTS, Stranger


def filmed(cache: Path) -> dict[str, Any]:
    """Grade the films that the detector's errors were not fitted on."""
    made = films(cache)
    truth: list[float] = []
    found: list[float] = []
    familiar, covered = [], []
    by_fault: dict[str, list[tuple[float, float]]] = {}
    for scene, film in made.values():
        if not is_for_testing(scene) or (scene.fault and scene.fault not in GRADED):
            continue
        trainer = made[f"{scene.context}.trainer"][1].track
        result = grade(trainer, film.track)
        if result is None:
            continue
        wanted = min(scene.severity / DEGREES_A_GRADE, WORST)
        truth.append(wanted)
        found.append(result.value)
        familiar.append(result.familiar)
        covered.append(result.low <= wanted <= result.high)
        for fault in GRADED if scene.role == "right" else (scene.fault,):
            by_fault.setdefault(fault, []).append((wanted, result.value))
    return {
        "samples": len(truth),
        "spearman": spearman(found, truth),
        "mean_error": float(np.mean(np.abs(np.array(found) - truth))),
        "covered": float(np.mean(covered)),
        "familiar": float(np.mean(familiar)),
        "spearman_by_fault": {
            fault: spearman(*map(list, zip(*pairs, strict=True)))
            for fault, pairs in by_fault.items()
        },
    }


def strangers() -> dict[str, Any]:
    """How often the grader says that it does not know a movement, or finds nothing to grade."""
    refused: dict[str, list[bool]] = {"untaught": [], "other_exercise": [], "nonsense": []}
    names = list(MOVEMENTS)
    for seed in range(5):
        for name in names:
            trainer, client = (
                track(Stranger(name, seed + k), body, 30.0 * (seed % 3) + 4 * k, seed + k)
                for k, body in ((0, Body()), (50, MAN))
            )
            refused["untaught"].append(_refused(trainer, client))
        for one, other in (("squat", "jumping_jack"), ("lunge", "overhead_press")):
            trainer = track(Performance(one, seed=seed), Body(), 38.0, seed)  # type: ignore[arg-type]
            client = track(Performance(other, seed=seed), MAN, 38.0, seed)  # type: ignore[arg-type]
            refused["other_exercise"].append(_refused(trainer, client))
        trainer = track(Performance("squat", seed=seed), Body(), 38.0, seed)
        refused["nonsense"].append(_refused(trainer, nonsense(trainer, seed)))
    return {name: float(np.mean(said)) for name, said in refused.items()}


def track(performance: Performance | Stranger, body: Body, view: float, seed: int) -> PoseTrack:
    """A movement as the fitted detector sees it."""
    times, points = moved(performance, body, 12.5)
    world = seen_from(points, Camera(yaw_deg=view))
    return watched(times, world, load(DETECTOR), np.random.default_rng(seed))


def nonsense(like: PoseTrack, seed: int) -> PoseTrack:
    """Limbs that swing every which way, three times; times as another track's."""
    rng = np.random.default_rng(seed)
    t = like.times_s[:, None, None]
    rest = like.world[:1].astype(np.float64)
    size, phase = rng.uniform(0.05, 0.25, (33, 3)), rng.uniform(0, 2 * np.pi, (33, 3))
    hz = rng.uniform(0.3, 1.2, (33, 3))
    world = rest + size * np.sin(2 * np.pi * hz * t + phase)
    return PoseTrack(
        like.times_s,
        world.astype(np.float32),
        like.image,
        like.visibility,
        like.fps,
        like.width,
        like.height,
    )


def _refused(trainer: PoseTrack, client: PoseTrack) -> bool:
    model = model_of(trainer)
    if model is None or features_of(model, client) is None:
        return True
    result = grade(trainer, client)
    return result is None or not result.familiar
