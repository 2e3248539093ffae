"""Follows one person from picture to picture."""

from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.vision.blazepose import landmarks
from processing.vision.blazepose.detector import PersonDetector
from processing.vision.blazepose.network import ZERO_TO_ONE, Network, check_picture, networks
from processing.vision.blazepose.roi import Roi

_SHAPES: Final = ((1, 195), (1, 1), (1, 256, 256, 1), (1, 64, 64, 39), (1, 117))
_PRESENT: Final = 0.5
"""Least the network must be sure (0..1) that its square shows a person; MediaPipe's default."""


@dataclass(frozen=True)
class Detection:
    """One person in one picture.

    Attributes
    ----------
    world : (33, 3) float32
        Metres; origin hip centre, x right, y down, z away from the camera.
    image : (33, 2) float32
        Pixels of the picture; x right, y down. May lie outside it.
    visibility : (33,) float32
        0..1, how likely a landmark is in the picture and not hidden.
    mask : (256, 256) uint8
        0..255, how likely a pixel of the square shows the person; see `mask_in_picture`.
    roi : Roi
        The square the network looked at, pixels of the picture.
    """

    world: NDArray[np.float32]
    image: NDArray[np.float32]
    visibility: NDArray[np.float32]
    mask: NDArray[np.uint8]
    roi: Roi


class PoseTracker:
    """Follows one person through a video.

    What it finds in a picture depends on the pictures before only through the square it looks at;
    nothing is smoothed. Not for two threads at once; two trackers in two threads run side by side.

    Parameters
    ----------
    model : bytes
        A `pose_landmarker_*.task` bundle.
    threads : int
        For the networks' convolutions.

    Raises
    ------
    ValueError
        The bytes are no such bundle.
    """

    def __init__(self, model: bytes, *, threads: int = 1) -> None:
        self._network: Network | None = Network(
            networks(model)[1],
            _SHAPES,
            span=ZERO_TO_ONE,
            border=cv2.BORDER_REPLICATE,
            threads=threads,
        )
        self._detector = PersonDetector(model, threads=threads)
        self._next: Roi | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the networks; may be called twice."""
        self._network = None
        self._detector.close()

    def restart(self) -> None:
        """Forget where the person was: after a hard cut the old square would mislead."""
        self._next = None

    @property
    def heading(self) -> Roi | None:
        """Where the person will be looked for in the next picture; None where the track is lost."""
        return self._next

    def follow(self, heading: Roi | None) -> None:
        """Take over a track that was `heading` there in a picture before (or after) the next."""
        self._next = heading

    def detect(self, picture: NDArray[np.uint8]) -> Detection | None:
        """Find the person in the next picture.

        Parameters
        ----------
        picture : (height, width, 3) uint8, RGB
            Of any size, which may change from picture to picture only after `restart`.

        Returns
        -------
        Detection or None
            None where nobody is seen.

        Raises
        ------
        ValueError
            What is given is no picture, or the tracker is closed.
        """
        check_picture(picture)
        if self._network is None:
            raise ValueError("the tracker is closed")
        found = self._look(self._network, picture, self._next) if self._next else None
        if found is None:
            found = self._search(self._network, picture)
        self._next = found[1] if found else None
        return found[0] if found else None

    def _search(
        self, network: Network, picture: NDArray[np.uint8]
    ) -> tuple[Detection, Roi | None] | None:
        """Ask the detector, and look at the person it is surest of."""
        people = self._detector.people(picture)
        roi = people[0].roi if people else None
        return self._look(network, picture, roi) if roi else None

    def _look(
        self, network: Network, picture: NDArray[np.uint8], roi: Roi
    ) -> tuple[Detection, Roi | None] | None:
        """Return who is in a square and where to look next; None where nobody is in it."""
        raw, present, logits, heatmap, world = network.look(picture, roi)
        if present[0] <= _PRESENT:
            return None
        points, visibility = landmarks.in_square(raw, heatmap)
        image = roi.points_in_picture(points)
        detection = Detection(
            world=landmarks.world(world, roi),
            image=image[: landmarks.LANDMARKS],
            visibility=visibility,
            mask=landmarks.mask(logits[..., 0]),
            roi=roi,
        )
        return detection, Roi.from_alignment(*image[landmarks.LANDMARKS :])
