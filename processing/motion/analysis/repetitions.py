"""Repetitions of the trainer, and those of the client that are the trainer's exercise.

The trainer's are found without knowing the exercise (``processing.motion.cycles``); they give the
*way*, from the posture between repetitions to the far end. The client's are the visits along that
way: how far each went, against the trainer, tells whole ones from halves.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.signal import find_peaks

from processing.motion.alignment import Array
from processing.motion.cycles import LONGEST_S, SHORTEST_S, Chain, Cycle, chains
from processing.motion.holds import holds
from processing.motion.posture import STEP_S, Postures, runs
from processing.motion.reps import timed

_LEAST: Final = 0.22
"""Shares of the way below it are shifting about."""
_SAME_WAY: Final = 0.62
"""Least cosine between a movement's way and the trainer's."""
_AT_HOME: Final = 0.15
_PAUSE_S: Final = 2.5
_PAUSE_REPS: Final = 1.0
"""A longer pause between repetitions (that, and so many repetitions' length) parts two sets."""


@dataclass(frozen=True)
class Way:
    """The trainer's main movement: from a posture (18,) along another's difference to it (18,)."""

    home: Array
    way: Array

    def share(self, postures: Array) -> Array:
        """How far along the way postures (..., 18) lie: 0 at home, 1 at the far end."""
        return np.asarray((postures - self.home) @ self.way / float(self.way @ self.way))


@dataclass(frozen=True)
class Rep:
    """One repetition.

    start_s, end_s : seconds. apex_s : when it was furthest.
    reach : how far it went, as a share of the trainer's way. held : a posture that is held.
    """

    start_s: float
    end_s: float
    apex_s: float
    reach: float
    held: bool = False

    @property
    def length_s(self) -> float:
        """Seconds."""
        return self.end_s - self.start_s


def reference_reps(body: Postures) -> tuple[list[Rep], Way | None]:
    """Find the trainer's repetitions and their way; of a hold, one repetition and no way."""
    found = chains(body)
    if not found:
        return _held(body), None
    most = max(found, key=lambda chain: sum(cycle.gain for cycle in chain))
    x = body.angles
    home = np.median([x[at] for c in most for at in (c.left, c.back)], axis=0)
    far = np.median([x[c.apex] for c in most], axis=0)
    way = Way(home, far - home)
    return _reps(body, most, way), way


def matching_reps(body: Postures, way: Way | None) -> list[Rep]:
    """Find a client's repetitions of the trainer's movement, halves too, in order of time."""
    if way is None:
        return _held(body)
    found: list[Rep] = []
    for first, last in runs(body.seen):
        if (last - first) * STEP_S < SHORTEST_S:
            continue
        cycles = _visits(body, way, first, last)
        for row in _rows(cycles):
            found += _reps(body, row, way)
    return found


def _reps(body: Postures, row: Chain, way: Way) -> list[Rep]:
    place = way.share(body.angles)
    result = []
    for (start, end), cycle in zip(timed(body, row), row, strict=True):
        low = 0.5 * (place[cycle.left] + place[cycle.back])
        result.append(Rep(start, end, cycle.apex * STEP_S, float(place[cycle.apex] - low)))
    return result


def _visits(body: Postures, way: Way, first: int, last: int) -> list[Cycle]:
    """Movements along the way and back, in a stretch of the grid in which somebody is seen."""
    place = way.share(body.angles[first:last])
    peaks, _ = find_peaks(
        place,
        prominence=_LEAST,
        distance=max(1, round(SHORTEST_S / STEP_S)),
        wlen=2 * round(LONGEST_S / STEP_S) + 1,
    )
    cycles = []
    edges = np.concatenate([[0], peaks, [len(place) - 1]])
    for n, peak in enumerate(peaks, start=1):
        left = int(edges[n - 1] + np.argmin(place[edges[n - 1] : peak + 1]))
        back = int(peak + np.argmin(place[peak : edges[n + 1] + 1]))
        cycle = _visit(body.angles[first:last], place, way, left, int(peak), back)
        if cycle is not None:
            cycles.append(_later(cycle, first))
    return cycles


def _visit(x: Array, place: Array, way: Way, left: int, peak: int, back: int) -> Cycle | None:
    height = place[peak] - max(place[left], place[back])
    if height < _LEAST:
        return None
    moved = x[peak] - 0.5 * (x[left] + x[back])
    along = float(moved @ way.way) / max(
        float(np.linalg.norm(moved) * np.linalg.norm(way.way)), 1e-9
    )
    if along < _SAME_WAY:
        return None
    out = place[left : peak + 1]
    low = place[left] + _AT_HOME * (place[peak] - place[left])
    start = left + int(np.flatnonzero(out <= low)[-1])
    home = place[back] + _AT_HOME * (place[peak] - place[back])
    end = peak + int(np.flatnonzero(place[peak : back + 1] <= home)[0])
    # The rest of a long pause belongs to nobody: where it was still at rest before it left.
    left = max(left, start - round(1.0 / STEP_S))
    back = min(back, end + round(1.0 / STEP_S))
    if (end - start) * STEP_S < SHORTEST_S:
        return None
    range_ = float(np.linalg.norm(moved))
    return Cycle(start, peak, end, left, back, range_, float(height), np.zeros((0, 0)))


def _later(cycle: Cycle, by: int) -> Cycle:
    return Cycle(
        cycle.start + by,
        cycle.apex + by,
        cycle.end + by,
        cycle.left + by,
        cycle.back + by,
        cycle.range_,
        cycle.gain,
        cycle.shape,
    )


def _rows(cycles: list[Cycle]) -> list[Chain]:
    """Part cycles where there is a long pause between them."""
    rows: list[list[Cycle]] = []
    for cycle in cycles:
        if rows:
            before = rows[-1][-1]
            length = max(before.end - before.start, cycle.end - cycle.start)
            if (cycle.start - before.end) <= _PAUSE_S / STEP_S + _PAUSE_REPS * length:
                rows[-1].append(cycle)
                continue
        rows.append([cycle])
    return [tuple(row) for row in rows]


def sets_of(reps: list[Rep]) -> list[tuple[int, int]]:
    """Part repetitions into sets: (first, one past the last)."""
    edges = [0]
    for n in range(1, len(reps)):
        pause = reps[n].start_s - reps[n - 1].end_s
        if pause > _PAUSE_S + _PAUSE_REPS * max(reps[n].length_s, reps[n - 1].length_s):
            edges.append(n)
    return list(zip(edges, [*edges[1:], len(reps)], strict=True)) if reps else []


def _held(body: Postures) -> list[Rep]:
    """A posture that is held, as one repetition; without one, all of the time in which somebody is
    seen."""
    spans = [(hold.start, hold.end) for hold in holds(body)]
    if not spans:
        spans = [(a, b - 1) for a, b in runs(body.seen) if (b - a) * STEP_S >= 1.0]
        spans = [max(spans, key=lambda span: span[1] - span[0])] if spans else []
    return [Rep(a * STEP_S, b * STEP_S, 0.5 * (a + b) * STEP_S, 1.0, held=True) for a, b in spans]
