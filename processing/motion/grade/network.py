"""Runs the grader: a CNN over phase, an LSTM over repetitions, in ONNX Runtime."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from processing.motion.analysis.document import Grade
from processing.motion.grade.features import Features, features_of, model_of
from processing.motion.track import PoseTrack

MODEL: Final = Path(__file__).with_name("grade.onnx")
BEST: Final = 0.0
WORST: Final = 4.0


def grade(trainer: PoseTrack, client: PoseTrack) -> Grade | None:
    """Grade a client's movement against the trainer's.

    Parameters
    ----------
    trainer, client : PoseTrack

    Returns
    -------
    Grade or None
        0 (perfect) to 4 (poor) with a 90% interval: a tenth of the degrees by which somebody with
        one fault would be off. ``familiar`` is False where the movement is unlike all that the
        network was taught with; the number is then not worth much. None where there is nothing to
        grade: no repetition of the trainer's movement was found.
    """
    model = model_of(trainer)
    if model is None:
        return None
    features = features_of(model, client)
    return None if features is None else graded(features)


def graded(features: Features) -> Grade:
    """Grade what is known of some repetitions."""
    value, half, strangeness = run(features)
    low, high = (float(np.clip(value + sign * half, BEST, WORST)) for sign in (-1, 1))
    return Grade(float(np.clip(value, BEST, WORST)), low, high, familiar=strangeness <= 1.0)


def run(features: Features) -> tuple[float, float, float]:
    """Grade, half of its 90% interval, and how strange the movement is (above 1: unfamiliar)."""
    given = {"curves": features.curves, "facts": features.facts}
    value, half, strangeness = _session().run(["grade", "half", "strangeness"], given)
    return float(value), float(half), float(strangeness)


@lru_cache(maxsize=1)
def _session() -> Any:
    """Open the network; one thread, since it is small and others are at work."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        MODEL.read_bytes(), options, providers=["CPUExecutionProvider"]
    )
