"""Make the tiny video by which browsers are asked whether they decode VP9's alpha.

Run ``python -m tools.make_alpha_probe``; ``static/js/shadow/stage/alpha_support.js`` plays it.
"""

from pathlib import Path
from typing import Final

import numpy as np

from processing.stages.writing import VideoWriter
from processing.vision.codecs import TRANSPARENT
from processing.vision.planes import PlaneMaker, with_alpha

PROBE: Final = Path(__file__).resolve().parent.parent / "static/js/shadow/stage/alpha_probe.webm"
SIDE: Final = 16
COLOUR: Final = (0, 255, 136)


def write_probe(path: Path) -> None:
    """Write one picture: its left half opaque, its right half clear."""
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    alpha[:, : SIDE // 2] = 255
    frame = with_alpha(
        PlaneMaker(SIDE, SIDE).planes(np.zeros((0, 0, 3), np.uint8), None, COLOUR), alpha
    )
    with VideoWriter(
        path, TRANSPARENT, width=SIDE, height=SIDE, fps=25, threads=1, container_format="webm"
    ) as writer:
        writer.write(frame, 0)


if __name__ == "__main__":
    write_probe(PROBE)
