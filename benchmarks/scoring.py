"""How well the analysis finds faults of known size, beside two plain ways to score.

``python -m benchmarks.scoring [--json]``. The synthetic athlete, filmed by the real renderer, seen
by the real detector (`benchmarks.scoring_films`, which keeps the films: the first run takes some
twelve minutes of two cores), and pairs of real clips where `../shared/clips` is. `ours` is
`processing.motion.analysis`; `plain` the mean 2D distance at the same clock, `dtw` that after
warping, both as (1 − 2·d)·100. What each method's evidence of a fault is: `scoring_methods`.

Areas under the curve are means over pairs of films of one context (exercise and side), rank
correlations means over contexts. The baselines know no faults, so their evidence is how far the
score drops; they give an alarm where it stays below the level that lets them find as many of the
films with faults of 20 and above as ours does. Delays are from the beginning of the first faulty
repetition to the first moment at which a method that sees nothing later names it.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.scoring_bench import LARGE, REAL, SMALL, Bench, Filmed
from benchmarks.scoring_films import CACHE, MODELS, ROOT, clip, films, make
from benchmarks.scoring_methods import METHODS
from benchmarks.scoring_scenes import CONTEXTS, FAULTS, scenes
from processing.motion.track import PoseTrack

CLIPS: Final = ROOT.parent / "shared" / "clips"


def measure(bench: Bench, has_clips: bool, wanted: float | None) -> dict[str, Any]:
    """All figures of a method; ``wanted`` is the sensitivity to set alarms by, None = its own."""
    level = None if wanted is None else bench.level_for(wanted)
    alarms_, minutes = bench.false_alarms(level)
    delays = bench.delays(level)
    spread, within = bench.retest()
    exact, wrong = bench.reps_exact()
    return {
        "auc_20": {fault: bench.auc_of(fault, LARGE.__le__) for fault in FAULTS},
        "auc_15": {fault: bench.auc_of(fault, SMALL.__eq__) for fault in FAULTS},
        "spearman": {fault: bench.spearman_of(fault) for fault in FAULTS},
        "sensitivity": bench.sensitivity(level),
        "false_alarms_per_minute": alarms_,
        "minutes": minutes,
        "delay_s": float(np.median(delays)) if delays else None,
        "same_exercise_auc": bench.same_exercise_auc(),
        "same_exercise_auc_real": bench.real_auc() if has_clips else None,
        "retest_points": spread,
        "retest_within_bar": within,
        "reps_exact": exact,
        "reps_wrong": wrong,
        "real_reps_wrong": bench.real_reps_wrong() if has_clips else None,
    }


def compare(made: Filmed, real: dict[str, PoseTrack]) -> dict[str, Any]:
    """Figures of every method."""
    result: dict[str, Any] = {}
    wanted = None
    for name, method in METHODS.items():
        print(f"{name}…", file=sys.stderr, flush=True)
        result[name] = measure(Bench(method, made, real), bool(real), wanted)
        wanted = result["ours"]["sensitivity"]
    return result


def _clean(value: Any) -> Any:
    """JSON knows neither NaN nor infinity."""
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the model files")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of the films")
    parser.add_argument("--clips", type=Path, default=CLIPS, help="folder of the real clips")
    parser.add_argument("--contexts", type=int, default=len(CONTEXTS), help="the first so many")
    parser.add_argument("--clients", choices=("full", "lite"), default="full", help="pose model")
    parser.add_argument("--processes", type=int, default=2, help="that make films")
    parser.add_argument("--as-is", action="store_true", help="make no films, take those there are")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    names = {context.name for context in CONTEXTS[: arguments.contexts]}
    wanted = [scene for scene in scenes(arguments.clients) if scene.context in names]
    if not arguments.as_is:
        make(arguments.cache, arguments.models, math.inf, arguments.processes, wanted)
    made = films(arguments.cache, wanted)
    watch = partial(clip, models=arguments.models, cache=arguments.cache)
    videos = [arguments.clips / name for name in REAL]
    real = {video.name: watch(video).track for video in videos if video.exists()}
    result = {"films": len(made), "clips": len(real)} | _clean(compare(made, real))
    if arguments.json:
        print(json.dumps(result))
        return
    _print(result)


def _print(result: dict[str, Any]) -> None:
    methods = [name for name in METHODS if name in result]
    print(f"{'':34}" + "".join(f"{name:>10}" for name in methods))

    def row(name: str, values: list[Any]) -> None:
        cells = ("-" if v is None or isinstance(v, list) else f"{v:.3f}" for v in values)
        print(f"{name:34}" + "".join(f"{cell:>10}" for cell in cells))

    for name, value in result[methods[0]].items():
        if isinstance(value, dict):
            for fault in value:
                row(f"{name} {fault}", [result[m][name][fault] for m in methods])
        elif not isinstance(value, list):
            row(name, [result[m][name] for m in methods])
    for name in ("reps_wrong", "real_reps_wrong"):
        print(f"{name}: {'; '.join(result['ours'][name] or []) or 'none'}")


if __name__ == "__main__":
    main()
