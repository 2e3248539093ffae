"""Second stage: where the trainer's joints are, the masks that come with them, and what else the
pictures tell about the take."""

import math
from contextlib import ExitStack
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.errors import InvalidClip
from processing.motion.judging import DEFAULT
from processing.stages.ahead import ahead
from processing.stages.contract import Options, Paths, Progress
from processing.stages.detections import Detections
from processing.stages.engine_poses import EnginePoses
from processing.stages.facts import Facts, read_facts
from processing.stages.files import replacing
from processing.stages.filmstrip import Filmstrip
from processing.stages.source import pictures
from processing.stages.watching import Watchers
from processing.stages.writing import VideoWriter
from processing.vision.blazepose import Detection, PersonDetector, PoseTracker
from processing.vision.codecs import GRAY
from processing.vision.crowd import count_people
from processing.vision.frames import Geometry
from processing.vision.observe import Observer

_LEAST_SHARE: Final = 0.15
"""Share of frames that must show a person; empty beginnings and end cards are normal."""
_LOOK_SIDE: Final = 720
"""Longer side, pixels, of the pictures that are looked at: the network sees 256 pixels of the
person anyway."""
_AS_IT_IS: Final = 1.2
"""Pictures larger by no more than this are not scaled: it would cost more than it saves."""
_MASK_SIDE: Final = 256
_CELLS: Final = _MASK_SIDE // 4
_NOBODY: Final = np.zeros((_MASK_SIDE, _MASK_SIDE), np.uint8)


def run(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Write the detections with their masks, an engine's surfaces, and the filmstrip.

    Raises
    ------
    InvalidClip
        `no_person`, `damaged`.
    """
    facts = read_facts(inputs["probe"])
    geometry = _look_at(facts)
    model = (options.models_dir / f"pose_landmarker_{options.pose_model}.task").read_bytes()
    filmstrip = Filmstrip(facts.duration_s)
    places = _Places()
    kinds = "detections", "masks", "surface", "filmstrip"
    with replacing(*(outputs[kind] for kind in kinds)) as (
        detections_path,
        masks_path,
        surface_path,
        filmstrip_path,
    ):
        with ExitStack() as stack:
            clip = filmstrip.watching(pictures(inputs["source"], facts, options, geometry))
            watchers = stack.enter_context(Watchers(lambda: PoseTracker(model), options.threads))
            detector = stack.enter_context(PersonDetector(model))
            engine = stack.enter_context(EnginePoses(options, surface_path))
            observer = Observer(
                lambda picture: count_people(detector, picture),
                source_scale=facts.width / geometry.width,
            )
            masks = stack.enter_context(
                VideoWriter(
                    masks_path,
                    GRAY,
                    width=_MASK_SIDE,
                    height=_MASK_SIDE,
                    fps=facts.fps,
                    threads=1,
                )
            )
            total = 0
            for sight in watchers.watch(stack.enter_context(ahead(clip))):
                found = sight.detection
                observer.add(sight.time_ms, sight.picture, found, cut=sight.cut)
                masks.write_gray(_NOBODY if found is None else found.mask, sight.time_ms)
                places.add(found)
                engine.add(sight.picture, found)
                total += 1
                progress(total, max(total, facts.total_frames))
            signals = observer.signals()
            poses = engine.poses(signals, facts.fps)
        people = int(signals.found.sum())
        if people < max(1, _LEAST_SHARE * total):
            # Nobody's own brightness is known: the brightest of the room stands in for it.
            dark = bool(np.nanmedian(signals.picture_luma[:, 2]) < DEFAULT.dark)
            raise InvalidClip("no_person", found_frames=people, total_frames=total, dark=dark)
        Detections(signals, places.roi(), places.extent(), poses).save(detections_path)
        shown = filmstrip.save(filmstrip_path)
    return {
        "engine": options.pose,
        "lifter": options.lifter,
        "model": options.pose_model,
        "total_frames": total,
        "pose_frames": people,
        "filmstrip": shown,
    }


def _look_at(facts: Facts) -> Geometry:
    scale = _LOOK_SIDE / max(facts.width, facts.height)
    if scale >= 1 / _AS_IT_IS:
        return facts.geometry
    width, height = (max(2, 2 * round(side * scale / 2)) for side in (facts.width, facts.height))
    return Geometry(width, height, facts.rotation)


_Four = tuple[float, float, float, float]
_NOWHERE: Final = (math.nan,) * 4


class _Places:
    """Where each picture's mask lies."""

    def __init__(self) -> None:
        self._roi: list[_Four] = []
        self._extent: list[_Four] = []

    def add(self, detection: Detection | None) -> None:
        self._roi.append(_NOWHERE if detection is None else _square(detection))
        self._extent.append(_NOWHERE if detection is None else _extent(detection))

    def roi(self) -> NDArray[np.float32]:
        return np.array(self._roi, np.float32).reshape(-1, 4)

    def extent(self) -> NDArray[np.float32]:
        return np.array(self._extent, np.float32).reshape(-1, 4)


def _square(detection: Detection) -> _Four:
    roi = detection.roi
    return roi.centre_x, roi.centre_y, roi.side, roi.rotation_rad


def _extent(detection: Detection) -> _Four:
    """Return the upright box around the mask, pixels of the picture; NaN where it is empty."""
    # Every fourth pixel will do, and all of them turned: around a turned square's own box, the
    # upright one would be too large.
    cells = cv2.resize(detection.mask, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA)
    inside = cv2.findNonZero(cv2.threshold(cells, 80, 255, cv2.THRESH_BINARY)[1])
    if inside is None:
        return _NOWHERE
    shares = (inside.reshape(-1, 2).astype(np.float32) + np.float32(0.5)) / np.float32(_CELLS)
    points = detection.roi.points_in_picture(shares)
    reach = detection.roi.side / _CELLS / 2
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left - reach, top - reach, right + reach, bottom + reach
