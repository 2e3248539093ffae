"""RTMPose: joints in the picture, each as a place on a finely divided x and y axis (SimCC).

The contract was read from open-mmlab/mmpose, `projects/rtmpose/examples/onnxruntime/main.py`,
`projects/rtmpose/rtmpose/body_2d_keypoint/rtmpose-m_8xb256-420e_coco-256x192.py`,
`mmpose/codecs/utils/post_processing.py` (`get_simcc_maximum`),
`mmpose/datasets/transforms/topdown_transforms.py` and `mmpose/models/pose_estimators/topdown.py`:

- input `input` (batch, 3, height, width) float32, RGB less its mean, over its deviation, of the
  person's box, a quarter larger and of the network's proportions, black beyond the picture
- output `simcc_x` (batch, J, 2 width), `simcc_y` (batch, J, 2 height) float32: how likely each
  joint is at each half pixel of the axis

The number of joints says which set they are: 17 COCO's, 26 Halpe's (with feet), 133
COCO-WholeBody's (RTMW, with hands and face).

References
----------
Jiang et al., RTMPose: Real-Time Multi-Person Pose Estimation based on MMPose, 2023.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.engines.onnx_session import Network, Tensor

Floats = NDArray[np.float32]

_INPUT: Final = Tensor("input", (1, 3, None, None))
_OUTPUTS: Final = (Tensor("simcc_x", (1, None, None)), Tensor("simcc_y", (1, None, None)))
_SETS: Final[Mapping[int, str]] = {17: "coco17", 26: "halpe26", 133: "coco_wholebody133"}

MEAN: Final = np.array([123.675, 116.28, 103.53], dtype=np.float32)
DEVIATION: Final = np.array([58.395, 57.12, 57.375], dtype=np.float32)
PADDING: Final = 1.25
"""Width and height of what is looked at, over those of the person's box."""


class RtmPose:
    """RTMPose's ONNX export as a `PoseEngine2D`.

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
        self._network = Network(path, [_INPUT], _OUTPUTS, device=device, threads=threads)
        shapes = self._network.shapes
        *_, height, width = shapes["input"] or (None, None)
        if height is None or width is None:
            raise self._network.wrong("it does not say how large a picture it takes")
        # What the file leaves open is seen by running it once.
        x, y = self._network.run({"input": np.zeros((1, 3, height, width), dtype=np.float32)})
        if x.shape[1] != y.shape[1] or x.shape[2] * height != y.shape[2] * width:
            raise self._network.wrong(
                f"simcc_x {x.shape} and simcc_y {y.shape} do not divide {width}x{height} alike"
            )
        if x.shape[1] not in _SETS:
            raise self._network.wrong(f"it finds {x.shape[1]} joints, not 17, 26 or 133 of a body")
        self._size = (width, height)
        self._joints = _SETS[x.shape[1]]

    @property
    def joints(self) -> str:
        """`coco17`, `halpe26` or `coco_wholebody133`."""
        return self._joints

    def close(self) -> None:
        """Free the network."""
        self._network.close()

    def keypoints(
        self, picture: NDArray[np.uint8], box_xyxy: tuple[float, float, float, float]
    ) -> Floats:
        """Return (J, 3): x and y, pixels of the picture, and a score 0..1; see `PoseEngine2D`.

        A joint that is nowhere has NaN for x and y, and score 0.
        """
        left, top, width, height = region(box_xyxy, self._size)
        scale = self._size[0] / width
        # mmpose leaves out the half pixel between a picture's corner and its first pixel's middle;
        # the networks were trained so.
        there = np.array([[scale, 0.0, -scale * left], [0.0, scale, -scale * top]])
        crop = cv2.warpAffine(picture, there, self._size, flags=cv2.INTER_LINEAR)
        image = (crop.astype(np.float32) - MEAN) / DEVIATION
        x, y = self._network.run({"input": image.transpose(2, 0, 1)[None]})
        places, scores = decode(x[0], y[0])
        steps = np.array([x.shape[2], y.shape[2]])
        found = np.empty((len(places), 3), dtype=np.float32)
        found[:, :2] = places / steps * [width, height] + [left, top]
        found[:, 2] = np.clip(scores, 0.0, 1.0)
        return found


def region(
    box_xyxy: tuple[float, float, float, float], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Return what the network looks at: the box with a margin, in the network's proportions.

    Parameters
    ----------
    box_xyxy : left, top, right, bottom, pixels
    size : width, height of the network's input

    Returns
    -------
    left, top, width, height, pixels; may reach beyond the picture

    Raises
    ------
    ValueError
        The box is empty.
    """
    left, top, right, bottom = box_xyxy
    width, height = (right - left) * PADDING, (bottom - top) * PADDING
    if not (width > 0 and height > 0):
        raise ValueError(f"a person's box must not be empty: {box_xyxy}")
    proportions = size[0] / size[1]
    width, height = max(width, height * proportions), max(height, width / proportions)
    return (left + right - width) / 2, (top + bottom - height) / 2, width, height


def decode(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return where each joint is most likely on the two axes.

    Parameters
    ----------
    x : (J, Wx) float32
    y : (J, Wy) float32

    Returns
    -------
    places : (J, 2) float32
        Steps of the axes; NaN where no place is likely at all.
    scores : (J,) float32
        The lower of the two likelihoods.
    """
    places = np.stack((x.argmax(axis=1), y.argmax(axis=1)), axis=-1).astype(np.float32)
    scores = np.minimum(x.max(axis=1), y.max(axis=1)).astype(np.float32)
    places[~(scores > 0)] = np.nan
    return places, scores
