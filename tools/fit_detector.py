"""Fits the detector's errors on films of the scoring bench, for `tools.train_grade`.

``python -m tools.fit_detector --cache FOLDER``. Films that the grader is tested on are left out.
Clients are seen with the lite model: who can grade what that sees can grade what the better one
does. Make those films with ``python -m benchmarks.scoring_films --clients lite``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.scoring_films import CACHE, Film, films
from benchmarks.scoring_scenes import Scene, scenes
from processing.synthetic.detector import fit, save
from tools.grade_samples import DETECTOR

_STEP_S = 0.08


def is_for_testing(scene: Scene) -> bool:
    """Whether the grader is tested on a film: those with faults, and two right ones a context."""
    return scene.role == "fault" or scene.name.endswith((".right0", ".right1"))


def truth_of(made: Film) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The true joints (T, 33, 3) at the times of the track."""
    at = np.searchsorted(made.times_s, made.track.times_s - 1e-4)
    return made.world[at].astype(np.float64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of the films")
    arguments = parser.parse_args()
    chosen = [s for s in scenes("lite") if not is_for_testing(s) and s.hidden == 0]
    made = [film for _, film in films(arguments.cache, chosen).values()]
    detector = fit([(film.track, truth_of(film)) for film in made], _STEP_S)
    DETECTOR.parent.mkdir(exist_ok=True)
    save(detector, DETECTOR)
    kept = np.sqrt((detector.wandering**2).sum(0))[:99].mean(), detector.keeps.mean()
    print(f"{len(made)} films; wandering {1000 * kept[0]:.0f} mm, keeps {kept[1]:.2f} a step")


if __name__ == "__main__":
    main()
