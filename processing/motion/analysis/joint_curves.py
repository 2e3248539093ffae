"""The curves behind an analysis: each repetition's angles over phase, and the trainer's."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.angles import mirrored
from processing.motion.analysis.curves import PHASES
from processing.motion.analysis.document import Analysis
from processing.motion.analysis.laid import laid_over
from processing.motion.analysis.settings import Settings
from processing.motion.track import PoseTrack

EVERY: Final = 4
"""Of the 101 phases so many apart are kept: 26."""
KNOTS: Final = 10
"""Phases between two pairs of instants: 11."""


@dataclass(frozen=True)
class JointCurves:
    """What R repetitions of a client looked like beside the trainer's C.

    Attributes
    ----------
    angles : (R, 26, 18) float, degrees, by the client's own left and right; NaN = not seen
    reference : (C, 26, 18) float, the trainer's typical ones, laid over the client's sides
    kinds : (R,) which of the C each is compared with
    client_s, trainer_s : (R, 11) float, instants of equal phase, on each one's own clock
    """

    angles: Array
    reference: Array
    kinds: NDArray[np.intp]
    client_s: Array
    trainer_s: Array


def joint_curves(
    trainer: PoseTrack, client: PoseTrack, analysis: Analysis, settings: Settings
) -> JointCurves:
    """Draw the curves of an analysis that was ``judged``, of the same tracks and settings.

    Raises
    ------
    ValueError
        Where it was not judged.
    """
    if analysis.verdict != "judged":
        raise ValueError(f"there are no curves: the verdict is {analysis.verdict}")
    laid = laid_over(trainer, client, settings)
    reference = laid.reference
    beside = np.array([rep.trainer_rep - 1 for rep in analysis.reps], np.intp)
    knots = np.arange(0, PHASES, KNOTS)
    medians = reference.medians[:, ::EVERY]
    return JointCurves(
        angles=laid.curves.angles[:, ::EVERY],
        reference=mirrored(medians) if laid.mirror else medians,
        kinds=laid.kinds,
        client_s=laid.curves.times_s[:, knots],
        trainer_s=reference.curves.times_s[beside][:, knots],
    )
