"""Skeletons drawn into pictures, limbs coloured by how well they match."""

from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import BONES, EDGES, LANDMARKS

Colour = tuple[int, int, int]
Picture = NDArray[np.uint8]

GREEN: Final[Colour] = (0x00, 0xFF, 0x88)
YELLOW: Final[Colour] = (0xFF, 0xAA, 0x00)
RED: Final[Colour] = (0xFF, 0x44, 0x44)
GREY: Final[Colour] = (0x8A, 0x8F, 0x98)
LIGHT: Final[Colour] = (0xF2, 0xF3, 0xF7)
"""RGB; the Match Score's, as everywhere, and the trainer's."""
GROUND: Final[Colour] = (0x12, 0x12, 0x1C)

_GREEN_ABOVE: Final = 0.7
_YELLOW_ABOVE: Final = 0.4
_SEEN: Final = 0.5
_FINE: Final = 16
"""Parts of a pixel that lines are drawn to."""
_SHIFT: Final = 4
_THIN: Final = 1 / 240
"""Width of a line, as a share of the picture's height. What is more wrong is thicker: colour is
never the only sign."""
_WIDER: Final[Mapping[Colour, float]] = {GREEN: 1.0, YELLOW: 1.6, RED: 2.2}


def _bone_of(start: str, end: str) -> int:
    """Say by which bone an edge is coloured; -1 for none."""
    names = [bone.name for bone in BONES]
    joints = {name.partition("_")[2] for name in (start, end)}
    side = start.partition("_")[0]
    if joints == {"shoulder", "hip"}:
        return names.index("torso")
    if len(joints) == 1 and joints <= {"shoulder", "hip"}:
        return names.index(f"{joints.pop()}_line")
    if joints <= {"ankle", "heel", "foot_index"}:
        return names.index(f"{side}_foot")
    limbs = {
        frozenset({"shoulder", "elbow"}): "upper_arm",
        frozenset({"elbow", "wrist"}): "forearm",
        frozenset({"hip", "knee"}): "thigh",
        frozenset({"knee", "ankle"}): "shin",
    }
    limb = limbs.get(frozenset(joints))
    return names.index(f"{side}_{limb}") if limb else -1


EDGE_BONES: Final = tuple(_bone_of(LANDMARKS[a], LANDMARKS[b]) for a, b in EDGES)
"""The bone (number in ``BONES``) that colours each edge; -1 for hands and face."""


def colour_of(mark: float) -> Colour:
    """Colour of a limb with this mark: 0..1, NaN = not judged."""
    if np.isnan(mark):
        return GREY
    return GREEN if mark > _GREEN_ABOVE else YELLOW if mark > _YELLOW_ABOVE else RED


def with_skeleton(
    picture: Picture,
    points: NDArray[np.floating],
    visibility: NDArray[np.floating],
    marks: NDArray[np.floating] | None = None,
) -> Picture:
    """Draw a skeleton over a picture.

    Parameters
    ----------
    picture : (height, width, 3) uint8, RGB
    points : (33, 2) float, pixels of the picture; NaN = not seen
    visibility : (33,) float, 0..1
    marks : (13,) float, 0..1, optional
        How well each bone matches, NaN = not judged; without them all is drawn light.

    Returns
    -------
    (height, width, 3) uint8, RGB
    """
    drawn = np.ascontiguousarray(picture).copy()
    height, width = picture.shape[:2]
    # Far outside, coordinates would leave the integers that lines are drawn with.
    limit = 4.0 * max(height, width)
    seen = np.isfinite(points).all(axis=-1) & (np.nan_to_num(visibility) >= _SEEN)
    fine = np.round(np.clip(np.nan_to_num(points), -limit, limit) * _FINE).astype(int)
    for (start, end), bone in zip(EDGES, EDGE_BONES, strict=True):
        if not (seen[start] and seen[end]):
            continue
        colour = LIGHT if marks is None or bone < 0 else colour_of(float(marks[bone]))
        wide = _WIDER.get(colour, 1.0) if bone >= 0 else 0.5
        cv2.line(
            drawn,
            tuple(fine[start].tolist()),
            tuple(fine[end].tolist()),
            colour,
            max(1, round(2 * _THIN * wide * height)),
            cv2.LINE_AA,
            _SHIFT,
        )
    return drawn


def on_ground(picture: Picture, alpha: Picture) -> Picture:
    """Lay a cut-out over the ground colour.

    Parameters
    ----------
    picture : (height, width, 3) uint8, RGB
    alpha : (height, width) uint8, straight
    """
    share = alpha[..., None].astype(np.float32) / np.float32(255)
    mixed = picture * share + np.array(GROUND, np.float32) * (1 - share)
    return np.asarray(np.round(mixed), np.uint8)
