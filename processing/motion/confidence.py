"""How sure the pose model is of a body's blocks, and how much its joints tremble."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.framing import outside, scale_px_per_m
from processing.motion.signals import Signals
from processing.motion.skeleton import INDEX

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_ARM: Final = ("elbow", "wrist")
_LEG: Final = ("knee", "ankle", "foot_index")
# Shoulders and hips are left out: the model is sure of them even where it guesses.
BLOCKS: Final[dict[str, tuple[int, ...]]] = {
    "top": tuple(INDEX[f"{side}_{name}"] for side in ("left", "right") for name in _ARM),
    "bottom": tuple(INDEX[f"{side}_{name}"] for side in ("left", "right") for name in _LEG),
    "left": tuple(INDEX[f"left_{name}"] for name in (*_ARM, *_LEG)),
    "right": tuple(INDEX[f"right_{name}"] for name in (*_ARM, *_LEG)),
}
_JOINTS: Final = BLOCKS["top"] + BLOCKS["bottom"]

_TURNED: Final = 0.6
"""Share of the shoulder and hip lines that runs in depth from which the far side may hide."""
_SIDE_ON: Final = 0.85
_UPRIGHT: Final = 0.7
"""Whoever stands facing the camera, turned by less than this (58 degrees), shows some of the far
arm or leg. Where all of both is hidden, something else stands in front: the model then takes the
visible half of a body for one that is turned away, which must not excuse it. From behind, the
trunk does hide arms held forward."""
_ARM_SEEN: Final = 0.5
_LEG_SEEN: Final = 0.6
# What can hide a joint: bones, and how thick the flesh around them is (radius, metres).
_FLESH: Final[tuple[tuple[str, str, float], ...]] = (
    ("shoulder", "elbow", 0.07),
    ("elbow", "wrist", 0.06),
    ("hip", "knee", 0.10),
    ("knee", "ankle", 0.08),
)
_TRUNK_RADIUS_M: Final = 0.14
_GUESS_M: Final = 0.06
"""How far off a hidden joint's guessed place may be."""
_BEHIND_M: Final = 0.05
_LEAST_JUDGED: Final = 0.4
"""Share of a block's joints that must not be hidden by the body itself to judge the block."""


def block_confidence(signals: Signals) -> dict[str, Floats]:
    """Mean visibility (N,) 0..1 of each block's joints.

    Joints that the body itself hides (the far arm from the side, legs behind the trunk in a
    push-up from the front) and joints outside the picture say nothing about the film and don't
    count; NaN where too few are left, or nobody is seen.
    """
    excused = behind_own_body(signals)
    for side, covered in _covered_side(signals).items():
        excused[:, BLOCKS[side]] &= ~covered[:, None]
    counts = ~(excused | outside(signals)) & signals.found[:, None]
    result = {}
    for name, block in BLOCKS.items():
        judged = counts[:, block]
        total = np.where(judged, signals.visibility[:, block], 0.0).sum(axis=1)
        number = judged.sum(axis=1)
        result[name] = np.where(
            number >= _LEAST_JUDGED * len(block), total / np.maximum(number, 1), np.nan
        )
    return result


def behind_own_body(signals: Signals) -> Flags:
    """Say which landmarks (N, 33) lie behind another part of the body, as seen by the camera."""
    image = signals.image.astype(np.float64) / scale_px_per_m(signals)[:, None, None]
    depth = signals.world[..., 2].astype(np.float64)
    hidden = np.zeros(depth.shape, np.bool_)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = _turned_away(signals)
        hidden[:, BLOCKS["right"]] |= (away > _TURNED)[:, None]
        hidden[:, BLOCKS["left"]] |= (away < -_TURNED)[:, None]
        bones = _bones()
        for joint in _JOINTS:
            for start, end, radius in bones:
                if joint in (start, end):
                    continue
                gap, along = _distance(image[:, joint], image[:, start], image[:, end])
                front = depth[:, start] + along * (depth[:, end] - depth[:, start])
                hidden[:, joint] |= (gap < radius + _GUESS_M) & (
                    depth[:, joint] > front + _BEHIND_M
                )
    return hidden & signals.found[:, None]


def _bones() -> list[tuple[int, int, float]]:
    limbs = [
        (INDEX[f"{side}_{start}"], INDEX[f"{side}_{end}"], radius)
        for side in ("left", "right")
        for start, end, radius in _FLESH
    ]
    trunk = [
        (INDEX[f"{one}_shoulder"], INDEX[f"{other}_hip"], _TRUNK_RADIUS_M)
        for one in ("left", "right")
        for other in ("left", "right")
    ]
    head = [(INDEX["nose"], INDEX[f"{side}_ear"], 0.11) for side in ("left", "right")]
    return limbs + trunk + head


def _turned_away(signals: Signals) -> Floats:
    """How far the right side (N,) is turned away from the camera, -1..1; 0 from front or back."""
    world = signals.world.astype(np.float64)
    right, left = (
        world[:, [INDEX[f"{side}_shoulder"], INDEX[f"{side}_hip"]]].sum(axis=1)
        for side in ("right", "left")
    )
    across = right - left
    return np.asarray(across[:, 2] / np.maximum(np.linalg.norm(across, axis=1), 1e-6))


def _covered_side(signals: Signals) -> dict[str, Flags]:
    """Where (N,) a whole side of somebody standing is covered by something that isn't the body."""
    world = signals.world.astype(np.float64)
    trunk = world[:, [11, 12]].mean(axis=1) - world[:, [23, 24]].mean(axis=1)
    upright = -trunk[:, 1] > _UPRIGHT * np.linalg.norm(trunk, axis=1)
    faces = world[:, INDEX["left_shoulder"], 0] > world[:, INDEX["right_shoulder"], 0]
    standing = upright & faces & (np.abs(_turned_away(signals)) < _SIDE_ON)
    result = {}
    for side in ("left", "right"):
        arm, leg = (
            signals.visibility[:, [INDEX[f"{side}_{name}"] for name in names]]
            for names in (_ARM, _LEG)
        )
        result[side] = (
            standing & (arm.max(axis=1) < _ARM_SEEN) & (np.median(leg, axis=1) < _LEG_SEEN)
        )
    return result


def _distance(point: Floats, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Distance (N,) of points to segments, and where along them (0..1) the nearest point lies."""
    line = end - start
    along = ((point - start) * line).sum(axis=1) / np.maximum((line * line).sum(axis=1), 1e-12)
    along = np.clip(along, 0.0, 1.0)
    return np.linalg.norm(point - start - along[:, None] * line, axis=1), along


_TREMBLING: Final = [
    INDEX[f"{side}_{name}"]
    for side in ("left", "right")
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
]
_TRUNK: Final = [
    INDEX[f"{side}_{name}"] for side in ("left", "right") for name in ("shoulder", "hip")
]
_DIFFERENCE: Final = np.array([1.0, -4.0, 6.0, -4.0, 1.0])
"""Fourth difference: blind to whatever a cubic describes, as movement within five pictures is;
white noise of standard deviation s leaves it with s times the root of 70."""
_USUAL_FPS: Final = 25.0
_SURE: Final = 0.5


def tremble(signals: Signals) -> Floats:
    """How much each joint (N, 12) jumps from picture to picture: |fourth difference| / sqrt(70).

    Brought to 25 pictures a second: whoever smooths over a time averages more pictures where
    there are more.

    Returns
    -------
    (N, 12) float64
        Torso lengths. Of the joints in the picture, about the trunk's middle, so that a trembling
        camera doesn't count; of world x and y at half weight, which turn with every doubt about
        depth. NaN beside gaps, cuts, and where a joint is not visible.
    """
    count, width = len(signals), len(_DIFFERENCE)
    result = np.full((count, len(_TREMBLING)), np.nan)
    if count < width or not signals.found.any():
        return result
    image = signals.image[:, _TREMBLING].astype(np.float64)
    image -= signals.image[:, _TRUNK].mean(axis=1, keepdims=True)
    trunk = signals.world[:, [11, 12]].mean(axis=1) - signals.world[:, [23, 24]].mean(axis=1)
    trunk_m = float(np.nanmedian(np.linalg.norm(trunk, axis=1)))
    in_picture = _jumps(image) / float(np.nanmedian(scale_px_per_m(signals)))
    in_world = _jumps(signals.world[:, _TREMBLING, :2].astype(np.float64))
    noise = np.maximum(in_picture, 0.5 * in_world) / trunk_m
    noise *= np.sqrt(signals.step_s * _USUAL_FPS)
    cuts = np.lib.stride_tricks.sliding_window_view(signals.cuts, width)
    cut = np.asarray(cuts[:, 1:].any(axis=1), np.bool_)
    hidden = behind_own_body(signals)[2:-2, _TREMBLING]
    sure = (signals.visibility[2:-2, _TREMBLING] > _SURE) & ~hidden
    result[2:-2] = np.where(sure & ~cut[:, None], noise, np.nan)
    return result


def _jumps(points: Floats) -> Floats:
    """Fourth differences (N - 4, K) of points (N, K, 2), as the noise that would leave them."""
    windows = np.lib.stride_tricks.sliding_window_view(points, len(_DIFFERENCE), axis=0)
    return np.asarray(np.linalg.norm(windows @ _DIFFERENCE, axis=2) / np.sqrt(70.0))
