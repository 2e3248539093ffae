"""The whole analysis of a client's movement against the trainer's."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.angles import ANGLE_INDEX, ANGLE_MIRROR, mirrored
from processing.motion.analysis.curves import Curves, Reference, curves_of, reference_of, unlike
from processing.motion.analysis.document import Analysis, Found, Verdict
from processing.motion.analysis.hidden import less_seen
from processing.motion.analysis.hits import drivers
from processing.motion.analysis.judging import judged
from processing.motion.analysis.likeness import SAME_BELOW, shape_of, unlikeness
from processing.motion.analysis.repetitions import Rep, matching_reps, reference_reps
from processing.motion.analysis.sampling import Motion, motion_of, view_of
from processing.motion.analysis.scoring import angle_weights
from processing.motion.analysis.settings import Settings
from processing.motion.analysis.tables import unseen
from processing.motion.track import PoseTrack

_SHORTEST_S: Final = 0.8
_MIRRORED_BELOW: Final = 0.8
"""A client does it as in a mirror where that is so many times nearer to the trainer."""
_UNSEEN_DEG: Final = 12.0
_AWAY_DEG: Final = 120.0


def analyse(trainer: PoseTrack, client: PoseTrack, settings: Settings | None = None) -> Analysis:
    """Compare a client's movement with the trainer's.

    Both should have been seen by detectors of one kind. The tracks' clocks may differ; where they
    are one, the client's lag behind the trainer shows.

    Parameters
    ----------
    trainer, client : PoseTrack
        One exercise each; the client's may have pauses and several sets.
    settings : Settings, optional

    Returns
    -------
    Analysis
        With a verdict other than ``judged`` where there is nothing to score.
    """
    settings = settings or Settings()
    for track in (trainer, client):
        if len(track) < 2 or track.times_s[-1] - track.times_s[0] < _SHORTEST_S:
            return _refused("too_short" if len(track) else "not_visible")
    lead, own = motion_of(trainer), motion_of(client)
    reps, way = reference_reps(lead.body)
    if not reps:
        return _refused("not_visible")
    reference = reference_of(lead, reps, way)
    found = matching_reps(own.body, way)
    unlike_ = _unlikeness(lead, reps, own, found)
    if not found or unlike_ > SAME_BELOW:
        hidden = _hides_the_movement(lead, own, reference.range_deg)
        return _refused("not_visible" if hidden else "other_exercise", lead, own)
    curves = curves_of(own, found, way, reference.share)
    kinds, mirror = conventions(curves, reference, lead.view_deg, own.view_deg, settings)
    weights = angle_weights(reference.range_deg, settings.focus)
    laid = mirrored(curves.angles) if mirror else curves.angles
    if _seen_share(laid, reference.range_deg) < _LEAST_SEEN:
        return _refused("not_visible", lead, own)
    return judged(
        lead=lead,
        lead_reps=reps,
        own=own,
        own_reps=found,
        way=way,
        reference=reference,
        curves=curves,
        laid=laid,
        kinds=kinds,
        weights=weights,
        alignment=_alignment(lead, own, mirror),
        settings=settings,
    )


_LEAST_SEEN: Final = 0.5
_LEAST_OF_ALL: Final = 0.3
_MUCH_LESS_SEEN: Final = 0.15
"""So much less visible a part is when most of it is behind furniture."""
_ANOTHER_LEAN_DEG: Final = 40.0
_TRUNK: Final = ANGLE_INDEX["trunk_lean"]
_ANOTHER_WAY_UP_RAD: Final = 0.6
"""Push-ups from the front are 0.7 further from standing than lunges, of which half is hidden."""


def _hides_the_movement(lead: Motion, own: Motion, range_deg: Array) -> bool:
    """Whether a client who looks unlike the trainer does so because too little of them is seen.

    Whoever lies where the trainer stands does something else, whatever can be seen of it.
    """
    there = np.isfinite(own.angles).any(axis=1)
    if not there.any() or np.isfinite(own.angles[there]).mean() <= _LEAST_OF_ALL:
        return True
    if less_seen(lead.sight, own.sight, own.view_deg, mirror=False).max() > _MUCH_LESS_SEEN:
        # How legs that are guessed stand says nothing, but which way up the trunk is does.
        leans = [float(np.nanmedian(motion.angles[:, _TRUNK])) for motion in (lead, own)]
        return abs(leans[0] - leans[1]) < _ANOTHER_LEAN_DEG
    if _seen_share(own.angles[there][None], range_deg) >= _LEAST_SEEN:
        return False
    ways = [float(np.median(motion.body.upright[motion.body.seen])) for motion in (lead, own)]
    return abs(ways[0] - ways[1]) < _ANOTHER_WAY_UP_RAD


def _seen_share(laid: Array, range_deg: Array) -> float:
    """Share that is seen of what makes the movement, left and right taken together.

    Of a hold, that is all of the body.
    """
    making = drivers(range_deg)
    weights = range_deg * making if making.any() else np.ones(len(making))
    seen = np.isfinite(laid).mean(axis=(0, 1))
    either = np.maximum(seen, seen[ANGLE_MIRROR])
    return float((either * weights).sum() / weights.sum())


def _unlikeness(lead: Motion, lead_reps: list[Rep], own: Motion, own_reps: list[Rep]) -> float:
    """How unlike the client's movement is, by its own repetitions and by those of the trainer's."""
    shape = shape_of(lead.body, lead_reps)
    found = unlikeness(shape, shape_of(own.body, own_reps)) if own_reps else np.inf
    if found > SAME_BELOW:
        reps = reference_reps(own.body)[0]
        found = min(found, unlikeness(shape, shape_of(own.body, reps)) if reps else np.inf)
    return found


def conventions(
    curves: Curves, reference: Reference, lead_deg: float, own_deg: float, settings: Settings
) -> tuple[NDArray[np.intp], bool]:
    """Which of the trainer's repetitions each (R,) is compared with, and whether in a mirror."""
    weights = angle_weights(reference.range_deg, ())
    # (2, R, C): as seen and mirrored, to each of the trainer's.
    both = np.stack([curves.angles, mirrored(curves.angles)])
    apart = unlike(both[:, :, None], reference.medians, weights)
    seen = np.isfinite(both[:, :, None] - reference.medians).mean(axis=-2)
    seen_share = (seen * weights).sum(axis=-1) / weights.sum()
    # What can't be compared might differ by as much as what usually does.
    cost = np.sqrt(seen_share * np.nan_to_num(apart) ** 2 + (1 - seen_share) * _UNSEEN_DEG**2)
    mirror = settings.mirror
    if mirror is None:
        # Seen from the other side is a mirror image too, and sees near limbs as the trainer's.
        away = np.array([_turn(lead_deg - own_deg), _turn(lead_deg + own_deg)])
        plain, turned = np.median(cost.min(axis=-1), axis=-1) * (1 + (away / _AWAY_DEG) ** 2)
        mirror = bool(turned < _MIRRORED_BELOW * plain)
    return cost[int(mirror)].argmin(axis=-1), mirror


def _turn(degrees: float) -> float:
    """The same turn, within -180..180; 0 where it is not known."""
    return 0.0 if np.isnan(degrees) else (degrees + 180.0) % 360.0 - 180.0


def _alignment(lead: Motion, own: Motion, mirror: bool) -> Found:
    view = -own.view_deg if mirror else own.view_deg
    yaw = _turn(lead.view_deg - view)
    return Found(np.nan, mirror, yaw, view_of(own.view_deg), lead.view_deg, np.nan)


def _refused(verdict: Verdict, lead: Motion | None = None, own: Motion | None = None) -> Analysis:
    nothing = Found(np.nan, False, np.nan, "front", np.nan, np.nan)
    if lead is None or own is None:
        return Analysis(verdict, nothing)
    quality = unseen(lead, own) if verdict == "not_visible" else ()
    return Analysis(verdict, _alignment(lead, own, False), quality=quality)
