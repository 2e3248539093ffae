"""What the film itself does, whoever is in it: cuts, and how far the camera wanders."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.signals import Signals
from processing.motion.windows import WINDOW_S

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_AROUND_S: Final = 0.1
_AROUND: Final = 5
"""A cut stands alone among so many pictures (or so long) on either side; film that was slowed or
sped up repeats pictures in patterns of up to five."""
_ABOVE_NEIGHBOURS: Final = 2.5
_LEAST_CHANGE: Final = 0.02
"""Root mean square of luma 0..1: sensor noise and compression stay below a third of it."""

_TURNED_DEG: Final = 45.0
_FADE_S: Final = 0.6
_FADE_VIEW_S: Final = 0.4

_LEAST_MEASURED: Final = 0.3
"""Share of a window's camera steps that must be known."""


def cuts(signals: Signals) -> Flags:
    """Say which pictures (N,) are the first after a cut.

    Besides the plain ones, those that differ from the picture before by several times what the
    pictures around differ: movement and shaking never come alone. Rates of change are compared,
    so that a dropped picture is none.
    """
    count = len(signals)
    if count < 3:
        return signals.cuts
    steps_s = np.maximum(np.diff(signals.times_s), 1e-3)
    change = np.nan_to_num(signals.change[1:].astype(np.float64))
    rate = change * np.minimum(1.0, signals.step_s / steps_s)
    reach = max(_AROUND, round(_AROUND_S / max(signals.step_s, 1e-3)))
    padded = np.pad(rate, reach)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).copy()
    windows[:, reach] = 0.0
    alone = rate > np.maximum(_ABOVE_NEIGHBOURS * windows.max(axis=1), _LEAST_CHANGE)
    # The ends of a take have too few neighbours to compare with.
    alone[:2] = alone[-2:] = False
    return np.asarray(signals.cuts | np.concatenate([[False], alone]), np.bool_)


def camera_wander(signals: Signals, cut: Flags) -> Floats:
    """How far the picture's contents wander within a second, for every picture (N,).

    The largest of shift, turn and growth, the latter two at half the picture's diagonal, as a
    share of the longer side; NaN where too little is known.

    Parameters
    ----------
    cut : (N,) bool
        First pictures after cuts: nothing wanders across one.
    """
    count = len(signals)
    result = np.full(count, np.nan)
    measured = np.flatnonzero(np.isfinite(signals.picture_luma[:, 0]))
    if len(measured) < 3:
        return result
    longer = max(signals.width, signals.height)
    radius = 0.5 * float(np.hypot(signals.width, signals.height))
    steps = signals.camera[measured].astype(np.float64)
    steps = steps * (1.0, 1.0, radius, radius) / longer
    known = np.isfinite(steps[:, 0])
    path = np.cumsum(np.nan_to_num(steps), axis=0)
    scene = np.cumsum(cut)[measured]
    times = signals.times_s[measured]
    wander = np.full(len(measured), np.nan)
    for i, now in enumerate(times):
        first, past = np.searchsorted(times, (now - WINDOW_S / 2, now + WINDOW_S / 2))
        window = slice(first, past)
        same = scene[window] == scene[i]
        if past - first < 3 or known[window][same].mean() < _LEAST_MEASURED:
            continue
        spread = np.ptp(path[window][same], axis=0)
        wander[i] = max(float(np.hypot(spread[0], spread[1])), *map(float, spread[2:]))
    # Between two measures the picture is as it was at the one before.
    latest = np.searchsorted(measured, np.arange(count), side="right") - 1
    return np.where(latest >= 0, wander[np.maximum(latest, 0)], np.nan)


def fades(signals: Signals) -> Flags:
    """Pictures (N,) at which the body suddenly faces elsewhere and stays so: a soft cut.

    Nobody turns by 45 degrees without being seen to turn. A turn by 180 is the model taking left
    for right, and no cut.
    """
    flags = np.zeros(len(signals), np.bool_)
    found = np.flatnonzero(signals.found)
    heading = _heading(signals)
    times = signals.times_s
    for last, first in zip(found[:-1], found[1:], strict=True):
        if first - last == 1 or times[first] - times[last] > _FADE_S:
            continue
        before = (times >= times[last] - 2 * _FADE_VIEW_S) & (
            times < times[last] - _FADE_VIEW_S / 2
        )
        after = (times > times[first] + _FADE_VIEW_S / 2) & (
            times <= times[first] + 2 * _FADE_VIEW_S
        )
        turn = _turn_deg(heading[before & signals.found], heading[after & signals.found])
        flags[first] = _TURNED_DEG < turn < 180 - _TURNED_DEG
    return flags


def _heading(signals: Signals) -> NDArray[np.complex128]:
    """Where the shoulder and hip lines point on the floor (N,), as unit complex numbers."""
    world = signals.world.astype(np.float64)
    lines = world[:, [12, 24]].sum(axis=1) - world[:, [11, 23]].sum(axis=1)
    number = lines[:, 0] + 1j * lines[:, 2]
    return np.asarray(number / np.maximum(np.abs(number), 1e-9))


def _turn_deg(before: NDArray[np.complex128], after: NDArray[np.complex128]) -> float:
    if len(before) == 0 or len(after) == 0:
        return 0.0
    return float(abs(np.degrees(np.angle(after.mean() * np.conj(before.mean())))))
