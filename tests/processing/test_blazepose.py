"""Our runner of BlazePose against MediaPipe's own, and what it does with odd pictures.

MediaPipe is asked in image mode, which neither tracks nor smooths.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np
import pytest
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

from processing.synthetic.performance import Exercise, Performance
from processing.synthetic.render import Frame, render, shoot
from processing.vision.blazepose import Detection, PersonDetector, PoseTracker, mask_in_picture

pytestmark = pytest.mark.models

Picture = NDArray[np.uint8]


@cache
def model(size: str = "full") -> bytes:
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("MODELS_DIR", root / "var" / "models"))
    return (folder / f"pose_landmarker_{size}.task").read_bytes()


@cache
def athlete(exercise: Exercise, view: str, t: float, width: int, height: int) -> Frame:
    performance = Performance(exercise, reps=1, idle_s=0.5, seed=1)
    return render(shoot(performance, view, (width, height)), t)


def squatting() -> Picture:
    return athlete("squat", "three_quarter", 2.0, 360, 480).rgb


def lying() -> Picture:
    return athlete("push_up", "side", 1.2, 480, 360).rgb


def jumping() -> Picture:
    """Of odd width and height."""
    return athlete("jumping_jack", "front", 0.9, 361, 479).rgb


def at_the_border() -> Picture:
    """One arm is outside the picture, and a third of the square: only the right border helps."""
    return np.ascontiguousarray(squatting()[:, 112:])


@dataclass(frozen=True)
class Theirs:
    """image : (33, 2) pixels. world : (33, 3) metres. visibility : (33,). mask : (H, W) 0..1."""

    image: NDArray[np.float64]
    world: NDArray[np.float64]
    visibility: NDArray[np.float64]
    mask: NDArray[np.float32]


@cache
def mediapipe(size: str) -> vision.PoseLandmarker:
    return vision.PoseLandmarker.create_from_options(
        vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=model(size)),
            running_mode=vision.RunningMode.IMAGE,
            output_segmentation_masks=True,
        )
    )


def theirs(picture: Picture, size: str) -> Theirs:
    height, width = picture.shape[:2]
    result = mediapipe(size).detect(mp.Image(mp.ImageFormat.SRGB, picture))
    assert result.pose_landmarks and result.segmentation_masks
    landmarks = result.pose_landmarks[0]
    return Theirs(
        image=np.array([(p.x * width, p.y * height) for p in landmarks]),
        world=np.array([(p.x, p.y, p.z) for p in result.pose_world_landmarks[0]]),
        visibility=np.array([p.visibility for p in landmarks]),
        mask=result.segmentation_masks[0].numpy_view().reshape(height, width).copy(),
    )


@pytest.fixture(scope="module")
def tracker() -> Iterator[PoseTracker]:
    with PoseTracker(model()) as tracker:
        yield tracker


@pytest.fixture(scope="module")
def detector() -> Iterator[PersonDetector]:
    with PersonDetector(model()) as detector:
        yield detector


@pytest.fixture(autouse=True)
def fresh(tracker: PoseTracker) -> None:
    tracker.restart()


def distance(found: Detection, image: NDArray[np.floating]) -> NDArray[np.floating]:
    """Distance (33,) of the landmarks in shares of the torso's length."""
    torso = np.linalg.norm(image[[11, 12]].mean(axis=0) - image[[23, 24]].mean(axis=0))
    return np.asarray(np.linalg.norm(found.image - image, axis=1) / torso)


def iou(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    return float((first & second).sum() / (first | second).sum())


def in_fours(picture: Picture) -> Picture:
    """MediaPipe aborts the process on masks whose rows are no multiple of 16 bytes."""
    missing = -picture.shape[1] % 4
    return np.asarray(cv2.copyMakeBorder(picture, 0, 0, 0, missing, cv2.BORDER_REPLICATE), np.uint8)


@pytest.mark.parametrize(
    ("size", "take"),
    [
        ("full", squatting),
        ("full", lying),
        ("full", jumping),
        ("full", at_the_border),
        ("lite", squatting),
        ("heavy", lying),
    ],
)
def test_it_sees_what_mediapipe_sees(size: str, take: Callable[[], Picture]) -> None:
    """Differences come from rounding in the sampled input, and grow where the network doubts."""
    picture = in_fours(take())
    expected = theirs(picture, size)
    with PoseTracker(model(size)) as tracker:
        found = tracker.detect(picture)
    assert found is not None
    assert all(a.dtype == np.float32 for a in (found.world, found.image, found.visibility))
    # Measured on these pictures: at most 0.003, 0.009, 0.5 cm, 0.015; 0.986 at least.
    assert np.median(distance(found, expected.image)) < 0.006
    assert distance(found, expected.image).max() < 0.03
    assert np.median(np.linalg.norm(found.world - expected.world, axis=1)) < 0.01
    assert np.abs(found.visibility - expected.visibility).max() < 0.05
    height, width = picture.shape[:2]
    mask = mask_in_picture(found.mask, found.roi, (width, height))
    assert mask.shape == (height, width) and mask.dtype == np.uint8
    assert iou(mask > 127, expected.mask > 0.5) > 0.97


def test_the_mask_covers_the_athlete(tracker: PoseTracker) -> None:
    frame = athlete("jumping_jack", "front", 0.9, 361, 479)
    found = tracker.detect(frame.rgb)
    assert found is not None
    mask = mask_in_picture(found.mask, found.roi, (361, 479))
    assert iou(mask > 127, frame.alpha > 0.5) > 0.95


def test_following_costs_no_accuracy_and_the_square_settles(tracker: PoseTracker) -> None:
    """A still picture, again and again: the square no longer comes from the detector."""
    picture = squatting()
    found = [tracker.detect(picture) for _ in range(6)]
    assert all(found)
    first, before, last = found[0], found[-2], found[-1]
    assert first is not None and before is not None and last is not None
    assert first.roi != last.roi
    assert last.roi.side == pytest.approx(before.roi.side, rel=0.02)
    assert np.median(distance(last, first.image)) < 0.02


def test_it_follows_a_person_who_moves_through_the_picture(tracker: PoseTracker) -> None:
    picture = squatting()
    wide = np.zeros((480, 640, 3), np.uint8)
    for left in range(0, 281, 28):
        wide[:] = picture[:, :1]
        wide[:, left : left + 360] = picture
        found = tracker.detect(wide)
        assert found is not None
        true = athlete("squat", "three_quarter", 2.0, 360, 480).image + [left, 0]
        assert np.median(distance(found, true)) < 0.12


def test_after_a_cut_the_person_is_where_they_are(tracker: PoseTracker) -> None:
    """Restarted, nothing of the picture before is left; not restarted, they are found as well."""
    wide = np.concatenate([np.full((480, 640, 3), 90, np.uint8), squatting()], axis=1)
    alone = tracker.detect(wide)
    tracker.restart()
    tracker.detect(lying())
    tracker.restart()
    again = tracker.detect(wide)
    assert alone is not None and again is not None
    np.testing.assert_array_equal(alone.image, again.image)
    tracker.restart()
    tracker.detect(np.ascontiguousarray(wide[:, ::-1]))
    found = tracker.detect(wide)  # the old square now shows an empty wall
    assert found is not None
    assert np.median(distance(found, alone.image)) < 0.02


def test_nobody_is_nobody(tracker: PoseTracker, detector: PersonDetector) -> None:
    rng = np.random.default_rng(1)
    wall = np.full((360, 640, 3), 128, np.uint8)
    for picture in (wall, rng.integers(0, 256, wall.shape, np.uint8), np.zeros_like(wall)):
        assert tracker.detect(picture) is None
        assert detector.people(picture) == []


def test_who_leaves_is_lost_and_who_returns_is_found(tracker: PoseTracker) -> None:
    wall = np.full((480, 360, 3), 128, np.uint8)
    pictures = [squatting(), wall, wall, squatting()]
    assert [tracker.detect(p) is not None for p in pictures] == [True, False, False, True]


def test_two_people_are_two(detector: PersonDetector) -> None:
    one, other = squatting(), athlete("squat", "three_quarter", 0.3, 360, 480).rgb
    both = np.concatenate([one, other], axis=1)
    found = detector.people(both)
    assert len(found) == 2
    hips = sorted(float(person.keypoints[0, 0]) for person in found)
    assert hips[0] < 360 < hips[1]
    assert [len(detector.people(p)) for p in (one, other, lying())] == [1, 1, 1]
    for person in found:
        left, _, right, _ = person.box
        assert left < person.keypoints[0, 0] < right
        assert 0.5 <= person.score <= 1


def test_a_view_is_read_as_the_picture_it_shows(tracker: PoseTracker) -> None:
    """Strides are heeded: MediaPipe's own task reads such arrays as noise, without an error."""
    picture = squatting()
    expected = tracker.detect(picture)
    assert expected is not None
    padded = np.zeros((480, 400, 4), np.uint8)
    padded[:, :360, :3] = picture
    mirrored = np.ascontiguousarray(picture[:, ::-1])
    as_bgr = np.ascontiguousarray(picture[..., ::-1])
    for view in (padded[:, :360, :3], mirrored[:, ::-1], as_bgr[..., ::-1]):
        assert not view.flags.c_contiguous
        tracker.restart()
        found = tracker.detect(view)
        assert found is not None
        np.testing.assert_array_equal(found.image, expected.image)
        np.testing.assert_array_equal(found.mask, expected.mask)


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (2, 3), (17, 900)])
def test_pictures_of_hardly_any_size_show_nobody(
    tracker: PoseTracker, size: tuple[int, int]
) -> None:
    assert tracker.detect(np.full((*size, 3), 90, np.uint8)) is None


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((40, 0, 3), np.uint8),
        np.zeros((40, 40), np.uint8),
        np.zeros((40, 40, 4), np.uint8),
        np.zeros((40, 40, 3), np.float32),
    ],
)
def test_what_is_no_picture_is_refused(
    tracker: PoseTracker, detector: PersonDetector, picture: Picture
) -> None:
    with pytest.raises(ValueError, match="expected a picture"):
        tracker.detect(picture)
    with pytest.raises(ValueError, match="expected a picture"):
        detector.people(picture)


def test_what_is_no_bundle_is_refused() -> None:
    with pytest.raises(ValueError, match="bundle"):
        PoseTracker(b"nothing of the kind")
    with pytest.raises(ValueError, match="bundle"):
        PersonDetector(b"")


def test_closed_is_closed() -> None:
    tracker = PoseTracker(model("lite"))
    tracker.close()
    tracker.close()
    with pytest.raises(ValueError, match="closed"):
        tracker.detect(squatting())
