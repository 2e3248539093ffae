"""What a pose detector makes of the athlete's joints, without pictures: errors fitted on films.

A detector's errors are not white noise. Most of an error depends on posture and side, alike for
everyone; some stays with a person and a camera; the rest hangs together over a few pictures:

    found = truth + W · posture + person and camera + wandering

`fit` takes films and the truth about them apart in this way, `watched` puts other performances
together. World coordinates only, metres; visibility is found in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.track import LANDMARK_COUNT, PoseTrack
from processing.synthetic.body import Body, Floats, landmarks
from processing.synthetic.camera import Camera
from processing.synthetic.exercises import Staged, pose_at
from processing.synthetic.performance import Performance

_ERRORS: Final = LANDMARK_COUNT * 3
_LASTING: Final = 12
_WANDERING: Final = 24
"""Principal components that are kept."""
_RIDGE: Final = 1.0
"""Against overfitting, per frame; coordinates are metres."""


@dataclass(frozen=True)
class Detector:
    """A detector's errors: of 99 coordinates (m), then of 33 visibilities (0..1).

    weights : (100, 132), times a posture (99 coordinates and 1).
    lasting : (12, 132) components of what stays the same in a film, as long as they vary.
    wandering : (24, 132) components of the rest. keeps : (24,) how much of each is left after
    ``step_s`` seconds.
    """

    weights: NDArray[np.float32]
    lasting: NDArray[np.float32]
    wandering: NDArray[np.float32]
    keeps: NDArray[np.float32]
    step_s: float


def fit(films: Sequence[tuple[PoseTrack, Floats]], step_s: float) -> Detector:
    """Fit a detector.

    Parameters
    ----------
    films : what was found, and the truth (T, 33, 3) in metres at the same times
    step_s : time between pictures
    """
    postures = [_posture(truth) for _, truth in films]
    errors = [_error(track, truth) for track, truth in films]
    x, y = np.concatenate(postures), np.concatenate(errors)
    ridge = _RIDGE * np.sqrt(len(x)) * np.eye(x.shape[1])
    weights = np.linalg.solve(x.T @ x + ridge, x.T @ y)
    rest = [e - p @ weights for p, e in zip(postures, errors, strict=True)]
    means = np.array([r.mean(axis=0) for r in rest])
    lasting = _components(means, _LASTING)
    swings = [r - r.mean(axis=0) for r in rest]
    wandering = _components(np.concatenate(swings), _WANDERING)
    unit = wandering / np.linalg.norm(wandering, axis=1, keepdims=True) ** 2
    scores = [swing @ unit.T for swing in swings]
    before = np.concatenate([s[:-1] for s in scores])
    after = np.concatenate([s[1:] for s in scores])
    keeps = (before * after).sum(axis=0) / (before**2).sum(axis=0)
    return Detector(
        weights.astype(np.float32),
        lasting.astype(np.float32),
        wandering.astype(np.float32),
        np.clip(keeps, 0.0, 0.999).astype(np.float32),
        step_s,
    )


def watched(
    times_s: Floats, world: Floats, detector: Detector | None, rng: np.random.Generator
) -> PoseTrack:
    """The track that a detector would make, smoothed, of true joints.

    Parameters
    ----------
    times_s : (T,) seconds, evenly spaced
    world : (T, 33, 3) metres, as ``Camera.world`` gives them
    detector : None = the truth itself
    rng : chooses person and camera, and the wandering
    """
    count = len(times_s)
    found, seen = np.asarray(world, np.float64), np.ones((count, LANDMARK_COUNT))
    if detector is not None:
        step = float(np.median(np.diff(times_s)))
        keeps = detector.keeps.astype(np.float64) ** (step / detector.step_s)
        score = rng.standard_normal(len(keeps))
        path = []
        for _ in range(count):
            path.append(score)
            score = keeps * score + np.sqrt(1 - keeps**2) * rng.standard_normal(len(keeps))
        error = _posture(found) @ detector.weights + np.array(path) @ detector.wandering
        error += rng.standard_normal(len(detector.lasting)) @ detector.lasting
        found = found + error[:, :_ERRORS].reshape(count, LANDMARK_COUNT, 3)
        seen = np.clip(seen + error[:, _ERRORS:], 0.0, 1.0)
    return PoseTrack(
        times_s=np.asarray(times_s, np.float64),
        world=found.astype(np.float32),
        image=np.full((count, LANDMARK_COUNT, 2), np.nan, np.float32),
        visibility=seen.astype(np.float32),
        fps=1 / float(np.median(np.diff(times_s))),
        width=0,
        height=0,
    )


def moved(performance: Performance | Staged, body: Body, fps: float) -> tuple[Floats, Floats]:
    """Times (T,) and joints (T, 33, 3) of a performance, body space, metres."""
    times = np.arange(0.0, performance.duration_s, 1 / fps)
    return times, np.array([landmarks(body, pose_at(performance, body, float(t))) for t in times])


def seen_from(points: Floats, camera: Camera) -> Floats:
    """Joints (T, 33, 3) in body space as world landmarks of a camera."""
    room = points @ camera.body_to_room.T
    axes = room @ camera.room_to_camera.T * np.array([1.0, -1.0, -1.0])
    return np.asarray(axes - 0.5 * (axes[:, 23:24] + axes[:, 24:25]))


def save(detector: Detector, path: Path) -> None:
    """Write a detector's errors, about 50 kB."""
    arrays: dict[str, Any] = {name: getattr(detector, name).astype(np.float16) for name in _ARRAYS}
    np.savez_compressed(path, step_s=np.float64(detector.step_s), **arrays)


def load(path: Path) -> Detector:
    """Read what `save` wrote."""
    with np.load(path) as archive:
        arrays = {name: np.asarray(archive[name], np.float32) for name in _ARRAYS}
        return Detector(**arrays, step_s=float(archive["step_s"]))


_ARRAYS: Final = ("weights", "lasting", "wandering", "keeps")


def _posture(world: Floats) -> Floats:
    flat = np.asarray(world, np.float64).reshape(len(world), -1)
    return np.column_stack([flat, np.ones(len(flat))])


def _error(track: PoseTrack, truth: Floats) -> Floats:
    """What is off (T, 132): coordinates, and visibility against having been seen."""
    off = track.world.astype(np.float64) - truth
    return np.column_stack([off.reshape(len(off), -1), track.visibility - 1.0])


def _components(rows: Floats, count: int) -> Floats:
    """Principal components (count, D) of rows (n, D), as long as the rows vary along them."""
    _, sizes, directions = np.linalg.svd(rows, full_matrices=False)
    kept = min(count, len(sizes))
    result = np.zeros((count, rows.shape[1]))
    result[:kept] = directions[:kept] * sizes[:kept, None] / np.sqrt(max(len(rows), 1))
    return result
