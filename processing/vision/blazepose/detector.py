"""Finds every person in a picture, without knowing of any picture before."""

from types import TracebackType
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.vision.blazepose.network import (
    MINUS_ONE_TO_ONE,
    Network,
    check_picture,
    networks,
)
from processing.vision.blazepose.people import Person, anchors, people
from processing.vision.blazepose.roi import Roi

_SHAPES: Final = ((1, 2254, 12), (1, 2254, 1))


class PersonDetector:
    """Finds people, standing or lying, by their heads and hips.

    Meant for one person who fills much of the picture: on 224 pixels, people far away are not
    seen. Not for two threads at once.

    Parameters
    ----------
    model : bytes
        A `pose_landmarker_*.task` bundle; the detector is the same in all three.
    threads : int
        For the network's convolutions.

    Raises
    ------
    ValueError
        The bytes are no such bundle.
    """

    def __init__(self, model: bytes, *, threads: int = 1) -> None:
        self._anchors = anchors()
        self._network: Network | None = Network(
            networks(model)[0],
            _SHAPES,
            span=MINUS_ONE_TO_ONE,
            border=cv2.BORDER_CONSTANT,
            threads=threads,
        )

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
        """Free the network; may be called twice."""
        self._network = None

    def people(self, picture: NDArray[np.uint8], min_score: float = 0.5) -> list[Person]:
        """Find the people in a picture.

        Parameters
        ----------
        picture : (height, width, 3) uint8, RGB
        min_score : float
            0..1.

        Returns
        -------
        list of Person
            The surest first; empty where nobody is seen.

        Raises
        ------
        ValueError
            What is given is no picture, or the detector is closed.
        """
        check_picture(picture)
        if self._network is None:
            raise ValueError("the detector is closed")
        whole = Roi.around(picture.shape[1], picture.shape[0])
        boxes, logits = self._network.look(picture, whole)
        return people(boxes, logits[:, 0], self._anchors, whole, min_score)
