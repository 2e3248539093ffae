"""Film the synthetic athlete, look with the pose models, and keep what the guide's tests need.

``python -m tools.make_guide_takes`` writes ``tests/data/guide_takes.bin`` (some minutes): trainers
as a clip's pipeline sees them (model *full*, smoothed), clients as a browser does (another body,
model *lite*, some eight pictures a second, a third of a second late), with and without faults. Only
landmarks that guidance looks at are kept, in steps of 2 mm.

The file is one gzip member: uint32 (little endian) length of the header, the header as JSON, then
for each take its times (uint16 ms, differences), its coordinates (int16 steps, differences, low
bytes before high bytes) and its visibility (uint8 per cent, differences), each channel by channel.
"""

from __future__ import annotations

import gzip
import json
import os
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import INDEX
from processing.motion.smoothing import smooth
from processing.motion.track import PoseTrack
from processing.synthetic.body import MAN, Body, Floats, Pose
from processing.synthetic.body import landmarks as landmarks_of
from processing.synthetic.camera import fit
from processing.synthetic.clothing import LOOKS
from processing.synthetic.exercises import pose_at
from processing.synthetic.performance import Exercise, Moment, Performance, ramp
from processing.synthetic.render import Shot, render, shoot
from processing.synthetic.resting import between, standing
from processing.vision.blazepose import PoseTracker

ROOT: Final = Path(__file__).resolve().parent.parent
STEP_MM: Final = 2
KEPT: Final = (
    "nose",
    *(
        f"{side}_{name}"
        for name in (
            "shoulder",
            "elbow",
            "wrist",
            "hip",
            "knee",
            "ankle",
            "heel",
            "foot_index",
        )
        for side in ("left", "right")
    ),
)
TRAINER_FPS: Final = 15.0
CLIENT_FPS: Final = 8.0


@dataclass(frozen=True)
class Raising:
    """Stands, raises one arm or both, holds them up, and lets them down again.

    arms : ``"left"`` or ``"both"``. start_s, held_s : when they begin to rise; how long they stay.
    """

    arms: str
    start_s: float = 2.0
    held_s: float = 2.0
    rise_s: float = 0.7
    exercise: str = "raising"

    @property
    def duration_s(self) -> float:
        """Whole length, seconds."""
        return self.start_s + 2 * self.rise_s + self.held_s + 1.5

    @property
    def reps_s(self) -> Floats:
        """No repetitions (0, 2)."""
        return np.zeros((0, 2))

    def moment(self, t: float) -> Moment:
        """Where in it ``t`` seconds is."""
        return Moment(t, -1, 0.0, 0.0)

    def pose(self, body: Body, t: float) -> Pose:
        """The pose ``t`` seconds into it."""
        up = Performance(
            "jumping_jack",
            reps=1,
            idle_s=0.0,
            variation=0.0,
            uneven=1.0 if self.arms == "left" else 0.0,
        )
        top = pose_at(up, body, 0.5 * up.duration_s)
        down_s = self.start_s + self.rise_s + self.held_s
        share = ramp(t, self.start_s, self.start_s + self.rise_s)
        share -= ramp(t, down_s, down_s + self.rise_s)
        return between(body, standing(body, t), top, share)


@dataclass(frozen=True)
class Take:
    """What is filmed: ``trainer`` is empty for a trainer's own take, else whom a client follows."""

    name: str
    performance: Performance | Raising
    view: str | float
    trainer: str = ""
    seconds: float | None = None


def _takes() -> list[Take]:
    out: list[Take] = []

    def add(exercise: Exercise, view: str, short: str, reps: int, **clients: Any) -> None:
        out.append(Take(short, Performance(exercise, reps=reps, seed=1), view))
        for name, asked in clients.items():
            seconds = asked.pop("seconds", None)
            done = Performance(exercise, reps=reps, seed=1, **asked)
            out.append(Take(f"{short}_{name}", done, view, short, seconds))

    add(
        "squat",
        "three_quarter",
        "squat",
        3,
        good={"seconds": 120.0},
        shallow={"depth": 0.81},
        leaning={"lean_deg": 18.0},
    )
    add(
        "squat",
        "front",
        "squat_front",
        3,
        good={},
        shallow={"depth": 0.81},
        knees={"knees_in_m": 0.09},
    )
    add(
        "jumping_jack",
        "front",
        "jack",
        5,
        good={"seconds": 60.0},
        low={"depth": 0.6},
        uneven={"uneven": 0.5},
    )
    add("overhead_press", "front", "press", 3, good={}, low={"depth": 0.7})
    add("push_up", "side", "push_up", 3, good={}, sagging={"lean_deg": 16.0})
    add("lunge", "three_quarter", "lunge", 4, good={})
    out.append(Take("raising_left", Raising("left"), "front", "none"))
    out.append(Take("raising_both", Raising("both"), "front", "none"))
    return out


def _shot(take: Take, trainer: bool) -> Shot:
    body, look = (Body(), LOOKS["anna"]) if trainer else (MAN, LOOKS["boris"])
    done = take.performance
    if isinstance(done, Performance):
        size = (480, 360) if done.exercise == "push_up" else (360, 480)
        return shoot(done, take.view, size, body=body, appearance=look)
    points = [landmarks_of(body, done.pose(body, t)) for t in np.arange(0, done.duration_s, 0.3)]
    return Shot(done, fit(np.concatenate(points), take.view, (360, 480)), body, look)


def _late(t: float) -> float:
    """How far behind a client is, seconds: never quite the same."""
    return 0.35 + 0.12 * float(np.sin(2 * np.pi * t / 7.3))


def film(take: Take, models: Path) -> PoseTrack:
    """Render a take and find the poses in it."""
    trainer = take.trainer == ""
    shot = _shot(take, trainer)
    length = take.performance.duration_s
    fps = TRAINER_FPS if trainer else CLIENT_FPS
    seconds = length if trainer else take.seconds or 1.6 * length
    if isinstance(take.performance, Raising):
        seconds = length
    times = np.arange(0.0, seconds - 1e-6, 1.0 / fps)
    place: Callable[[float], float] = float
    if not trainer:
        times = times + np.random.default_rng(len(take.name)).uniform(0.0, 0.03, len(times))
        if isinstance(take.performance, Performance):
            place = lambda t: max(0.0, t - _late(t)) % length  # noqa: E731
    found = []
    size = "full" if trainer else "lite"
    with PoseTracker((models / f"pose_landmarker_{size}.task").read_bytes()) as tracker:
        for t in times:
            seen = tracker.detect(render(shot, place(float(t))).rgb)
            if seen is not None:
                found.append((float(t), seen))
    track = PoseTrack(
        times_s=np.array([t for t, _ in found]),
        world=np.array([seen.world for _, seen in found]),
        image=np.array([seen.image for _, seen in found]),
        visibility=np.array([seen.visibility for _, seen in found]),
        fps=fps,
        width=shot.camera.width,
        height=shot.camera.height,
    )
    return smooth(track) if trainer else track


def _differences(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each row to the one before, (frames, channels), the first one's to nothing."""
    return np.diff(values, axis=0, prepend=0)


def packed(track: PoseTrack) -> bytes:
    """One take's bytes, see above."""
    kept = [INDEX[name] for name in KEPT]
    ms = np.round(track.times_s * 1000).astype(np.int64)[:, None]
    steps = np.round(track.world[:, kept] * (1000 / STEP_MM)).astype(np.int64)
    percent = np.round(track.visibility[:, kept] * 100).astype(np.int64)
    coordinates = _differences(steps.reshape(len(track), -1)).T.astype("<i2")
    planes = np.frombuffer(coordinates.tobytes(), np.uint8).reshape(-1, 2)
    return (
        _differences(ms).astype("<u2").tobytes()
        + planes[:, 0].tobytes()
        + planes[:, 1].tobytes()
        + np.ascontiguousarray(_differences(percent).T.astype(np.int8)).tobytes()
    )


def main() -> None:
    """Film everything and write the file."""
    models = Path(os.environ.get("MODELS_DIR", ROOT / "var" / "models"))
    takes, parts = [], []
    for take in _takes():
        track = film(take, models)
        takes.append(
            {
                "name": take.name,
                "trainer": take.trainer,
                "duration_s": round(take.performance.duration_s, 3),
                "frames": len(track),
            }
        )
        parts.append(packed(track))
        print(take.name, len(track), file=sys.stderr, flush=True)
    header = json.dumps(
        {"step_mm": STEP_MM, "landmarks": [INDEX[name] for name in KEPT], "takes": takes},
        separators=(",", ":"),
    ).encode()
    content = struct.pack("<I", len(header)) + header + b"".join(parts)
    target = ROOT / "tests" / "data" / "guide_takes.bin"
    target.write_bytes(gzip.compress(content, 9, mtime=0))
    print(target, target.stat().st_size, "bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
