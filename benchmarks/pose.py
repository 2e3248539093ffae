"""How well each pose engine that can run here finds the joints of the synthetic athlete.

``python -m benchmarks.pose [--json]``. The truth is exact, but the athlete is drawn: compare
engines with one another, and a change with what was before it. `mediapipe` (and `_lite`, `_heavy`)
is what clips get: filled and smoothed; `mediapipe_raw` is the same without either, `mediapipe_task`
MediaPipe's own runtime in video mode. Lifters are given what `mediapipe_raw` found. Engines that
must be told where the person is are told the truth.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

from benchmarks.pose_metrics import NAMES, Score
from benchmarks.pose_scenes import SCENES, Scene
from processing.engines.contract import Lifter
from processing.engines.registry import LIFT, POSE
from processing.motion.gaps import fill
from processing.motion.joints import COCO17, landmarks_of, world_of_h36m17
from processing.motion.rays import on_rays
from processing.motion.skeleton import INDEX
from processing.motion.smoothing import smooth
from processing.motion.track import PoseTrack
from processing.synthetic.render import frames
from processing.vision.blazepose import PoseTracker

MODELS = Path(__file__).resolve().parent.parent / "var" / "models"

Box = tuple[float, float, float, float]
Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """Landmarks in one picture: world (33, 3) m, image (33, 2) px, visibility (33,)."""

    world: NDArray[np.float32]
    image: NDArray[np.float32]
    visibility: NDArray[np.float32]


Look = Callable[[Picture, int, Box], Found | None]
"""Finds the person in the next picture, at a time in ms, told the true box."""
Finish = Callable[[PoseTrack, Floats], PoseTrack]
"""What becomes of a scene's track, given the times (T,) of all its frames."""


@dataclass(frozen=True)
class Contestant:
    """A detector, opened anew for every scene, and the results that are made of its track."""

    open: Callable[[], AbstractContextManager[Look]]
    results: dict[str, Finish]


@dataclass
class _Take:
    """What one engine found in one scene."""

    indices: list[int] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    seconds: float = 0.0

    def track(self, times_s: Floats, fps: float, size: tuple[int, int]) -> PoseTrack:
        def stacked(name: str, *shape: int) -> NDArray[np.float32]:
            values = [getattr(one, name) for one in self.found]
            return np.array(values, np.float32).reshape(len(values), 33, *shape)

        return PoseTrack(
            times_s=times_s[self.indices],
            world=stacked("world", 3),
            image=stacked("image", 2),
            visibility=stacked("visibility"),
            fps=fps,
            width=size[0],
            height=size[1],
        )


def as_found(track: PoseTrack, frame_times_s: Floats) -> PoseTrack:
    return track


def published(track: PoseTrack, frame_times_s: Floats) -> PoseTrack:
    """As the review stage does: short gaps filled, then smoothed."""
    return smooth(fill(track, frame_times_s))


def lifted(lifter: Lifter, track: PoseTrack, frame_times_s: Floats) -> PoseTrack:
    """World coordinates from the track's own image coordinates."""
    coco = [INDEX[name] for name in COCO17]
    keypoints = np.concatenate([track.image, track.visibility[..., None]], axis=2)[:, coco]
    world = world_of_h36m17(lifter.lift(keypoints, track.width, track.height, track.fps))
    return replace(track, world=world)


@contextmanager
def _tracker(model: Path) -> Iterator[Look]:
    with PoseTracker(model.read_bytes()) as tracker:

        def look(picture: Picture, time_ms: int, box: Box) -> Found | None:
            one = tracker.detect(picture)
            if one is None:
                return None
            height, width = picture.shape[:2]
            world = on_rays(one.world, one.image, one.visibility, width, height)
            return Found(world.astype(np.float32), one.image, one.visibility)

        yield look


@contextmanager
def _task(model: Path) -> Iterator[Look]:
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)),
        running_mode=vision.RunningMode.VIDEO,
    )
    with vision.PoseLandmarker.create_from_options(options) as landmarker:

        def look(picture: Picture, time_ms: int, box: Box) -> Found | None:
            result = landmarker.detect_for_video(mp.Image(mp.ImageFormat.SRGB, picture), time_ms)
            if not result.pose_landmarks:
                return None
            image, world = result.pose_landmarks[0], result.pose_world_landmarks[0]
            height, width = picture.shape[:2]
            return Found(
                np.array([(p.x, p.y, p.z) for p in world], np.float32),
                np.array([(p.x * width, p.y * height) for p in image], np.float32),
                np.array([p.visibility for p in image], np.float32),
            )

        yield look


@contextmanager
def _told(name: str, models: Path) -> Iterator[Look]:
    """An engine of the registry, which looks into a box."""
    engine: Any = POSE[name].open(models, threads=1)

    def look(picture: Picture, time_ms: int, box: Box) -> Found | None:
        if not hasattr(engine, "keypoints"):
            body = engine.pose(picture, box)
            return None if body is None else Found(body.world, body.image, body.visibility)
        image, visibility = landmarks_of(engine.keypoints(picture, box), engine.joints)
        return Found(np.full((33, 3), np.nan, np.float32), image, visibility)

    try:
        yield look
    finally:
        engine.close()


def contestants(models: Path, stack: ExitStack) -> list[Contestant]:
    """Everyone who can run here; lifters stay open until the stack closes."""
    lifters: dict[str, Finish] = {}
    for name, entry in LIFT.items():
        if entry.check(models).can_run:
            lifter = entry.open(models, threads=1)
            stack.callback(lifter.close)
            lifters[name] = partial(lifted, lifter)
    out = []
    for size in ("full", "lite", "heavy"):
        model = models / f"pose_landmarker_{size}.task"
        if not model.exists():
            continue
        name = "mediapipe" if size == "full" else f"mediapipe_{size}"
        out.append(Contestant(partial(_tracker, model), {name: published}))
        if size == "full":
            out[0].results["mediapipe_raw"] = as_found
            out[0].results.update(lifters)
            out.append(Contestant(partial(_task, model), {"mediapipe_task": as_found}))
    for name, engine in POSE.items():
        if name != "mediapipe" and engine.check(models).can_run:
            out.append(Contestant(partial(_told, name, models), {name: as_found}))
    return out


def measure(models: Path, scenes: tuple[Scene, ...], fps: float) -> dict[str, dict[str, Any]]:
    """Film every scene once and show it to everyone; results by engine."""
    scores: dict[str, Score] = {}
    with ExitStack() as stack:
        everyone = contestants(models, stack)
        for scene in scenes:
            _play(scene, fps, everyone, scores)
    return {name: score.means() for name, score in scores.items()}


def _play(scene: Scene, fps: float, everyone: list[Contestant], scores: dict[str, Score]) -> None:
    takes = [_Take() for _ in everyone]
    times, true_image, true_world = [], [], []
    with ExitStack() as stack:
        looks = [stack.enter_context(contestant.open()) for contestant in everyone]
        for i, frame in enumerate(frames(scene.shoot(), fps)):
            times.append(round(frame.t, 3))
            true_image.append(frame.image)
            true_world.append(frame.world)
            rows, columns = np.flatnonzero(frame.alpha.max(1)), np.flatnonzero(frame.alpha.max(0))
            box = (float(columns[0]), float(rows[0]), columns[-1] + 1.0, rows[-1] + 1.0)
            picture = np.ascontiguousarray(frame.rgb)
            for look, take in zip(looks, takes, strict=True):
                started = time.perf_counter()
                found = look(picture, round(1000 * frame.t), box)
                take.seconds += time.perf_counter() - started
                if found is not None:
                    take.indices.append(i)
                    take.found.append(found)
    times_s = np.array(times)
    for contestant, take in zip(everyone, takes, strict=True):
        track = take.track(times_s, fps, scene.size)
        for name, finish in contestant.results.items():
            started = time.perf_counter()
            result = finish(track, times_s)
            at = np.searchsorted(times_s, result.times_s)
            image = np.full((len(times_s), 33, 2), np.nan)
            world = np.full((len(times_s), 33, 3), np.nan)
            image[at], world[at] = result.image, result.world
            scores.setdefault(name, Score()).add(
                image,
                world,
                np.array(true_image),
                np.array(true_world),
                fps=fps,
                seconds=take.seconds + time.perf_counter() - started,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the model files")
    parser.add_argument("--scenes", type=int, default=len(SCENES), help="how many, of the first")
    parser.add_argument("--fps", type=float, default=25.0, help="pictures a second")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    results = measure(arguments.models, SCENES[: arguments.scenes], arguments.fps)
    if arguments.json:
        print(json.dumps(results))
        return
    print(f"{'':20}" + "".join(f"{name:>18}" for name in NAMES))
    for engine, means in results.items():
        cells = ("-" if means[name] is None else f"{means[name]:.3f}" for name in NAMES)
        print(f"{engine:20}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main()
