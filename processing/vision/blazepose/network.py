"""One TFLite network on LiteRT, and the bundle it comes in."""

import io
import zipfile
from typing import Final

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from processing.vision.blazepose.roi import Roi
from processing.weights.bundle import DETECTOR_NAME, LANDMARKS_NAME

ZERO_TO_ONE: Final = (0.0, 1.0)
MINUS_ONE_TO_ONE: Final = (-1.0, 1.0)


def networks(model: bytes) -> tuple[bytes, bytes]:
    """Take the detector and the landmark network out of a `.task` bundle.

    Raises
    ------
    ValueError
        The bytes are no such bundle.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(model)) as bundle:
            return bundle.read(DETECTOR_NAME), bundle.read(LANDMARKS_NAME)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"no pose landmarker bundle: {error}") from error


class Network:
    """A network that looks at a square of a picture.

    Not for two threads at once. Two networks in two threads run side by side: LiteRT lets go of
    Python's lock while it computes.

    Parameters
    ----------
    flatbuffer : bytes
        With one input (1, n, n, 3) float32.
    shapes : tuple of shapes
        Of the outputs, in order, as expected: another network would give numbers without sense.
    span : (float, float)
        What black and full become in the input.
    border : int
        OpenCV's name for what lies outside the picture.
    threads : int

    Raises
    ------
    ValueError
        The bytes are no network, or one of another shape.
    """

    def __init__(
        self,
        flatbuffer: bytes,
        shapes: tuple[tuple[int, ...], ...],
        *,
        span: tuple[float, float],
        border: int,
        threads: int,
    ) -> None:
        self._interpreter = Interpreter(model_content=flatbuffer, num_threads=threads)
        self._interpreter.allocate_tensors()
        source = self._interpreter.get_input_details()[0]
        results = self._interpreter.get_output_details()
        found = tuple(tuple(int(n) for n in result["shape"]) for result in results)
        if found != shapes:
            raise ValueError(f"expected a network with outputs {shapes}, found {found}")
        self._source: int = source["index"]
        self._results: list[int] = [result["index"] for result in results]
        self._input = np.zeros(source["shape"], np.float32)
        self._square = np.zeros(source["shape"][1:], np.uint8)
        self._levels = np.linspace(*span, 256, dtype=np.float32)
        self._border = border

    def look(self, picture: NDArray[np.uint8], roi: Roi) -> list[NDArray[np.float32]]:
        """Run the network on a square of a picture.

        Parameters
        ----------
        picture : (height, width, 3) uint8, RGB
        roi : Roi

        Returns
        -------
        list of float32 arrays
            The outputs without their first axis.
        """
        size = self._square.shape[0]
        cv2.warpAffine(
            picture,
            roi.to_picture(size),
            (size, size),
            dst=self._square,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=self._border,
        )
        cv2.LUT(self._square, self._levels, dst=self._input[0])
        self._interpreter.set_tensor(self._source, self._input)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index)[0] for index in self._results]


def check_picture(picture: NDArray[np.uint8]) -> None:
    """Refuse what is no picture.

    Raises
    ------
    ValueError
        Not (height, width, 3) uint8, or empty.
    """
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise ValueError(
            f"expected a picture (height, width, 3) uint8, got {picture.shape} {picture.dtype}"
        )
