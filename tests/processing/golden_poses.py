"""The track behind `tests/data/packed_poses.bin`, which pytest and `node --test` both unpack.

`python -m tests.processing.golden_poses` writes the file and its expected values anew.
"""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from processing.motion.packing import pack
from processing.motion.track import PoseTrack

DATA = Path(__file__).parent.parent / "data"
PACKED = DATA / "packed_poses.bin"
EXPECTED = DATA / "packed_poses.json"
PACKED_V1 = DATA / "packed_poses.v1.bin"
"""The same track as version 1 wrote it; never written anew."""


def random_walk(count: int, seed: int = 7, *, width: int = 602, height: int = 722) -> PoseTrack:
    """Make a track that moves as smoothly as a person does, with a jitter like a detector's.

    World: a walk with 2 mm steps of jitter around slow swings; image: 0.4 px of jitter.
    """
    rng = np.random.default_rng(seed)
    times = 0.2 + np.arange(count) / 30 + rng.uniform(0, 0.004, count)
    swing = np.sin(times * 2 * math.pi / 3)[:, None, None]
    base = rng.uniform(-0.8, 0.8, (1, 33, 3))
    drift = rng.normal(0, 0.002, (count, 33, 3)).cumsum(axis=0) * 0.1
    world = base * (1 + 0.3 * swing) + drift + rng.normal(0, 0.0007, (count, 33, 3))
    image = (world[..., :2] + 1) * 0.5 * (width, height) + rng.normal(0, 0.1, (count, 33, 2))
    visibility = np.clip(rng.uniform(0.7, 1.1, (1, 33)) + 0.02 * swing[..., 0], 0, 1)
    return PoseTrack(
        times_s=times,
        world=world.astype(np.float32),
        image=image.astype(np.float32),
        visibility=visibility.astype(np.float32),
        fps=30.0,
        width=width,
        height=height,
    )


def golden_track() -> PoseTrack:
    """Return six frames with all that is awkward: late, a gap, one filled, NaN, far-off points."""
    track = random_walk(6)
    times = track.times_s + 70.0  # beyond 2^16 ms
    times[3:] += 2.0
    track.world[2, 5] = np.nan
    track.image[2, 5] = np.nan
    track.visibility[2, 5] = np.nan
    track.world[4, 31] = (-3.9, 3.9, -1.0)
    track.image[4, 31] = (-2000.0, 2500.0)
    return replace(track, times_s=times, filled=np.arange(6) == 1)


def main() -> None:
    """Write both files."""
    track = golden_track()
    DATA.mkdir(exist_ok=True)
    PACKED.write_bytes(pack(track))
    columns = {
        name: [
            None if math.isnan(value) else round(float(value), 6)
            for value in getattr(track, name).ravel()
        ]
        for name in ("times_s", "world", "image", "visibility")
    }
    size = {"fps": track.fps, "width": track.width, "height": track.height}
    document = {**size, **columns, "filled": track.filled.astype(int).tolist()}
    EXPECTED.write_text(json.dumps(document, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
