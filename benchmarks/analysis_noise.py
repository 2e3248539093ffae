"""What the detector makes of two people who move alike: the table of ``analysis/noise.py``.

``python -m benchmarks.analysis_noise [--cache FOLDER]`` reads the films of ``benchmarks.
scoring_films`` (make them first). Of each angle it takes the client's error against the truth less
the trainer's in the same repetition, so that what they do otherwise does not count, averages it
over a window of the repetition and over the repetitions, and prints the root mean square over all
clients, in the window in which it is greatest. Side *near* is that nearer to the camera.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.scoring_films import CACHE, Film, films
from processing.motion.analysis.angles import ANGLE_INDEX, ANGLES, SIDES, bare
from processing.motion.analysis.curves import curves_of
from processing.motion.analysis.hits import WINDOWS, drivers, windowed
from processing.motion.analysis.noise import KINDS
from processing.motion.analysis.repetitions import Rep
from processing.motion.analysis.robust import mean
from processing.motion.analysis.sampling import motion_of, view_of
from processing.motion.analysis.scoring import binned
from processing.motion.track import PoseTrack

Array = NDArray[np.float64]
Key = tuple[str, str, str]
_LEAST: Final = 4
"""Fewer clients tell nothing of an angle: it may be hidden in most."""


def _true(film: Film) -> PoseTrack:
    count = len(film.times_s)
    return replace(
        film.track,
        times_s=film.times_s,
        world=film.world.astype(np.float32),
        image=np.full((count, 33, 2), np.nan, np.float32),
        visibility=np.ones((count, 33), np.float32),
        filled=np.zeros(count, bool),
    )


def _curves(film: Film, track: PoseTrack) -> Array:
    reps = [Rep(a, b, 0.5 * (a + b), 1.0) for a, b in film.reps_s.tolist()]
    return curves_of(motion_of(track), reps, None).angles


def _errors(film: Film) -> tuple[Array, Array]:
    """Errors (R, 20, 18) of a film's angles, degrees, and the true ranges (18,)."""
    true = _curves(film, _true(film))
    usual = mean(true)
    return binned(_curves(film, film.track) - true), np.nan_to_num(np.ptp(usual, axis=0))


def measure(cache: Path) -> dict[Key, dict[str, list[float]]]:
    """Collect errors by (view, kind, angle), and by window."""
    there = {
        name: (scene, *_errors(film))
        for name, (scene, film) in films(cache).items()
        if scene.role != "set" and scene.fault not in ("occlusion", "wrong_lag")
    }
    found: dict[Key, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for scene, errors, _ in there.values():
        lead = there.get(f"{scene.context}.trainer")
        if scene.role == "trainer" or lead is None:
            continue
        apart = errors - lead[1]
        # Legs that take turns are two movements.
        parts = (apart[::2], apart[1::2]) if scene.context.startswith("lunge") else (apart,)
        making = np.flatnonzero(drivers(lead[2]))
        near = "right" if scene.view > 0 else "left"
        for part in parts:
            for window, values in windowed(mean(part)[None], WINDOWS).items():
                for kind, name, value in _values(values[0], making, near):
                    if np.isfinite(value):
                        found[view_of(scene.view), kind, name][window].append(float(value))
    return found


def _values(values: Array, making: NDArray[np.intp], near: str) -> list[tuple[str, str, float]]:
    rows = [("extent", "", float(mean(values[making])))] if len(making) > 1 else []
    for i, name in enumerate(ANGLES):
        if name.startswith("trunk"):
            rows.append(("near", name, values[i]))
        elif name.startswith("left_"):
            sides = {side: values[ANGLE_INDEX[f"{side}_{bare(name)}"]] for side in SIDES}
            far = "left" if near == "right" else "right"
            rows.append(("near", bare(name), sides[near]))
            rows.append(("far", bare(name), sides[far]))
            rows.append(("both", bare(name), 0.5 * (sides["left"] + sides["right"])))
            rows.append(("apart", bare(name), sides["left"] - sides["right"]))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE)
    found = measure(parser.parse_args().cache)
    names = list(dict.fromkeys(bare(name) for name in ANGLES))
    for view in ("front", "oblique", "side"):
        print(f"\n{view}  (root mean square, degrees; clients)")
        for kind in KINDS:
            row = []
            for name in names if kind != "extent" else [""]:
                windows = found.get((view, kind, name), {})
                each = [
                    float(np.sqrt(np.mean(np.square(v))))
                    for v in windows.values()
                    if len(v) >= _LEAST
                ]
                row.append(f"{max(each):6.1f}" if each else "     –")
            print(f"  {kind:7s}", *row)
    print("  " + " ".join(names))


if __name__ == "__main__":
    main()
