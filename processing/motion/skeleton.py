"""The one skeleton: BlazePose's 33 landmarks and the 13 bones that are scored.

World landmarks are metres from the hip centre: x to the image's right, y down, z negative towards
the camera. Visibility is 0..1. NaN means "not seen". ``static/js/shadow/skeleton.js`` is the twin.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

LANDMARKS: Final[tuple[str, ...]] = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
INDEX: Final[dict[str, int]] = {name: i for i, name in enumerate(LANDMARKS)}


def _pair(first: str, second: str) -> tuple[int, int]:
    return INDEX[first], INDEX[second]


# What is drawn: trunk, limbs, hands, feet, and a face small enough not to distract.
EDGES: Final[tuple[tuple[int, int], ...]] = (
    _pair("left_shoulder", "right_shoulder"),
    _pair("left_hip", "right_hip"),
    *(
        _pair(f"{side}_{start}", f"{side}_{end}")
        for side in ("left", "right")
        for start, end in (
            ("shoulder", "hip"),
            ("shoulder", "elbow"),
            ("elbow", "wrist"),
            ("wrist", "index"),
            ("wrist", "pinky"),
            ("wrist", "thumb"),
            ("hip", "knee"),
            ("knee", "ankle"),
            ("ankle", "heel"),
            ("heel", "foot_index"),
            ("ankle", "foot_index"),
        )
    ),
    _pair("left_ear", "left_eye"),
    _pair("left_eye", "nose"),
    _pair("nose", "right_eye"),
    _pair("right_eye", "right_ear"),
)


@dataclass(frozen=True)
class Bone:
    """A directed segment between two points, each the mean of one or two landmarks."""

    name: str
    start: tuple[int, ...]
    end: tuple[int, ...]


def _limb(name: str, start: str, end: str) -> tuple[Bone, Bone]:
    return (
        Bone(f"left_{name}", (INDEX[f"left_{start}"],), (INDEX[f"left_{end}"],)),
        Bone(f"right_{name}", (INDEX[f"right_{start}"],), (INDEX[f"right_{end}"],)),
    )


# The order is part of the timeline format: errors are stored by position.
BONES: Final[tuple[Bone, ...]] = (
    *_limb("upper_arm", "shoulder", "elbow"),
    *_limb("forearm", "elbow", "wrist"),
    *_limb("thigh", "hip", "knee"),
    *_limb("shin", "knee", "ankle"),
    *_limb("foot", "heel", "foot_index"),
    Bone("torso", _pair("left_hip", "right_hip"), _pair("left_shoulder", "right_shoulder")),
    Bone("shoulder_line", (INDEX["left_shoulder"],), (INDEX["right_shoulder"],)),
    Bone("hip_line", (INDEX["left_hip"],), (INDEX["right_hip"],)),
)
BONE_INDEX: Final[dict[str, int]] = {bone.name: i for i, bone in enumerate(BONES)}


def _other_side(name: str) -> str:
    words = {"left": "right", "right": "left"}
    return "_".join(words.get(word, word) for word in name.split("_"))


# body[MIRROR] is the body with left and right exchanged (flip x as well to mirror it).
MIRROR: Final[NDArray[np.intp]] = np.array(
    [INDEX[_other_side(name)] for name in LANDMARKS], dtype=np.intp
)
BONE_MIRROR: Final[NDArray[np.intp]] = np.array(
    [BONE_INDEX[_other_side(bone.name)] for bone in BONES], dtype=np.intp
)
# The two lines run from left to right, so exchanging the sides turns them round.
BONE_MIRROR_SIGN: Final[NDArray[np.float64]] = np.array(
    [-1.0 if bone.name in ("shoulder_line", "hip_line") else 1.0 for bone in BONES]
)

# Exercise.focus words -> the bones whose direction shows what that part of the body does.
FOCUS: Final[dict[str, tuple[str, ...]]] = {
    "shoulders": ("left_upper_arm", "right_upper_arm", "shoulder_line"),
    "elbows": ("left_upper_arm", "right_upper_arm", "left_forearm", "right_forearm"),
    "back": ("torso",),
    "hips": ("left_thigh", "right_thigh", "hip_line", "torso"),
    "knees": ("left_thigh", "right_thigh", "left_shin", "right_shin"),
    "ankles": ("left_shin", "right_shin", "left_foot", "right_foot"),
}
