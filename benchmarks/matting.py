"""How well each matting engine that can run here cuts out the synthetic athlete.

``python -m benchmarks.matting [--json]``. The truth is exact, but the athlete is drawn: compare
engines with one another, and a change with what was before it. `mediapipe` is what clips get;
`pose_mask` is the pose model's own mask and `selfie_mask` the selfie model's, both merely enlarged.
Measures and their scales: `benchmarks.matte_metrics`. Frames/s are of matting alone; finding the
person is counted for the bare masks only.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

from benchmarks.matte_metrics import NAMES, Score
from benchmarks.matting_scenes import SCENES, Filmed, Scene
from processing.engines.contract import Person, Shot
from processing.engines.registry import MATTING
from processing.vision.blazepose import PoseTracker, mask_in_picture

MODELS = Path(__file__).resolve().parent.parent / "var" / "models"
POSE_MODEL = "pose_landmarker_full.task"
SELFIE_MODEL = "selfie_segmenter.tflite"

Alpha = NDArray[np.uint8]
Cut = Callable[[list[Shot]], Iterator[Alpha]]
"""Yields a matte for each shot of a take."""


@dataclass
class _Result:
    score: Score = field(default_factory=Score)
    frames: int = 0
    seconds: float = 0.0

    def means(self) -> dict[str, float]:
        return self.score.means() | {"frames_per_second": self.frames / max(self.seconds, 1e-9)}


def seen(take: list[Filmed], model: bytes) -> list[Shot]:
    """Find the person in every picture, as the pipeline does."""
    shots = []
    with PoseTracker(model) as tracker:
        for i, filmed in enumerate(take):
            height, width = filmed.picture.shape[:2]
            half = width // 2, height // 2
            found = tracker.detect(filmed.picture)
            person = None
            if found is not None:
                scale = width / half[0], height / half[1]
                mask = mask_in_picture(found.mask, found.roi, half, scale=scale)
                person = Person(found.image, found.visibility, mask)
            shots.append(Shot(filmed.time_ms, filmed.picture, person, cut=i == 0))
    return shots


def bare_pose_mask(model: bytes, shots: list[Shot]) -> Iterator[Alpha]:
    """The pose model's own mask, laid on the picture."""
    with PoseTracker(model) as tracker:
        for shot in shots:
            height, width = shot.picture.shape[:2]
            found = tracker.detect(shot.picture)
            if found is None:
                yield np.zeros((height, width), np.uint8)
            else:
                yield mask_in_picture(found.mask, found.roi, (width, height))


@contextmanager
def selfie(model: Path) -> Iterator[Cut]:
    """The selfie model's confidence, enlarged."""
    options = vision.ImageSegmenterOptions(
        base_options=BaseOptions(model_asset_path=str(model)),
        running_mode=vision.RunningMode.VIDEO,
        output_confidence_masks=True,
    )

    def cut(shots: list[Shot]) -> Iterator[Alpha]:
        with vision.ImageSegmenter.create_from_options(options) as segmenter:
            for shot in shots:
                height, width = shot.picture.shape[:2]
                # The model's own size: its masks come back as large as the picture is.
                small = cv2.resize(shot.picture, (256, 256), interpolation=cv2.INTER_AREA)
                image = mp.Image(mp.ImageFormat.SRGB, np.ascontiguousarray(small))
                found = segmenter.segment_for_video(image, shot.time_ms).confidence_masks[0]
                mask = cv2.convertScaleAbs(np.squeeze(found.numpy_view()), alpha=255)
                yield np.asarray(
                    cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8
                )

    yield cut


@contextmanager
def engine(name: str, models: Path) -> Iterator[Cut]:
    """An engine of the registry."""
    opened = MATTING[name].open(models)

    def cut(shots: list[Shot]) -> Iterator[Alpha]:
        for _, alpha in opened.mattes(shots):
            yield alpha

    try:
        yield cut
    finally:
        opened.close()


@contextmanager
def pose(model: bytes) -> Iterator[Cut]:
    yield partial(bare_pose_mask, model)


def contestants(models: Path) -> dict[str, Callable[[], AbstractContextManager[Cut]]]:
    """Everyone who can run here, by name."""
    everyone: dict[str, Callable[[], AbstractContextManager[Cut]]] = {
        name: partial(engine, name, models)
        for name, entry in MATTING.items()
        if entry.check(models).can_run
    }
    everyone["pose_mask"] = partial(pose, (models / POSE_MODEL).read_bytes())
    everyone["selfie_mask"] = partial(selfie, models / SELFIE_MODEL)
    return everyone


def measure(models: Path, scenes: tuple[Scene, ...], frames: int) -> dict[str, dict[str, float]]:
    """Film every scene once and show it to everyone; results by engine."""
    model = (models / POSE_MODEL).read_bytes()
    results: dict[str, _Result] = {}
    for scene in scenes:
        take = list(scene.film(frames))
        shots = seen(take, model)
        for name, opening in contestants(models).items():
            result = results.setdefault(name, _Result())
            result.score.start()
            with opening() as cut:
                started = time.perf_counter()
                mattes = list(cut(shots))
                result.seconds += time.perf_counter() - started
            result.frames += len(mattes)
            for alpha, filmed in zip(mattes, take, strict=True):
                result.score.add(alpha, filmed.alpha)
    return {name: result.means() for name, result in results.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the model files")
    parser.add_argument("--frames", type=int, default=48, help="of each scene")
    parser.add_argument("--scenes", type=int, default=len(SCENES), help="how many of them")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    result = measure(arguments.models, SCENES[: arguments.scenes], arguments.frames)
    if arguments.json:
        print(json.dumps(result))
        return
    names = (*NAMES, "frames_per_second")
    print(f"{'':12}" + "".join(f"{name:>18}" for name in names))
    for name, means in result.items():
        print(f"{name:12}" + "".join(f"{means[measure]:18.3f}" for measure in names))


if __name__ == "__main__":
    main()
