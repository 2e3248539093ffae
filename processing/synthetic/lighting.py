"""How the lamp, the sky and the athlete's own shadow fall on body and room."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.synthetic.body import Floats
from processing.synthetic.camera import Camera
from processing.synthetic.figure import Figure
from processing.synthetic.raster import EMPTY_M, depth_of
from processing.synthetic.scene import Backdrop, Light, Room

Float32 = NDArray[np.float32]

_SHADOW_MAP = 512
_SHADOW_FOV_DEG = 38.0


def _lamp_axes(light: Light) -> Floats:
    """Rotation (3, 3) into the axes of a camera at the lamp, looking at the athlete."""
    back = np.asarray(light.position) - [0.0, 0.85, 0.0]
    back = back / np.linalg.norm(back)
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(back, right), back])


def lit(vertices: Float32, coarse: Float32, faces: NDArray[np.int32], light: Light) -> Float32:
    """Share (V,) of the lamp's light that reaches each vertex past the rest of the body."""
    axes = _lamp_axes(light).astype(np.float32).T
    lamp = np.asarray(light.position, np.float32)
    n = _SHADOW_MAP
    blockers: Float32 = np.asarray((coarse - lamp) @ axes, np.float32)
    depth = depth_of(blockers, faces, (n, n), _SHADOW_FOV_DEG)
    p = (vertices - lamp) @ axes
    focal = 0.5 * n / np.tan(np.radians(0.5 * _SHADOW_FOV_DEG))
    u = (0.5 * n + focal * p[:, 0] / -p[:, 2]).astype(np.int32)
    v = (0.5 * n - focal * p[:, 1] / -p[:, 2]).astype(np.int32)
    # Coarse faces cut corners by up to a centimetre or two.
    limit = -p[:, 2] - 0.045
    total = np.zeros(len(p), np.float32)
    taps = ((0, 0), (3, 1), (-1, 3), (-3, -1), (1, -3), (5, -4), (4, 5), (-5, 4), (-4, -5))
    for du, dv in taps:
        x, y = np.clip(u + du, 0, n - 1), np.clip(v + dv, 0, n - 1)
        total += depth[y, x] > limit
    return np.asarray(total / len(taps), np.float32)


def shade(
    figure: Figure,
    vertices: Float32,
    normals: Float32,
    lamp_share: Float32,
    light: Light,
    camera: Camera,
) -> Float32:
    """Colours (V, 3) 0..1 (gamma 2): lamp with soft terminator, sky, floor, fill, gloss, rim."""
    to_lamp = np.asarray(light.position, np.float32) - vertices
    to_lamp /= np.linalg.norm(to_lamp, axis=1, keepdims=True)
    to_eye = camera.position.astype(np.float32) - vertices
    to_eye /= np.linalg.norm(to_eye, axis=1, keepdims=True)
    facing = np.einsum("vi,vi->v", normals, to_lamp)
    wrapped = np.clip((facing + 0.18) / 1.18, 0, 1) * lamp_share
    up = 0.5 + 0.5 * normals[:, 1]
    fill_from = np.array([0.75, 0.15, 0.64], np.float32)
    fill = np.clip(normals @ fill_from, 0, 1)
    sky, bounce, key, side = (
        np.asarray(c, np.float32) for c in (light.sky, light.bounce, light.key, light.fill)
    )
    ambient = up[:, None] * sky + (1 - up)[:, None] * bounce + fill[:, None] * side
    ambient *= (figure.occlusion * (0.75 + 0.25 * lamp_share))[:, None]
    colour = figure.albedo * (ambient + (wrapped * 0.86)[:, None] * key)
    half = to_lamp + to_eye
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    shine = np.clip(np.einsum("vi,vi->v", normals, half), 0, 1)
    shine = shine**2
    shine = shine**2
    shine = shine**2
    shine = shine**2 * shine
    grazing = 1 - np.clip(np.einsum("vi,vi->v", normals, to_eye), 0, 1)
    rim = grazing * grazing * grazing * (0.3 + 0.7 * up) * figure.occlusion
    colour += (0.32 * figure.gloss * shine * lamp_share)[:, None] * key + (0.07 * rim)[
        :, None
    ] * sky
    return np.asarray(np.sqrt(np.clip(colour, 0, 1)), np.float32)


def shadows(
    vertices: Float32,
    faces: NDArray[np.int32],
    camera: Camera,
    light: Light,
    room: Room,
    behind: Backdrop,
) -> Float32:
    """How bright (H, W) the room stays under the athlete's shadow; 1 is untouched."""
    lamp = np.asarray(light.position, np.float32)
    step = vertices - lamp
    down = np.minimum(step[:, 1:2], -0.05)
    on_floor = lamp + step * (-lamp[1] / down)
    away = np.minimum(step[:, 2:3], -0.05)
    on_wall = lamp + step * ((np.float32(room.wall_z) - lamp[2]) / away)
    touching = vertices.copy()
    touching[:, 1] = 0.0
    low = faces[(vertices[faces, 1] < 0.22).all(axis=1)]
    width, height = camera.width // 2, camera.height // 2
    soft = 0.010 + 0.016 * light.softness
    bright = np.ones((height, width), np.float32)
    region = cv2.resize(behind.on_floor, (width, height), interpolation=cv2.INTER_AREA)
    axes = camera.room_to_camera.astype(np.float32).T
    eye = camera.position.astype(np.float32)
    for points, chosen, where, strength, blur in (
        (on_floor, faces, region, 0.36, soft),
        (on_wall, faces, 1 - region, 0.26, 2.2 * soft),
        (touching, low, region, 0.42, 0.45 * soft),
        (touching, faces, region, 0.20, 2.6 * soft),
    ):
        if len(chosen) == 0:
            continue
        seen = np.ascontiguousarray((points - eye) @ axes, np.float32)
        depth = depth_of(seen, chosen, (width, height), camera.fov_deg)
        dark = cv2.GaussianBlur((depth < EMPTY_M).astype(np.float32), (0, 0), blur * height)
        bright *= 1 - strength * dark * where
    size = (camera.width, camera.height)
    return np.asarray(cv2.resize(bright, size, interpolation=cv2.INTER_LINEAR), np.float32)
