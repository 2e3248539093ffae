"""Poses as a JSON document (`trainer_poses.json`), for people and other programs."""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.track import PoseTrack

VERSION: Final = 2

_LEFT_SHOULDER, _RIGHT_SHOULDER, _LEFT_HIP, _RIGHT_HIP = 11, 12, 23, 24


def document_lines(
    track: PoseTrack, *, model: str, frame_indices: Sequence[int], total_frames: int
) -> Iterator[str]:
    """Write the document piece by piece: twenty minutes as one object would fill the memory.

    Parameters
    ----------
    track : PoseTrack
    model : str
        What found the poses.
    frame_indices : sequence of int
        Number of the frame each pose belongs to; frames without a person have none.
    total_frames : int
        Frames of the clip.

    Yields
    ------
    str
        Pieces of a JSON object with `version, model, fps, width, height, total_frames,
        frame_indices, times_s, filled, poses`. `filled` are the numbers, from 0, of the entries of
        `poses` that nobody saw, interpolated over a short gap. A pose has `joints_3d` (33 × [x, y,
        z], metres), `keypoints_2d` (33 × [x px, y px, visibility]) and `global_rot` ([yaw, pitch,
        roll], radians). What was not seen is null.
    """
    head = {
        "version": VERSION,
        "model": model,
        "fps": track.fps,
        "width": track.width,
        "height": track.height,
        "total_frames": total_frames,
        "frame_indices": list(frame_indices),
        "times_s": [round(float(time_s), 3) for time_s in track.times_s],
        "filled": np.flatnonzero(track.filled).tolist(),
    }
    yield _dump(head)[:-1] + ',"poses":['
    for i in range(len(track)):
        keypoints = np.column_stack([track.image[i], track.visibility[i]])
        pose = {
            "joints_3d": _rounded(track.world[i], 5),
            "keypoints_2d": _rounded(keypoints, 3),
            "global_rot": _rounded(global_rotation(track.world[i])[None], 5)[0],
        }
        yield ("," if i else "") + "\n" + _dump(pose)
    yield "\n]}\n"


def global_rotation(world: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how the trunk is turned.

    Parameters
    ----------
    world : (33, 3), metres; x right, y down, z away from the camera

    Returns
    -------
    (3,) float64, radians
        Yaw: 0 facing the camera, positive turned to the person's left (the picture's right).
        Pitch: positive leaning forward. Roll: positive leaning to the picture's right.
        Zeros where the trunk was not seen.
    """
    points = world.astype(np.float64)
    # Facing the camera, the person's left is on the picture's right.
    left = (points[_LEFT_HIP] - points[_RIGHT_HIP]) + (
        points[_LEFT_SHOULDER] - points[_RIGHT_SHOULDER]
    )
    up = (points[_LEFT_SHOULDER] + points[_RIGHT_SHOULDER]) / 2 - (
        points[_LEFT_HIP] + points[_RIGHT_HIP]
    ) / 2
    if not np.isfinite([left, up]).all():
        return np.zeros(3)
    yaw = math.atan2(left[2], left[0])
    forward = np.array([math.sin(yaw), 0.0, -math.cos(yaw)])
    sideways = np.array([math.cos(yaw), 0.0, math.sin(yaw)])
    height = -up[1]
    return np.array(
        [yaw, math.atan2(float(up @ forward), height), math.atan2(float(up @ sideways), height)]
    )


def _rounded(rows: NDArray[np.floating], digits: int) -> list[list[float | None]]:
    rounded: list[list[float | None]] = np.round(rows.astype(np.float64), digits).tolist()
    if np.isnan(rows).any():
        return [[None if value != value else value for value in row] for row in rounded]
    return rounded


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
