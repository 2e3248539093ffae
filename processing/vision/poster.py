"""The picture that stands for a clip in lists."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_EDGE: Final = 2


@dataclass(frozen=True)
class Candidate:
    """A frame that might become the poster.

    Attributes
    ----------
    score : float
        More is better.
    rgb : (height, width, 3) uint8
    alpha : (height, width) uint8, straight
    """

    score: float
    rgb: NDArray[np.uint8]
    alpha: NDArray[np.uint8]


def poster_score(alpha: NDArray[np.uint8]) -> float:
    """Say how well a frame shows the person: large, whole, and with clear edges.

    Parameters
    ----------
    alpha : (height, width) uint8, straight

    Returns
    -------
    float
        0 where nobody is there; comparable within one clip.
    """
    small = cv2.resize(alpha, (96, 96), interpolation=cv2.INTER_AREA)
    person = small > 127
    area = float(person.mean())
    if area == 0:
        return 0.0
    unsure = float(((small > 25) & (small < 230)).sum()) / float(person.sum())
    # The lower edge may cut feet off in a whole clip, the sides and the top rarely should.
    cut = person[:_EDGE].mean() + person[:, :_EDGE].mean() + person[:, -_EDGE:].mean()
    return area / (1.0 + unsure) / (1.0 + 4.0 * float(cut))
