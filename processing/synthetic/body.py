"""The athlete's bones: joints at rest, proportions, forward kinematics, landmarks.

The rest pose stands upright, legs straight, arms 60 degrees away from the body's sides. All
geometry is modelled once, for the template's proportions; a ``Body`` stretches it bone by bone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import LANDMARKS

Floats = NDArray[np.float64]

ARM: Final = np.array([np.sin(np.pi / 3), -np.cos(np.pi / 3), 0.0])  # left arm at rest
PALM: Final = np.array([-np.cos(np.pi / 3), -np.sin(np.pi / 3), 0.0])  # left palm's normal
HIP: Final = np.array([0.086, 0.906, 0.0])
KNEE: Final = np.array([0.091, 0.489, 0.004])
ANKLE: Final = np.array([0.096, 0.078, -0.008])
LEG: Final = (ANKLE - HIP) / np.linalg.norm(ANKLE - HIP)
SHOULDER: Final = np.array([0.170, 1.392, -0.012])
UPPER_ARM_M: Final = 0.285
FOREARM_M: Final = 0.248
KNUCKLE_M: Final = 0.090  # from the wrist


def along_arm(t: float, palm: float = 0.0, thumb: float = 0.0) -> Floats:
    """Template point ``t`` metres down the left arm, off its axis by ``palm`` and ``thumb``."""
    return np.asarray(SHOULDER + t * ARM + palm * PALM + np.array([0.0, 0.0, thumb]))


WRIST_T: Final = UPPER_ARM_M + FOREARM_M

_CENTRE: Final[tuple[tuple[str, str | None, Floats], ...]] = (
    ("pelvis", None, np.array([0.0, 0.906, 0.0])),
    ("spine", "pelvis", np.array([0.0, 1.000, -0.010])),
    ("chest", "spine", np.array([0.0, 1.150, -0.012])),
    ("neck", "chest", np.array([0.0, 1.435, -0.020])),
    ("head", "neck", np.array([0.0, 1.515, -0.008])),
    ("tail", "head", np.array([0.0, 1.640, -0.100])),
)
_SIDE: Final[tuple[tuple[str, str, Floats], ...]] = (
    ("clavicle", "chest", np.array([0.025, 1.400, -0.005])),
    ("upper_arm", "clavicle", SHOULDER),
    ("forearm", "upper_arm", along_arm(UPPER_ARM_M)),
    ("twist", "forearm", along_arm(UPPER_ARM_M + 0.5 * FOREARM_M)),
    ("hand", "forearm", along_arm(WRIST_T)),
    ("fingers", "hand", along_arm(WRIST_T + KNUCKLE_M)),
    ("fingertips", "fingers", along_arm(WRIST_T + KNUCKLE_M + 0.040, 0.004)),
    ("thigh", "pelvis", HIP),
    ("shin", "thigh", KNEE),
    ("foot", "shin", ANKLE),
    ("toes", "foot", np.array([0.098, 0.018, 0.128])),
)
FLIP: Final = np.array([-1.0, 1.0, 1.0])


def _tree() -> tuple[tuple[str, ...], tuple[int, ...], Floats]:
    names: list[str] = []
    parents: list[int] = []
    joints: list[Floats] = []
    for name, parent, joint in _CENTRE:
        parents.append(names.index(parent) if parent else -1)
        names.append(name)
        joints.append(joint)
    for side, flip in (("left", 1.0), ("right", FLIP)):
        for name, parent, joint in _SIDE:
            full = parent if parent in names else f"{side}_{parent}"
            parents.append(names.index(full))
            names.append(f"{side}_{name}")
            joints.append(joint * flip)
    return tuple(names), tuple(parents), np.array(joints)


BONES: Final[tuple[str, ...]] = _tree()[0]
PARENTS: Final[tuple[int, ...]] = _tree()[1]
TEMPLATE_JOINTS: Final[Floats] = _tree()[2]
BONE: Final[dict[str, int]] = {name: i for i, name in enumerate(BONES)}

# Which bone carries each landmark, and where it lies at rest (left side; mirrored for the right).
_SINGLE: Final = {"nose": ("head", np.array([0.0, 1.556, 0.112]))}
_PAIRED: Final[dict[str, tuple[str, Floats]]] = {
    "eye_inner": ("head", np.array([0.017, 1.588, 0.086])),
    "eye": ("head", np.array([0.031, 1.589, 0.087])),
    "eye_outer": ("head", np.array([0.045, 1.589, 0.078])),
    "ear": ("head", np.array([0.076, 1.573, -0.004])),
    "mouth": ("head", np.array([0.023, 1.521, 0.086])),
    "shoulder": ("upper_arm", SHOULDER),
    "elbow": ("forearm", along_arm(UPPER_ARM_M)),
    "wrist": ("hand", along_arm(WRIST_T)),
    "pinky": ("hand", along_arm(WRIST_T + 0.086, 0.0, -0.028)),
    "index": ("hand", along_arm(WRIST_T + 0.094, 0.0, 0.026)),
    "thumb": ("hand", along_arm(WRIST_T + 0.058, 0.010, 0.046)),
    "hip": ("thigh", HIP),
    "knee": ("shin", KNEE),
    "ankle": ("foot", ANKLE),
    "heel": ("foot", np.array([0.096, 0.022, -0.062])),
    "foot_index": ("toes", np.array([0.100, 0.020, 0.178])),
}


def _attachments() -> tuple[NDArray[np.intp], Floats]:
    bones, points = [], []
    for name in LANDMARKS:
        if name in _SINGLE:
            bone, point = _SINGLE[name]
        else:
            side = "left" if "left" in name else "right"
            part = name.replace(f"{side}_", "").replace(f"_{side}", "")
            bone, point = _PAIRED[part]
            point = point if side == "left" else point * FLIP
            bone = bone if bone == "head" else f"{side}_{bone}"
        bones.append(BONE[bone])
        points.append(point)
    return np.array(bones, dtype=np.intp), np.array(points)


LANDMARK_BONES, LANDMARK_POINTS = _attachments()


@dataclass(frozen=True)
class Body:
    """Proportions, in metres; girths are factors on the template's, 1 = as modelled."""

    thigh_m: float = 0.417
    shin_m: float = 0.411
    torso_m: float = 0.486  # hip line to shoulder line
    upper_arm_m: float = UPPER_ARM_M
    forearm_m: float = FOREARM_M
    shoulder_width_m: float = 0.340  # between the joints
    hip_width_m: float = 0.172
    head: float = 1.0
    torso_girth: float = 1.0
    arm_girth: float = 1.0
    leg_girth: float = 1.0
    bust: float = 1.0  # 0 flat, 1 as modelled

    def scaled(self, factor: float) -> Body:
        """The same build, taller or shorter by ``factor``."""
        lengths = [
            "thigh_m",
            "shin_m",
            "torso_m",
            "upper_arm_m",
            "forearm_m",
            "shoulder_width_m",
            "hip_width_m",
        ]
        factors = ["head", "torso_girth", "arm_girth", "leg_girth"]
        return replace(self, **{name: getattr(self, name) * factor for name in lengths + factors})

    @property
    def height_m(self) -> float:
        """Floor to the top of the skull."""
        head = TEMPLATE_JOINTS[BONE["head"], 1]
        return float(joints(self)[BONE["head"], 1] + (1.702 - head) * self.head)


MAN: Final = Body(
    thigh_m=0.437,
    shin_m=0.430,
    torso_m=0.516,
    upper_arm_m=0.305,
    forearm_m=0.266,
    shoulder_width_m=0.388,
    hip_width_m=0.172,
    head=1.09,
    torso_girth=1.07,
    arm_girth=1.26,
    leg_girth=1.04,
    bust=0.0,
)


def _bone(start: Floats, end: Floats, length_m: float) -> tuple[Floats, float]:
    """Direction of a template bone, and the factor that makes it ``length_m`` long."""
    span = end - start
    modelled = float(np.linalg.norm(span))
    return span / modelled, length_m / modelled


@lru_cache(maxsize=32)
def stretch(body: Body) -> Floats:
    """Per bone, the linear map (B, 3, 3) from the template's flesh to this body's."""
    template = Body()
    tall = body.torso_m / template.torso_m
    wide = body.shoulder_width_m / template.shoulder_width_m
    hips = body.hip_width_m / template.hip_width_m
    foot = body.shin_m / template.shin_m
    hand = body.forearm_m / template.forearm_m
    girth = body.torso_girth

    def limb(axis: Floats, length: float, thick: float) -> Floats:
        return thick * np.eye(3) + (length - thick) * np.outer(axis, axis)

    maps = {
        "pelvis": np.diag([hips * girth**0.5, tall, girth]),
        "spine": np.diag([0.5 * (hips + wide) * girth**0.5, tall, girth]),
        "chest": np.diag([wide, tall, girth]),
        "neck": np.diag([girth, tall, girth]),
        "head": np.eye(3) * body.head,
        "tail": np.eye(3) * body.head,
        "clavicle": np.diag([wide, tall, girth]),
        "upper_arm": limb(ARM, body.upper_arm_m / template.upper_arm_m, body.arm_girth),
        "forearm": limb(ARM, hand, body.arm_girth),
        "twist": limb(ARM, hand, body.arm_girth),
        "thigh": limb(*_bone(HIP, KNEE, body.thigh_m), body.leg_girth),
        "shin": limb(*_bone(KNEE, ANKLE, body.shin_m), body.leg_girth),
        "foot": np.eye(3) * foot,
        "toes": np.eye(3) * foot,
    }
    for name in ("hand", "fingers", "fingertips"):
        maps[name] = np.eye(3) * hand
    mirror = np.diag(FLIP)
    out = []
    for name in BONES:
        side, _, part = name.partition("_")
        if side == "left":
            out.append(maps[part])
        elif side == "right":
            out.append(mirror @ maps[part] @ mirror)
        else:
            out.append(maps[name])
    result = np.array(out)
    result.setflags(write=False)
    return result


@lru_cache(maxsize=32)
def joints(body: Body) -> Floats:
    """Rest position (B, 3) of every bone's joint, metres, soles on the floor."""
    maps = stretch(body)
    result = TEMPLATE_JOINTS.copy()
    for i, parent in enumerate(PARENTS):
        if parent >= 0:
            offset = TEMPLATE_JOINTS[i] - TEMPLATE_JOINTS[parent]
            result[i] = result[parent] + maps[parent] @ offset
    # The hip joints hang off the pelvis map; their distance must be exactly the one asked for.
    for name, sign in (("left_thigh", 0.5), ("right_thigh", -0.5)):
        shift = np.array([sign * body.hip_width_m - result[BONE[name], 0], 0.0, 0.0])
        for i in descendants(name):
            result[i] += shift
    ankle = BONE["left_foot"]
    result[:, 1] += maps[ankle, 1, 1] * ANKLE[1] - result[ankle, 1]
    result.setflags(write=False)
    return result


def descendants(name: str) -> tuple[int, ...]:
    """Indices of a bone and of everything that hangs on it."""
    found = [BONE[name]]
    for i, parent in enumerate(PARENTS):
        if parent in found:
            found.append(i)
    return tuple(found)


@lru_cache(maxsize=32)
def landmark_offsets(body: Body) -> Floats:
    """Each landmark (33, 3) relative to its bone's joint at rest, metres."""
    local = LANDMARK_POINTS - TEMPLATE_JOINTS[LANDMARK_BONES]
    return np.asarray(np.einsum("nij,nj->ni", stretch(body)[LANDMARK_BONES], local))


@dataclass(frozen=True)
class Pose:
    """Where the pelvis is and how every bone is turned from rest, in body space.

    root : (3,) metres, the pelvis joint (the middle between the hip joints).
    rotations : (B, 3, 3), from rest to posed, global.
    """

    root: Floats
    rotations: Floats


def posed_joints(body: Body, pose: Pose) -> Floats:
    """Joint positions (B, 3) in metres: forward kinematics from the pelvis outwards."""
    rest = joints(body)
    result = np.empty_like(rest)
    result[0] = pose.root
    for i, parent in enumerate(PARENTS):
        if parent >= 0:
            result[i] = result[parent] + pose.rotations[parent] @ (rest[i] - rest[parent])
    return result


def landmarks(body: Body, pose: Pose) -> Floats:
    """The 33 landmarks (33, 3) in body space, metres, y up."""
    offsets = np.einsum("nij,nj->ni", pose.rotations[LANDMARK_BONES], landmark_offsets(body))
    return np.asarray(posed_joints(body, pose)[LANDMARK_BONES] + offsets)
