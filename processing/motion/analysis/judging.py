"""From curves to judgement: noise and limits, losses, moments, and the document's tables."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis import tables
from processing.motion.analysis.curves import Curves, Reference
from processing.motion.analysis.document import Analysis, Found
from processing.motion.analysis.hidden import less_seen
from processing.motion.analysis.hits import candidates, made_by_legs, uneven_extent
from processing.motion.analysis.moments import Place, evidence_of, gathered
from processing.motion.analysis.noise import noise_of
from processing.motion.analysis.repetitions import Rep, Way, sets_of
from processing.motion.analysis.rhythm import tempo_of, timing_of
from processing.motion.analysis.rhythm_faults import (
    rhythm_evidence,
    rhythm_moments,
    rhythm_of,
)
from processing.motion.analysis.sampling import Motion, view_of
from processing.motion.analysis.scoring import binned, losses_of
from processing.motion.analysis.sets import set_results
from processing.motion.analysis.settings import HALF_MARKS_DEG, TOLERANCE_DEG, Settings


def judged(
    *,
    lead: Motion,
    lead_reps: list[Rep],
    own: Motion,
    own_reps: list[Rep],
    way: Way | None,
    reference: Reference,
    curves: Curves,
    laid: Array,
    kinds: NDArray[np.intp],
    weights: Array,
    alignment: Found,
    settings: Settings,
) -> Analysis:
    """Judge a client whose repetitions ``laid`` (R, 101, 18) lie over the trainer's.

    kinds : (R,) which of the reference's repetitions each is compared with
    """
    mirror = alignment.mirror
    differences = binned(laid - reference.medians[kinds])
    noise = noise_of(
        differences,
        reference.spread,
        view_of(own.view_deg),
        (own.view_deg > 0) != mirror,
        abs(alignment.yaw_deg),
        TOLERANCE_DEG[settings.strictness],
    )
    lifts = tables.lifts_first(reference)
    tempo = tempo_of(own, own_reps, way, lifts)
    lead_tempo = tempo_of(lead, lead_reps, way, lifts)
    timing = timing_of(
        lead_tempo.middle_s,
        tempo.middle_s,
        float(np.median([rep.length_s for rep in lead_reps])),
        settings.follows,
        settings.loop_s,
    )
    sets = sets_of(own_reps)
    ahead = view_of(own.view_deg) in ("front", "back") and made_by_legs(reference.range_deg)
    rhythm = rhythm_of(tempo, lead_tempo, timing, sets, ahead, settings)
    losses = losses_of(
        differences,
        weights,
        noise.one,
        noise.random,
        HALF_MARKS_DEG[settings.strictness],
        rhythm.loss,
    )
    lengths = tables.lengths_of(own_reps, laid, reference, kinds)
    beside = tables.trainer_numbers(reference, kinds, timing)
    place = Place(
        times_s=curves.times_s,
        trainer_times_s=reference.curves.times_s[beside],
        mirror=mirror,
        sets=sets,
        kinds=lengths,
        lifts_first=lifts,
        held=way is None,
    )
    found = candidates(
        differences,
        binned(reference.medians)[kinds],
        noise,
        reference.range_deg,
        reference.outward,
        alternates=reference.alternates,
        held=way is None,
    )
    if way is not None:
        found += uneven_extent(
            np.array([rep.reach for rep in own_reps]),
            kinds,
            reference.range_deg,
            _reach_spread(lead_reps),
        )
    moments = gathered(found, place, losses, weights, rhythm.loss)
    middle = place.trainer_times_s[:, place.trainer_times_s.shape[1] // 2]
    moments += rhythm_moments(rhythm, own_reps, middle, losses, weights, sets)
    shown, seen = tables.in_reps(lead, lead_reps), tables.in_reps(own, own_reps)
    less = less_seen(shown, seen, own.view_deg, mirror)
    moments.sort(key=lambda moment: -moment.cost)
    return Analysis(
        verdict="judged",
        alignment=replace(
            alignment,
            lag_s=timing.lag_s,
            agreement=tables.agreement(laid, reference.medians[kinds]),
        ),
        score=tables.overall(losses),
        parts=tables.parts(losses, differences, noise.total, less, mirror),
        reps=tables.reps(own_reps, lengths, losses, tempo, lifts, curves, mirror, beside),
        sets=set_results(own_reps, sets, losses, tempo),
        tempo=tables.tempo(tempo, lead_tempo, lifts),
        symmetry=tables.symmetry(curves, noise.total),
        stability=tables.stability(own, curves, lead, reference),
        moments=tuple(moments),
        evidence={**evidence_of(found, lengths), **rhythm_evidence(rhythm)},
        strip=tables.strip(own, curves, losses),
        quality=tables.quality(own, own_reps, curves, less),
    )


_REACH_SPREAD: Final = 0.045
"""Standard deviation of how far right repetitions go, as shares of the way: people vary, and the
detector does."""


def _reach_spread(reps: list[Rep]) -> float:
    own = float(np.std([rep.reach for rep in reps])) if len(reps) > 2 else 0.0
    return max(own, _REACH_SPREAD)
