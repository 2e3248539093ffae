"""Tracks of the synthetic athlete without drawing: exact poses under a detector's kind of noise."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import MIRROR
from processing.motion.track import PoseTrack
from processing.synthetic.body import MAN, Body, landmarks
from processing.synthetic.camera import look
from processing.synthetic.exercises import pose_at
from processing.synthetic.performance import Performance
from tests.motion.takes import HEIGHT, POSES_PER_S, WIDTH, Noise, track_of

# What is left of the detector's error between two people it sees from one side.
QUIET = Noise(slow_m=0.004, fast_m=0.003, depth=1.5, flat=1.0, swaps=0.0, losses=0.0)


@cache
def _points(performance: Performance, body: Body) -> NDArray[np.float64]:
    times = np.arange(0.0, performance.duration_s, 1.0 / POSES_PER_S)
    return np.array([landmarks(body, pose_at(performance, body, float(t))) for t in times])


def trainer(performance: Performance, yaw_deg: float = 30.0) -> PoseTrack:
    """The athlete as a clip of the trainer's."""
    return _seen(performance, yaw_deg, Body(), 25.0, seed=1)


def client(performance: Performance, yaw_deg: float = 38.0, *, fps: float = 15.0) -> PoseTrack:
    """Another body, filmed a little more from aside."""
    return _seen(performance, yaw_deg, MAN, fps, seed=2)


def _seen(performance: Performance, yaw_deg: float, body: Body, fps: float, seed: int) -> PoseTrack:
    camera = look(performance, body, yaw_deg, (WIDTH, HEIGHT))
    return track_of(_points(performance, body), camera, fps, QUIET, seed)


def reflected(track: PoseTrack) -> PoseTrack:
    """The same as in a mirror: what was left is right."""
    flip = np.array([-1.0, 1.0, 1.0], np.float32)
    image = track.image[:, MIRROR] * flip[:2] + np.array([track.width, 0.0], np.float32)
    return replace(
        track,
        world=track.world[:, MIRROR] * flip,
        image=image,
        visibility=track.visibility[:, MIRROR],
    )


def part_of(track: PoseTrack, kept: NDArray[np.bool_], later_s: float = 0.0) -> PoseTrack:
    """Some of a track's poses."""
    return replace(
        track,
        times_s=track.times_s[kept] + later_s,
        world=track.world[kept],
        image=track.image[kept],
        visibility=track.visibility[kept],
        filled=track.filled[kept],
    )


def joined(parts: list[PoseTrack]) -> PoseTrack:
    """Tracks of one person, one after the other, on one clock."""
    return replace(
        parts[0],
        times_s=np.concatenate([part.times_s for part in parts]),
        world=np.concatenate([part.world for part in parts]),
        image=np.concatenate([part.image for part in parts]),
        visibility=np.concatenate([part.visibility for part in parts]),
        filled=np.concatenate([part.filled for part in parts]),
    )


def in_a_row(takes: list[PoseTrack]) -> PoseTrack:
    """Takes one after the other, each on a clock of its own before."""
    parts, start = [], 0.0
    for take in takes:
        parts.append(part_of(take, np.ones(len(take), np.bool_), start))
        start += float(take.times_s[-1]) + 0.07
    return joined(parts)


def stored(track: PoseTrack, seed: int = 0) -> PoseTrack:
    """The track as a session's timeline keeps it: whole millimetres, uneven times, no picture."""
    rng = np.random.default_rng(seed)
    kept = np.sort(rng.permutation(len(track))[: int(0.8 * len(track))])
    return PoseTrack(
        times_s=np.round(track.times_s[kept], 3),
        world=np.round(track.world[kept], 3),
        image=np.full((len(kept), 33, 2), np.nan, np.float32),
        visibility=track.visibility[kept],
        fps=0.0,
        width=0,
        height=0,
    )
