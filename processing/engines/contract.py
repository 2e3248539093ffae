"""What an engine of each job takes and gives.

Pictures are (height, width, 3) uint8, RGB, contiguous. Alpha is straight: it says how much of a
pixel the person covers, and multiplies no colour. Every engine has `close`, after which it must not
be used again, and is a thing of one thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from processing.errors import EngineError

__all__ = [
    "Body",
    "EngineError",
    "EngineUnavailable",
    "GradeEngine",
    "Lifter",
    "MattingEngine",
    "Person",
    "PoseEngine2D",
    "PoseEngine3D",
    "Shot",
    "WrongWeights",
]


class EngineUnavailable(EngineError):
    """Something the engine needs is not here: a package, a file or a device."""


class WrongWeights(EngineError):
    """A weights file is here, but damaged or made for something else."""


@dataclass(frozen=True)
class Person:
    """Where the trainer is in one picture.

    Attributes
    ----------
    keypoints : (33, 2) float32
        BlazePose's landmarks, pixels of the picture; may lie outside of it.
    visibility : (33,) float32, 0..1
    mask : (h, w) uint8, 0..255
        How likely the trainer is there. Coarse, and smaller than the picture (about half), but
        covers the whole of it.
    """

    keypoints: NDArray[np.float32]
    visibility: NDArray[np.float32]
    mask: NDArray[np.uint8]


@dataclass(frozen=True)
class Shot:
    """One picture of a clip, with what is known of it.

    Attributes
    ----------
    time_ms : int
    picture : (height, width, 3) uint8, RGB
    person : Person or None
        None where nobody was found.
    cut : bool
        The first picture after a hard cut or a start: nothing of the pictures before applies.
    """

    time_ms: int
    picture: NDArray[np.uint8]
    person: Person | None
    cut: bool


@dataclass(frozen=True)
class Body:
    """A person in three dimensions.

    Attributes
    ----------
    world : (33, 3) float32
        BlazePose's landmarks, m, from the middle of the hips; x to the picture's right, y down,
        z away from the camera. NaN = not seen.
    image : (33, 2) float32
        The same, pixels of the picture.
    visibility : (33,) float32, 0..1
    vertices : (V, 3) float32 or None
        The body's surface, in the axes of `world`; None from engines without a mesh.
    faces : (F, 3) int32 or None
        Triangles, as indices of `vertices`.
    """

    world: NDArray[np.float32]
    image: NDArray[np.float32]
    visibility: NDArray[np.float32]
    vertices: NDArray[np.float32] | None = None
    faces: NDArray[np.int32] | None = None


class MattingEngine(Protocol):
    """Cuts the trainer out of pictures."""

    def mattes(self, shots: Iterable[Shot]) -> Iterator[tuple[Shot, NDArray[np.uint8]]]:
        """Yield each shot with its matte: (height, width) uint8, straight alpha.

        In order and as many as came in. May take a bounded number of shots ahead of what it
        yields.
        """
        ...

    def close(self) -> None:
        """Free the model."""
        ...


class GradeEngine(Protocol):
    """Gives a picture the studio's colours and light."""

    def grade(self, picture: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the picture, graded, in its size.

        Parameters
        ----------
        picture : (height, width, 3) uint8, RGB
        alpha : (height, width) uint8, straight
            Where the trainer is; the rest of the result need not mean anything.
        """
        ...

    def close(self) -> None:
        """Free the model."""
        ...


class PoseEngine2D(Protocol):
    """Finds the joints of one person in a picture."""

    @property
    def joints(self) -> str:
        """Name of the set of joints it finds: `coco17`, `coco_wholebody133`, `movenet17`..."""
        ...

    def keypoints(
        self, picture: NDArray[np.uint8], box_xyxy: tuple[float, float, float, float]
    ) -> NDArray[np.float32]:
        """Return (J, 3): x and y, pixels of the picture, and a score 0..1.

        Parameters
        ----------
        picture : (height, width, 3) uint8, RGB
        box_xyxy : left, top, right, bottom of the person, pixels
        """
        ...

    def close(self) -> None:
        """Free the model."""
        ...


class Lifter(Protocol):
    """Makes a moving 3D skeleton of a moving 2D one."""

    def lift(
        self, keypoints: NDArray[np.float32], width: int, height: int, fps: float
    ) -> NDArray[np.float32]:
        """Return (T, 17, 3) float32, m, from the root joint, in the axes of `Body.world`.

        Parameters
        ----------
        keypoints : (T, 17, 3) float32
            COCO's joints: x and y, pixels of the picture, and a score 0..1.
        width, height : int
            Of the picture, pixels.
        fps : float
            Pictures a second.
        """
        ...

    def close(self) -> None:
        """Free the model."""
        ...


class PoseEngine3D(Protocol):
    """Finds one person's body in three dimensions in a picture."""

    def pose(
        self, picture: NDArray[np.uint8], box_xyxy: tuple[float, float, float, float]
    ) -> Body | None:
        """Return the body, or None where there is nobody.

        Parameters
        ----------
        picture : (height, width, 3) uint8, RGB
        box_xyxy : left, top, right, bottom of the person, pixels
        """
        ...

    def close(self) -> None:
        """Free the model."""
        ...
