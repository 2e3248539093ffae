"""Problem moments: what goes beyond its noise, gathered over a set, with what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.angles import ANGLE_MIRROR, ANGLES, PART_OF, bare
from processing.motion.analysis.curves import PHASES
from processing.motion.analysis.document import Evidence, Fault, Moment
from processing.motion.analysis.hits import HELD, WINDOWS, Bools, Hit, phase_of
from processing.motion.analysis.scoring import BINS, Losses, cost_of, total_without

_SEVERE: Final = 2.0
"""Differences of so many times the noise are severe."""
_SEVERE_COST: Final = 12.0
_NEARLY: Final = 0.8
"""In a set in which a fault stands out, repetitions in which it is this near to the limit have it
too."""


@dataclass(frozen=True)
class Place:
    """Where hits lie in time.

    times_s : (R, 101) client's time of every phase. trainer_times_s : (R, 101) the trainer's.
    mirror : whether repetitions were compared as their mirror images.
    sets : (first, one past the last) repetitions. kinds : (R) "full" or "half".
    """

    times_s: Array
    trainer_times_s: Array
    mirror: bool
    sets: list[tuple[int, int]]
    kinds: Sequence[str]
    lifts_first: bool
    held: bool


def gathered(
    hits: list[Hit], place: Place, losses: Losses, weights: Array, rhythm: Array
) -> list[Moment]:
    """Make moments of hits: at most one for a fault of a joint and side in a set."""
    moments = []
    for first, last in place.sets:
        groups: dict[tuple[str, ...], list[tuple[Hit, Bools]]] = {}
        for hit in hits:
            reps = _where(hit, first, last)
            if reps.any():
                groups.setdefault(_key(hit), []).append((hit, reps))
        for group in _told_once(list(groups.values())):
            moments.append(_moment(group, place, losses, weights, rhythm))
    return moments


def evidence_of(hits: list[Hit], kinds: Sequence[str]) -> dict[Fault, Evidence]:
    """What speaks for each fault, whether or not it is beyond the noise.

    The mean over the worst third of the repetitions: one glitch among many is no fault, and a fault
    may be in every second repetition only.
    """
    found: dict[Fault, Evidence] = {}
    for hit in hits:
        if hit.fault == "depth" and hit.side is not None:
            continue  # all that makes the movement says it with less noise
        # Going further than the trainer does not speak for going less far.
        size = np.minimum(hit.difference_deg, 0.0) if hit.fault == "depth" else hit.difference_deg
        ratio = np.nan_to_num(np.abs(size) / hit.noise_deg)
        worse = np.argsort(ratio)[::-1][: -(-len(ratio) // 3)]
        found_deg = float(np.nan_to_num(np.abs(size[worse])).mean())
        some = "half" in kinds and "full" in kinds
        fault: Fault = "half_range" if hit.fault == "depth" and some else hit.fault
        before = found.get(fault)
        if before is None or found_deg / hit.noise_deg > before.difference / before.noise:
            found[fault] = Evidence(found_deg, hit.noise_deg)
    return found


def _where(hit: Hit, first: int, last: int) -> Bools:
    """Which repetitions (R,) of a set have it."""
    ratio = hit.ratio
    inside = np.zeros(len(ratio), np.bool_)
    inside[first:last] = True
    has = inside & (ratio > 1.0)
    if has.any():
        sign = np.sign(hit.difference_deg[int(np.argmax(np.where(inside, ratio, 0.0)))])
        alike = np.sign(hit.difference_deg) == sign
        has = inside & alike & (ratio > (_NEARLY if has.sum() * 2 > last - first else 1.0))
    return has


def _key(hit: Hit) -> tuple[str, ...]:
    # How far a movement goes is one thing, whichever of its joints shows it.
    joint = "" if hit.fault in ("depth", "not_extended") else bare(ANGLES[hit.angle])
    return hit.fault, joint, hit.side or ""


Group = list[tuple[Hit, Bools]]


def _told_once(groups: list[Group]) -> list[Group]:
    """Drop what another group says better: a side that is off as both are, or is the asymmetry."""

    def of(fault: str, joint: str, sides: tuple[str, ...]) -> list[Group]:
        return [
            g
            for g in groups
            if g[0][0].fault == fault
            and _key(g[0][0])[1] == joint
            and (g[0][0].side or "") in sides
        ]

    kept = []
    for group in groups:
        hit = group[0][0]
        fault, joint, side = _key(hit)
        told = bool(side) and bool(of(fault, joint, ("",))) and fault != "asymmetry"
        uneven = of("asymmetry", bare(ANGLES[hit.angle]), ("left", "right"))
        if fault not in ("asymmetry", "valgus") and uneven and side:
            told = True
        if fault not in ("asymmetry", "valgus") and uneven and not side:
            # Both sides' mean is off because one side is.
            told = told or _worst(group)[2] < _worst(uneven[0])[2]
        if not told:
            kept.append(group)
    return kept


def _worst(group: Group) -> tuple[Hit, int, float]:
    """The hit, the repetition and the ratio at which it is worst."""
    best = max(group, key=lambda g: float(np.where(g[1], g[0].ratio, 0.0).max()))
    ratios = np.where(best[1], best[0].ratio, 0.0)
    rep = int(np.argmax(ratios))
    return best[0], rep, float(ratios[rep])


def _moment(group: Group, place: Place, losses: Losses, weights: Array, rhythm: Array) -> Moment:
    hit, worst, ratio = _worst(group)
    reps = np.flatnonzero(np.any([has for _, has in group], axis=0))
    cells = np.zeros(losses.cells.shape, bool)
    first, last = np.inf, -np.inf
    for one, has in group:
        bins = list((HELD if place.held else WINDOWS)[one.window])
        cells[np.ix_(np.flatnonzero(has), np.array(bins), np.array(one.angles))] = True
        for rep in np.flatnonzero(has):
            first = min(first, float(place.times_s[rep, _phase(bins[0])]))
            last = max(last, float(place.times_s[rep, _phase(bins[-1] + 1)]))
    cost = cost_of(losses.total, total_without(losses, cells, weights, rhythm))
    at = _worst_phase(hit, worst, place, losses)
    size = float(hit.difference_deg[worst])
    angle, side = hit.angle, hit.side
    if place.mirror:
        angle = int(ANGLE_MIRROR[angle])
        side = {"left": "right", "right": "left"}.get(side or "")
        size = -size if ANGLES[angle] == "trunk_side_lean" else size
    return Moment(
        fault=_fault(hit, reps, place),
        part=PART_OF[angle],
        angle=ANGLES[angle],
        side=side,
        direction="more" if size > 0 else "less",
        difference_deg=size,
        noise_deg=hit.noise_deg,
        difference_s=np.nan,
        start_s=first,
        end_s=last,
        at_s=float(place.times_s[worst, at]),
        trainer_at_s=float(place.trainer_times_s[worst, at]),
        reps=tuple(int(rep) + 1 for rep in reps),
        phase=phase_of(hit.window, place.lifts_first),
        cost=cost,
        severe=ratio >= _SEVERE or cost >= _SEVERE_COST,
    )


def _fault(hit: Hit, reps: NDArray[np.intp], place: Place) -> Fault:
    """Some half repetitions among whole ones are that; all of a set are a lack of depth."""
    halves = [place.kinds[int(rep)] == "half" for rep in reps]
    if hit.fault == "depth" and all(halves) and "full" in place.kinds:
        return "half_range"
    return hit.fault


def _worst_phase(hit: Hit, rep: int, place: Place, losses: Losses) -> int:
    """The phase (0..100) at which the difference is greatest within its window."""
    bins = list((HELD if place.held else WINDOWS)[hit.window])
    lost = np.nan_to_num(losses.cells[rep][np.ix_(np.array(bins), np.array(hit.angles))]).sum(
        axis=1
    )
    middle = bins[len(bins) // 2]
    worst = bins[int(np.argmax(lost))] if lost.max() > 0 else middle
    return _phase(worst) + (PHASES - 1) // BINS // 2


def _phase(edge: int) -> int:
    return edge * (PHASES - 1) // BINS
