"""BiRefNet: high-resolution segmentation and matting of one picture (Zheng et al., CAAI AIR 2024).

The contract was read from the project's own exporter, `tutorials/BiRefNet_pth2onnx.ipynb`, and
from `tutorials/BiRefNet_inference.ipynb` of github.com/ZhengPeng7/BiRefNet:

- input `input_image` (1, 3, 1024, 1024) float32, RGB of 0..1 less ImageNet's mean, by its deviation
- output `output_image` (1, 1, 1024, 1024) float32, logits: alpha is their sigmoid

The HR weights are exported with 2048 × 2048; the size is taken from the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from processing.engines.contract import Shot
from processing.engines.mattes import as_matte, as_uint8
from processing.engines.onnx_session import Network, Tensor

_INPUT: Final = Tensor("input_image", (1, 3, None, None))
_OUTPUT: Final = Tensor("output_image", (1, 1, None, None))
_SIDE: Final = 1024
"""Pixels, where the file leaves it open."""
_MEAN: Final = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION: Final = np.array([0.229, 0.224, 0.225], np.float32)


class BiRefNet:
    """BiRefNet's ONNX export as a matting engine; see `MattingEngine`.

    It cuts out what stands out in the picture: with weights for portraits or matting, people.

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
        *_, height, width = (None, None, *self._network.shapes["input_image"])
        self._size = height or _SIDE, width or _SIDE

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
        matte = Image.fromarray(as_uint8(self.alpha_float(picture)))
        return np.asarray(matte.resize((width, height), Image.Resampling.BICUBIC))

    def alpha_float(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the network's own output for a picture, as alpha.

        Parameters
        ----------
        picture : (height, width, 3) uint8, RGB

        Returns
        -------
        (h, w) float32, straight alpha, 0..1
            At the network's size.
        """
        # Pillow's bilinear filter, which looks at all pixels when it shrinks, as torchvision's
        # Resize does on Pillow's pictures; OpenCV's would alias.
        scaled = np.asarray(
            Image.fromarray(picture).resize(self._size[::-1], Image.Resampling.BILINEAR)
        )
        values = (scaled.astype(np.float32) / np.float32(255) - _MEAN) / _DEVIATION
        (logits,) = self._network.run({"input_image": values.transpose(2, 0, 1)[None]})
        return as_matte(_sigmoid(logits.astype(np.float32)), self._size, self._network)


def _sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    # By way of tanh: exp would overflow, with a warning, on a sure background.
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * logits), np.float32)
