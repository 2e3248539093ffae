"""What explains a comparison that came to nothing, or to less than it could."""

from dataclasses import replace
from typing import Final, Literal

import numpy as np

from processing.motion.analysis.compare import analyse
from processing.motion.analysis.document import Analysis
from processing.motion.analysis.repetitions import matching_reps, reference_reps
from processing.motion.analysis.settings import Settings
from processing.motion.posture import Postures, postures
from processing.motion.track import PoseTrack

Hint = Literal["sideways", "upside_down", "still", "other_side"]

_TURNS: Final[dict[int, Hint]] = {90: "sideways", 270: "sideways", 180: "upside_down"}
_OTHER_SIDE_DEG: Final = 45.0
"""Views further apart see other angles of a body: docs/analysis.md, noise by view."""
_STILL: Final = 0.8
"""Weighted radians between a body's postures below which it is standing, or lying, about."""
_WHOLE_REP: Final = 0.5
"""Least share of the trainer's way that is a repetition, and no shifting about."""


def hints_of(
    trainer: PoseTrack, client: PoseTrack, analysis: Analysis, settings: Settings | None = None
) -> tuple[Hint, ...]:
    """Say what a client could do about it that the analysis went as it did.

    Parameters
    ----------
    trainer, client, settings
        As `analyse` was given them.
    analysis : Analysis
        What it said.

    Returns
    -------
    tuple of str
        ``sideways``, ``upside_down``: the picture is turned, and with it upright it is the
        trainer's exercise. ``still``: nobody moves, and the trainer does. ``other_side``: filmed
        from so different a side that little can be compared.
    """
    if analysis.verdict == "judged":
        return ("other_side",) if abs(analysis.alignment.yaw_deg) > _OTHER_SIDE_DEG else ()
    if analysis.verdict != "other_exercise":
        return ()
    for degrees, hint in _TURNS.items():
        if analyse(trainer, turned(client, degrees), settings).verdict == "judged":
            return (hint,)
    moves = reference_reps(_body(trainer))[1] is not None
    return ("still",) if moves and _stands_still(_body(client)) else ()


def turned(track: PoseTrack, degrees: int) -> PoseTrack:
    """Turn the picture clockwise by quarters."""
    quarters = degrees // 90 % 4
    world, image = track.world.copy(), track.image.copy()
    width, height = track.width, track.height
    for _ in range(quarters):
        # A point right of the middle comes to lie below it.
        world[..., 0], world[..., 1] = -world[..., 1], world[..., 0].copy()
        image[..., 0], image[..., 1] = height - image[..., 1], image[..., 0].copy()
        width, height = height, width
    return replace(track, world=world, image=image, width=width, height=height)


def span_of_reps(trainer: PoseTrack, client: PoseTrack) -> tuple[float, float] | None:
    """From when to when a client does the trainer's movement, seconds; None where they don't.

    Knowing what is looked for, it finds single repetitions, and those that a video begins or ends
    with, which are nothing yet to who does not know.
    """
    if len(trainer) < 2 or len(client) < 2:
        return None
    way = reference_reps(_body(trainer))[1]
    if way is None:
        return None
    reps = [rep for rep in matching_reps(_body(client), way) if rep.reach >= _WHOLE_REP]
    if not reps:
        return None
    return float(np.min([rep.start_s for rep in reps])), float(np.max([rep.end_s for rep in reps]))


def _stands_still(body: Postures) -> bool:
    there = body.angles[body.seen]
    if not len(there):
        return False
    low, high = np.percentile(there, [5, 95], axis=0)
    return float(np.linalg.norm(high - low)) < _STILL


def _body(track: PoseTrack) -> Postures:
    return postures(track, float(track.times_s[-1]))
