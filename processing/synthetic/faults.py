"""What trainers do wrong, done to a take's pictures: for tests of the quality gates.

Each takes pictures (H, W, 3) uint8 RGB, gamma 2 as the renderer makes them, and returns new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.synthetic.render import Frame, Shot

Picture = NDArray[np.uint8]


def from_afar(shot: Shot, times: float) -> Shot:
    """The same take with the camera so many times farther away, at the same lens."""
    camera = shot.camera
    return replace(shot, camera=replace(camera, distance_m=camera.distance_m * times))


def darkened(
    pictures: Sequence[Picture], stops: float, noise: float, seed: int = 0
) -> list[Picture]:
    """Too little light: exposed ``stops`` less, with a sensor's noise (8-bit steps) on top."""
    rng = np.random.default_rng(seed)
    gain = 2.0 ** (-stops / 2)  # gamma 2: half the light is 1 / sqrt(2) of the value
    return [
        np.clip(picture * gain + rng.normal(0.0, noise, picture.shape), 0, 255).astype(np.uint8)
        for picture in pictures
    ]


def cropped(
    pictures: Sequence[Picture],
    left: float = 0.0,
    top: float = 0.0,
    right: float = 0.0,
    bottom: float = 0.0,
) -> list[Picture]:
    """A camera that points elsewhere: shares of the picture that it does not see."""
    height, width = pictures[0].shape[:2]
    rows = slice(round(top * height), round((1 - bottom) * height))
    columns = slice(round(left * width), round((1 - right) * width))
    return [np.ascontiguousarray(picture[rows, columns]) for picture in pictures]


def moved(pictures: Sequence[Picture], path: NDArray[np.float64]) -> list[Picture]:
    """A camera that moves: the picture is shifted along ``path`` (n, 2), pixels right and down.

    The middle four fifths are kept, so that no border comes into the picture; shifts must stay
    below a tenth of it.
    """
    height, width = pictures[0].shape[:2]
    size = round(width * 0.8), round(height * 0.8)
    result = []
    for picture, (dx, dy) in zip(pictures, path, strict=True):
        matrix = np.array([[1, 0, 0.1 * width - dx], [0, 1, 0.1 * height - dy]], np.float64)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        result.append(np.asarray(cv2.warpAffine(picture, matrix, size, flags=flags), np.uint8))
    return result


def shaking(count: int, fps: float, amplitude_px: float, seed: int = 0) -> NDArray[np.float64]:
    """A path (n, 2) of a hand that trembles: sums of sines of 1 to 6 Hz."""
    rng = np.random.default_rng(seed)
    t = np.arange(count) / fps
    hz, phase = rng.uniform(1, 6, (2, 5)), rng.uniform(0, 2 * np.pi, (2, 5))
    waves = np.sin(2 * np.pi * hz[..., None] * t + phase[..., None]).sum(axis=1)
    return np.asarray(amplitude_px * (waves / np.abs(waves).max()).T)


def panning(count: int, length_px: float) -> NDArray[np.float64]:
    """A path (n, 2) of a camera that turns evenly by ``length_px``."""
    across = np.linspace(-0.5, 0.5, count) * length_px
    return np.stack([across, np.zeros(count)], axis=1)


def joined_by(
    frames: Sequence[Frame], guests: Sequence[Frame], dx: int, dy: int = 0
) -> list[Picture]:
    """Somebody else in the room, in front: ``guests`` shifted right and down by pixels."""
    result = []
    for frame, guest in zip(frames, guests, strict=False):
        matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float64)
        size = frame.rgb.shape[1], frame.rgb.shape[0]
        body = cv2.warpAffine(guest.foreground, matrix, size)
        alpha = cv2.warpAffine(guest.alpha, matrix, size)[..., None]
        result.append(np.clip(frame.rgb * (1 - alpha) + body, 0, 255).astype(np.uint8))
    return result


def leaving(frames: Sequence[Frame], empty: Picture, path_px: Sequence[float]) -> list[Picture]:
    """The athlete shifted right by ``path_px`` in an ``empty`` room, frame by frame."""
    size = empty.shape[1], empty.shape[0]
    result = []
    for frame, dx in zip(frames, path_px, strict=True):
        matrix = np.array([[1, 0, dx], [0, 1, 0]], np.float64)
        body = cv2.warpAffine(frame.foreground, matrix, size)
        alpha = cv2.warpAffine(frame.alpha, matrix, size)[..., None]
        result.append(np.clip(empty * (1 - alpha) + body, 0, 255).astype(np.uint8))
    return result


def behind(
    pictures: Sequence[Picture], left: float, top: float, right: float, bottom: float, seed: int = 0
) -> list[Picture]:
    """Furniture in front of the athlete: a wooden chest over these shares of the picture."""
    height, width = pictures[0].shape[:2]
    x0, x1, y0, y1 = (
        round(share * size)
        for share, size in ((left, width), (right, width), (top, height), (bottom, height))
    )
    rng = np.random.default_rng(seed)
    grain = cv2.GaussianBlur(rng.normal(0, 60, (y1 - y0, x1 - x0)), (0, 0), sigmaX=12, sigmaY=0.8)
    wood = np.clip(np.array([150.0, 112.0, 78.0]) + grain[..., None], 0, 255).astype(np.uint8)
    cv2.rectangle(wood, (0, 0), (x1 - x0 - 1, y1 - y0 - 1), (84, 60, 40), 3)
    result = []
    for picture in pictures:
        picture = picture.copy()
        picture[y0:y1, x0:x1] = wood
        result.append(picture)
    return result
