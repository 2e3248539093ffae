"""Films of the synthetic athlete and of real people as the detector sees them, and following them.

Detecting is the slow part, so films are kept for the test run; what is done with their poses
(later, at another moment, in Python or in node) costs nothing.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from processing.motion import live_reps, score, sight
from processing.motion.alignment import Array
from processing.motion.rays import on_rays
from processing.motion.reference import Reference, prepare
from processing.synthetic.body import Body
from processing.synthetic.clothing import LOOKS
from processing.synthetic.performance import FLOOR_EXERCISES, Performance
from processing.synthetic.render import Shot, render, shoot
from processing.synthetic.take import Take
from processing.synthetic.take import film as placed
from processing.vision.blazepose import PoseTracker
from tools.setup import node_folder

ROOT = Path(__file__).resolve().parents[2]
CLIPS = ROOT.parent / "shared" / "clips"
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Film:
    """Poses over time; NaN where nobody was found."""

    times_s: Array  # (N,)
    world: Array  # (N, 33, 3)
    image: Array  # (N, 33, 2)
    visibility: Array  # (N, 33)
    width: int
    height: int
    duration_s: float

    @property
    def reference(self) -> Reference:
        """The film as the trainer's."""
        found = self.found
        return prepare(
            self.times_s[found], self.world[found], self.visibility[found], self.duration_s
        )

    @property
    def found(self) -> NDArray[np.bool_]:
        """(N,) where somebody was."""
        return np.isfinite(self.world[:, 0, 0])


@dataclass(frozen=True)
class Frame:
    """One of a client's pictures: when it was taken, and which pose of the film it shows."""

    t_s: float
    number: int


@cache
def _model(name: str) -> bytes:
    return (Path(settings.MODELS_DIR) / f"pose_landmarker_{name}.task").read_bytes()


def watched(pictures: Iterator[tuple[float, Picture]], model: str, duration_s: float) -> Film:
    """Let the detector see pictures, one after the other."""
    times, found = [], []
    width = height = 0
    with PoseTracker(_model(model)) as tracker:
        for t, picture in pictures:
            height, width = picture.shape[:2]
            times.append(t)
            found.append(tracker.detect(np.ascontiguousarray(picture)))
    world, image, visibility = (
        np.array(values, np.float64)
        for values in (
            [d.world if d else np.full((33, 3), np.nan) for d in found],
            [d.image if d else np.full((33, 2), np.nan) for d in found],
            [d.visibility if d else np.zeros(33) for d in found],
        )
    )
    return Film(
        np.array(times),
        on_rays(world, image, visibility, width, height),
        image,
        visibility,
        width,
        height,
        duration_s,
    )


@cache
def athlete(
    performance: Performance | Take,
    yaw_deg: float,
    *,
    model: str = "lite",
    px: int = 384,
    fps: float = 12.5,
    mirrored: bool = False,
    look: str = "anna",
    bottom: float = 1.0,
) -> Film:
    """Film the synthetic athlete; ``px`` is the longer side, ``bottom`` the share that is shown."""
    low = isinstance(performance, Performance) and performance.exercise in FLOOR_EXERCISES
    size = (px, round(0.75 * px)) if low else (round(0.75 * px), px)
    if isinstance(performance, Take):
        body = Body()
        camera = placed(performance, body, yaw_deg, size)
        shot = Shot(performance, camera, body, appearance=LOOKS[look], mirrored=mirrored)
    else:
        shot = shoot(performance, yaw_deg, size, appearance=LOOKS[look], mirrored=mirrored)
    times = np.arange(0.0, performance.duration_s, 1 / fps)
    rows = round(bottom * shot.camera.height)
    pictures = ((float(t), render(shot, float(t)).rgb[:rows]) for t in times)
    return watched(pictures, model, performance.duration_s)


@cache
def clip(
    name: str,
    *,
    model: str = "lite",
    width: int = 416,
    fps: float = 12.5,
    mirrored: bool = False,
    last_s: float = 60.0,
) -> Film:
    """Film one of the clips of real people anew: in another size, at another rate, mirrored."""

    def pictures() -> Iterator[tuple[float, Picture]]:
        with av.open(str(CLIPS / f"{name}.mp4")) as container:
            first: float | None = None
            due = 0.0
            for frame in container.decode(video=0):
                first = frame.time if first is None else first
                t = float(frame.time or 0.0) - float(first or 0.0)
                if t > last_s:
                    return
                if t + 1e-6 < due:
                    continue
                due += 1 / fps
                picture = frame.to_ndarray(format="rgb24")
                size = width, round(picture.shape[0] * width / picture.shape[1])
                picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
                yield t, np.asarray(picture[:, ::-1] if mirrored else picture, np.uint8)

    film = watched(pictures(), model, 0.0)
    step_s = float(np.median(np.diff(film.times_s)))
    return Film(**{**vars(film), "duration_s": float(film.times_s[-1]) + step_s})


def looped(client: Film, trainer: Film, lag_s: float, seconds: float) -> list[Frame]:
    """The client's pictures: late by ``lag_s``, begun anew with every loop of the trainer's."""
    step_s = client.duration_s / len(client.times_s)
    frames = [Frame(float(t), 0) for t in np.arange(0.0, lag_s - 0.5 * step_s, step_s)]
    loop = 0
    while True:
        for number, t in enumerate(client.times_s):
            at = lag_s + loop * trainer.duration_s + float(t)
            if at > seconds:
                return frames
            if t < trainer.duration_s:
                frames.append(Frame(at, number))
        loop += 1


@dataclass(frozen=True)
class Followed:
    """What following was worth, frame by frame; NaN = not visible."""

    times_s: Array  # (N,)
    score: Array  # (N,)
    lag_s: Array  # (N,)
    mirror: NDArray[np.bool_]  # (N,)
    reps: NDArray[np.int_]  # (N,)
    errors_deg: Array  # (N, 13)
    marks: Array  # (N, 13)

    def after(self, t_s: float) -> Followed:
        """All from a moment on: before it the lag and the convention are being found."""
        late = self.times_s >= t_s
        return Followed(**{name: values[late] for name, values in vars(self).items()})

    @property
    def median(self) -> float:
        """Median score of the frames in which somebody was seen."""
        return float(np.nanmedian(self.score))


def follow(trainer: Film, client: Film, frames: list[Frame]) -> Followed:
    """Follow in Python."""
    reference = trainer.reference
    axis = live_reps.main_axis(reference)
    state, counter, rows = score.initial(), live_reps.initial(), []
    for frame in frames:
        world = seen = None
        if client.found[frame.number]:
            world = client.world[frame.number]
            seen = sight.inside(
                client.visibility[frame.number],
                client.image[frame.number],
                client.width,
                client.height,
            )
        state, match = score.step(state, reference, frame.t_s, frame.t_s, world, seen)
        if axis is not None:
            counter, _ = live_reps.count(counter, axis, frame.t_s, world, seen)
        rows.append((frame.t_s, match, counter.reps))
    return Followed(
        np.array([t for t, _, _ in rows]),
        np.array([match.score for _, match, _ in rows]),
        np.array([match.lag_s for _, match, _ in rows]),
        np.array([match.mirror for _, match, _ in rows]),
        np.array([reps for _, _, reps in rows]),
        np.array([match.errors_deg for _, match, _ in rows]),
        np.array([match.marks for _, match, _ in rows]),
    )


def count(trainer: Film, client: Film) -> int:
    """Count the reps of a film that is played once, in Python."""
    axis, counter = live_reps.main_axis(trainer.reference), live_reps.initial()
    assert axis is not None
    for i, t in enumerate(client.times_s):
        if client.found[i]:
            seen = sight.inside(client.visibility[i], client.image[i], client.width, client.height)
            counter, _ = live_reps.count(counter, axis, float(t), client.world[i], seen)
    return counter.reps


def follow_in_node(games: list[tuple[Film, Film, list[Frame]]]) -> list[Followed]:
    """Follow in JavaScript, with the page's own modules: several at once."""
    said = subprocess.run(
        [node_folder() / "node", ROOT / "tests" / "js" / "play_films.mjs"],
        input=json.dumps([_game(*game) for game in games]),
        capture_output=True,
        text=True,
        check=True,
    )
    return [_followed(rows) for rows in json.loads(said.stdout)]


def _game(trainer: Film, client: Film, frames: list[Frame]) -> dict[str, Any]:
    found = trainer.found
    return {
        "reference": {
            "times": trainer.times_s[found].tolist(),
            "world": trainer.world[found].ravel().tolist(),
            "visibility": trainer.visibility[found].ravel().tolist(),
            "duration": trainer.duration_s,
        },
        "picture": {"width": client.width, "height": client.height},
        "frames": [
            {
                "t": frame.t_s,
                "position": frame.t_s,
                "found": bool(client.found[frame.number]),
                "world": _plain(client.world[frame.number]),
                "visibility": client.visibility[frame.number].tolist(),
                "image": _plain(client.image[frame.number]),
            }
            for frame in frames
        ],
    }


def _plain(values: Array) -> list[float | None]:
    return [None if np.isnan(v) else float(v) for v in values.ravel()]


def _followed(rows: list[dict[str, Any]]) -> Followed:
    def column(name: str) -> Array:
        return np.array([row[name] for row in rows], dtype=np.float64)

    return Followed(
        times_s=column("t"),
        score=column("score"),
        lag_s=column("lag"),
        mirror=np.array([row["mirror"] for row in rows]),
        reps=np.array([row["reps"] for row in rows]),
        errors_deg=column("errors"),
        marks=column("marks"),
    )
