"""A body fitted to the joints, for engines that know none: a mannequin of tapered capsules.

Its parts overlap at the joints; each is a closed surface. Topology and girth never change within a
track, and limbs turn with the least rotation from the part they hang on, so no vertex slides or
spins between frames. World axes: x right, y down, z away from the camera, which is right-handed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion import mannequin
from processing.motion.mannequin import Faces, Floats, Part
from processing.motion.skeleton import INDEX

_TABLES_HEIGHT_M: Final = 1.70
_HEIGHT_TO_LIMBS: Final = 1.266
"""Stature against upper arm + forearm + thigh + shin: 1.238 of men, 1.295 of women. P. de Leva:
Adjustments to Zatsiorsky-Seluyanov's segment inertia parameters. J. Biomech. 29(9), 1996, table 4.
"""
_HAND_M: Final = 0.165
_THUMB_M: Final = 0.085
_CHUNK: Final = 256
"""Frames at once: 6 MB of vertices."""

_SIDES: Final = ("left", "right")
_PARTS: Final[tuple[Part, ...]] = (
    mannequin.TRUNK,
    mannequin.NECK,
    mannequin.HEAD,
    *(
        part
        for _ in _SIDES
        for part in (
            mannequin.COLLAR,
            mannequin.UPPER_ARM,
            mannequin.FOREARM,
            mannequin.HAND,
            mannequin.THUMB,
            mannequin.THIGH,
            mannequin.SHIN,
            mannequin.FOOT,
        )
    ),
)


def _joined() -> Faces:
    faces, first = [], 0
    for part in _PARTS:
        faces.append(part.faces + first)
        first += len(part.share)
    return np.concatenate(faces).astype(np.int32)


FACES: Final = _joined()
"""(F, 3) int32: triangles, counter-clockwise from outside."""
VERTEX_COUNT: Final = sum(len(part.share) for part in _PARTS)


@dataclass(frozen=True)
class Build:
    """How large a person is, metres: stature, and half the distances of hips and shoulders."""

    height_m: float
    hips_m: float
    shoulders_m: float


@dataclass(frozen=True)
class _Frame:
    """Right-handed axes of a part, each (T, 3) and of length 1: side × front = axis."""

    side: Floats
    front: Floats
    axis: Floats

    def towards(self, axis: Floats) -> "_Frame":
        """Turn by the least rotation that brings the axis to another one."""
        cross = np.cross(self.axis, axis)
        # Rodrigues' formula; 1 + cos vanishes only for a limb folded back onto its parent.
        divisor = np.maximum(1 + _dot(self.axis, axis), 1e-6)

        def turned(v: Floats) -> Floats:
            w = np.cross(cross, v)
            cos = _dot(self.axis, axis)
            return np.asarray(cos * v + w + cross * (_dot(cross, v) / divisor))

        return _Frame(turned(self.side), turned(self.front), axis)


def capsule_body(world: NDArray[np.floating]) -> tuple[NDArray[np.float32], Faces]:
    """Fit a body to a track's joints.

    Parameters
    ----------
    world : (T, 33, 3), metres; x right, y down, z away from the camera; NaN = not seen

    Returns
    -------
    vertices : (T, V, 3) float32, metres, the same axes and origin
        Parts whose joints were not seen are NaN: the hand where the wrist was not seen, the whole
        limb where the trunk was not.
    faces : (F, 3) int32, counter-clockwise from outside
    """
    chunks = list(capsule_chunks(world))
    nobody = np.zeros((0, VERTEX_COUNT, 3), np.float32)
    return np.concatenate(chunks) if chunks else nobody, FACES


def capsule_chunks(world: NDArray[np.floating]) -> Iterator[NDArray[np.float32]]:
    """Yield the vertices of `capsule_body` some frames at a time, (t, V, 3), to spare memory."""
    build = build_of(world)
    for start in range(0, len(world), _CHUNK):
        yield _vertices(world[start : start + _CHUNK].astype(np.float64), build)


def build_of(world: NDArray[np.floating]) -> Build:
    """Measure a person (T, 33, 3): medians over the track, since every single frame is off."""

    def distance(start: str, end: str) -> float:
        lengths = np.linalg.norm(world[:, INDEX[start]] - world[:, INDEX[end]], axis=1)
        seen = lengths[np.isfinite(lengths)]
        return float(np.median(seen)) if len(seen) else float("nan")

    chains = ("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle")
    limbs = [[distance(f"{s}_{a}", f"{s}_{b}") for s in _SIDES] for a, b in chains]
    return Build(
        height_m=_HEIGHT_TO_LIMBS * float(np.sum(np.mean(limbs, axis=1))),
        hips_m=0.5 * distance("left_hip", "right_hip"),
        shoulders_m=0.5 * distance("left_shoulder", "right_shoulder"),
    )


def _vertices(world: Floats, build: Build) -> NDArray[np.float32]:
    """Vertices (T, V, 3) of one chunk."""
    scale = build.height_m / _TABLES_HEIGHT_M
    joint = {name: world[:, i] for name, i in INDEX.items()}
    hips = 0.5 * (joint["left_hip"] + joint["right_hip"])
    shoulders = 0.5 * (joint["left_shoulder"] + joint["right_shoulder"])
    up = _unit(shoulders - hips)
    pelvis = _upright(joint["right_hip"] - joint["left_hip"], up)
    chest = _upright(joint["right_shoulder"] - joint["left_shoulder"], up)
    head = _head_frame(joint)
    ears = 0.5 * (joint["left_ear"] + joint["right_ear"])
    skull = ears + scale * (0.012 * head.front + 0.012 * head.axis)
    nape = skull - scale * (0.045 * head.axis + 0.012 * head.front)
    out = [
        _trunk(hips, shoulders, pelvis, chest, build, scale),
        _placed(mannequin.NECK, shoulders, nape, chest.towards(_unit(nape - shoulders)), scale),
        _placed(mannequin.HEAD, skull, skull, head, scale),
    ]
    for side in _SIDES:
        out += _arm(joint, side, shoulders, chest, scale)
        out += _leg(joint, side, pelvis, scale)
    return np.concatenate(out, axis=1).astype(np.float32)


def _trunk(
    hips: Floats, shoulders: Floats, pelvis: _Frame, chest: _Frame, build: Build, scale: float
) -> Floats:
    """A loft whose rings turn from the line of the hips to that of the shoulders."""
    part = mannequin.TRUNK
    share = part.share[:, None]
    side = pelvis.side[:, None] * (1 - share) + chest.side[:, None] * share
    side = _unit(side - _dot(side, pelvis.axis[:, None]) * pelvis.axis[:, None])
    axis = np.broadcast_to(pelvis.axis[:, None], side.shape)
    wide = build.hips_m * part.hips + build.shoulders_m * part.shoulders
    return np.asarray(
        hips[:, None]
        + share * (shoulders - hips)[:, None]
        + (scale * part.offset[:, :1] + wide[:, None]) * side
        + scale * part.offset[:, 1:2] * np.cross(axis, side)
        + scale * part.offset[:, 2:] * axis
    )


def _arm(
    joint: dict[str, Floats], side: str, shoulders: Floats, chest: _Frame, scale: float
) -> list[Floats]:
    shoulder, elbow, wrist = (joint[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))
    outwards = chest.side if side == "right" else -chest.side
    # Held out sideways, no arm can reach the opposite, where least rotation is undefined.
    rest = _Frame(np.cross(chest.front, outwards), chest.front, outwards)
    collar = rest.towards(_unit(shoulder - shoulders))
    upper = rest.towards(_unit(elbow - shoulder))
    lower = upper.towards(_unit(wrist - elbow))
    index, pinky, thumb = (joint[f"{side}_{name}"] for name in ("index", "pinky", "thumb"))
    along = _unit(0.5 * (index + pinky) - wrist)
    hand = _upright(index - pinky, along)
    sticking_out = _unit(thumb - wrist)
    return [
        _placed(mannequin.COLLAR, shoulders, shoulder, collar, scale),
        _placed(mannequin.UPPER_ARM, shoulder, elbow, upper, scale),
        _placed(mannequin.FOREARM, elbow, wrist, lower, scale),
        _placed(mannequin.HAND, wrist, wrist + scale * _HAND_M * along, hand, scale),
        _placed(
            mannequin.THUMB,
            wrist,
            wrist + scale * _THUMB_M * sticking_out,
            hand.towards(sticking_out),
            scale,
        ),
    ]


def _leg(joint: dict[str, Floats], side: str, pelvis: _Frame, scale: float) -> list[Floats]:
    hip, knee, ankle = (joint[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
    rest = _Frame(-pelvis.side, pelvis.front, -pelvis.axis)
    upper = rest.towards(_unit(knee - hip))
    lower = upper.towards(_unit(ankle - knee))
    heel, toes = joint[f"{side}_heel"], joint[f"{side}_foot_index"]
    along = _unit(toes - heel)
    rise = ankle - heel
    rise = _unit(rise - _dot(rise, along) * along)
    foot = _Frame(np.cross(rise, along), rise, along)
    return [
        _placed(mannequin.THIGH, hip, knee, upper, scale),
        _placed(mannequin.SHIN, knee, ankle, lower, scale),
        _placed(mannequin.FOOT, heel, toes, foot, scale),
    ]


def _head_frame(joint: dict[str, Floats]) -> _Frame:
    right = _unit(joint["right_ear"] - joint["left_ear"])
    eyes = 0.5 * (joint["left_eye"] + joint["right_eye"])
    mouth = 0.5 * (joint["mouth_left"] + joint["mouth_right"])
    up = eyes - mouth
    up = _unit(up - _dot(up, right) * right)
    return _Frame(right, np.cross(up, right), up)


def _upright(side: Floats, axis: Floats) -> _Frame:
    """The frame about an axis whose side is as near to the one given as it can be."""
    side = _unit(side - _dot(side, axis) * axis)
    return _Frame(side, np.cross(axis, side), axis)


def _placed(part: Part, start: Floats, end: Floats, frame: _Frame, scale: float) -> Floats:
    """Vertices (T, V, 3) of a part between two joints (T, 3)."""
    axes = np.stack([frame.side, frame.front, frame.axis], axis=1)
    along = start[:, None] + part.share[:, None] * (end - start)[:, None]
    return np.asarray(along + (scale * part.offset) @ axes)


def _dot(a: Floats, b: Floats) -> Floats:
    return np.asarray((a * b).sum(axis=-1, keepdims=True))


def _unit(v: Floats) -> Floats:
    length = np.sqrt(_dot(v, v))
    # Two joints in one place point nowhere: any direction will do, but a number it must be.
    return np.where(length > 1e-6, v / np.maximum(length, 1e-6), [1.0, 0.0, 0.0])
