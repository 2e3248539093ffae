"""Write the golden vectors that hold the Python and the JavaScript pose maths equal.

Run ``python -m tools.make_golden`` after a change that means to change scores, and read the
difference before committing it: pytest and ``node --test`` both compare with these files.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from processing.motion import live_reps, score, sight, skeleton
from processing.motion.reference import prepare
from tests.motion import figure

Array = NDArray[np.float64]
DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
SEED = 20261121
# The first landmark below the waist.
HIPS = 23
# Pixels of the picture in the case that has one.
WIDTH, HEIGHT = 320, 240


# One number for 39: a wrong sign or order changes it.
CHECK = np.arange(1.0, 40.0).reshape(13, 3)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 9)


def _millimetres(world: Array) -> list[int | None]:
    return [None if math.isnan(v) else round(v * 1000) for v in world.ravel()]


def _from_millimetres(values: list[int | None], shape: tuple[int, ...]) -> Array:
    return np.array([np.nan if v is None else v / 1000 for v in values]).reshape(shape)


def _client(name: str, frames: int) -> list[dict[str, object]]:
    """Film a client: irregular frames, another body, another side, and what goes wrong."""
    rng = np.random.default_rng(SEED)
    t = 0.0
    out: list[dict[str, object]] = []
    for i in range(frames):
        t += float(rng.uniform(0.05, 0.15))
        at = t - 0.3
        match name:
            case "late":
                pose = figure.turned(figure.body(squat=_bend(at), limbs=1.2), 0.5)
            case "paused":  # long enough for the lag to be followed, then found afresh
                pose = figure.body(squat=_bend(at if t < 7.5 else at - 1.1))
            case "mirrored":
                pose = figure.mirrored(figure.turned(figure.wave_left(at), -0.3))
            case "still" | "held":
                pose = figure.stand(at)
            case "half_out" | "began_late":
                pose = figure.body(squat=_bend(at if name == "half_out" else max(0.0, t - 2.4)))
            case "expected" | "waist_up":
                pose = figure.wave_left(t - 0.9)
            case _:
                pose = figure.jack(at)
        pose = pose + rng.normal(0.0, 0.006, pose.shape)
        seen = rng.uniform(0.7, 1.0, 33)
        if name == "mirrored":  # half out of the picture, holes, and gone for a while
            if 10 <= i < 18:
                seen[25:] = 0.2
            if 18 <= i < 22:
                pose[13:17] = np.nan
            if 22 <= i < 25:
                seen[11:25] = 0.1
        if name == "waist_up":
            seen[HIPS:] = 0.1
        nobody = (name == "mirrored" and 25 <= i < 28) or (name == "began_late" and t < 1.4)
        frame: dict[str, object] = {
            "t": round(t, 4),
            "position": round(t, 4),
            "world": None if nobody else _millimetres(pose),
            "visibility": None if nobody else [round(float(v), 2) for v in seen],
        }
        if name == "half_out":  # the camera tips up and back: shins, then thighs leave the picture
            down_px = 130 * math.sin(t)
            image = 100.0 * pose[:, :2] + [WIDTH / 2, HEIGHT / 2 + down_px]
            frame["image"] = [round(float(v)) for v in image.ravel()]
        out.append(frame)
    return out


def _bend(t: float) -> float:
    return 0.5 - 0.5 * float(np.cos(2 * np.pi * t / 2.5))


def _reference(name: str) -> dict[str, object]:
    rng = np.random.default_rng(SEED + 1)
    movement, focus = {
        "mirrored": (figure.wave_left, ["elbows", "nothing"]),
        "expected": (figure.wave_left, []),
        "waist_up": (figure.wave_left, []),
        "held": (figure.stand, []),
    }.get(name, (figure.squat, []))
    # A hole in the middle: the trainer was not found there.
    times = np.array([i / 15 for i in range(36) if not 20 <= i < 26])
    world = figure.film(movement, times) + rng.normal(0.0, 0.004, (len(times), 33, 3))
    visibility = rng.uniform(0.6, 1.0, (len(times), 33))
    if name == "waist_up":  # but for its first pictures, the clip shows no more of the trainer
        visibility[3:, HIPS:] *= 0.1
    return {
        "times": [round(float(t), 4) for t in times],
        "world": _millimetres(world),
        "visibility": [round(float(v), 2) for v in visibility.ravel()],
        "duration": 2.4,
        "focus": focus,
    }


def play(case: dict[str, Any]) -> dict[str, Any]:
    """Score a case's frames: the weights and, frame by frame, all that a match says."""
    given = case["reference"]
    times = np.array(given["times"])
    reference = prepare(
        times,
        _from_millimetres(given["world"], (len(times), 33, 3)),
        np.array(given["visibility"]).reshape(len(times), 33),
        given["duration"],
        given["focus"],
    )
    prior = case.get("prior", {})
    state, matches = score.initial(prior.get("mirror"), prior.get("lag", 0.0)), []
    axis, counter, phase = live_reps.main_axis(reference), live_reps.initial(), math.nan
    for frame in case["frames"]:
        world = seen = None
        if frame["world"] is not None:
            world = _from_millimetres(frame["world"], (33, 3))
            seen = np.array(frame["visibility"])
            if "image" in frame:
                image = np.array(frame["image"], dtype=float).reshape(33, 2)
                seen = sight.inside(seen, image, WIDTH, HEIGHT)
        state, match = score.step(state, reference, frame["t"], frame["position"], world, seen)
        if axis is not None:
            counter, phase = live_reps.count(counter, axis, frame["t"], world, seen)
        matches.append(
            {
                "score": _number(match.score),
                "lag": _number(match.lag_s),
                "errors": [_number(float(e)) for e in match.errors_deg],
                "mirror": match.mirror,
                "yaw": _number(match.yaw_rad),
                "agreement": _number(match.agreement),
                "marks": [_number(float(m)) for m in match.marks],
                "seen": [_number(float(v)) for v in match.seen],
                "body": _number(float(np.nansum(match.body * CHECK))),
                "target": _number(float(np.nansum(match.target * CHECK))),
                "reps": counter.reps,
                "phase": _number(phase),
            }
        )
    return {
        "weights": [_number(float(w)) for w in reference.weights],
        "shown": [_number(float(w)) for w in reference.shown],
        "matches": matches,
    }


def score_cases() -> list[dict[str, object]]:
    """Make every case of ``score.json``."""
    cases = []
    for name, frames in (
        ("late", 45),
        ("mirrored", 45),
        ("still", 45),
        ("other", 45),
        ("paused", 150),
        ("half_out", 90),
        ("began_late", 75),
        ("held", 30),
        ("expected", 45),
        ("waist_up", 45),
    ):
        case: dict[str, object] = {
            "name": name,
            "reference": _reference(name),
            "frames": _client(name, frames),
        }
        if name == "half_out":
            case["picture"] = {"width": WIDTH, "height": HEIGHT}
        if name == "expected":
            case["prior"] = {"mirror": False, "lag": 0.8}
        cases.append({**case, "expected": play(case)})
    return cases


def skeleton_tables() -> dict[str, object]:
    """Give the skeleton's tables, for the twin to be compared with."""
    return {
        "landmarks": skeleton.LANDMARKS,
        "edges": skeleton.EDGES,
        "bones": [{"name": b.name, "start": b.start, "end": b.end} for b in skeleton.BONES],
        "mirror": skeleton.MIRROR.tolist(),
        "bone_mirror": skeleton.BONE_MIRROR.tolist(),
        "bone_mirror_sign": skeleton.BONE_MIRROR_SIGN.tolist(),
        "focus": skeleton.FOCUS,
    }


def main() -> None:
    """Write both files."""
    for name, content in (("skeleton", skeleton_tables()), ("score", score_cases())):
        text = json.dumps(content, separators=(",", ":"))
        (DATA / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
