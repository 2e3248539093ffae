"""MODNet: trimap-free portrait matting, one picture at a time (Ke et al., AAAI 2022).

The contract was read from the project's own exporter and example, `onnx/export_onnx.py` and
`onnx/inference_onnx.py` of github.com/ZHKKKe/MODNet:

- input `input` (batch, 3, height, width) float32, RGB, (v − 127.5) / 127.5, sides multiples of 32
- output `output` (batch, 1, height, width) float32, straight alpha 0..1 (a sigmoid's)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.engines.contract import Shot
from processing.engines.mattes import as_matte, as_uint8
from processing.engines.onnx_session import Network, Tensor

_INPUT: Final = Tensor("input", (1, 3, None, None))
_OUTPUT: Final = Tensor("output", (1, 1, None, None))
_REFERENCE: Final = 512
"""Pixels of the shorter side the network was trained on."""
_MULTIPLE: Final = 32


def network_size(height: int, width: int) -> tuple[int, int]:
    """Return the height and width at which MODNet looks at a picture.

    The shorter side becomes 512 where both sides are longer or both are shorter; both are then cut
    to multiples of 32 (`get_scale_factor` of `inference_onnx.py`).
    """
    if max(height, width) < _REFERENCE or min(height, width) > _REFERENCE:
        if width >= height:
            height, width = _REFERENCE, int(width / height * _REFERENCE)
        else:
            height, width = int(height / width * _REFERENCE), _REFERENCE
    return max(height - height % _MULTIPLE, _MULTIPLE), max(width - width % _MULTIPLE, _MULTIPLE)


class ModNet:
    """MODNet's ONNX export as a matting engine; see `MattingEngine`.

    It cuts out everybody it sees, from the picture alone.

    Parameters
    ----------
    path : Path
    device : str
        `cpu` or `cuda`.
    threads : int

    Raises
    ------
    EngineUnavailable, WrongWeights
    """

    def __init__(self, path: Path, *, device: str = "cpu", threads: int = 2) -> None:
        self._network = Network(path, [_INPUT], [_OUTPUT], device=device, threads=threads)

    def close(self) -> None:
        """Free the network."""
        self._network.close()

    def mattes(self, shots: Iterable[Shot]) -> Iterator[tuple[Shot, NDArray[np.uint8]]]:
        """Yield each shot with its matte; looks at none ahead."""
        for shot in shots:
            yield shot, self.alpha(shot.picture)

    def alpha(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the (height, width) uint8 straight alpha of a picture."""
        height, width = picture.shape[:2]
        matte = as_uint8(self.alpha_float(picture))
        return np.asarray(
            cv2.resize(matte, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )

    def alpha_float(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the network's own output for a picture.

        Parameters
        ----------
        picture : (height, width, 3) uint8, RGB

        Returns
        -------
        (h, w) float32, straight alpha, 0..1
            At `network_size`, or at the one size that the file takes.
        """
        height, width = network_size(*picture.shape[:2])
        *_, stated_height, stated_width = (None, None, *self._network.shapes["input"])
        size = stated_height or height, stated_width or width
        # In double precision and in this order, as in the project's example: equal to the bit.
        scaled = cv2.resize(
            (picture - 127.5) / 127.5, size[::-1], interpolation=cv2.INTER_AREA
        ).astype(np.float32)
        (output,) = self._network.run({"input": scaled.transpose(2, 0, 1)[None]})
        return as_matte(output, size, self._network)
