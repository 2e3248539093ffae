"""``python -m processing.synthetic squat out.mp4``: render a take from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from processing.synthetic.body import MAN, Body
from processing.synthetic.camera import VIEWS
from processing.synthetic.clothing import LOOKS
from processing.synthetic.performance import EXERCISES, Performance
from processing.synthetic.render import shoot
from processing.synthetic.scene import Room
from processing.synthetic.video import write_video, write_webcam


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and write the file it asks for."""
    parser = argparse.ArgumentParser(prog="python -m processing.synthetic", description=__doc__)
    parser.add_argument("exercise", choices=EXERCISES)
    parser.add_argument("path", type=Path, help=".mp4, or .mjpeg/.y4m for a fake webcam")
    parser.add_argument("--view", default="front", help=f"{', '.join(VIEWS)} or degrees")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--rep-s", type=float, help="seconds of one repetition")
    parser.add_argument("--depth", type=float, default=1.0, help="range of motion, 1 is full")
    parser.add_argument("--size", type=_size, default=(480, 640), help="WIDTHxHEIGHT")
    parser.add_argument("--fps", type=float, default=25.0)
    parser.add_argument("--seed", type=int, default=0, help="of the repetitions' variation")
    parser.add_argument("--room", type=int, default=0, help="seed of the room")
    parser.add_argument("--look", choices=LOOKS, default="anna")
    parser.add_argument("--mirrored", action="store_true", help="flip, as a selfie camera does")
    parser.add_argument("--truth", type=Path, help="write the ground truth here (.npz)")
    parser.add_argument("--alpha", action="store_true", help="with the coverage in the truth")
    options = parser.parse_args(arguments)
    view = options.view if options.view in VIEWS else float(options.view)
    shot = shoot(
        Performance(
            options.exercise,
            reps=options.reps,
            rep_s=options.rep_s,
            depth=options.depth,
            seed=options.seed,
        ),
        view,
        options.size,
        body=MAN if options.look == "boris" else Body(),
        appearance=LOOKS[options.look],
        room=Room(options.room),
        mirrored=options.mirrored,
    )
    if options.path.suffix in (".mjpeg", ".y4m"):
        write_webcam(options.path, shot, options.fps)
    else:
        write_video(options.path, shot, options.fps, options.truth, options.alpha, progress=_tell)
        print(file=sys.stderr)
    return 0


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def _tell(done: int, total: int) -> None:
    print(f"\r{done}/{total} frames", end="", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
