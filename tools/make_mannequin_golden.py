"""Write the golden vectors that hold the browser's mannequin equal to the server's.

Run ``python -m tools.make_mannequin_golden`` after a change that means to change the body's shape:
pytest and ``node --test`` both compare with ``tests/data/mannequin.json``.
"""

import json
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.capsules import FACES, build_of, capsule_body
from processing.motion.skeleton import INDEX
from tests.motion import figure

GOLDEN: Final = Path(__file__).resolve().parent.parent / "tests" / "data" / "mannequin.json"
STEP_M: Final = 1e-4
"""Tenths of millimetres: finer than any eye, coarse enough for a small file."""


def poses() -> NDArray[np.float64]:
    """(3, 33, 3) metres: a turned squat, a wave with a noisy face, and one without a wrist."""
    rng = np.random.default_rng(20261121)
    found = np.stack(
        [
            figure.turned(figure.body(squat=0.8), 0.5),
            figure.mirrored(figure.turned(figure.wave_left(0.7), -0.3)),
            figure.body(squat=0.2, left_arm=1.2, spread=0.3),
        ]
    )
    found += rng.normal(0.0, 0.006, found.shape)
    found = np.round(found, 4)
    found[2, INDEX["left_wrist"]] = np.nan
    return found


def golden() -> dict[str, object]:
    """Give the poses and what they look like; hidden parts have no vertices to compare."""
    world = poses()
    build = build_of(world)
    vertices, _ = capsule_body(world)
    return {
        "world": [[None if np.isnan(v) else float(v) for v in pose.ravel()] for pose in world],
        "build": [build.height_m, build.hips_m, build.shoulders_m],
        "vertices": [
            [None if np.isnan(v) else round(float(v) / STEP_M) for v in pose.ravel()]
            for pose in vertices
        ],
        "faces": FACES.ravel().tolist(),
    }


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden(), separators=(",", ":")) + "\n")
