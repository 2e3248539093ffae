"""Which moment of the trainer's video belongs beside each moment of the client's."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import (
    Array,
    angles_deg,
    bone_visibility,
    mirror_bones,
    rotate_yaw,
    unit_bones,
    yaw_terms,
)
from processing.motion.analysis.curves import curves_of, reference_of
from processing.motion.analysis.document import Analysis
from processing.motion.analysis.repetitions import matching_reps, reference_reps
from processing.motion.analysis.sampling import VISIBLE, motion_of
from processing.motion.skeleton import BONE_MIRROR
from processing.motion.track import PoseTrack

_INSTANT_S: Final = 1e-3


@dataclass(frozen=True)
class Beside:
    """The poses of both that are shown together.

    Attributes
    ----------
    client, trainer : (N,) int
        Numbers of poses in the tracks; all of the client's.
    errors_deg : (N, 13) float, degrees
        How far each of the client's bones points elsewhere than the trainer's, by the client's own
        left and right, seen from the trainer's side; NaN = not seen, or the movements were not
        compared.
    """

    client: NDArray[np.intp]
    trainer: NDArray[np.intp]
    errors_deg: Array


def laid_beside(trainer: PoseTrack, client: PoseTrack, analysis: Analysis) -> Beside:
    """Find the trainer's pose for each of the client's.

    Within repetitions by their phase, as they were judged; between them the trainer waits where the
    last one ended, then where the next one begins. Movements that were not judged run side by side
    from their beginnings, the trainer's over and over.

    Parameters
    ----------
    trainer, client : PoseTrack
        With at least one pose each.
    analysis : Analysis
        What was made of the same tracks.
    """
    times = np.asarray(client.times_s, np.float64)
    if analysis.verdict == "judged":
        wanted = np.interp(times, *_anchors(trainer, client, analysis))
    else:
        length = max(float(np.ptp(trainer.times_s)), _INSTANT_S)
        wanted = trainer.times_s[0] + (times - times[0]) % length
    lead = _nearest(np.asarray(trainer.times_s, np.float64), wanted)
    own = np.arange(len(client))
    errors = np.full((len(own), len(BONE_MIRROR)), np.nan)
    if analysis.verdict == "judged":
        errors = _errors(trainer, client, own, lead, analysis.alignment.mirror)
    return Beside(own, lead, errors)


def _anchors(trainer: PoseTrack, client: PoseTrack, analysis: Analysis) -> tuple[Array, Array]:
    """Times of the client, not falling, and those of the trainer that belong to them."""
    lead, own = motion_of(trainer), motion_of(client)
    reps, way = reference_reps(lead.body)
    reference = reference_of(lead, reps, way)
    laid = curves_of(own, matching_reps(own.body, way), way, reference.share)
    ours: list[Array] = []
    theirs: list[Array] = []
    for rep, times in zip(analysis.reps, laid.times_s, strict=True):
        beside = reference.curves.times_s[rep.trainer_rep - 1]
        if ours:
            middle = (ours[-1][-1] + times[0]) / 2
            ours.append(np.array([middle - _INSTANT_S, middle]))
            theirs.append(np.array([theirs[-1][-1], beside[0]]))
        ours.append(times)
        theirs.append(beside)
    return np.maximum.accumulate(np.concatenate(ours)), np.concatenate(theirs)


def _nearest(times: Array, wanted: Array) -> NDArray[np.intp]:
    after = np.clip(np.searchsorted(times, wanted), 0, len(times) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(times[before] - wanted) <= np.abs(times[after] - wanted)
    return np.where(nearer, before, after)


def _errors(
    trainer: PoseTrack,
    client: PoseTrack,
    own: NDArray[np.intp],
    lead: NDArray[np.intp],
    mirror: bool,
) -> Array:
    """Degrees (N, 13) after the one turn about the vertical that lays the client best over."""
    bones, target = _seen_bones(client, own), _seen_bones(trainer, lead)
    if mirror:
        bones = mirror_bones(bones)
    _, along, across = yaw_terms(bones, target)
    yaw = float(np.arctan2(np.nansum(across), np.nansum(along)))
    errors = angles_deg(rotate_yaw(bones, yaw), target)
    # Bone i of a mirrored body is the client's bone BONE_MIRROR[i].
    return errors[:, BONE_MIRROR] if mirror else errors


def _seen_bones(track: PoseTrack, numbers: NDArray[np.intp]) -> Array:
    """Directions (N, 13, 3) of what is seen, else NaN."""
    bones = unit_bones(np.asarray(track.world[numbers], np.float64))
    bones[bone_visibility(np.asarray(track.visibility[numbers], np.float64)) < VISIBLE] = np.nan
    return bones
