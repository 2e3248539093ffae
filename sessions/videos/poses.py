"""The poses of both sides of an analysis, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.joints import KINECT13, from_blazepose
from processing.motion.skeleton import LANDMARKS
from processing.motion.track import PoseTrack

VERSION: Final = 1
LAYOUTS: Final[Mapping[str, tuple[str, ...]]] = {"33": LANDMARKS, "kinect13": KINECT13}
"""Names of the joints, in order."""
COLUMNS: Final = (
    "side",
    "pose",
    "time_s",
    "filled",
    "joint",
    "x_m",
    "y_m",
    "z_m",
    "x_px",
    "y_px",
    "visibility",
)
_DIGITS: Final = (5, 5, 5, 2, 2, 3)

Values = NDArray[np.float64]


def _values(track: PoseTrack, layout: str) -> Iterator[list[list[float | None]]]:
    """Yield the joints of one pose after the other: x, y, z, x px, y px, visibility."""
    for i in range(len(track)):
        joints = np.column_stack([track.world[i], track.image[i], track.visibility[i]])
        if layout != "33":
            joints = from_blazepose(joints.astype(np.float32), layout)
        yield [
            [
                None if value != value else round(float(value), digits)
                for value, digits in zip(joint, _DIGITS, strict=True)
            ]
            for joint in joints.tolist()
        ]


def json_pieces(sides: Mapping[str, PoseTrack], layout: str) -> Iterator[str]:
    """Write the document piece by piece: half an hour as one object would fill the memory.

    Parameters
    ----------
    sides : mapping
        ``trainer``, ``client``.
    layout : str
        One of `LAYOUTS`.
    """
    head: dict[str, Any] = {"version": VERSION, "layout": layout, "joints": LAYOUTS[layout]}
    yield json.dumps(head)[:-1]
    for side, track in sides.items():
        about = {
            "fps": round(track.fps, 3),
            "width": track.width,
            "height": track.height,
            "times_s": [round(float(time_s), 3) for time_s in track.times_s],
            "filled": np.flatnonzero(track.filled).tolist(),
        }
        yield f', "{side}": ' + json.dumps(about)[:-1] + ', "poses": ['
        for number, joints in enumerate(_values(track, layout)):
            yield (",\n" if number else "\n") + json.dumps(joints, allow_nan=False)
        yield "]}"
    yield "}\n"


def csv_pieces(sides: Mapping[str, PoseTrack], layout: str) -> Iterator[str]:
    """Write a table with a line for every joint of every pose; what was not seen is empty."""
    yield ",".join(COLUMNS) + "\r\n"
    names = LAYOUTS[layout]
    for side, track in sides.items():
        for number, joints in enumerate(_values(track, layout)):
            lines = io.StringIO()
            writer = csv.writer(lines)
            time_s, filled = round(float(track.times_s[number]), 3), int(track.filled[number])
            for name, values in zip(names, joints, strict=True):
                writer.writerow([side, number, time_s, filled, name, *values])
            yield lines.getvalue()
