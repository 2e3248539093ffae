"""Random takes of the synthetic athlete as pose tracks, with a detector's kind of noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from processing.motion.skeleton import MIRROR
from processing.motion.track import PoseTrack
from processing.synthetic.body import MAN, Body, landmarks
from processing.synthetic.camera import Camera
from processing.synthetic.performance import EXERCISES, FLOOR_EXERCISES, REP_S, Performance
from processing.synthetic.take import Piece, Span, Take, film

WIDTH, HEIGHT = 480, 640
# Making a pose takes 3 ms: fewer of them, joined by lines, are as good under the noise.
POSES_PER_S = 15.0


@dataclass(frozen=True)
class Noise:
    """What a detector adds to landmarks.

    Twice what is left of the pose landmarker's error on the rendered athlete (posture angles, rms
    about their best linear fit, 0.06 to 0.11 rad).

    slow_m, fast_m : sd in metres, correlated over 0.3 s and from frame to frame.
    depth : how many times worse along z. flat : least share of the true depth it sees.
    swaps, losses : share of frames within short stretches in which left and right are exchanged,
    or nobody is found.
    """

    slow_m: float = 0.009
    fast_m: float = 0.006
    depth: float = 2.0
    flat: float = 0.75
    swaps: float = 0.01
    losses: float = 0.01


def random_take(
    seed: int, exercises: int = 5, most_reps: int = 8, longest_rest_s: float = 14.0
) -> tuple[Take, Body, Camera]:
    """A take of exercises in any order, at any tempo, with any rests, of some body in some view."""
    rng = np.random.default_rng(seed)
    pieces = []
    for name in rng.permutation(EXERCISES)[:exercises]:
        reps = (
            1 if name == "plank" else int(rng.integers(1 if name == "squat" else 2, most_reps + 1))
        )
        pace = float(rng.uniform(0.75, 2.2 if REP_S[name] > 2 else 1.3))
        performance = Performance(
            name,
            reps=reps,
            rep_s=pace * REP_S[name],
            depth=float(rng.uniform(0.7, 1.1)),
            variation=float(rng.uniform(0.0, 1.5)),
            seed=int(rng.integers(1000)),
        )
        floor = name in FLOOR_EXERCISES
        turn_deg = float(
            rng.uniform(40, 90) * rng.choice([-1, 1]) if floor else rng.uniform(-90, 90)
        )
        pieces.append(Piece(performance, turn_deg))
    rests = tuple(float(r) for r in rng.uniform(3.5, longest_rest_s, exercises + 1))
    take = Take(
        tuple(pieces),
        rests,
        walks_in=bool(rng.random() < 0.5),
        walks_out=bool(rng.random() < 0.5),
        seed=seed,
    )
    base = Body() if rng.random() < 0.5 else MAN
    body = base.scaled(float(rng.uniform(0.9, 1.1)))
    return take, body, film(take, body, float(rng.uniform(-30, 30)), (WIDTH, HEIGHT))


def points_of(take: Take, body: Body) -> np.ndarray:
    """Landmarks of a whole take, (T, 33, 3) metres in body space, at ``POSES_PER_S``."""
    times = np.arange(0.0, take.duration_s, 1.0 / POSES_PER_S)
    return np.array([landmarks(body, take.pose(body, t)) for t in times])


def track_of(
    points: np.ndarray, camera: Camera, fps: float = 25.0, noise: Noise | None = None, seed: int = 0
) -> PoseTrack:
    """What a detector would see of a take's points, without drawing it; uneven frame times."""
    noise = noise or Noise()
    rng = np.random.default_rng([seed, 1])
    at = np.arange(len(points)) / POSES_PER_S
    times = np.arange(0.0, at[-1], 1.0 / fps)
    times = np.sort(times + rng.uniform(0.0, 0.3 / fps, len(times)))
    flat = points.reshape(len(points), -1)
    points = np.stack([np.interp(times, at, column) for column in flat.T], axis=-1)
    points = points.reshape(len(times), 33, 3) @ camera.body_to_room.T
    image = camera.project(points)
    world = points @ camera.room_to_camera.T * [1.0, -1.0, -1.0]
    world = world - 0.5 * (world[:, 23:24] + world[:, 24:25])
    error = noise.fast_m * rng.standard_normal(world.shape)
    error += noise.slow_m * _coloured(rng, world.shape, keep=np.exp(-1 / (0.3 * fps)))
    error[..., 2] *= noise.depth
    world = world * [1.0, 1.0, float(rng.uniform(noise.flat, 1.05))] + error
    scale = camera.focal_px / camera.distance_m
    image = image + scale * error[..., :2]
    swapped = _stretches(rng, len(times), noise.swaps)
    world[swapped], image[swapped] = world[swapped][:, MIRROR], image[swapped][:, MIRROR]
    inside = ((image > 0) & (image < [camera.width, camera.height])).all(axis=-1).mean(axis=-1)
    kept = (inside > 0.6) & ~_stretches(rng, len(times), noise.losses)
    return PoseTrack(
        times_s=times[kept],
        world=world[kept].astype(np.float32),
        image=image[kept].astype(np.float32),
        visibility=np.ones((int(kept.sum()), 33), np.float32),
        fps=fps,
        width=camera.width,
        height=camera.height,
    )


def _coloured(rng: np.random.Generator, shape: tuple[int, ...], keep: float) -> np.ndarray:
    """First-order autoregressive noise of sd 1 along the first axis."""
    white = rng.standard_normal(shape) * np.sqrt(1 - keep**2)
    out = np.empty(shape)
    out[0] = rng.standard_normal(shape[1:])
    for i in range(1, len(out)):
        out[i] = keep * out[i - 1] + white[i]
    return out


def _stretches(rng: np.random.Generator, count: int, share: float) -> np.ndarray:
    """A mask with stretches of 1 to 8 frames that make up a share."""
    mask = np.zeros(count, bool)
    for start in np.flatnonzero(rng.random(count) < share / 4.5):
        mask[start : start + int(rng.integers(1, 9))] = True
    return mask


def matched(truth: tuple[Span, ...], found: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Border errors (start, end) of every true span, in seconds; inf where the count differs."""
    if len(truth) != len(found):
        return [(np.inf, np.inf)] * len(truth)
    return [(b[0] - a.start_s, b[1] - a.end_s) for a, b in zip(truth, found, strict=True)]
