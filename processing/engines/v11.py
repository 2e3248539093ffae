"""The embedded grade, V11, as an engine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from processing.vision.grade import grade, table


class V11:
    """V11 as a grade engine; see `GradeEngine`. It depends on nothing but a pixel's colour."""

    def __init__(self) -> None:
        self._table = table()

    def grade(self, picture: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the picture, graded, whatever the alpha is."""
        return grade(picture, self._table)

    def close(self) -> None:
        """Keep the table: all of the process share one."""
