"""The room behind the athlete, and its light."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.synthetic.body import Floats
from processing.synthetic.camera import Camera

Float32 = NDArray[np.float32]
Colour = tuple[float, float, float]
# Painters in room space, metres and 8-bit colours: any flat shape, and an upright rectangle.
Polygon = Callable[[list[tuple[float, float, float]], Colour], None]
Box = Callable[[float, float, float, float, Colour], None]


@dataclass(frozen=True)
class Light:
    """One lamp, a sky and a floor that shines back; colours are linear light.

    position : metres in room space. softness : 0 hard shadows to 1 very soft.
    """

    position: tuple[float, float, float] = (-2.3, 3.5, 3.3)
    key: Colour = (1.32, 1.24, 1.10)
    sky: Colour = (0.40, 0.43, 0.48)
    bounce: Colour = (0.25, 0.20, 0.15)
    fill: Colour = (0.16, 0.19, 0.25)
    softness: float = 0.5


@dataclass(frozen=True)
class Room:
    """Walls, floor and furniture; ``seed`` picks colours and where things stand.

    wall_z : metres, the back wall behind the athlete (negative).
    """

    seed: int = 0
    wall_z: float = -1.75
    mat: bool = True
    furniture: bool = True
    grain: float = 1.6  # standard deviation, 8-bit steps


_WALLS = ((206, 201, 192), (188, 200, 205), (214, 204, 198), (194, 203, 190))
_WOODS = ((176, 132, 92), (150, 112, 80), (194, 158, 118))
_MATS = ((70, 78, 130), (60, 110, 104), (128, 84, 104), (74, 74, 84))


@dataclass(frozen=True)
class Backdrop:
    """The empty room through a camera.

    picture : (H, W, 3) float32, gamma 2, 0..255. on_floor : (H, W) float32, 1 where floor is seen,
    0 where wall is.
    """

    picture: Float32
    on_floor: Float32


@lru_cache(maxsize=16)
def backdrop(room: Room, light: Light, camera: Camera) -> Backdrop:
    """Draw the room once, at twice the size, and scale it down."""
    rng = np.random.default_rng(room.seed)
    w, h = camera.width * 2, camera.height * 2
    u, v = np.meshgrid(np.arange(w) + 0.5, np.arange(h) + 0.5)
    focal = camera.focal_px * 2
    ray = np.stack([(u - w / 2) / focal, (h / 2 - v) / focal, -np.ones_like(u)], -1)
    ray = ray @ camera.room_to_camera  # the inverse of a rotation, from the right
    eye = camera.position
    with np.errstate(divide="ignore", invalid="ignore"):
        to_floor = np.where(ray[..., 1] < -1e-6, -eye[1] / ray[..., 1], np.inf)
    to_wall = (room.wall_z - eye[2]) / ray[..., 2]
    floor = to_floor < to_wall
    point = eye + np.minimum(to_floor, to_wall)[..., None] * ray
    wall_colour = _linear(_WALLS[rng.integers(len(_WALLS))])
    colour = np.where(floor[..., None], _planks(point, rng), _wall(point, wall_colour, room, rng))
    if room.mat:
        colour = _mat(colour, point, floor, camera, rng)
    normal = np.where(floor[..., None], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0])
    colour = colour * _irradiance(point, normal, floor, room, light)
    if room.furniture:
        colour = _furniture(colour, camera, room, rng)
    small = cv2.resize(
        np.sqrt(np.clip(colour, 0, 1)).astype(np.float32),
        (camera.width, camera.height),
        interpolation=cv2.INTER_AREA,
    )
    # A lens that is focused on the athlete leaves the wall a little soft.
    small = cv2.GaussianBlur(small, (0, 0), 0.0014 * camera.height)
    region = cv2.resize(
        floor.astype(np.float32), (camera.width, camera.height), interpolation=cv2.INTER_AREA
    )
    return Backdrop(small * np.float32(255), region)


def _linear(colour: tuple[int, int, int]) -> Floats:
    return np.asarray((np.asarray(colour, float) / 255.0) ** 2.0)


def _noise(x: Floats, y: Floats, rng: np.random.Generator, scale: float) -> Floats:
    """Smooth value noise -1..1 on the plane, features of about ``scale`` metres."""
    table = cv2.GaussianBlur(rng.standard_normal((128, 128)).astype(np.float32), (0, 0), 1.0)
    table /= max(float(np.abs(table).max()), 1e-6)
    fx = np.mod(x / scale, 127).astype(np.float32)
    fy = np.mod(y / scale, 127).astype(np.float32)
    return np.asarray(cv2.remap(table, fx, fy, cv2.INTER_LINEAR), float)


def _planks(point: Floats, rng: np.random.Generator) -> Floats:
    """Wooden boards that run from the camera to the wall."""
    wood = _linear(_WOODS[rng.integers(len(_WOODS))])
    across, along = point[..., 0] / 0.145, point[..., 2]
    board = np.floor(across)
    tone_table = rng.uniform(0.80, 1.14, 4096)
    offset_table = rng.uniform(0, 1.9, 4096)
    key = np.clip(board, -900, 900).astype(int) % 1024
    piece = np.floor((along + offset_table[key]) / 1.9)
    tone = tone_table[(key * 7 + np.clip(piece, -50, 50).astype(int) * 131) % 4096]
    fibre = _noise(point[..., 0] * 9 + key * 3.1, along * 0.6, rng, 0.10)
    rings = np.sin((point[..., 0] * 60 + 2.2 * fibre) * 2 + key)
    shade = tone * (1 + 0.06 * fibre + 0.025 * rings)
    seam = np.minimum(across - board, board + 1 - across) * 0.145
    end = np.abs(np.mod(along + offset_table[key], 1.9) - 0.95)
    gap = np.clip((0.0022 - seam) / 0.002, 0, 1) + np.clip((end - 0.9478) / 0.002, 0, 1)
    shade = shade * (1 - 0.5 * np.clip(gap, 0, 1))
    return np.asarray(wood * shade[..., None])


def _wall(point: Floats, paint: Floats, room: Room, rng: np.random.Generator) -> Floats:
    """Painted plaster with a skirting board."""
    x, y = point[..., 0], point[..., 1]
    shade = 1 + 0.018 * _noise(x, y, rng, 0.25) + 0.012 * _noise(x, y, rng, 0.03)
    colour = paint * shade[..., None]
    # Wainscot: the lower wall a tone darker, with a narrow white rail.
    colour = np.where((y < 0.92)[..., None], colour * [0.74, 0.78, 0.80], colour)
    rail = (y > 0.915) & (y < 0.955)
    board = y < 0.11
    white = _linear((232, 230, 226))
    edge = 0.72 + 0.28 * np.clip((y - 0.012) / 0.01, 0, 1)
    colour = np.where(rail[..., None], white * 0.95, colour)
    colour = np.where(board[..., None], white * edge[..., None], colour)
    lip = (y > 0.103) & (y < 0.11)
    return np.where(lip[..., None], white * 0.70, colour)


def _mat(
    colour: Floats,
    point: Floats,
    floor: NDArray[np.bool_],
    camera: Camera,
    rng: np.random.Generator,
) -> Floats:
    """An exercise mat under the athlete, turned with them."""
    tone = _linear(_MATS[rng.integers(len(_MATS))])
    local = point @ camera.body_to_room
    dx = np.abs(local[..., 0]) - 0.42
    dz = np.abs(local[..., 2] - 0.03) - 1.0
    inside = floor & (dx < 0) & (dz < 0)
    border = (np.maximum(dx, dz) > -0.030) & (np.maximum(dx, dz) < -0.022)
    weave = 1 + 0.05 * np.sin(local[..., 0] * 500) * np.sin(local[..., 2] * 500)
    cloth = tone * weave[..., None] * np.where(border, 1.8, 1.0)[..., None]
    near = np.clip(1 - np.maximum(np.maximum(dx, 0), np.maximum(dz, 0)) / 0.035, 0, 1)
    colour = np.where((floor & ~inside)[..., None], colour * (1 - 0.35 * near[..., None]), colour)
    return np.where(inside[..., None], cloth, colour)


def _irradiance(
    point: Floats, normal: Floats, floor: NDArray[np.bool_], room: Room, light: Light
) -> Floats:
    """Light (H, W, 3) that reaches the walls and the floor."""
    to_lamp = np.asarray(light.position) - point
    distance = np.linalg.norm(to_lamp, axis=-1, keepdims=True)
    facing = np.clip(np.sum(normal * to_lamp, -1, keepdims=True) / distance, 0, 1)
    falloff = np.minimum((4.6 / distance) ** 2, 1.25)
    ambient = np.where(floor[..., None], light.sky, 0.62 * np.asarray(light.sky) + light.bounce)
    # Corners are darker: the wall's foot and the floor along it see each other.
    corner = np.where(floor, point[..., 2] - room.wall_z, point[..., 1])
    dark = 1 - 0.38 * np.exp(-np.clip(corner, 0, None) / 0.22)
    return np.asarray((ambient + 0.72 * np.asarray(light.key) * facing * falloff) * dark[..., None])


def _furniture(colour: Floats, camera: Camera, room: Room, rng: np.random.Generator) -> Floats:
    """A window, a framed print and a plant, drawn as flat shapes on or near the wall."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    canvas = np.sqrt(np.clip(colour, 0, 1)).astype(np.float32)
    big = Camera(**{**camera.__dict__, "width": camera.width * 2, "height": camera.height * 2})
    z = room.wall_z + 0.01

    def polygon(points: list[tuple[float, float, float]], tone: tuple[float, float, float]) -> None:
        pixels = np.round(big.project(np.array(points)) * 16).astype(np.int32)
        cv2.fillPoly(canvas, [pixels], [c / 255 for c in tone], cv2.LINE_AA, 4)

    def box(x0: float, y0: float, x1: float, y1: float, tone: tuple[float, float, float]) -> None:
        polygon([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], tone)

    _window(box, polygon, -side * 1.32, z, rng)
    _print(box, polygon, side * 1.02, z, rng)
    _plant(polygon, side * 1.30, room.wall_z + 0.36, rng)
    return np.asarray(canvas.astype(float) ** 2)


def _window(box: Box, polygon: Polygon, x: float, z: float, rng: np.random.Generator) -> None:
    box(x - 0.56, 1.02, x + 0.56, 2.32, (222, 220, 214))
    box(x - 0.50, 1.08, x + 0.50, 2.26, (236, 242, 246))
    for i in range(12):
        y = 1.08 + i * (1.18 / 12)
        blue = 1 - i / 12
        box(x - 0.50, y, x + 0.50, y + 0.1, (205 + 30 * blue, 224 + 16 * blue, 244))
    ring = np.linspace(0, np.pi, 30)
    for i in range(9):
        r = rng.uniform(0.06, 0.12)
        cx = x - 0.38 + i * 0.095
        tall = rng.uniform(0.05, 0.20)
        tone = rng.uniform(0.9, 1.05)
        crown = [(cx + r * np.cos(a), 1.08 + tall * np.sin(a) + 0.05, z) for a in ring]
        base = [(cx - r, 1.08, z), (cx + r, 1.08, z)]
        polygon([*crown, *base], (172 * tone, 200 * tone, 164 * tone))
    box(x - 0.02, 1.08, x + 0.02, 2.26, (226, 224, 218))
    box(x - 0.50, 1.70, x + 0.50, 1.735, (226, 224, 218))
    box(x - 0.62, 0.97, x + 0.62, 1.03, (240, 238, 233))
    for edge in (-0.72, 0.50):
        for i in range(8):
            tone = 208 + 14 * np.sin(i * 2.1)
            x0 = x + edge + i * 0.0275
            box(x0, 0.30, x0 + 0.03, 2.45, (tone, tone - 6, tone - 16))


def _print(box: Box, polygon: Polygon, x: float, z: float, rng: np.random.Generator) -> None:
    box(x - 0.27, 1.34, x + 0.30, 2.07, (150, 145, 138))
    box(x - 0.28, 1.36, x + 0.28, 2.08, (58, 50, 44))
    box(x - 0.26, 1.38, x + 0.26, 2.06, (240, 236, 228))
    palette = [(214, 120, 92), (70, 110, 124), (232, 186, 110), (52, 62, 84)]
    for i, tone in enumerate(rng.permutation(palette)):
        cx, cy = x + rng.uniform(-0.10, 0.10), 1.56 + 0.11 * i
        r = rng.uniform(0.06, 0.12)
        ring = np.linspace(0, 2 * np.pi, 40)
        polygon([(cx + r * np.cos(a), cy + r * np.sin(a), z) for a in ring], tuple(tone))


def _plant(polygon: Polygon, x: float, z: float, rng: np.random.Generator) -> None:
    ring = np.linspace(0, 2 * np.pi, 30)
    polygon([(x + 0.24 * np.cos(a), 0.004, z + 0.15 * np.sin(a)) for a in ring], (104, 78, 56))
    for i in range(10):
        left, right = -0.16 + 0.032 * i, -0.16 + 0.032 * (i + 1)
        tone = 196 - 9 * abs(i - 3.0)
        polygon(
            [
                (x + left * 0.74, 0.0, z),
                (x + right * 0.74, 0.0, z),
                (x + right, 0.36, z),
                (x + left, 0.36, z),
            ],
            (tone, tone * 0.93, tone * 0.86),
        )
    polygon([(x + 0.16 * np.cos(a), 0.36 + 0.03 * np.sin(a), z) for a in ring], (70, 52, 40))
    for _ in range(34):
        lean = rng.uniform(-1.0, 1.0)
        length = rng.uniform(0.45, 0.95) * (1 - 0.35 * abs(lean))
        bend = rng.uniform(0.05, 0.25) * np.sign(lean)
        t = np.linspace(0, 1, 12)
        middle_x = x + 0.05 * lean + 0.34 * lean * t + bend * t**2
        middle_y = 0.36 + length * t - 0.20 * abs(lean) * t**2
        wide = 0.030 * np.sin(np.pi * np.clip(t * 0.92 + 0.06, 0, 1)) ** 0.8
        tone = rng.uniform(0.65, 1.15)
        green = (52 * tone, 104 * tone, 58 * tone)
        dx, dy = np.gradient(middle_x), np.gradient(middle_y)
        norm = np.hypot(dx, dy)
        nx, ny = -dy / norm, dx / norm
        outline = [
            (a + n * w, b + m * w, z)
            for a, b, n, m, w in zip(middle_x, middle_y, nx, ny, wide, strict=True)
        ]
        back = [
            (a - n * w, b - m * w, z)
            for a, b, n, m, w in zip(middle_x, middle_y, nx, ny, wide, strict=True)
        ]
        polygon(outline + back[::-1], green)
        polygon(
            outline + [(a, b, z) for a, b in zip(middle_x, middle_y, strict=True)][::-1],
            (1.25 * green[0], 1.25 * green[1], 1.25 * green[2]),
        )
