"""Poses of the engine that was chosen, where it is not the embedded detector itself.

The detector says where the trainer is; the engine looks there, more closely or in three
dimensions.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Self

import numpy as np
from numpy.typing import NDArray

from processing.engines.contract import Lifter, PoseEngine2D, PoseEngine3D
from processing.engines.registry import LIFT, POSE, find
from processing.motion.joints import landmarks_of, to_coco17, world_of_h36m17
from processing.motion.rays import on_rays
from processing.motion.signals import Signals
from processing.stages.contract import Options
from processing.vision.blazepose import Detection

EMBEDDED: Final = "mediapipe"
_REACH: Final = 0.12
"""Room around the landmarks' box (share of its longer side): they end at wrists and ankles."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Poses:
    """Bodies as an engine sees them, for all N pictures; NaN where nobody is or a joint is not
    known.

    Attributes
    ----------
    world : (N, 33, 3) float32, metres, as in `PoseTrack`
    image : (N, 33, 2) float32, pixels of the pictures that were looked at
    visibility : (N, 33) float32, 0..1
    """

    world: Floats
    image: Floats
    visibility: Floats


class EnginePoses:
    """Asks the chosen engines, picture by picture and then once for all. A context manager.

    Parameters
    ----------
    options : Options
    surface : Path
        Where an engine's surfaces go, see `surfaces`; stays empty where it has none.

    Raises
    ------
    EngineError
        Where an engine cannot be used here.
    """

    def __init__(self, options: Options, surface: Path) -> None:
        self._stack = ExitStack()
        self._engine: PoseEngine2D | PoseEngine3D | None = None
        self._lifter: Lifter | None = None
        self._topology = False
        self._keypoints: dict[int, Floats] = {}
        self._bodies: dict[int, tuple[Floats, Floats, Floats]] = {}
        self._count = 0
        if options.pose != EMBEDDED:
            self._engine = find(POSE, options.pose).open(options.models_dir)
            self._stack.enter_context(closing(self._engine))
        if options.lifter:
            self._lifter = find(LIFT, options.lifter).open(options.models_dir)
            self._stack.enter_context(closing(self._lifter))
        self._surface = self._stack.enter_context(surface.open("wb"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, picture: NDArray[np.uint8], detection: Detection | None) -> None:
        """Look at the next picture, where the detector saw somebody."""
        number, self._count = self._count, self._count + 1
        if self._engine is None or detection is None:
            return
        box = _box(detection, picture.shape)
        if box is None:
            return
        if hasattr(self._engine, "keypoints"):
            self._keypoints[number] = self._engine.keypoints(picture, box)
            return
        body = self._engine.pose(picture, box)
        if body is None:
            return
        self._bodies[number] = body.world, body.image, body.visibility
        if body.vertices is not None and body.faces is not None:
            _write_surface(self._surface, number, body.vertices, body.faces, self._topology)
            self._topology = True

    def poses(self, signals: Signals, fps: float) -> Poses | None:
        """Return what was found; None where the detector's own poses are to be used.

        Parameters
        ----------
        signals : Signals
            The detector's, for what the engine has no word on.
        fps : float
        """
        if self._engine is None and self._lifter is None:
            return None
        image, visibility = signals.image.copy(), signals.visibility.copy()
        world = detectors_world(signals)
        for number, (body, points, seen) in self._bodies.items():
            world[number], image[number], visibility[number] = body, points, seen
        joints = "blazepose33"
        keypoints = np.concatenate([image, visibility[..., None]], axis=-1)
        if self._keypoints:
            assert self._engine is not None and hasattr(self._engine, "joints")
            joints = self._engine.joints
            shape = next(iter(self._keypoints.values())).shape
            keypoints = np.full((len(signals), *shape), np.nan, np.float32)
            for number, found in self._keypoints.items():
                keypoints[number] = found
            points, seen = landmarks_of(keypoints, joints)
            known = np.asarray(np.isfinite(points).all(axis=-1))
            image = np.where(known[..., None], points, image)
            visibility = np.where(known, seen, visibility)
        if self._lifter is not None and not self._bodies:
            coco = to_coco17(keypoints, joints)
            lifted = self._lifter.lift(coco, signals.width, signals.height, fps)
            world = world_of_h36m17(lifted)
        return Poses(*(part.astype(np.float32) for part in (world, image, visibility)))


def detectors_world(signals: Signals) -> Floats:
    """The detector's landmarks in space (N, 33, 3), on the rays they are seen along."""
    seen = signals.world, signals.image, signals.visibility
    return on_rays(*seen, signals.width, signals.height).astype(np.float32)


def _box(detection: Detection, shape: tuple[int, ...]) -> tuple[float, float, float, float] | None:
    """Return the person's box, pixels, cut to the picture; None where nothing is left of it."""
    low, high = detection.image.min(axis=0), detection.image.max(axis=0)
    reach = _REACH * float((high - low).max())
    (left, top), (right, bottom) = (low - reach).tolist(), (high + reach).tolist()
    left, top = max(0.0, left), max(0.0, top)
    right, bottom = min(float(shape[1]), right), min(float(shape[0]), bottom)
    return (left, top, right, bottom) if right - left >= 2 and bottom - top >= 2 else None


def _write_surface(
    file: BinaryIO, number: int, vertices: Floats, faces: NDArray[np.int32], begun: bool
) -> None:
    if not begun:
        np.save(file, np.asarray(faces, np.int32))
    np.save(file, np.int64(number))
    np.save(file, vertices.astype(np.float16))


def surfaces(path: Path, numbers: NDArray[np.intp]) -> tuple[NDArray[np.int32], Iterator[Floats]]:
    """Read an engine's surfaces of some pictures, one at a time.

    Parameters
    ----------
    path : Path
        As `EnginePoses` wrote it; not empty.
    numbers : (T,) int, rising
        Of the pictures. One without a surface gets that of the picture before (or the first).

    Returns
    -------
    faces : (F, 3) int32
    vertices : iterator of (1, V, 3) float16, metres, T of them
    """
    with path.open("rb") as file:
        faces = np.load(file)
    return faces, _surfaces(path, numbers)


def _surfaces(path: Path, numbers: NDArray[np.intp]) -> Iterator[Floats]:
    end = path.stat().st_size
    with path.open("rb") as file:
        np.load(file)
        _, shown = np.load(file), np.load(file)
        ahead: tuple[int, Floats] | None = None
        for number in numbers:
            while ahead is not None or file.tell() < end:
                if ahead is None:
                    ahead = int(np.load(file)), np.load(file)
                if ahead[0] > number:
                    break
                shown, ahead = ahead[1], None
            yield shown[None]
