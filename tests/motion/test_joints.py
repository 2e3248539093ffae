"""Every engine's joints land on the right landmarks of BlazePose."""

from __future__ import annotations

import numpy as np
import pytest

from processing.motion.joints import (
    COCO17,
    H36M17,
    KINECT13,
    SETS,
    coco17_of_h36m17,
    from_blazepose,
    from_hip_centre,
    h36m17_of_coco17,
    landmarks_of,
    to_blazepose,
    to_coco17,
    world_of_h36m17,
)
from processing.motion.skeleton import INDEX, LANDMARKS, MIRROR
from tests.engines.poseformer_v2_golden import H36M_POSE_3
from tests.engines.waves import wave

BODY = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


def test_cocos_order_is_cocos() -> None:
    assert COCO17[:5] == ("nose", "left_eye", "right_eye", "left_ear", "right_ear")
    assert [COCO17.index(f"left_{part}") for part in BODY] == [5, 7, 9, 11, 13, 15]
    assert [COCO17.index(f"right_{part}") for part in BODY] == [6, 8, 10, 12, 14, 16]


def test_human36ms_order_is_human36ms() -> None:
    assert H36M17[:7] == (
        "pelvis",
        *("right_hip", "right_knee", "right_ankle"),
        *("left_hip", "left_knee", "left_ankle"),
    )
    assert H36M17[11:] == (
        *("left_shoulder", "left_elbow", "left_wrist"),
        *("right_shoulder", "right_elbow", "right_wrist"),
    )


@pytest.mark.parametrize("name", SETS)
def test_a_set_of_joints_is_as_complete_on_the_left_as_on_the_right(name: str) -> None:
    sources = SETS[name].sources
    assert np.array_equal(sources >= 0, sources[MIRROR] >= 0)


@pytest.mark.parametrize("name", SETS)
def test_no_joint_is_used_twice_and_none_is_beyond_the_set(name: str) -> None:
    used = SETS[name].sources[SETS[name].sources >= 0]
    assert len(set(used)) == len(used)
    assert used.max() < SETS[name].count
    for limb in BODY:
        assert SETS[name].landmarks[f"left_{limb}"] != SETS[name].landmarks[f"right_{limb}"]


@pytest.mark.parametrize(
    ("name", "landmark", "place"),
    [
        ("halpe26", "left_foot_index", 20),
        ("halpe26", "right_foot_index", 21),
        ("halpe26", "left_heel", 24),
        ("halpe26", "right_heel", 25),
        ("coco_wholebody133", "left_foot_index", 17),
        ("coco_wholebody133", "left_heel", 19),
        ("coco_wholebody133", "right_foot_index", 20),
        ("coco_wholebody133", "right_heel", 22),
        ("coco_wholebody133", "right_eye_outer", 59),
        ("coco_wholebody133", "left_eye_outer", 68),
        ("coco_wholebody133", "mouth_right", 71),
        ("coco_wholebody133", "left_index", 96),
        ("coco_wholebody133", "right_pinky", 129),
        ("mhr70", "left_hip", 9),
        ("mhr70", "right_ankle", 14),
        ("mhr70", "left_heel", 17),
        ("mhr70", "right_wrist", 41),
        ("mhr70", "left_wrist", 62),
        ("mhr70", "right_index", 28),
        ("mhr70", "left_pinky", 61),
    ],
)
def test_a_landmark_is_taken_from_where_the_project_lists_it(
    name: str, landmark: str, place: int
) -> None:
    numbers = np.arange(SETS[name].count, dtype=np.float32)[:, None]
    assert to_blazepose(numbers, name)[INDEX[landmark], 0] == place


def test_joints_a_set_lacks_are_not_seen() -> None:
    found = np.ones((5, 17, 3), dtype=np.float32)
    image, visibility = landmarks_of(found, "coco17")
    assert image.shape == (5, 33, 2) and visibility.shape == (5, 33)
    missing = [name for name in LANDMARKS if name not in COCO17]
    assert "left_heel" in missing and "right_index" in missing
    for name in LANDMARKS:
        expected = 0.0 if name in missing else 1.0
        assert (visibility[:, INDEX[name]] == expected).all()
        assert np.isnan(image[:, INDEX[name]]).all() == (name in missing)


def test_a_joint_nowhere_has_no_visibility_and_scores_stay_within_bounds() -> None:
    found = np.full((17, 3), 0.5, dtype=np.float32)
    found[0] = [np.nan, np.nan, 0.9]
    found[5, 2] = 1.7
    found[6, 2] = np.nan
    _, visibility = landmarks_of(found, "movenet17")
    assert visibility[INDEX["nose"]] == 0
    assert visibility[INDEX["left_shoulder"]] == 1
    assert visibility[INDEX["right_shoulder"]] == 0


def test_an_array_of_another_set_is_refused() -> None:
    with pytest.raises(ValueError, match="coco17 has 17 joints"):
        to_blazepose(np.zeros((4, 26, 3), dtype=np.float32), "coco17")


def test_human36m_is_made_of_coco_as_the_projects_demo_makes_it() -> None:
    # 1e-3 px: the demo adds in another order, in single precision.
    np.testing.assert_allclose(h36m17_of_coco17(wave(8))[3], H36M_POSE_3, atol=1e-3)


def test_making_human36m_commutes_with_moving_and_mirroring() -> None:
    points = wave(4)
    shift = np.array([30.0, -12.0], dtype=np.float32)
    made = h36m17_of_coco17(points)
    np.testing.assert_allclose(h36m17_of_coco17(points + shift), made + shift, atol=1e-3)

    def mirrored(joints: tuple[str, ...]) -> list[int]:
        other = {"left": "right", "right": "left"}
        return [joints.index("_".join(other.get(w, w) for w in n.split("_"))) for n in joints]

    across = np.array([-1.0, 1.0], dtype=np.float32)
    np.testing.assert_allclose(
        h36m17_of_coco17(points[:, mirrored(COCO17)] * across),
        made[:, mirrored(H36M17)] * across,
        atol=1e-3,  # single precision, pixels
    )


def test_coco_comes_back_from_human36m_where_it_has_the_joint() -> None:
    points = wave(3)
    back = coco17_of_h36m17(h36m17_of_coco17(points))
    np.testing.assert_array_equal(back[:, 5:], points[:, 5:])
    assert np.isnan(back[:, 1:5]).all()


def test_coco_is_found_in_every_set_that_has_it() -> None:
    for name in ("movenet17", "halpe26", "coco_wholebody133"):
        keypoints = np.arange(SETS[name].count * 3, dtype=np.float32).reshape(-1, 3)
        np.testing.assert_array_equal(to_coco17(keypoints, name), keypoints[:17])
    blazepose = np.arange(33, dtype=np.float32)[:, None]
    order = [LANDMARKS[int(i)] for i in to_coco17(blazepose, "blazepose33")[:, 0]]
    assert tuple(order) == COCO17


def test_the_middle_of_the_hips_is_the_origin() -> None:
    lifted = np.random.default_rng(0).normal(size=(6, 17, 3)).astype(np.float32)
    world = world_of_h36m17(lifted)
    hips = world[:, [INDEX["left_hip"], INDEX["right_hip"]]]
    np.testing.assert_allclose(hips.mean(axis=1), 0, atol=1e-6)
    arm = world[:, INDEX["left_wrist"]] - world[:, INDEX["left_elbow"]]
    np.testing.assert_allclose(arm, lifted[:, 13] - lifted[:, 12], atol=1e-6)
    assert np.isnan(world[:, INDEX["left_heel"]]).all()
    moved = from_hip_centre(world + 7, hips[:, 0] + 7, hips[:, 1] + 7)
    np.testing.assert_allclose(moved, world, atol=2e-6)


@pytest.mark.parametrize("joints", ["coco17", "h36m17", "kinect13", "mhr70", "blazepose33"])
def test_there_and_back_keeps_every_joint_both_have(joints: str) -> None:
    rng = np.random.default_rng(3)
    body = rng.normal(size=(5, 33, 3)).astype(np.float32)

    there = from_blazepose(body, joints)
    back = to_blazepose(there, joints)

    known = SETS[joints].sources >= 0
    assert there.shape == (5, SETS[joints].count, 3)
    np.testing.assert_array_equal(back[:, known], body[:, known])
    assert np.isnan(back[:, ~known]).all()


def test_kinects_thirteen_are_head_and_limbs() -> None:
    body = np.arange(33, dtype=np.float32)[:, None]
    names = dict(zip(KINECT13, from_blazepose(body, "kinect13")[:, 0], strict=True))

    assert len(names) == 13
    assert names["head"] == LANDMARKS.index("nose")
    assert names["left_wrist"] == LANDMARKS.index("left_wrist")
    assert names["right_ankle"] == LANDMARKS.index("right_ankle")


def test_human36ms_middles_lie_between_the_joints() -> None:
    body = np.full((33, 3), np.nan, np.float32)
    for name, x in (("left_hip", 0.1), ("right_hip", -0.1)):
        body[LANDMARKS.index(name)] = x, 0.0, 0.0
    for name, x in (("left_shoulder", 0.2), ("right_shoulder", -0.2)):
        body[LANDMARKS.index(name)] = x, -0.5, 0.0

    found = from_blazepose(body, "h36m17")
    np.testing.assert_allclose(found[H36M17.index("pelvis")], 0.0, atol=1e-7)
    np.testing.assert_allclose(found[H36M17.index("spine")], [0.0, -0.25, 0.0], atol=1e-7)
    np.testing.assert_allclose(found[H36M17.index("thorax")], [0.0, -0.5, 0.0], atol=1e-7)
    assert np.isnan(found[H36M17.index("head")]).all()


def test_another_number_of_landmarks_is_refused() -> None:
    with pytest.raises(ValueError, match="33"):
        from_blazepose(np.zeros((17, 3), np.float32), "coco17")
