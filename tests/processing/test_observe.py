"""What the observer notes of pictures whose light, movement and people are known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motion.skeleton import INDEX
from processing.vision.blazepose.people import Person
from processing.vision.crowd import prominent
from processing.vision.observe import Observer

Picture = NDArray[np.uint8]
WIDTH, HEIGHT, FPS = 480, 640, 25.0


@dataclass(frozen=True)
class Standing:
    """A detection of somebody who stands at ``x``, as tall as 400 pixels."""

    x: float

    @property
    def image(self) -> NDArray[np.float32]:
        points = np.zeros((33, 2), np.float32)
        points[:] = (0, -250)  # the face
        heights = {"shoulder": -200, "elbow": -140, "wrist": -80, "index": -65, "hip": -75}
        heights |= {"knee": 10, "ankle": 95, "heel": 105, "foot_index": 105}
        for name, y in heights.items():
            for side, sign in (("left", 1), ("right", -1)):
                out = 35 if name in ("shoulder", "elbow", "wrist", "index") else 20
                points[INDEX[f"{side}_{name}"]] = (sign * out, y)
        return points + np.array([self.x, 420], np.float32)

    @property
    def world(self) -> NDArray[np.float32]:
        flat = (self.image - self.image[[23, 24]].mean(axis=0)) / np.float32(235)
        return np.column_stack([flat, np.zeros(33, np.float32)]).astype(np.float32)

    @property
    def visibility(self) -> NDArray[np.float32]:
        return np.ones(33, np.float32)


def wall(seed: int = 0, bumps: float = 60.0) -> Picture:
    """A room larger than the picture, with things in it."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 1, (HEIGHT + 200, WIDTH + 200, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 6)
    return np.asarray(np.clip(128 + bumps * soft / soft.std(), 0, 255), np.uint8)


def seen_from(room: Picture, x: float = 0.0, y: float = 0.0) -> Picture:
    """The room, its contents shifted right and down by pixels."""
    matrix = np.array([[1, 0, 100 - x], [0, 1, 100 - y]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(room, matrix, (WIDTH, HEIGHT), flags=flags), np.uint8)


def with_person(picture: Picture, who: Standing, luma: int = 90, seed: int = 0) -> Picture:
    """A striped figure: more to hold on to than the room offers."""
    picture = picture.copy()
    points = who.image
    x0, y0 = (points.min(axis=0) - 15).astype(int)
    x1, y1 = (points.max(axis=0) + 15).astype(int)
    stripes = luma + 20 * ((np.arange(y0, y1) // 6) % 2)
    x0, x1 = max(x0, 0), min(x1, WIDTH)
    picture[y0:y1, x0:x1] = stripes[:, None, None]
    return picture


def time_ms(i: int) -> int:
    return round(i * 1000 / FPS)


def test_who_is_not_there_is_nan_and_pictures_are_never_missing() -> None:
    observer = Observer()
    picture = seen_from(wall())
    for i in range(6):
        observer.add(time_ms(i), picture, Standing(240) if i >= 3 else None)
    signals = observer.signals()
    assert signals.found.tolist() == [False] * 3 + [True] * 3
    assert np.isnan(signals.world[:3]).all() and np.isfinite(signals.world[3:]).all()
    assert np.isnan(signals.person_luma[:3]).all()
    assert (signals.width, signals.height, len(signals)) == (WIDTH, HEIGHT, 6)


def test_the_persons_light_is_not_the_rooms() -> None:
    observer = Observer()
    who = Standing(240)
    observer.add(0, with_person(seen_from(wall(bumps=10)), who, luma=20), who)
    signals = observer.signals()
    assert signals.picture_luma[0, 1] == pytest.approx(0.5, abs=0.05)
    assert signals.person_luma[0] == pytest.approx([20 / 255, 30 / 255, 40 / 255], abs=0.05)


@pytest.mark.parametrize("walks", [False, True])
@pytest.mark.parametrize("pan_px", [0.0, 3.0])
def test_the_camera_is_told_from_who_moves_before_it(walks: bool, pan_px: float) -> None:
    room, observer = wall(), Observer()
    for i in range(20):
        who = Standing(150 + 8 * i * walks)
        picture = with_person(seen_from(room, pan_px * i, -0.5 * pan_px * i), who)
        observer.add(time_ms(i), picture, who)
    camera = observer.signals().camera
    measured = np.isfinite(camera[:, 0])
    # Every second picture, and nothing to compare the first one with.
    assert measured.sum() == 9
    # The room moves against the camera.
    assert camera[measured, 0] == pytest.approx(2 * pan_px, abs=0.3)
    assert camera[measured, 1] == pytest.approx(-pan_px, abs=0.3)
    assert np.abs(camera[measured, 2:]).max() < 0.01


def test_a_bare_wall_says_nothing_about_the_camera() -> None:
    observer = Observer()
    bare = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    for i in range(6):
        who = Standing(200 + 10 * i)
        observer.add(time_ms(i), with_person(bare, who), who)
    camera = observer.signals().camera
    assert not np.nan_to_num(camera).any()


def test_a_cut_is_noticed_also_between_parts() -> None:
    bright, dark = seen_from(wall(1)), seen_from(wall(2)) // 4
    observer = Observer()
    for i, picture in enumerate([bright, bright, dark, dark]):
        observer.add(time_ms(i), picture, None)
    signals = observer.signals()
    assert signals.cuts.tolist() == [False, False, True, False]
    assert np.nanargmax(signals.change) == 2
    second = Observer()
    second.begin_after(bright)
    second.add(time_ms(4), dark, None)
    assert second.signals().cuts.tolist() == [True]


def test_a_caller_who_knows_the_cuts_is_believed() -> None:
    observer = Observer()
    for i in range(3):
        observer.add(time_ms(i), seen_from(wall()), None, cut=i == 1)
    assert observer.signals().cuts.tolist() == [False, True, False]


def test_people_are_counted_twice_a_second() -> None:
    asked = []

    def people(picture: Picture) -> int:
        asked.append(picture.shape)
        return len(asked)

    observer = Observer(people)
    for i in range(50):
        observer.add(time_ms(i), seen_from(wall()), None)
    signals = observer.signals()
    counted = signals.times_s[np.isfinite(signals.people)]
    assert counted == pytest.approx([0.0, 0.52, 1.04, 1.56])
    assert signals.people[np.isfinite(signals.people)].tolist() == [1, 2, 3, 4]


def test_who_stands_far_behind_is_not_counted() -> None:
    def person(x: float, size: float) -> Person:
        keypoints = np.array([[x, 300], [x, 300 - size], [x, 250], [x, 220]], np.float32)
        return Person(0.9, np.array([x, 100, x + 40, 140], np.float32), keypoints)

    assert prominent([]) == 0
    assert prominent([person(100, 200), person(300, 60)]) == 1
    assert prominent([person(100, 200), person(300, 150)]) == 2
