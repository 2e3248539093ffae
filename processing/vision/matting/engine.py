"""The embedded matting engine: a body model's coarse mask, made worth looking at."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from processing.engines.contract import Shot
from processing.vision.matting.bridging import bridged
from processing.vision.matting.refinement import refine
from processing.vision.matting.selection import body_scale, keep_person
from processing.vision.matting.steadying import Memory, steady


class BodyMatting:
    """Mattes from the masks that come with a pose: the engine named `mediapipe`."""

    def mattes(self, shots: Iterable[Shot]) -> Iterator[tuple[Shot, NDArray[np.uint8]]]:
        """Yield each shot with its matte: (height, width) uint8, straight alpha.

        Transparent where nobody is; a person lost for less than 0.3 s is bridged.
        """
        memory: Memory | None = None
        for shot in bridged(shots):
            if shot.cut:
                memory = None
            person = shot.person
            if person is None:
                memory = None
                yield shot, np.zeros(shot.picture.shape[:2], np.uint8)
                continue
            height, width = shot.picture.shape[:2]
            rows, columns = person.mask.shape
            to_mask = np.array([columns / width, rows / height], np.float32)
            mask = keep_person(person.mask, person.keypoints * to_mask, person.visibility)
            alpha = refine(mask, shot.picture, body_scale(person.keypoints))
            alpha, memory = steady(alpha, shot.picture, memory)
            yield shot, alpha

    def close(self) -> None:
        """Hold nothing: there is no model here."""
