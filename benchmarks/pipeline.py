"""From a video to what is published: our stages beside the plain sequential way, in one run.

``python -m benchmarks.pipeline VIDEO [--json]``. Each way runs in a process of its own, one after
the other, so that peak memory is its own and the machine is the same. Ours is warm before the clock
starts, as a running worker's stage process is: imports done, the grade's table made, no model yet.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks import plain
from processing.stages import FILENAMES, STAGES, WORK_KINDS, Options
from processing.stages.cores import ENVIRONMENT
from processing.stages.warming import warm_up

MODELS = Path(__file__).resolve().parent.parent / "var" / "models"


def peak_rss_mb() -> float:
    """Most memory this process has held, MB. ``ru_maxrss`` is in bytes on macOS, else in KiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _ours(video: Path, models: Path) -> dict[str, Any]:
    # As the stage process does, which is kept from clip to clip.
    warm_up()
    options = Options(models_dir=models)
    seconds: dict[str, float] = {}
    frames = 0

    def progress(done: int, total: int) -> None:
        nonlocal frames
        frames = max(frames, done)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = {"source": video} | {kind: folder / file for kind, file in FILENAMES.items()}
        for stage in STAGES:
            started = time.perf_counter()
            inputs = {kind: paths[kind] for kind in stage.needs}
            outputs = {kind: paths[kind] for kind in stage.produces}
            stage.run(inputs, outputs, options, progress)
            seconds[stage.name] = time.perf_counter() - started
        sizes = {kind: paths[kind].stat().st_size for kind in FILENAMES if kind not in WORK_KINDS}
    whole = sum(seconds.values())
    return {
        "frames": frames,
        "frames_per_second": frames / whole,
        "stages": {stage: frames / spent for stage, spent in seconds.items()},
        "peak_rss_mb": peak_rss_mb(),
        "bytes": sizes,
    }


def _plain(video: Path, models: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        result = plain.run(video, Path(name), models)
    return {
        "plain_frames_per_second": result["frames"] / result["seconds"],
        "plain_peak_rss_mb": peak_rss_mb(),
        "plain_bytes": result["bytes"],
    }


def _alone(
    work: Callable[[Path, Path], dict[str, Any]], video: Path, models: Path
) -> dict[str, Any]:
    # The environment a stage process gets; the plain way may use threads as it likes.
    given = ENVIRONMENT if work is _ours else {}
    before = dict(os.environ)
    os.environ.update(given)
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(work, video, models).result()
    finally:
        for name in given:
            os.environ.pop(name)
        os.environ.update(before)


def measure(video: Path, models: Path) -> dict[str, Any]:
    """Both ways on ``video``; ``ratio`` is how many times faster ours is."""
    result = _alone(_ours, video, models) | _alone(_plain, video, models)
    result["ratio"] = result["frames_per_second"] / result["plain_frames_per_second"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("video", type=Path)
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the model files")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    result = measure(arguments.video, arguments.models)
    if arguments.json:
        print(json.dumps(result))
        return
    print(f"{result['frames']} frames")
    for stage, speed in result["stages"].items():
        print(f"  {stage:8} {speed:8.1f} frames/s")
    print(f"ours       {result['frames_per_second']:6.1f} frames/s, {result['peak_rss_mb']:.0f} MB")
    print(
        f"plain      {result['plain_frames_per_second']:6.1f} frames/s, "
        f"{result['plain_peak_rss_mb']:.0f} MB"
    )
    print(f"ratio      {result['ratio']:6.2f}")
    for kind, size in result["bytes"].items():
        print(f"  {kind:12} {size / 1e6:8.3f} MB")
    print(f"  {'plain video':12} {result['plain_bytes'] / 1e6:8.3f} MB")


if __name__ == "__main__":
    main()
