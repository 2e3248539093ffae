"""What the fake webcam sees: ``python -m benchmarks.shadow.film FILM.mjpeg``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from processing.synthetic.clothing import LOOKS
from processing.synthetic.performance import Performance
from processing.synthetic.render import shoot
from processing.synthetic.video import write_webcam

TAKE: Final = Performance("squat", reps=3, rep_s=2.6, idle_s=0.3, seed=1)
_SIZE: Final = (640, 480)


def shoot_client(path: Path) -> None:
    """Film the trainer's movement done by somebody else, as Motion JPEG."""
    write_webcam(path, shoot(TAKE, "three_quarter", _SIZE, appearance=LOOKS["boris"]))


if __name__ == "__main__":
    shoot_client(Path(sys.argv[1]))
