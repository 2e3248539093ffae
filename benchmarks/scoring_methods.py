"""The methods that the scoring bench compares, each as one function of two tracks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks import scoring_baselines
from processing.motion.analysis import Analysis, Settings, analyse
from processing.motion.track import PoseTrack

Floats = NDArray[np.float64]

CODES: Final[dict[str, tuple[str, ...]]] = {
    "depth": ("depth", "half_range"),
    "half_range": ("depth", "half_range"),
    "valgus": ("valgus",),
    "trunk_lean": ("trunk_lean",),
    "asymmetry": ("asymmetry",),
    "too_fast": ("too_fast",),
    "wrong_lag": ("wrong_phase",),
}
"""Codes of moments by which each fault may be called. A repetition that is a little too shallow is
a matter of depth, one that is much so a half: where one ends and the other begins is not asked."""


@dataclass(frozen=True)
class Told:
    """A moment: its fault's code and when it begins, seconds."""

    code: str
    start_s: float


@dataclass(frozen=True)
class Answer:
    """What a method says of a client.

    score : 0..100; 0 = another exercise, NaN = can't be said.
    evidence : by fault, how much speaks for it: for telling films with and without it apart, and
        for ranking those with it.
    times_s, drop : (T,) how far below 100 the score is, for alarms; empty = it gives its own.
    told : moments that it calls by itself.
    reps : scores of whole repetitions, None = it does not count. bars : their (low, high).
    halves : how many half repetitions there are.
    """

    score: float
    evidence: dict[str, float]
    times_s: Floats
    drop: Floats
    told: tuple[Told, ...] = ()
    reps: tuple[float, ...] | None = None
    bars: tuple[tuple[float, float], ...] = ()
    halves: int = 0


Method = Callable[[PoseTrack, PoseTrack, bool], Answer]
"""Of a trainer and a client; whether the client moved beside that trainer, on one clock."""
_NOTHING: Final = np.zeros(0)


def ours(trainer: PoseTrack, client: PoseTrack, follows: bool = False) -> Answer:
    """The program's own analysis.

    A fault's evidence is the difference that speaks for it, called a fault or not, in units of its
    noise. Of occlusion it is how much less visible the parts of the body are.
    """
    analysis = analyse(trainer, client, Settings(follows=follows))
    evidence = {}
    for fault, codes in CODES.items():
        found = [one for code, one in analysis.evidence.items() if code in codes]
        evidence[fault] = max((one.difference / one.noise for one in found), default=0.0)
    evidence["occlusion"] = _unseen(analysis)
    score = analysis.score.value
    if analysis.verdict == "other_exercise":
        score = 0.0
    whole = [rep for rep in analysis.reps if rep.kind == "full"]
    return Answer(
        score,
        evidence,
        _NOTHING,
        _NOTHING,
        tuple(Told(m.fault, m.start_s) for m in analysis.moments),
        tuple(rep.score.value for rep in whole),
        tuple((rep.score.low, rep.score.high) for rep in whole),
        len(analysis.reps) - len(whole),
    )


_TOO_LITTLE: Final = 10.0


def _unseen(analysis: Analysis) -> float:
    """How much less is seen of the client than of the trainer, of all parts together; more than
    that where it is too little to judge anything."""
    if analysis.verdict == "not_visible":
        return _TOO_LITTLE + sum(sight.less_seen for sight in analysis.quality)
    return sum(part.less_seen for part in analysis.parts)


def _baseline(score: Callable[[PoseTrack, PoseTrack], Floats]) -> Method:
    def method(trainer: PoseTrack, client: PoseTrack, follows: bool) -> Answer:
        scores = score(trainer, client)
        mean = float(np.nanmean(scores))
        # It knows of no faults: whatever is wrong, its score drops.
        drops = dict.fromkeys((*CODES, "occlusion"), 100.0 - mean)
        return Answer(mean, drops, client.times_s, _lasting(100.0 - scores))

    return method


_LASTING: Final = 5


def _lasting(drop: Floats) -> Floats:
    """Running median over five pictures: one bad picture is no alarm."""
    half = _LASTING // 2
    padded = np.pad(drop, half, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, _LASTING), axis=1)


METHODS: Final[dict[str, Method]] = {
    "ours": ours,
    "plain": _baseline(scoring_baselines.plain),
    "dtw": _baseline(scoring_baselines.dtw),
}
