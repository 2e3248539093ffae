"""What the grader looks at: each repetition's angles over phase against the trainer's.

Left and right are taken as a pair (their mean, and how far they are apart), so that a mirrored
client and the other side of an exercise that alternates look the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.angles import ANGLE_INDEX, ANGLES
from processing.motion.analysis.curves import curves_of, reference_of
from processing.motion.analysis.repetitions import Way, matching_reps, reference_reps
from processing.motion.analysis.robust import median
from processing.motion.analysis.sampling import motion_of
from processing.motion.track import PoseTrack

PHASE_STEP: Final = 4
PHASES: Final = 26
"""Every fourth of the analysis' 101 phases."""
PAIRS: Final = tuple(name.removeprefix("left_") for name in ANGLES if name.startswith("left_"))
CHANNELS: Final = 2 * (2 * len(PAIRS) + 2)
"""Client less trainer, then the trainer: means and differences of pairs, trunk lean, side lean."""
FACTS: Final = 5
MOST_REPS: Final = 12
"""Of a longer set as many are looked at, evenly spaced."""
_DIFFERENCE_DEG: Final = 30.0
_LEVEL_DEG: Final = 60.0
_MOST: Final = 3.0
"""Scaled values beyond it are cut off."""


@dataclass(frozen=True)
class Model:
    """The trainer's side of a comparison.

    way : the trainer's movement. share : (101,) how far along it, over phase.
    level : (26, 18) folded angles, degrees, of a typical repetition; NaN = not seen.
    rep_s : how long one takes.
    """

    way: Way
    share: Array
    level: Array
    rep_s: float


@dataclass(frozen=True)
class Features:
    """What is known of R repetitions.

    curves : (R, 36, 26) float32, about -3..3; 0 where not seen.
    facts : (R, 5) float32: logarithm of its time against the trainer's; how far it went less 1;
    cosine and sine of the view; share of the angles that is seen.
    """

    curves: NDArray[np.float32]
    facts: NDArray[np.float32]


def model_of(trainer: PoseTrack) -> Model | None:
    """Look at the trainer; None where no repetition is found."""
    if len(trainer) < 2:
        return None
    motion = motion_of(trainer)
    reps, way = reference_reps(motion.body)
    if way is None:
        return None
    reference = reference_of(motion, reps, way)
    level = median(folded(reference.curves.angles[:, ::PHASE_STEP]))
    rep_s = float(np.median([rep.length_s for rep in reps]))
    return Model(way, reference.share, level, rep_s)


def features_of(model: Model, client: PoseTrack) -> Features | None:
    """Compare a client with the trainer; None where no repetition of the trainer's is found."""
    if len(client) < 2:
        return None
    own = motion_of(client)
    reps = matching_reps(own.body, model.way)
    if not reps:
        return None
    if len(reps) > MOST_REPS:
        reps = [reps[round(k)] for k in np.linspace(0, len(reps) - 1, MOST_REPS)]
    curves = curves_of(own, reps, model.way, model.share)
    mine = folded(curves.angles[:, ::PHASE_STEP])
    difference = np.nan_to_num(_cut((mine - model.level) / _DIFFERENCE_DEG))
    level = np.nan_to_num(_cut(model.level / _LEVEL_DEG))
    both = np.concatenate([difference, np.broadcast_to(level, difference.shape)], axis=2)
    view = np.radians(np.nan_to_num(own.view_deg))
    facts = np.array(
        [
            (
                np.clip(np.log(max(rep.length_s, 0.05) / max(model.rep_s, 0.05)), -1.5, 1.5),
                np.clip(rep.reach - 1.0, -1.0, 1.0),
                np.cos(view),
                abs(np.sin(view)),
                np.isfinite(mine[r]).mean(),
            )
            for r, rep in enumerate(reps)
        ]
    )
    return Features(both.transpose(0, 2, 1).astype(np.float32), facts.astype(np.float32))


def folded(angles: Array) -> Array:
    """Angles (..., 18) as pairs (..., 18): means and absolute differences, then the trunk's two.

    A side that is not seen counts as the other; what is apart is then not known.
    """
    left = np.stack([angles[..., ANGLE_INDEX[f"left_{name}"]] for name in PAIRS], axis=-1)
    right = np.stack([angles[..., ANGLE_INDEX[f"right_{name}"]] for name in PAIRS], axis=-1)
    mean = np.where(np.isnan(left), right, np.where(np.isnan(right), left, 0.5 * (left + right)))
    trunk = [
        angles[..., ANGLE_INDEX["trunk_lean"]],
        abs(angles[..., ANGLE_INDEX["trunk_side_lean"]]),
    ]
    return np.concatenate([mean, abs(left - right), np.stack(trunk, axis=-1)], axis=-1)


def _cut(values: Array) -> Array:
    return np.asarray(np.clip(values, -_MOST, _MOST))
