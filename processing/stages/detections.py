"""What was seen in a take, picture by picture: `detections.npz`."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.signals import Signals
from processing.motion.track import PoseTrack
from processing.stages.engine_poses import Poses, detectors_world
from processing.vision.blazepose import Roi

VERSION: Final = 1


@dataclass(frozen=True)
class Detections:
    """A take's measures and where its masks lie.

    Attributes
    ----------
    signals : Signals
        For all N pictures; its pixels are those of the pictures that were looked at.
    roi : (N, 4) float32
        Centre x and y, side (pixels) and clockwise turn (radians) of the square each mask covers;
        NaN where nobody was found.
    extent : (N, 4) float32
        Left, top, right, bottom of the person's mask, pixels; NaN where nobody was found.
    poses : Poses or None
        Another engine's poses; None where the detector's own are to be used.
    """

    signals: Signals
    roi: NDArray[np.float32]
    extent: NDArray[np.float32]
    poses: Poses | None = None

    def save(self, path: Path) -> None:
        """Write the file; its name need not end in `.npz`."""
        with path.open("wb") as file:
            arrays: dict[str, Any] = self.signals.arrays()
            if self.poses is not None:
                arrays |= {f"engine_{name}": value for name, value in vars(self.poses).items()}
            np.savez(file, version=VERSION, roi=self.roi, extent=self.extent, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Detections":
        """Read the file.

        Raises
        ------
        ValueError
            Where it is of another version.
        """
        with np.load(path) as arrays:
            if int(arrays["version"]) != VERSION:
                raise ValueError(f"{path.name} is of version {arrays['version']}, not {VERSION}")
            poses = None
            if "engine_world" in arrays:
                poses = Poses(*(arrays[f"engine_{field.name}"] for field in fields(Poses)))
            return cls(Signals.from_arrays(arrays), arrays["roi"], arrays["extent"], poses)

    def roi_at(self, index: int) -> Roi:
        """Return the square of a picture that shows a person."""
        return Roi(*(float(value) for value in self.roi[index]))

    def track(self, fps: float) -> PoseTrack:
        """Return the poses of the pictures that show a person, at their own pixels.

        The detector's own lie on the rays they are seen along. The measures of the take are of what
        it said itself: where that and the picture differ tells of feet that are cut off.
        """
        signals, found = self.signals, self.signals.found
        poses = self.poses or signals
        world = detectors_world(signals) if self.poses is None else self.poses.world
        return PoseTrack(
            times_s=signals.times_s[found],
            world=world[found],
            image=poses.image[found],
            visibility=poses.visibility[found],
            fps=fps,
            width=signals.width,
            height=signals.height,
        )
