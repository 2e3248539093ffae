"""How many people a picture is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.vision.blazepose.detector import PersonDetector
from processing.vision.blazepose.people import Person

_BYSTANDER: Final = 0.5
"""Whoever is smaller than this share of the largest person stands far behind: a gym is no fault."""


def count_people(detector: PersonDetector, picture: NDArray[np.uint8]) -> int:
    """Count those a viewer, or a tracker, could take for the trainer.

    Parameters
    ----------
    picture : (H, W, 3) uint8, RGB
    """
    return prominent(detector.people(picture))


def prominent(people: Sequence[Person]) -> int:
    """Count the people at least half as large as the largest."""
    if not people:
        return 0
    sizes = np.array([person.box[2] - person.box[0] for person in people])
    return int((sizes >= _BYSTANDER * sizes.max()).sum())
