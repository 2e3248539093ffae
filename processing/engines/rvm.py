"""Robust Video Matting: a recurrent network that remembers the shot (Lin et al., WACV 2022).

The contract was read from the project's `documentation/inference.md` and `inference.py`, and from
`export_onnx.py` on its branch `onnx`, github.com/PeterL1n/RobustVideoMatting:

- inputs `src` (1, 3, height, width), RGB 0..1; `r1i` to `r4i`, the states; `downsample_ratio` (1)
  float32
- outputs `fgr` (1, 3, height, width), `pha` (1, 1, height, width) straight alpha 0..1, `r1o` to
  `r4o`, which are the next picture's states

All but `downsample_ratio` are float32 or float16, as the file is. The first picture's states are
zeros of (1, 1, 1, 1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.engines.contract import Shot
from processing.engines.mattes import as_matte, as_uint8
from processing.engines.onnx_session import Network, Tensor

_STATES_IN: Final = ("r1i", "r2i", "r3i", "r4i")
_STATES_OUT: Final = ("r1o", "r2o", "r3o", "r4o")
_ANY: Final = (None, None, None, None)
_INPUTS: Final = (
    Tensor("src", (1, 3, None, None)),
    *(Tensor(name, _ANY) for name in _STATES_IN),
    Tensor("downsample_ratio", (1,), ("float32",)),
)
_OUTPUTS: Final = (
    Tensor("pha", (1, 1, None, None)),
    *(Tensor(name, _ANY) for name in _STATES_OUT),
)
_LARGEST: Final = 512
"""Pixels of the longer side at which the network looks for the person."""


def downsample_ratio(height: int, width: int) -> np.float32:
    """Return the share to which a picture is scaled down for the network's first half.

    `auto_downsample_ratio` of `inference.py`, and of the float32 numbers next to it the one with
    which ONNX Runtime gets, in float32, the size that PyTorch gets in double precision.
    """
    ratio = min(_LARGEST / max(height, width), 1.0)
    nearest = np.float32(ratio)
    nearby = (nearest, np.nextafter(nearest, np.float32(2)), np.nextafter(nearest, np.float32(0)))
    sides = height, width
    wanted = [int(side * ratio) for side in sides]
    return next(
        (near for near in nearby if [int(np.float32(side) * near) for side in sides] == wanted),
        nearest,
    )


class RobustVideoMatting:
    """RVM's ONNX export as a matting engine; see `MattingEngine`.

    It cuts out everybody it sees. Pictures of a clip must come in order; a cut makes it forget.

    Parameters
    ----------
    path : Path
    device : str
        `cpu` or `cuda`; the states stay on the GPU.
    threads : int
    ratio : float or None
        Share to which pictures are scaled down for the first half; None: by their size.

    Raises
    ------
    EngineUnavailable, WrongWeights
    """

    def __init__(
        self, path: Path, *, device: str = "cpu", threads: int = 2, ratio: float | None = None
    ) -> None:
        self._network = Network(path, _INPUTS, _OUTPUTS, device=device, threads=threads)
        self._ratio = ratio
        self._states: dict[str, Any] = {}
        self._size = (0, 0)

    def close(self) -> None:
        """Free the network and its states."""
        self._states = {}
        self._network.close()

    def restart(self) -> None:
        """Forget the pictures before."""
        self._states = {name: np.zeros((1, 1, 1, 1)) for name in _STATES_IN}
        self._size = (0, 0)

    def mattes(self, shots: Iterable[Shot]) -> Iterator[tuple[Shot, NDArray[np.uint8]]]:
        """Yield each shot with its matte; looks at none ahead. Starts afresh, and at each cut."""
        self.restart()
        for shot in shots:
            if shot.cut:
                self.restart()
            yield shot, as_uint8(self.alpha_float(shot.picture))

    def alpha_float(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the network's own output for the next picture.

        Parameters
        ----------
        picture : (height, width, 3) uint8, RGB
            Of another size than the one before: the first of another clip.

        Returns
        -------
        (height, width) float32, straight alpha, 0..1
        """
        size = picture.shape[0], picture.shape[1]
        if size != self._size:  # the states have the size of the picture
            self.restart()
            self._size = size
        ratio = downsample_ratio(*size) if self._ratio is None else np.float32(self._ratio)
        source = picture.transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255)
        feeds = {"src": source, "downsample_ratio": np.array([ratio], np.float32), **self._states}
        (output,), kept = self._network.step(feeds, keep=_STATES_OUT)
        matte = as_matte(output, size, self._network)
        self._states = dict(zip(_STATES_IN, (kept[name] for name in _STATES_OUT), strict=True))
        return matte
