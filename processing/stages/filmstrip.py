"""A few small pictures of a take side by side: the filmstrip that the trainer cuts on."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

_HEIGHT: Final = 96
_MOST: Final = 120
"""Pictures; twenty minutes then have one every ten seconds."""
_EVERY_S: Final = 0.5
"""At most so often: shorter steps would show the same posture twice."""
_COLUMNS: Final = 12
_QUALITY: Final = 70


class Filmstrip:
    """Collects one picture for each step of a take.

    Parameters
    ----------
    duration_s : float
        Of the take.
    """

    def __init__(self, duration_s: float) -> None:
        self._step_s = max(_EVERY_S, duration_s / _MOST)
        self._tiles: list[NDArray[np.uint8]] = []

    def watching(
        self, clip: Iterator[tuple[int, NDArray[np.uint8]]]
    ) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Hand the pictures on, and keep a small copy of some."""
        for time_ms, picture in clip:
            # More than one tile at once where pictures are far apart, so that a tile's place still
            # says its time.
            while time_ms / 1000 >= len(self._tiles) * self._step_s and len(self._tiles) < _MOST:
                self._tiles.append(_tile(picture))
            yield time_ms, picture

    def save(self, path: Path) -> dict[str, object]:
        """Write the tiles row by row as one WebP.

        Returns
        -------
        dict
            `count`, `columns`, `width` and `height` of a tile (pixels), `step_s`: tile i shows the
            take at i · step_s.
        """
        height, width = self._tiles[0].shape[:2]
        rows = math.ceil(len(self._tiles) / _COLUMNS)
        sheet = np.zeros((rows * height, _COLUMNS * width, 3), np.uint8)
        for i, tile in enumerate(self._tiles):
            top, left = i // _COLUMNS * height, i % _COLUMNS * width
            sheet[top : top + height, left : left + width] = tile
        Image.fromarray(sheet).save(path, "WEBP", quality=_QUALITY, method=4)
        return {
            "count": len(self._tiles),
            "columns": _COLUMNS,
            "width": width,
            "height": height,
            "step_s": round(self._step_s, 6),
        }


def _tile(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    size = max(1, round(width * _HEIGHT / height)), _HEIGHT
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
