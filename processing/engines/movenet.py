"""MoveNet: COCO's 17 joints of the person in the middle, fast and trained on exercise.

The contract was read from the model cards of Google's MoveNet.SinglePose and MoveNet.MultiPose and
from tensorflow/hub `examples/colab/movenet.ipynb` (`movenet`, `determine_crop_region`,
`run_inference`). Exports to ONNX keep the tensors and name them as they like, so the one input and
the one output are taken whatever they are called:

- input (1, side, side, 3) int32, uint8 or float32, RGB 0..255; side 192 (Lightning), 256 (Thunder);
  MultiPose takes any multiple of 32, and its card recommends 256
- output (1, 1, 17, 3) float32: y, x, 0..1 of the input, and a score; MultiPose (1, 6, 56): 17 times
  the same, then the person's box (y, x, y, x) and its score

There is no tracking here: the notebook looks where the joints of the picture before were, this
looks where it is told that the person is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.engines.onnx_session import Network, Tensor

Floats = NDArray[np.float32]

JOINTS: Final = 17
MARGIN: Final = 1.2
"""Side of the square looked at, over the longer side of the person's box (the notebook's 1.2)."""
_ANY_SIDE: Final = 256
_INPUT: Final = Tensor("", (1, None, None, 3), ("int32", "uint8", "float32"))
_OUTPUT: Final = Tensor("", (), ("float32",))
_SINGLE: Final = (1, 1, JOINTS, 3)
_MULTI: Final = (1, 6, JOINTS * 3 + 5)

Box = tuple[float, float, float, float]


class MoveNet:
    """MoveNet's ONNX export as a `PoseEngine2D`.

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

    joints: Final = "movenet17"

    def __init__(self, path: Path, *, device: str = "cpu", threads: int = 2) -> None:
        self._network = Network(path, [_INPUT], [_OUTPUT], device=device, threads=threads)
        (self._input,) = self._network.inputs
        _, height, width, _ = self._network.shapes[self._input] or (1, None, None, 3)
        self._side = height or width or _ANY_SIDE
        if {height, width} - {None, self._side}:
            raise self._network.wrong(f"it takes {width}x{height} pixels, not a square")
        # What the file leaves open is seen by running it once.
        shape = self._run(np.zeros((self._side, self._side, 3), dtype=np.uint8)).shape
        if shape not in (_SINGLE, _MULTI):
            raise self._network.wrong(f"its output is {shape}, neither {_SINGLE} nor {_MULTI}")

    def close(self) -> None:
        """Free the network."""
        self._network.close()

    def keypoints(self, picture: NDArray[np.uint8], box_xyxy: Box) -> Floats:
        """Return (17, 3): x and y, pixels of the picture, and a score 0..1; see `PoseEngine2D`.

        MultiPose's six people: the one whose box agrees most with the box given.
        """
        height, width = picture.shape[:2]
        left, top, side = region(box_xyxy, width, height)
        scale = self._side / side
        # Pixel middles: half a pixel in is half a pixel out.
        half = (scale - 1) / 2
        there = np.array([[scale, 0.0, half - scale * left], [0.0, scale, half - scale * top]])
        size = (self._side, self._side)
        answer = self._run(cv2.warpAffine(picture, there, size, flags=cv2.INTER_LINEAR))
        if answer.shape == _MULTI:
            corners = np.array(box_xyxy) - [left, top, left, top]
            box = (corners / side).astype(np.float32)
            people = answer[0]
            agreement = overlap(people[:, [52, 51, 54, 53]], box) * people[:, 55]
            answer = people[agreement.argmax(), : JOINTS * 3]
        joints = answer.reshape(JOINTS, 3)
        found = joints[:, [1, 0, 2]] * [side, side, 1.0] + [left, top, 0.0]
        found[:, 2] = np.clip(found[:, 2], 0.0, 1.0)
        return np.asarray(found, dtype=np.float32)

    def _run(self, square: NDArray[np.uint8]) -> Floats:
        (answer,) = self._network.run({self._input: square[None]})
        return np.asarray(answer, dtype=np.float32)


def region(box_xyxy: Box, width: int, height: int) -> tuple[float, float, float]:
    """Return the square the network looks at.

    Parameters
    ----------
    box_xyxy : left, top, right, bottom of the person, pixels
    width, height : int
        Of the picture: a square as large as that is laid round the whole of it, as more would
        only make the person smaller.

    Returns
    -------
    left, top, side, pixels; may reach beyond the picture

    Raises
    ------
    ValueError
        The box is empty.
    """
    left, top, right, bottom = box_xyxy
    if not (right > left and bottom > top):
        raise ValueError(f"a person's box must not be empty: {box_xyxy}")
    side = MARGIN * max(right - left, bottom - top)
    if side >= max(width, height):
        side = float(max(width, height))
        return (width - side) / 2, (height - side) / 2, side
    return (left + right - side) / 2, (top + bottom - side) / 2, side


def overlap(boxes: Floats, box: Floats) -> Floats:
    """Return how much boxes agree with one: the area they share over that of both together.

    Parameters
    ----------
    boxes : (N, 4) float32
        Left, top, right, bottom.
    box : (4,) float32

    Returns
    -------
    (N,) float32, 0..1
    """
    shared = np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2])
    both = np.prod(np.maximum(shared, 0.0), axis=1)
    areas = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0.0), axis=1)
    return np.asarray(both / (areas + np.prod(box[2:] - box[:2]) - both), dtype=np.float32)
