"""How large the person is in the picture, and what of them lies outside it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.signals import Signals
from processing.motion.skeleton import INDEX

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_STATURE_M: Final = 1.7
"""Height of a person, metres: the pose model's metres are those of an average body anyway."""
_SCALED_BY: Final = [
    INDEX[f"{side}_{name}"]
    for side in ("left", "right")
    for name in ("shoulder", "elbow", "hip", "knee", "ankle")
]
_FINGERTIPS: Final = 1.8
"""The landmarks of the hand end at the knuckles; fingers go on for nearly as long again."""
_CROWN_M: Final = 0.12
"""From the middle of the ears to the top of the head."""
_OUT_M: Final = 0.02
"""Less than this beyond the border is the landmarks' own error."""
_ENTRY_S: Final = 2.0
"""Longest walk into or out of the picture."""
_BODY: Final = [
    INDEX["nose"],
    *(
        INDEX[f"{side}_{name}"]
        for side in ("left", "right")
        for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    ),
]


def scale_px_per_m(signals: Signals) -> Floats:
    """How many pixels a metre of the person covers, (N,), by least squares over joints.

    The world's x and y are the picture's, so one factor maps them; a body that points at the
    camera keeps its size, which the height of a box around it would not.
    """
    world = signals.world[:, _SCALED_BY, :2].astype(np.float64)
    image = signals.image[:, _SCALED_BY].astype(np.float64)
    world -= world.mean(axis=1, keepdims=True)
    image -= image.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = (world * image).sum(axis=(1, 2)) / np.square(world).sum(axis=(1, 2))
    return np.asarray(np.where(scale > 0, scale, np.nan))


def stature_px(signals: Signals) -> Floats:
    """How many pixels tall the person would stand in the picture, (N,)."""
    return scale_px_per_m(signals) * _STATURE_M


def out_of_picture(signals: Signals) -> dict[str, Floats]:
    """How far, in metres, the farthest hand, foot and the head reach beyond the picture's border.

    Returns
    -------
    dict
        ``head``, ``hands``, ``feet``: (N,) float64, 0 where inside, NaN where nobody is seen.
    """
    image = signals.image.astype(np.float64)
    scale = scale_px_per_m(signals)
    middle_ear = 0.5 * (image[:, INDEX["left_ear"]] + image[:, INDEX["right_ear"]])
    neck = 0.5 * (image[:, INDEX["left_shoulder"]] + image[:, INDEX["right_shoulder"]])
    up = middle_ear - neck
    up /= np.maximum(np.linalg.norm(up, axis=1, keepdims=True), 1e-6)
    crown = middle_ear + up * (_CROWN_M * scale)[:, None]
    hands, feet = [], []
    for side in ("left", "right"):
        wrist = image[:, INDEX[f"{side}_wrist"]]
        knuckles = image[:, INDEX[f"{side}_index"]]
        hands += [wrist, wrist + _FINGERTIPS * (knuckles - wrist)]
        feet += [image[:, INDEX[f"{side}_{name}"]] for name in ("ankle", "heel", "foot_index")]
    parts = {"head": [crown, image[:, INDEX["nose"]]], "hands": hands, "feet": feet}
    size = np.array([signals.width, signals.height], np.float64)
    result = {}
    for name, points in parts.items():
        beyond = np.stack([np.maximum(-point, point - size).max(axis=1) for point in points])
        metres = beyond.max(axis=0) / scale
        result[name] = np.where(metres > _OUT_M, metres, np.minimum(metres, 0.0) * 0.0)
    return result


def outside(signals: Signals) -> Flags:
    """Say which landmarks (N, 33) lie outside the picture; none where nobody is seen."""
    size = np.array([signals.width, signals.height], np.float32)
    with np.errstate(invalid="ignore"):
        beyond = (signals.image < 0) | (signals.image >= size)
    return np.asarray(beyond.any(axis=2), np.bool_)


def share_outside(signals: Signals) -> Floats:
    """Share (N,) of the body's joints outside the picture; 0 where nobody is seen."""
    return np.asarray(outside(signals)[:, _BODY].mean(axis=1))


def settled(signals: Signals) -> Flags:
    """Pictures (N,) that don't belong to walking in or out: who enters is cut off by the border."""
    result = np.ones(len(signals), np.bool_)
    found = np.flatnonzero(signals.found)
    times = signals.times_s
    across = signals.image[:, _BODY, 0]
    with np.errstate(invalid="ignore"):
        beyond = np.asarray((across < 0) | (across >= signals.width), np.bool_)
    sideways = np.asarray(beyond.any(axis=1), np.bool_)
    gaps = np.flatnonzero(np.diff(found) > 1)
    entries = [*([found[0]] if found[0] > 0 else []), *found[gaps + 1]]
    exits = [*([found[-1]] if found[-1] < len(signals) - 1 else []), *found[gaps]]
    for first in entries:
        past = first
        while past < len(signals) and sideways[past] and times[past] - times[first] < _ENTRY_S:
            past += 1
        result[first:past] = False
    for last in exits:
        before = last
        while before >= 0 and sideways[before] and times[last] - times[before] < _ENTRY_S:
            before -= 1
        result[before + 1 : last + 1] = False
    return result
