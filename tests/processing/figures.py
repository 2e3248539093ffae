"""A drawn figure with its landmarks, true matte, picture and coarse mask."""

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import INDEX

HEIGHT, WIDTH = 240, 200
SEEN = np.ones(33, np.float32)


def standing(centre_x: float = 100, top: float = 40, height: float = 170) -> NDArray[np.float32]:
    """Landmarks of someone standing, arms down, seen from the front."""
    keypoints = np.zeros((33, 2), np.float32)
    keypoints[:] = (centre_x, top)
    places = {
        "shoulder": (0.13, 0.18),
        "elbow": (0.15, 0.36),
        "wrist": (0.16, 0.52),
        "index": (0.16, 0.57),
        "hip": (0.08, 0.5),
        "knee": (0.08, 0.75),
        "ankle": (0.08, 0.97),
        "heel": (0.08, 1.0),
        "foot_index": (0.1, 1.0),
        "ear": (0.04, 0.02),
    }
    for name, (across, down) in places.items():
        for side, sign in (("left", 1), ("right", -1)):
            keypoints[INDEX[f"{side}_{name}"]] = (
                centre_x + sign * across * height,
                top + down * height,
            )
    return keypoints


def figure(keypoints: NDArray[np.float32]) -> NDArray[np.uint8]:
    """An exact matte (0 or 255) around such landmarks."""
    matte = np.zeros((HEIGHT, WIDTH), np.uint8)
    x, top = keypoints[0]
    cv2.ellipse(matte, (int(x), int(top + 105)), (24, 78), 0, 0, 360, 255, -1)
    cv2.circle(matte, (int(x), int(top)), 17, 255, -1)
    for side in ("left", "right"):
        line = [keypoints[INDEX[f"{side}_{name}"]] for name in ("shoulder", "elbow", "wrist")]
        cv2.polylines(matte, [np.array(line, np.int32)], False, 255, 11)
        line = [keypoints[INDEX[f"{side}_{name}"]] for name in ("hip", "knee", "heel")]
        cv2.polylines(matte, [np.array(line, np.int32)], False, 255, 17)
    return matte


def picture_of(matte: NDArray[np.uint8], seed: int = 2) -> NDArray[np.uint8]:
    """A warm figure with some texture before a cool, uneven wall; grain by `seed`."""
    rng = np.random.default_rng(2)
    wall = np.empty((HEIGHT, WIDTH, 3), np.float32)
    wall[:] = np.linspace(70, 130, WIDTH)[:, None]
    wall += (0, 20, 45)
    person = np.array((200, 120, 90), np.float32) + rng.normal(0, 6, wall.shape)
    covered = (cv2.GaussianBlur(matte, (3, 3), 0) / 255)[..., None]
    grain = np.random.default_rng(seed).normal(0, 2, wall.shape)
    mixed = wall * (1 - covered) + person * covered + grain
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)


def coarse_of(matte: NDArray[np.uint8], shift: int = 2) -> NDArray[np.uint8]:
    """What a model gives: half the size, soft, and off by two pixels."""
    moved = np.roll(matte, shift, axis=1)
    soft = cv2.GaussianBlur(moved, (0, 0), 3)
    small = cv2.resize(soft, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)
