"""Films of `benchmarks.scoring_scenes` as the program sees them, kept so that they are made once.

``python -m benchmarks.scoring_films [--cache FOLDER] [--clients lite] [--limit-s 170]`` makes those
that are not there yet, until the time is up; run it again until none is left. Real pictures, the
real detector, filled and smoothed as the review stage does.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scoring_scenes import LONGER_SIDE_PX, Scene, scenes
from processing.motion.gaps import fill
from processing.motion.rays import on_rays
from processing.motion.smoothing import smooth
from processing.motion.track import PoseTrack
from processing.synthetic.faults import behind
from processing.synthetic.render import frame_times, render, truth
from processing.vision.blazepose import PoseTracker

ROOT: Final = Path(__file__).resolve().parent.parent
MODELS: Final = ROOT / "var" / "models"
CACHE: Final = ROOT / "var" / "scoring_films"
_CLIP_WIDTH_PX: Final = 416

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Film:
    """What became of a scene.

    track : smoothed, as published. raw : the detector's own, without filling. times_s : (N,) of all
    pictures. world : (N, 33, 3) the truth, metres. reps_s : (R, 2) the truth, seconds.
    """

    track: PoseTrack
    raw: PoseTrack
    times_s: Floats
    world: Floats
    reps_s: Floats


def film(scene: Scene, models: Path) -> Film:
    """Render a scene and let the detector see it."""
    shot = scene.shoot()
    times = np.round(frame_times(shot, scene.fps), 3)
    seen, world = (
        np.array(points) for points in zip(*(truth(shot, t) for t in times), strict=True)
    )
    lowest, highest = float(seen[..., 1].max()), float(seen[..., 1].min())
    edge = (lowest - scene.hidden * (lowest - highest)) / shot.camera.height

    def pictures() -> Iterator[Picture]:
        for t in times:
            picture = render(shot, float(t)).rgb
            if scene.hidden > 0:
                picture = behind([picture], 0.0, edge, 1.0, 1.0, scene.room)[0]
            yield picture

    model = models / f"pose_landmarker_{scene.model}.task"
    raw = _watched(zip(times, pictures(), strict=True), model.read_bytes(), scene.fps)
    return Film(smooth(fill(raw, times)), raw, times, world, shot.performance.reps_s)


def _watched(pictures: Iterable[tuple[float, Picture]], model: bytes, fps: float) -> PoseTrack:
    times, found = [], []
    width = height = 0
    with PoseTracker(model) as tracker:
        for t, picture in pictures:
            height, width = picture.shape[:2]
            detection = tracker.detect(np.ascontiguousarray(picture))
            if detection is not None:
                times.append(t)
                found.append(detection)
    count = len(found)
    world = np.array([d.world for d in found], np.float32).reshape(count, 33, 3)
    image = np.array([d.image for d in found], np.float32).reshape(count, 33, 2)
    visibility = np.array([d.visibility for d in found], np.float32).reshape(count, 33)
    return PoseTrack(
        np.array(times, np.float64),
        on_rays(world, image, visibility, width, height).astype(np.float32),
        image,
        visibility,
        fps,
        width,
        height,
    )


def path_of(scene: Scene, cache: Path) -> Path:
    """Where a scene's film lies: a scene that is changed is filmed anew.

    A changed renderer or detector is not noticed: empty the folder.
    """
    digest = hashlib.sha256(repr((scene, LONGER_SIDE_PX, scene.fps)).encode()).hexdigest()[:8]
    return cache / f"{scene.name}.{digest}.npz"


def save(made: Film, path: Path) -> None:
    """Write a film; it appears whole or not at all."""
    arrays = {f"raw_{name}": value for name, value in vars(made.raw).items()} | vars(made.track)
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        np.savez_compressed(
            file,
            true_times_s=made.times_s,
            true_world=made.world.astype(np.float32),
            reps_s=made.reps_s,
            **arrays,
        )
    os.replace(part, path)


def load(path: Path) -> Film:
    """Read what ``save`` wrote."""
    with np.load(path) as archive:
        values = dict(archive)

    def track(prefix: str) -> PoseTrack:
        return PoseTrack(
            **{name: values[prefix + name] for name in ("times_s", "world", "image", "visibility")},
            fps=float(values[prefix + "fps"]),
            width=int(values[prefix + "width"]),
            height=int(values[prefix + "height"]),
            filled=values[prefix + "filled"],
        )

    return Film(
        track(""), track("raw_"), values["true_times_s"], values["true_world"], values["reps_s"]
    )


def films(cache: Path, only: Iterable[Scene] | None = None) -> dict[str, tuple[Scene, Film]]:
    """Every film that is there, by name."""
    found = {}
    for scene in scenes() if only is None else only:
        path = path_of(scene, cache)
        if path.exists():
            found[scene.name] = scene, load(path)
    return found


def clip(video: Path, models: Path, cache: Path, fps: float = 12.5, last_s: float = 60.0) -> Film:
    """A clip of a real person, small as a client's pictures are; there is no truth about it."""
    path = cache / f"clip-{video.name}.npz"
    if path.exists():
        return load(path)
    raw = _watched(_decoded(video, fps, last_s), _model(models), fps)
    times = np.arange(0.0, raw.times_s[-1] + 0.5 / fps, 1 / fps)
    made = Film(smooth(raw), raw, times, np.zeros((0, 33, 3)), np.zeros((0, 2)))
    cache.mkdir(parents=True, exist_ok=True)
    save(made, path)
    return made


@lru_cache(maxsize=1)
def _model(models: Path) -> bytes:
    return (models / "pose_landmarker_full.task").read_bytes()


def _decoded(path: Path, fps: float, last_s: float) -> Iterator[tuple[float, Picture]]:
    with av.open(str(path)) as container:
        first, due = None, 0.0
        for frame in container.decode(video=0):
            first = frame.time if first is None else first
            t = float(frame.time or 0.0) - float(first or 0.0)
            if t > last_s:
                return
            if t + 1e-6 < due:
                continue
            due += 1 / fps
            picture = frame.to_ndarray(format="rgb24")
            size = _CLIP_WIDTH_PX, round(picture.shape[0] * _CLIP_WIDTH_PX / picture.shape[1])
            yield t, np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _make(cache: Path, models: Path, deadline: float, scene: Scene) -> bool:
    cv2.setNumThreads(1)
    if time.time() > deadline:
        return False
    save(film(scene, models), path_of(scene, cache))
    return True


def make(
    cache: Path,
    models: Path,
    limit_s: float,
    processes: int,
    wanted: Iterable[Scene] | None = None,
) -> int:
    """Film what is missing, the most needed first; returns how many films still are."""
    cache.mkdir(parents=True, exist_ok=True)
    all_ = scenes() if wanted is None else wanted
    todo = [scene for scene in all_ if not path_of(scene, cache).exists()]
    if not todo:
        return 0
    one = partial(_make, cache, models, time.time() + limit_s)
    done = 0
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for made in pool.imap(one, todo):
            done += made
            if made and done % 10 == 0:
                print(f"{done} of {len(todo)} films", file=sys.stderr, flush=True)
    return len(todo) - done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the model files")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of the films")
    parser.add_argument("--limit-s", type=float, default=3600.0, help="begin no film after that")
    parser.add_argument("--clients", choices=("full", "lite"), default="full", help="pose model")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    left = make(
        arguments.cache,
        arguments.models,
        arguments.limit_s,
        arguments.processes,
        scenes(arguments.clients),
    )
    print(f"{left} films are left", file=sys.stderr)


if __name__ == "__main__":
    main()
