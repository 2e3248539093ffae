"""Finds repetitions without knowing the exercise: movements that leave a posture and come back.

A *cycle* leaves a posture and returns to it. Every moment is tried as such a posture; then those
cycles are kept that together explain the most movement, and explain it best as rows of alike ones
(a *chain*): cycles from the top of a squat rather than from its bottom, since there is one more of
them; whole cycles rather than the halves that begin half-way, since those alternate between two
kinds. The choice is a weighted interval scheduling, solved exactly by dynamic programming.

References
----------
Cutler & Davis (2000), Robust real-time periodic motion detection, analysis, and applications:
periodicity is read from how alike a movement is to itself at other times.
Dwibedi et al. (2020), Counting out time (RepNet): the same for counting any exercise.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.posture import STEP_S, UPRIGHT, Postures, runs

SHORTEST_S: Final = 0.4
"""Nobody repeats anything faster; a detector's glitch does."""
LONGEST_S: Final = 11.0
LEAST_RANGE: Final = 0.7
"""Weighted radians a cycle moves at least. Noise reaches 0.4; a push-up has 2.5, a squat 5."""
PAUSE_S: Final = 2.0
"""Repetitions with a longer pause between them are of two sets."""
_PAUSE_SHARE: Final = 0.2  # of a repetition's length, on top
# Standing people begin a rep standing: that decides where a clip has as many from the bottom.
_LESS_EASY: Final = 0.8
# A movement is back when it is this near to where it began, as a share of how far it went.
_BACK: Final = 0.3
_AT_HOME: Final = 0.15
# What a chain costs, and what a link of two identical cycles is worth.
_CHAIN_COST: Final = 0.45
_LINK: Final = 0.6
UNLIKE: Final = 0.30
"""How unlike (rms, as a share of the range) cycles of one exercise may be. Of one person's squats
seen by the detector from the front and from the side it is 0.30."""
# Left and right of an alternating exercise, as a detector sees them from one side: 0.4 to 0.5. They
# are linked only where the cycle before or after next is alike.
_OTHER_SIDE: Final = 0.6
# How far apart the postures may be from which two linked cycles begin.
_HOME: Final = 0.4
_PHASES: Final = 12
_HALF_RANGE: Final = 2.0


@dataclass(frozen=True)
class Cycle:
    """One there and back.

    Attributes
    ----------
    start, apex, end : indices of the grid; between start and end it moves
    left, back : indices where it rests or turns round, before the start and after the end
    range_ : how far it went, weighted radians
    gain : how much it explains, 0..1
    shape : (12, D) its postures over phase
    """

    start: int
    apex: int
    end: int
    left: int
    back: int
    range_: float
    gain: float
    shape: Array


Chain = tuple[Cycle, ...]


def chains(body: Postures) -> list[Chain]:
    """Give the rows of alike cycles that explain a track best, in order of time."""
    found: list[Chain] = []
    for first, last in runs(body.seen):
        if (last - first) * STEP_S >= SHORTEST_S:
            ease = np.where(body.upright[first:last] < UPRIGHT, 1.0, _LESS_EASY)
            cycles = _cycles(body.angles[first:last], ease)
            found += [tuple(_later(c, first) for c in chain) for chain in _best(cycles)]
    return found


def unlikeness(a: Cycle, b: Cycle) -> float:
    """Say how unlike two cycles are: rms distance over their phases, as a share of their range."""
    return _unlike(a.shape, b.shape, a.range_, b.range_)


def _unlike(a: Array, b: Array, range_a: float, range_b: float) -> float:
    return float(np.sqrt(((a - b) ** 2).sum(axis=-1).mean()) / (0.5 * (range_a + range_b)))


def _later(cycle: Cycle, by: int) -> Cycle:
    names = ("start", "apex", "end", "left", "back")
    return replace(cycle, **{name: getattr(cycle, name) + by for name in names})


def _cycles(x: Array, ease: Array) -> list[Cycle]:
    """Every cycle of the postures x (N, D), one for each place it begins and ends at.

    ease : (N,) how natural a posture to begin from each is, 0..1
    """
    reach = round(LONGEST_S / STEP_S)
    speed = np.sqrt((np.gradient(x, axis=0) ** 2).sum(axis=1))
    best: dict[tuple[int, int], tuple[float, Cycle]] = {}
    for i in range(len(x) - 1):
        away = np.sqrt(((x[i : i + reach] - x[i]) ** 2).sum(axis=1))
        bounds = _there_and_back(away)
        if bounds is None:
            continue
        start, apex, end, closed = (i + at for at in bounds)
        # A rep begins and ends where the body comes to rest or turns round.
        passing = 0.5 * (speed[i] + speed[closed]) / speed[start : end + 1].max()
        range_ = float(away[apex - i])
        # Twice as far is better, but not twice as good.
        gain = range_ / (range_ + _HALF_RANGE) * (1 - min(passing, 1.0)) * float(ease[i])
        if (start, end) not in best or best[start, end][0] < gain:
            shape = _shape(x, start, end)
            best[start, end] = gain, Cycle(start, apex, end, i, closed, range_, gain, shape)
    return sorted((cycle for _, cycle in best.values()), key=lambda c: c.end)


def _there_and_back(away: Array) -> tuple[int, int, int, int] | None:
    """Start, apex, end of the first cycle from away[0], and when it is nearest to away[0] again."""
    furthest = np.maximum.accumulate(away)
    back = np.flatnonzero((furthest >= LEAST_RANGE) & (away <= _BACK * furthest))
    if len(back) == 0:
        return None
    closed = int(back[0])
    far = furthest[closed]
    # It may come nearer still.
    while closed + 1 < len(away) and away[closed + 1] < away[closed]:
        closed += 1
    apex = int(np.argmax(away[:closed]))
    near = np.flatnonzero(away[:apex] <= _AT_HOME * far)
    start = int(near[-1]) if len(near) else 0
    home = max(_AT_HOME * far, away[closed])
    end = apex + int(np.flatnonzero(away[apex : closed + 1] <= home)[0])
    if (end - start) * STEP_S < SHORTEST_S:
        return None
    return start, apex, end, closed


def _shape(x: Array, start: int, end: int) -> Array:
    at = np.linspace(start, end, _PHASES)
    low = np.minimum(at.astype(int), len(x) - 2)
    part = (at - low)[:, None]
    return np.asarray(x[low] * (1 - part) + x[low + 1] * part)


def _best(cycles: list[Cycle]) -> list[Chain]:
    """The set of cycles that do not overlap, in chains, whose gains add up to the most."""
    count = len(cycles)
    links = _links(cycles)
    ends = np.array([c.end for c in cycles])
    total = np.zeros(count)  # best sum that ends with cycle k
    before = np.full(count, -1)
    linked = np.zeros(count, bool)
    peak = np.zeros(count + 1)  # best sum of the first k cycles
    peak_at = np.full(count + 1, -1)
    for k, cycle in enumerate(cycles):
        # Cycles are ordered by their ends; ends may touch starts.
        free = int(np.searchsorted(ends, cycle.start, side="right"))
        total[k] = cycle.gain - _CHAIN_COST + peak[free]
        before[k] = peak_at[free]
        others, worth = links[k]
        if len(others):
            value = total[others] + worth + cycle.gain
            at = int(np.argmax(value))
            if value[at] > total[k]:
                total[k], before[k], linked[k] = value[at], others[at], True
        better = total[k] > peak[k]
        peak[k + 1] = total[k] if better else peak[k]
        peak_at[k + 1] = k if better else peak_at[k]
    return _trace(cycles, before, linked, int(peak_at[count]))


def _links(cycles: list[Cycle]) -> list[tuple[NDArray[np.intp], Array]]:
    """For every cycle, the earlier ones it may follow in a chain, and what each link is worth."""
    if not cycles:
        return []
    starts = np.array([c.start for c in cycles])
    ends = np.array([c.end for c in cycles])
    ranges = np.array([c.range_ for c in cycles])
    shapes = np.stack([c.shape for c in cycles])
    lengths = ends - starts
    pause = PAUSE_S / STEP_S + _PAUSE_SHARE * lengths
    earlier: list[tuple[NDArray[np.intp], Array]] = []
    kin: list[NDArray[np.intp]] = []
    for k in range(len(cycles)):
        free = int(np.searchsorted(ends, starts[k], side="right"))
        # As far back as the last but one: an exercise of two sides has its like there.
        first = int(np.searchsorted(ends, starts[k] - 2 * pause[k] - 1.5 * lengths[k]))
        at = np.arange(first, free)
        size = 0.5 * (ranges[at] + ranges[k])
        apart = np.sqrt(((shapes[at] - shapes[k]) ** 2).sum(axis=-1))
        unlike = np.sqrt((apart**2).mean(axis=-1)) / size
        unlike[apart[:, [0, -1]].max(axis=-1) > _HOME * size] = np.inf
        unlike[~_alike(ranges[at], ranges[k], 2.0) | ~_alike(lengths[at], lengths[k], 2.5)] = np.inf
        kin.append(at[unlike < UNLIKE])
        near = (starts[k] - ends[at] <= pause[k]) & (unlike < _OTHER_SIDE)
        earlier.append((at[near], unlike[near]))
    later: list[list[int]] = [[] for _ in cycles]
    for k, others in enumerate(kin):
        for other in others:
            later[other].append(k)
    links = []
    for k, (at, unlike) in enumerate(earlier):
        sure = unlike < UNLIKE
        for n in np.flatnonzero(~sure):
            p = at[n]
            gaps = np.concatenate(
                [starts[p] - ends[kin[k]], starts[np.array(later[p], dtype=np.intp)] - ends[k]]
            )
            sure[n] = bool(((gaps >= 0) & (gaps <= pause[k])).any())
        links.append((at[sure], _LINK * np.maximum(0.0, 1 - unlike[sure] / UNLIKE)))
    return links


def _alike(a: Array, b: float, factor: float) -> NDArray[np.bool_]:
    return np.asarray((a < factor * b) & (b < factor * a))


def _trace(
    cycles: list[Cycle], before: NDArray[np.intp], linked: NDArray[np.bool_], last: int
) -> list[Chain]:
    found: list[list[Cycle]] = []
    fresh = True
    while last >= 0:
        if fresh:
            found.append([])
        found[-1].append(cycles[last])
        fresh = not linked[last]
        last = int(before[last])
    return [tuple(reversed(chain)) for chain in reversed(found)]
