"""What the scoring bench compares with: the plain formula, and DTW with the mean joint distance.

Both look at image coordinates, as programs of this kind do: hips in the origin, the torso's length
as the unit, the twelve main joints. A score is (1 − 2·d)·100 with d the mean distance.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.pose_metrics import MAIN
from processing.motion.skeleton import INDEX
from processing.motion.track import PoseTrack

Floats = NDArray[np.float64]
_HIPS: Final = [INDEX["left_hip"], INDEX["right_hip"]]
_SHOULDERS: Final = [INDEX["left_shoulder"], INDEX["right_shoulder"]]


def normalised(image: NDArray[np.floating]) -> Floats:
    """Main joints (T, 12, 2) in torso lengths from the hips, of image coordinates (T, 33, 2)."""
    points = np.asarray(image, np.float64)
    hips = points[:, _HIPS].mean(axis=1, keepdims=True)
    torso = np.linalg.norm(points[:, _SHOULDERS].mean(axis=1) - hips[:, 0], axis=1)
    return np.asarray((points[:, MAIN] - hips) / np.maximum(torso, 1e-6)[:, None, None])


def plain(trainer: PoseTrack, client: PoseTrack) -> Floats:
    """Score 0..100 of every client's picture (T,) against the trainer at the same clock.

    NaN where the trainer's clip is over.
    """
    a = normalised(trainer.image)
    flat = a.reshape(len(a), -1)
    at = np.stack([np.interp(client.times_s, trainer.times_s, one) for one in flat.T], axis=1)
    distance = _distances(at.reshape(-1, len(MAIN), 2), normalised(client.image))
    distance[client.times_s > trainer.times_s[-1]] = np.nan
    return _score(distance)


def dtw(trainer: PoseTrack, client: PoseTrack) -> Floats:
    """Score 0..100 of every client's picture (T,), each against the mean of those it is warped to.

    H. Sakoe, S. Chiba: Dynamic programming algorithm optimization for spoken word recognition.
    IEEE Trans. ASSP 26(1), 1978; symmetric steps of weight 1, no band.
    """
    a, b = normalised(client.image), normalised(trainer.image)
    cost = np.stack([_distances(one[None], b) for one in a])
    total = np.zeros(len(a))
    count = np.zeros(len(a))
    for i, j in warp(cost):
        total[i] += cost[i, j]
        count[i] += 1
    return _score(total / count)


def warp(cost: Floats) -> list[tuple[int, int]]:
    """The cheapest way from the first to the last cell of a matrix (N, M), by steps of one."""
    n, m = cost.shape
    # One cell of border on both sides: outside is never the cheaper way.
    total = np.full((n + 1, m + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(n):
        row, above = total[i + 1], np.minimum(total[i, :-1], total[i, 1:])
        best = np.inf
        for j in range(m):
            best = cost[i, j] + min(best, above[j])
            row[j + 1] = best
    i, j = n, m
    path = [(n - 1, m - 1)]
    while (i, j) != (1, 1):
        steps = ((i - 1, j - 1), (i - 1, j), (i, j - 1))
        i, j = min(steps, key=lambda cell: total[cell])
        path.append((i - 1, j - 1))
    return path[::-1]


def _distances(a: Floats, b: Floats) -> Floats:
    """Mean distance of the joints (…, 12, 2)."""
    return np.asarray(np.linalg.norm(a - b, axis=-1).mean(axis=-1))


def _score(distance: Floats) -> Floats:
    return np.asarray(np.clip(100.0 * (1.0 - 2.0 * distance), 0.0, 100.0))
