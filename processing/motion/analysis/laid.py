"""A client's repetitions laid over the trainer's as an analysis has them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from processing.motion.analysis.compare import conventions
from processing.motion.analysis.curves import Curves, Reference, curves_of, reference_of
from processing.motion.analysis.repetitions import Rep, Way, matching_reps, reference_reps
from processing.motion.analysis.sampling import Motion, motion_of
from processing.motion.analysis.settings import Settings
from processing.motion.track import PoseTrack


@dataclass(frozen=True)
class Laid:
    """Both movements, and R repetitions of the client over the trainer's.

    curves : by the client's own left and right.
    kinds : (R,) which of the reference's repetitions each is compared with.
    mirror : whether it is compared as its mirror image.
    way : None for a hold.
    """

    lead: Motion
    own: Motion
    reps: list[Rep]
    way: Way | None
    reference: Reference
    curves: Curves
    kinds: NDArray[np.intp]
    mirror: bool


def laid_over(trainer: PoseTrack, client: PoseTrack, settings: Settings) -> Laid:
    """Lay two movements over one another that were ``judged`` with the same settings."""
    lead, own = motion_of(trainer), motion_of(client)
    lead_reps, way = reference_reps(lead.body)
    reference = reference_of(lead, lead_reps, way)
    reps = matching_reps(own.body, way)
    curves = curves_of(own, reps, way, reference.share)
    kinds, mirror = conventions(curves, reference, lead.view_deg, own.view_deg, settings)
    return Laid(lead, own, reps, way, reference, curves, kinds, mirror)
