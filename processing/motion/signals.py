"""What was measured of a take, picture by picture: the input of the quality gates.

Measured by :mod:`processing.vision.observe`, judged by :mod:`processing.motion.gates`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from processing.motion.track import LANDMARK_COUNT

Float32 = NDArray[np.float32]

_ROWS: dict[str, tuple[int, ...]] = {
    "times_s": (),
    "world": (LANDMARK_COUNT, 3),
    "image": (LANDMARK_COUNT, 2),
    "visibility": (LANDMARK_COUNT,),
    "picture_luma": (3,),
    "person_luma": (3,),
    "camera": (4,),
    "cuts": (),
    "change": (),
    "people": (),
}


@dataclass(frozen=True)
class Signals:
    """Measures of every picture of a take; NaN where a thing was not measured or nobody is there.

    Attributes
    ----------
    width, height : int
        The pictures that were measured, pixels; all coordinates are theirs.
    source_scale : float
        Pixels of the upright source a measured pixel covers along a side, >= 1 as a rule.
    times_s : (N,) float64, seconds since the take's first picture, strictly increasing
    world : (N, 33, 3) float32, metres; origin hip centre, x right, y down, z away from the camera
    image : (N, 33, 2) float32, pixels; x right, y down; outside the picture where it was guessed
    visibility : (N, 33) float32, 0..1
    picture_luma : (N, 3) float32, 0..1
        5th, 50th and 95th percentile of the whole picture's luma (gamma-encoded, as stored).
    person_luma : (N, 3) float32, 0..1
        The same percentiles inside the person.
    camera : (N, 4) float32
        How the background moved since the picture measured before: right and down at the
        picture's centre (pixels), growth (natural logarithm of the scale), turn (radians,
        clockwise on the screen).
    cuts : (N,) bool
        True at the first picture after a hard cut that is plain by itself.
    change : (N,) float32, 0..1
        Root mean square by which the picture's luma, averaged over a coarse grid, differs from
        that of the picture before.
    people : (N,) float32
        How many people were counted; NaN in the pictures between two counts.
    """

    width: int
    height: int
    source_scale: float
    times_s: NDArray[np.float64]
    world: Float32
    image: Float32
    visibility: Float32
    picture_luma: Float32
    person_luma: Float32
    camera: Float32
    cuts: NDArray[np.bool_]
    change: Float32
    people: Float32

    def __post_init__(self) -> None:
        count = len(self.times_s)
        for name, row in _ROWS.items():
            shape = getattr(self, name).shape
            if shape != (count, *row):
                raise ValueError(f"{name} has shape {shape}, expected {(count, *row)}")

    def __len__(self) -> int:
        return len(self.times_s)

    @staticmethod
    def row_names() -> tuple[str, ...]:
        """The attributes with an entry for every picture."""
        return tuple(_ROWS)

    @property
    def found(self) -> NDArray[np.bool_]:
        """(N,) bool, where the pictures show a person."""
        return np.isfinite(self.image[:, 0, 0])

    @property
    def step_s(self) -> float:
        """Typical time from one picture to the next, seconds; 0 for fewer than two pictures."""
        return float(np.median(np.diff(self.times_s))) if len(self) > 1 else 0.0

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as arrays by name, for ``numpy.savez``."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Read what `arrays` gave; other entries are ignored.

        Raises
        ------
        KeyError, ValueError
            Where one is missing or its shape is wrong.
        """
        return cls(
            width=int(arrays["width"]),
            height=int(arrays["height"]),
            source_scale=float(arrays["source_scale"]),
            **{name: arrays[name] for name in _ROWS},
        )


def joined(parts: Sequence[Signals]) -> Signals:
    """Put the measures of a take's parts, measured apart, one after the other.

    Raises
    ------
    ValueError
        Where the parts are not of one take: sizes differ or time does not advance.
    """
    first = parts[0]
    sizes = {(part.width, part.height, part.source_scale) for part in parts if len(part)}
    if len(sizes) > 1:
        raise ValueError(f"parts of one take have one size, not {sorted(sizes)}")
    width, height, scale = sizes.pop() if sizes else (first.width, first.height, 1.0)
    rows = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ROWS}
    if (np.diff(rows["times_s"]) <= 0).any():
        raise ValueError("the parts overlap or are out of order")
    return Signals(width=width, height=height, source_scale=scale, **rows)
