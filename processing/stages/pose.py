"""Second stage: where the trainer's joints are, and the mask that comes with them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.errors import InvalidClip
from processing.motion.document import document_lines
from processing.motion.packing import pack
from processing.motion.track import PoseTrack
from processing.stages.ahead import ahead
from processing.stages.contract import Options, Paths, Progress
from processing.stages.facts import Facts, read_facts
from processing.stages.files import replacing
from processing.stages.source import pictures
from processing.stages.writing import VideoWriter
from processing.vision.codecs import GRAY
from processing.vision.cuts import is_cut, signature
from processing.vision.landmarker import Detection, Landmarker

_LEAST_SHARE: Final = 0.15
"""Share of frames that must show a person; empty beginnings and end cards are normal."""
_LARGEST_SIDE: Final = 960
"""Pixels; larger pictures are detected scaled down: the model sees 256 px of the person anyway."""


def run(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Write masks, poses and packed poses.

    Masks have half the published size: the model's own are 256 pixels wide at most.

    Raises
    ------
    InvalidClip
        `no_person`, `damaged`.
    """
    facts = read_facts(inputs["probe"])
    model = (options.models_dir / f"pose_landmarker_{options.pose_model}.task").read_bytes()
    targets = outputs["masks"], outputs["poses"], outputs["poses_packed"]
    with replacing(*targets) as (masks_path, poses_path, packed_path):
        found = _Found()
        with ExitStack() as stack:
            clip = stack.enter_context(ahead(pictures(inputs["source"], facts, options)))
            landmarker = stack.enter_context(Landmarker(model))
            masks = stack.enter_context(
                VideoWriter(
                    masks_path,
                    GRAY,
                    width=facts.width // 2,
                    height=facts.height // 2,
                    fps=facts.fps,
                    threads=options.threads,
                )
            )
            total = 0
            for time_ms, picture, detection in _detections(clip, landmarker):
                if detection is not None:
                    found.add(total, time_ms, detection)
                masks.write_gray(_half_mask(detection, picture), time_ms)
                total += 1
                progress(total, max(total, facts.total_frames))
        if len(found.indices) < max(1, _LEAST_SHARE * total):
            raise InvalidClip("no_person", found_frames=len(found.indices), total_frames=total)
        track = found.track(facts)
        packed_path.write_bytes(pack(track))
        _write_document(poses_path, track, options.pose_model, found.indices, total)
    return {
        "model": options.pose_model,
        "total_frames": total,
        "pose_frames": len(found.indices),
    }


class _Found:
    """Detections so far: 800 bytes a frame, the one thing that grows with a clip's length."""

    def __init__(self) -> None:
        self.indices: list[int] = []
        self._times_ms: list[int] = []
        self._world: list[NDArray[np.float32]] = []
        self._image: list[NDArray[np.float32]] = []
        self._visibility: list[NDArray[np.float32]] = []

    def add(self, index: int, time_ms: int, detection: Detection) -> None:
        self.indices.append(index)
        self._times_ms.append(time_ms)
        self._world.append(detection.world)
        self._image.append(detection.image)
        self._visibility.append(detection.visibility)

    def track(self, facts: Facts) -> PoseTrack:
        return PoseTrack(
            times_s=np.array(self._times_ms) / 1000,
            world=np.stack(self._world),
            image=np.stack(self._image),
            visibility=np.stack(self._visibility),
            fps=facts.fps,
            width=facts.width,
            height=facts.height,
        )


def _detections(
    clip: Iterator[tuple[int, NDArray[np.uint8]]], landmarker: Landmarker
) -> Iterator[tuple[int, NDArray[np.uint8], Detection | None]]:
    """Yield every picture with what is seen in it; coordinates are the full picture's."""
    before = None
    for time_ms, picture in clip:
        now = signature(picture)
        if before is not None and is_cut(before, now):
            landmarker.restart()
        before = now
        height, width = picture.shape[:2]
        scale = min(1.0, _LARGEST_SIDE / max(width, height))
        if scale == 1.0:
            yield time_ms, picture, landmarker.detect(picture, time_ms)
            continue
        size = round(width * scale), round(height * scale)
        detection = landmarker.detect(
            cv2.resize(picture, size, interpolation=cv2.INTER_AREA), time_ms
        )
        if detection is not None:
            detection.image[:] *= (width / size[0], height / size[1])
        yield time_ms, picture, detection


def _half_mask(detection: Detection | None, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    if detection is None:
        return np.zeros((height, width), np.uint8)
    mask = cv2.convertScaleAbs(detection.mask, alpha=255.0)
    return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _write_document(
    path: Path, track: PoseTrack, model: str, indices: list[int], total: int
) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(
            document_lines(
                track,
                model=f"mediapipe pose_landmarker_{model}",
                frame_indices=indices,
                total_frames=total,
            )
        )
