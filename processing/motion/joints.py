"""The sets of joints engines speak, and how each becomes BlazePose's 33 landmarks.

Sources of the orders:

- COCO-17, COCO-WholeBody-133, Halpe-26: open-mmlab/mmpose `configs/_base_/datasets/coco.py`,
  `coco_wholebody.py`, `halpe26.py`. MoveNet's 17 are COCO's (tensorflow/hub
  `examples/colab/movenet.ipynb`, `KEYPOINT_DICT`).
- Human3.6M-17 and how it is made of COCO's: QitaoZhao/PoseFormerV2 `demo/lib/preprocess.py`.
- Kinect-13: the joints of Kinect's skeleton that exercise data sets keep. Its head is the skull's
  middle; the nearest landmark there is, the nose, stands for it.
- MHR-70: facebookresearch/sam-3d-body `sam_3d_body/metadata/mhr70.py`.

Left and right are the person's own in all of them. A landmark the source does not have is NaN, with
visibility 0. Hands are mapped to BlazePose's knuckles: the first of index and little finger, the
second of the thumb.

All sets of three dimensions have x to the picture's right, y down and z away from the camera, in
metres, as BlazePose's world has: Human3.6M's are a camera's axes, and SAM 3D Body turns y and z of
its rig round before it gives them (`sam_3d_body/models/heads/mhr_head.py`). Only the origin
differs: see :func:`from_hip_centre`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import INDEX, LANDMARKS

Floats = NDArray[np.float32]

_SIDES: Final = ("left", "right")
_BODY: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")

COCO17: Final[tuple[str, ...]] = (
    "nose",
    *(f"{side}_{joint}" for joint in ("eye", "ear", *_BODY) for side in _SIDES),
)
_FACE: Final = COCO17[:5]
_SHOULDERS: Final = [COCO17.index(f"{side}_shoulder") for side in _SIDES]
_HIPS: Final = [COCO17.index(f"{side}_hip") for side in _SIDES]

H36M17: Final[tuple[str, ...]] = (
    "pelvis",
    *(f"{side}_{joint}" for side in ("right", "left") for joint in ("hip", "knee", "ankle")),
    "spine",
    "thorax",
    "nose",
    "head",
    *(f"{side}_{joint}" for side in _SIDES for joint in ("shoulder", "elbow", "wrist")),
)

KINECT13: Final[tuple[str, ...]] = (
    "head",
    *(f"{side}_{joint}" for joint in _BODY for side in _SIDES),
)


@dataclass(frozen=True)
class JointSet:
    """A set of joints some engine finds.

    Attributes
    ----------
    name : str
    count : int
    landmarks : mapping
        BlazePose landmark -> its place in this set; landmarks it does not have are left out.
    """

    name: str
    count: int
    landmarks: Mapping[str, int]

    @property
    def sources(self) -> NDArray[np.intp]:
        """(33,) place of each landmark in this set, -1 where it has none."""
        return np.array([self.landmarks.get(name, -1) for name in LANDMARKS], dtype=np.intp)


def _named(names: tuple[str, ...]) -> dict[str, int]:
    return {name: i for i, name in enumerate(names) if name in INDEX}


def _hand(side: str, thumb: int, index: int, pinky: int) -> dict[str, int]:
    return {f"{side}_thumb": thumb, f"{side}_index": index, f"{side}_pinky": pinky}


def _foot(side: str, heel: int, big_toe: int) -> dict[str, int]:
    return {f"{side}_heel": heel, f"{side}_foot_index": big_toe}


# 300-W's 68 points start at 23: 36 and 39 are the right eye's corners, 42 and 45 the left one's,
# 48 and 54 the mouth's. Hands of 21 points follow, from the wrist and thumb to the little finger.
_WHOLEBODY_FACE: Final = {
    "right_eye_outer": 23 + 36,
    "right_eye_inner": 23 + 39,
    "left_eye_inner": 23 + 42,
    "left_eye_outer": 23 + 45,
    "mouth_right": 23 + 48,
    "mouth_left": 23 + 54,
}
_MHR_BODY: Final = (*_FACE, *(name for name in COCO17[5:] if not name.endswith("_wrist")))

SETS: Final[Mapping[str, JointSet]] = {
    joints.name: joints
    for joints in (
        JointSet("coco17", 17, _named(COCO17)),
        JointSet("movenet17", 17, _named(COCO17)),
        JointSet(
            "halpe26", 26, {**_named(COCO17), **_foot("left", 24, 20), **_foot("right", 25, 21)}
        ),
        JointSet(
            "coco_wholebody133",
            133,
            {
                **_named(COCO17),
                **_foot("left", 19, 17),
                **_foot("right", 22, 20),
                **_WHOLEBODY_FACE,
                **_hand("left", thumb=91 + 2, index=91 + 5, pinky=91 + 17),
                **_hand("right", thumb=112 + 2, index=112 + 5, pinky=112 + 17),
            },
        ),
        JointSet("h36m17", 17, _named(H36M17)),
        JointSet("kinect13", 13, {"nose": 0, **_named(KINECT13)}),
        # Fingers run from the tip inwards: the third joint of index and little finger is the
        # knuckle at the palm, and so is the second of the thumb, which has a joint more below.
        JointSet(
            "mhr70",
            70,
            {
                **_named(_MHR_BODY),
                **_foot("left", 17, 15),
                **_foot("right", 20, 18),
                **_hand("right", thumb=23, index=28, pinky=40),
                **_hand("left", thumb=44, index=49, pinky=61),
                "right_wrist": 41,
                "left_wrist": 62,
            },
        ),
        JointSet("blazepose33", 33, _named(LANDMARKS)),
    )
}
"""Every set of joints, by the name engines give in `PoseEngine2D.joints`."""


def to_blazepose(points: Floats, joints: str) -> Floats:
    """Put the joints of a set where BlazePose has them.

    Parameters
    ----------
    points : (..., J, D) float32
        Any coordinates of the set's joints.
    joints : str
        One of `SETS`.

    Returns
    -------
    (..., 33, D) float32, NaN where the set has no such joint
    """
    known = SETS[joints]
    if points.ndim < 2 or points.shape[-2] != known.count:
        raise ValueError(f"{joints} has {known.count} joints, got an array of {points.shape}")
    sources = known.sources
    return np.where((sources >= 0)[:, None], points[..., sources, :], np.nan).astype(np.float32)


_MIDDLES: Final[Mapping[str, tuple[str, ...]]] = {
    "pelvis": ("left_hip", "right_hip"),
    "thorax": ("left_shoulder", "right_shoulder"),
    "spine": ("left_hip", "right_hip", "left_shoulder", "right_shoulder"),
}
"""Joints of Human3.6M that BlazePose has none of, as middles of those it has."""


def from_blazepose(points: Floats, joints: str) -> Floats:
    """Give BlazePose's landmarks as another set's joints.

    Parameters
    ----------
    points : (..., 33, D) float32
        Any coordinates of the landmarks.
    joints : str
        One of `SETS`.

    Returns
    -------
    (..., J, D) float32
        NaN where BlazePose has no such joint. Human3.6M's pelvis, spine and thorax are middles.
    """
    known = SETS[joints]
    if points.ndim < 2 or points.shape[-2] != len(LANDMARKS):
        raise ValueError(f"BlazePose has {len(LANDMARKS)} landmarks, got {points.shape}")
    result = np.full((*points.shape[:-2], known.count, points.shape[-1]), np.nan, np.float32)
    for name, place in known.landmarks.items():
        result[..., place, :] = points[..., INDEX[name], :]
    if joints == "h36m17":
        for name, around in _MIDDLES.items():
            middle = points[..., [INDEX[one] for one in around], :].mean(axis=-2)
            result[..., H36M17.index(name), :] = middle
    return result


def landmarks_of(keypoints: Floats, joints: str) -> tuple[Floats, Floats]:
    """Make BlazePose's landmarks in the picture of what a 2D engine found.

    Parameters
    ----------
    keypoints : (..., J, 3) float32
        x and y, pixels of the picture, and a score 0..1.
    joints : str
        One of `SETS`.

    Returns
    -------
    image : (..., 33, 2) float32
        Pixels of the picture, NaN where not seen or not in the set.
    visibility : (..., 33) float32
        The scores; 0 where not seen or not in the set.
    """
    found = to_blazepose(keypoints, joints)
    image, score = found[..., :2], found[..., 2]
    seen = np.isfinite(image).all(axis=-1)
    visibility = np.where(seen, np.clip(np.nan_to_num(score, nan=0.0), 0.0, 1.0), 0.0)
    return image, visibility.astype(np.float32)


def to_coco17(keypoints: Floats, joints: str) -> Floats:
    """Return COCO's 17 of a set that contains them: what a `Lifter` takes.

    Parameters
    ----------
    keypoints : (..., J, D) float32
    joints : str
        One of `SETS`.

    Returns
    -------
    (..., 17, D) float32; NaN where the set has no such joint
    """
    found = to_blazepose(keypoints, joints)
    return np.asarray(found[..., [INDEX[name] for name in COCO17], :])


def h36m17_of_coco17(points: Floats) -> Floats:
    """Make Human3.6M's joints in the picture of COCO's, as PoseFormerV2's demo does.

    The eight that COCO has are copied. The others are guessed from their neighbours by the rules
    the demo was tuned with, so that the network sees what it saw there; they are not anatomy.

    Parameters
    ----------
    points : (..., 17, 2) float32, pixels, y down

    Returns
    -------
    (..., 17, 2) float32, pixels
    """
    nose, eyes = points[..., 0, :], points[..., 1:3, :]
    shoulders = points[..., _SHOULDERS, :].mean(axis=-2)
    made = np.empty_like(points)
    for target, name in enumerate(H36M17):
        if name in COCO17:
            made[..., target, :] = points[..., COCO17.index(name), :]
    pelvis, spine, thorax, neck, head = (
        made[..., H36M17.index(name), :] for name in ("pelvis", "spine", "thorax", "nose", "head")
    )
    pelvis[...] = points[..., _HIPS, :].mean(axis=-2)
    thorax[...] = shoulders + (nose - shoulders) / 3
    spine[...] = points[..., _SHOULDERS + _HIPS, :].mean(axis=-2)
    spine[..., 0] += 2 * (spine[..., 0] - (pelvis[..., 0] + thorax[..., 0]) / 2)
    thorax[..., 1] -= (eyes[..., 1].mean(axis=-1) - nose[..., 1]) * 2 / 3
    neck[...] = nose - (nose - shoulders) / 4
    head[..., 0] = points[..., 1:5, 0].mean(axis=-1)
    head[..., 1] = eyes[..., 1].sum(axis=-1) - nose[..., 1]
    return made


def coco17_of_h36m17(points: Floats) -> Floats:
    """Return those of COCO's joints that Human3.6M has; eyes and ears are NaN.

    Parameters
    ----------
    points : (..., 17, D) float32

    Returns
    -------
    (..., 17, D) float32
    """
    return to_coco17(points, "h36m17")


def from_hip_centre(points: Floats, left_hip: Floats, right_hip: Floats) -> Floats:
    """Move points so that the middle of the hips is the origin, as in `Body.world`.

    Parameters
    ----------
    points : (..., J, 3) float32, m
    left_hip, right_hip : (..., 3) float32, m

    Returns
    -------
    (..., J, 3) float32, m; NaN where a hip is
    """
    return np.asarray(points - ((left_hip + right_hip) / 2)[..., None, :], dtype=np.float32)


def world_of_h36m17(points: Floats) -> Floats:
    """Make BlazePose's world landmarks of what a `Lifter` gave.

    Parameters
    ----------
    points : (..., 17, 3) float32
        Human3.6M's joints, m.

    Returns
    -------
    (..., 33, 3) float32
        m from the middle of the hips; NaN where Human3.6M has no such joint: face, hands, feet.
    """
    world = to_blazepose(points, "h36m17")
    return from_hip_centre(
        world, world[..., INDEX["left_hip"], :], world[..., INDEX["right_hip"], :]
    )
