"""A person's pose over time."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

LANDMARK_COUNT = 33


def _none() -> NDArray[np.bool_]:
    return np.zeros(0, bool)


@dataclass(frozen=True)
class PoseTrack:
    """Poses of one person in one clip; frames without a person have no entry.

    NaN means "not seen".

    Attributes
    ----------
    times_s : (T,) float64, seconds since the clip's first frame, strictly increasing
    world : (T, 33, 3) float32, metres; origin hip centre, x right, y down, z away from the camera
    image : (T, 33, 2) float32, pixels; x right, y down, origin top left of the published picture
    visibility : (T, 33) float32, 0..1
    fps : float
        Average frames a second of the clip (not of the entries).
    width, height : int
        Size of the published picture, pixels.
    filled : (T,) bool
        Poses nobody saw: interpolated over a short gap (`processing.motion.gaps`). Left out, none.
    """

    times_s: NDArray[np.float64]
    world: NDArray[np.float32]
    image: NDArray[np.float32]
    visibility: NDArray[np.float32]
    fps: float
    width: int
    height: int
    filled: NDArray[np.bool_] = field(default_factory=_none)

    def __post_init__(self) -> None:
        count = len(self.times_s)
        if self.filled.size == 0:
            object.__setattr__(self, "filled", np.zeros(count, bool))
        expected = {
            "times_s": (count,),
            "world": (count, LANDMARK_COUNT, 3),
            "image": (count, LANDMARK_COUNT, 2),
            "visibility": (count, LANDMARK_COUNT),
            "filled": (count,),
        }
        for name, shape in expected.items():
            actual = getattr(self, name).shape
            if actual != shape:
                raise ValueError(f"{name} has shape {actual}, expected {shape}")

    def __len__(self) -> int:
        return len(self.times_s)
