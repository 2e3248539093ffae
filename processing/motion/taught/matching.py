"""Which repetitions of a session have a fault that was taught.

A repetition differs from the trainer's by what its person and camera always differ by, by the
fault's shape times its size, and by noise. The size is read out with the least noise; it must be
large enough to be what was meant, beyond what noise makes, and what is seen must point the way the
shape does: another fault that has a part in common with this one does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from processing.motion.alignment import Array
from processing.motion.taught.measures import MIRROR, Measures
from processing.motion.taught.signature import Signature
from processing.motion.taught.spread import Spread, places_of, spread_of, weights_for

LEAST: Final = 0.42
"""Of the size that was taught: less is not told. What is 0.6 of it must be, with room for noise."""
SURE: Final = 2.8
"""Standard deviations of noise, as for the analysis's own faults."""
_ALIKE: Final = 0.82
_ALIKE_IN_ALL: Final = 0.5
"""Least cosine between what is seen and the shape: where the shape is, and over all places."""
_OWN_WAYS: Final = 0.5
"""Of how a person differed from the trainer beside the fault, the share that is expected again:
half of it is taken to be theirs, half that day's camera."""
_SEEN: Final = 0.5
"""Share of the shape that must be seen to say anything."""
_LOWEST: Final = 1 / 3
_ENOUGH: Final = 3
"""Repetitions it takes to tell a client's usual ones from others."""


@dataclass(frozen=True)
class Match:
    """A repetition that has the fault.

    rep : its position. size : against the size that was taught. confidence : 0..1, how sure it is
    that there is anything of it.
    """

    rep: int
    size: float
    confidence: float


@dataclass(frozen=True)
class Same:
    """Whether the session is of the one who was marked: their own ways are known then."""

    person: bool


def matches(signature: Signature, measures: Measures, same: Same) -> list[Match]:
    """Find a fault.

    Parameters
    ----------
    signature : Signature
    measures : Measures
        Of a session of the same exercise.
    same : Same

    Returns
    -------
    list of Match
        By repetition. Empty also where the exercise is a hold and was none, or the reverse.
    """
    if signature.held != measures.held or not len(measures.differences):
        return []
    rows, spread = places_of(measures), spread_of(measures)
    if same.person and signature.against == "own":
        rows = rows - _OWN_WAYS * np.nan_to_num(signature.usual)[measures.sides]
    found: list[Match] = []
    for side in sorted(set(measures.sides.tolist())):
        reps = np.flatnonzero(measures.sides == side)
        found += [
            replace(match, rep=int(reps[match.rep]))
            for match in _of_side(signature.shape, rows[reps], spread)
        ]
    return sorted(found, key=lambda match: match.rep)


def _of_side(shape: Array, rows: Array, spread: Spread) -> list[Match]:
    sizes, alone, beside = _sizes(shape, rows, spread)
    total = np.diag(spread.total)
    base, others = _usual(rows, sizes)
    if base is not None and not _ordinary(base, shape, total):
        base = None
    share = np.diag(spread.random) / total
    found = []
    for rep in np.flatnonzero(np.isfinite(sizes)).tolist():
        size, noise = float(sizes[rep]), float(alone[rep])
        if _has(size, noise) and _points(rows[rep], shape, total, np.ones_like(total)):
            found.append(Match(rep, size, _confidence(size, noise)))
        elif base is not None and rep not in others:
            wide = 1.0 + 1.5 / len(others)
            more = size - float(np.median(sizes[others]))
            noise = float(beside[rep]) * float(np.sqrt(wide))
            if _has(more, noise) and _points(rows[rep] - base, shape, total, wide * share):
                found.append(Match(rep, more, _confidence(more, noise)))
    return found


def _has(size: float, noise: float) -> bool:
    return size >= LEAST and size >= SURE * noise


def _confidence(size: float, noise: float) -> float:
    """The chance that the size is more than half of the least that is told."""
    return float(ndtr((size - 0.5 * LEAST) / max(noise, 1e-3)))


def _sizes(shape: Array, rows: Array, spread: Spread) -> tuple[Array, Array, Array]:
    """Size in every repetition (R,), its noise on its own, and beside others of the session."""
    sizes, alone, beside = (np.full(len(rows), np.nan) for _ in range(3))
    known: dict[bytes, tuple[Array, float, float] | None] = {}
    energy = shape**2 / np.diag(spread.total)
    for rep, row in enumerate(rows):
        seen = np.isfinite(row)
        key = seen.tobytes()
        if key not in known:
            known[key] = None
            if energy[seen].sum() >= _SEEN * energy.sum():
                weights = weights_for(shape, spread.total, seen)
                known[key] = (
                    weights,
                    float(np.sqrt(weights @ spread.total @ weights)),
                    float(np.sqrt(weights @ spread.random @ weights)),
                )
        read = known[key]
        if read is not None:
            weights, alone[rep], beside[rep] = read
            sizes[rep] = float(weights @ np.nan_to_num(row))
    return sizes, alone, beside


def _usual(rows: Array, sizes: Array) -> tuple[Array | None, NDArray[np.intp]]:
    """How the repetitions with the least of it are (N,), and which they are.

    None where there are too few repetitions to say.
    """
    order = np.argsort(np.where(np.isfinite(sizes), sizes, np.inf))
    count = int(np.isfinite(sizes).sum())
    if count < _ENOUGH:
        return None, order[:0]
    lowest = order[: max(1, round(_LOWEST * count))]
    lowest = np.sort(lowest)
    seen = np.isfinite(rows[lowest])
    total = np.where(seen, rows[lowest], 0.0).sum(axis=0)
    return np.where(seen.any(axis=0), total / np.maximum(seen.sum(axis=0), 1), np.nan), lowest


def _ordinary(base: Array, shape: Array, variance: Array) -> bool:
    """Whether a session's usual repetitions are as the trainer's, as far as noise lets one see.

    If they are not, they may well be the ones that are wrong, and the others right.
    """
    places = np.isfinite(base) & _around(shape)
    return bool((np.abs(base[places]) < SURE * np.sqrt(variance[places])).all())


def _points(row: Array, shape: Array, variance: Array, usual: Array) -> bool:
    """Whether what is seen points the way the shape does, the noise taken off its length.

    Parameters
    ----------
    row : (N,) float, what is seen
    shape : (N,) float
    variance : (N,) float, of every place: what it is weighed against
    usual : (N,) float, how much of that noise there is in the row
    """
    seen = np.isfinite(row)
    own, fault = np.nan_to_num(row) / np.sqrt(variance), shape / np.sqrt(variance)
    there = seen & _around(shape)
    along = float(own[there] @ fault[there]) / max(float(np.linalg.norm(fault[there])), 1e-9)
    if along <= 0:
        return False
    for places, least in ((there, _ALIKE), (seen, _ALIKE_IN_ALL)):
        length = float((own[places] ** 2).sum()) - float(usual[places].sum())
        if along / np.sqrt(max(length, along**2)) < least:
            return False
    return True


def _around(shape: Array) -> NDArray[np.bool_]:
    """Where a shape (N,) is, and the same of the other side: lifting both is not lifting one."""
    part = shape != 0
    places = part[:-1].reshape(-1, len(MIRROR))
    return np.append((places | places[:, MIRROR]).ravel(), part[-1])
