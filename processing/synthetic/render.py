"""Pictures of a performance, with the truth about each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import LANDMARKS, MIRROR
from processing.synthetic.body import Body, Floats, landmarks
from processing.synthetic.camera import Camera, look
from processing.synthetic.clothing import Appearance
from processing.synthetic.exercises import pose_at
from processing.synthetic.figure import Figure, build
from processing.synthetic.performance import Performance
from processing.synthetic.raster import EMPTY_M, depth_of, draw
from processing.synthetic.scene import Backdrop, Light, Room, backdrop

Float32 = NDArray[np.float32]

# Samples per pixel and direction, then a small blur, as a lens would: soft edges, and an alpha
# that is exactly what the picture was mixed with.
_SAMPLES = 2
_LENS_SIGMA_PX = 0.55
_SHADOW_MAP = 512
_SHADOW_FOV_DEG = 38.0


def _flesh() -> Floats:
    """How far below the surface each landmark (33,) lies at most, metres, clothes included."""
    depths = {"shoulder": 0.10, "elbow": 0.07, "hip": 0.15, "knee": 0.09, "ankle": 0.08}
    depths |= {"wrist": 0.06, "pinky": 0.05, "index": 0.05, "thumb": 0.05}
    depths |= {"heel": 0.09, "foot_index": 0.08}
    return np.array([depths.get(name.split("_", 1)[-1], 0.035) for name in LANDMARKS])


_FLESH_M = _flesh()


@dataclass(frozen=True)
class Shot:
    """Everything a picture depends on but time.

    mirrored : flip the picture, as a selfie camera does; left and right landmarks swap with it,
    so that the truth is what a detector would see.
    """

    performance: Performance
    camera: Camera
    body: Body = field(default_factory=Body)
    appearance: Appearance = field(default_factory=Appearance)
    room: Room = field(default_factory=Room)
    light: Light = field(default_factory=Light)
    mirrored: bool = False


@dataclass(frozen=True)
class Frame:
    """One picture and its truth.

    rgb : (H, W, 3) uint8. alpha : (H, W) float32, 0..1, the athlete's exact coverage.
    foreground : (H, W, 3) float32, 0..255, premultiplied by alpha, before grain.
    image : (33, 2) pixels. world : (33, 3) metres, hip-centred, x right, y down, z negative
    towards the camera. visibility : (33,) 1 seen, 0 hidden by another part or out of the picture.
    rep : number of the repetition, -1 while idle.
    """

    t: float
    rep: int
    rgb: NDArray[np.uint8]
    alpha: Float32
    foreground: Float32
    image: Floats
    world: Floats
    visibility: Floats


def shoot(
    performance: Performance,
    view: str | float = "front",
    size: tuple[int, int] = (480, 640),
    body: Body | None = None,
    appearance: Appearance | None = None,
    room: Room | None = None,
    light: Light | None = None,
    mirrored: bool = False,
) -> Shot:
    """A shot whose camera stands where the whole take fits the picture (width, height)."""
    who = body or Body()
    return Shot(
        performance,
        look(performance, who, view, size),
        who,
        appearance or Appearance(),
        room or Room(),
        light or Light(),
        mirrored,
    )


def frame_times(shot: Shot, fps: float) -> Floats:
    """Times (n,) of the take's frames, seconds."""
    return np.arange(max(1, round(shot.performance.duration_s * fps))) / fps


def frames(shot: Shot, fps: float = 25.0) -> Iterator[Frame]:
    """Render a whole take."""
    for t in frame_times(shot, fps):
        yield render(shot, float(t))


def truth(shot: Shot, t: float) -> tuple[Floats, Floats]:
    """Image landmarks (33, 2) in pixels and world landmarks (33, 3) in metres, without drawing."""
    camera = shot.camera
    pose = pose_at(shot.performance, shot.body, t)
    points = landmarks(shot.body, pose) @ camera.body_to_room.T
    image, world = camera.project(points), camera.world(points)
    if shot.mirrored:
        image, world = image[MIRROR], world[MIRROR]
        image = image * [-1.0, 1.0] + [camera.width, 0.0]
        world = world * [-1.0, 1.0, 1.0]
    return image, world


def render(shot: Shot, t: float) -> Frame:
    """Render the picture ``t`` seconds into the take."""
    camera, light = shot.camera, shot.light
    figure = build(shot.body, shot.appearance)
    room = backdrop(shot.room, light, camera)
    pose = pose_at(shot.performance, shot.body, t)
    vertices, normals = figure.posed(shot.body, pose)
    turned = camera.body_to_room.astype(np.float32).T
    vertices, normals = vertices @ turned, normals @ turned
    coarse = vertices[figure.shadow_vertices]
    lit = _lit(vertices, coarse, figure.shadow_faces, light)
    colours = _shade(figure, vertices, normals, lit, light, camera)
    axes = camera.room_to_camera.astype(np.float32).T
    seen = (vertices - camera.position.astype(np.float32)) @ axes
    size = (camera.width * _SAMPLES, camera.height * _SAMPLES)
    picture, depth = draw(seen, figure.faces, colours, size, camera.fov_deg)
    foreground, alpha = _resolve(picture, depth, camera)
    shade = _shadows(coarse, figure.shadow_faces, shot, room)
    mixed = room.picture * shade[..., None]
    mixed *= (1.0 - alpha)[..., None]
    mixed += foreground
    rgb = _develop(mixed, shot, t)
    points = landmarks(shot.body, pose) @ camera.body_to_room.T
    visibility = _visibility(points, depth, camera)
    image, world = truth(shot, t)
    if shot.mirrored:
        rgb = np.ascontiguousarray(rgb[:, ::-1])
        alpha = np.ascontiguousarray(alpha[:, ::-1])
        foreground = np.ascontiguousarray(foreground[:, ::-1])
        visibility = visibility[MIRROR]
    rep = shot.performance.moment(t).rep
    return Frame(t, rep, rgb, alpha, foreground, image, world, visibility)


def _lamp_axes(light: Light) -> Floats:
    """Rotation (3, 3) into the axes of a camera at the lamp, looking at the athlete."""
    back = np.asarray(light.position) - [0.0, 0.85, 0.0]
    back = back / np.linalg.norm(back)
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(back, right), back])


def _lit(vertices: Float32, coarse: Float32, faces: NDArray[np.int32], light: Light) -> Float32:
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


def _shade(
    figure: Figure,
    vertices: Float32,
    normals: Float32,
    lit: Float32,
    light: Light,
    camera: Camera,
) -> Float32:
    """Colours (V, 3) 0..1 (gamma 2): lamp with soft terminator, sky, floor, fill, gloss, rim."""
    to_lamp = np.asarray(light.position, np.float32) - vertices
    to_lamp /= np.linalg.norm(to_lamp, axis=1, keepdims=True)
    to_eye = camera.position.astype(np.float32) - vertices
    to_eye /= np.linalg.norm(to_eye, axis=1, keepdims=True)
    facing = np.einsum("vi,vi->v", normals, to_lamp)
    wrapped = np.clip((facing + 0.18) / 1.18, 0, 1) * lit
    up = 0.5 + 0.5 * normals[:, 1]
    fill_from = np.array([0.75, 0.15, 0.64], np.float32)
    fill = np.clip(normals @ fill_from, 0, 1)
    sky, bounce, key, side = (
        np.asarray(c, np.float32) for c in (light.sky, light.bounce, light.key, light.fill)
    )
    ambient = up[:, None] * sky + (1 - up)[:, None] * bounce + fill[:, None] * side
    ambient *= (figure.occlusion * (0.75 + 0.25 * lit))[:, None]
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
    colour += (0.32 * figure.gloss * shine * lit)[:, None] * key + (0.07 * rim)[:, None] * sky
    return np.asarray(np.sqrt(np.clip(colour, 0, 1)), np.float32)


def _resolve(picture: Float32, depth: Float32, camera: Camera) -> tuple[Float32, Float32]:
    """Scale samples down to premultiplied colour (H, W, 3) 0..255 and alpha (H, W) 0..1."""
    foreground = np.zeros((camera.height, camera.width, 3), np.float32)
    alpha = np.zeros((camera.height, camera.width), np.float32)
    solid = (depth < EMPTY_M).astype(np.float32)
    rows, columns = np.flatnonzero(solid.max(axis=1)), np.flatnonzero(solid.max(axis=0))
    if len(rows) == 0:
        return foreground, alpha
    # Only the athlete's part of the picture, with room for the blur.
    y0, y1 = max(rows[0] // _SAMPLES - 2, 0), min(rows[-1] // _SAMPLES + 3, camera.height)
    x0, x1 = max(columns[0] // _SAMPLES - 2, 0), min(columns[-1] // _SAMPLES + 3, camera.width)
    part = np.s_[y0 * _SAMPLES : y1 * _SAMPLES, x0 * _SAMPLES : x1 * _SAMPLES]
    size = (x1 - x0, y1 - y0)
    for samples, target, scale in ((solid, alpha, 1.0), (picture, foreground, 255.0)):
        small = cv2.resize(samples[part], size, interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (3, 3), _LENS_SIGMA_PX)
        target[y0:y1, x0:x1] = np.clip(small, 0, 1) * np.float32(scale)
    return foreground, alpha


def _shadows(vertices: Float32, faces: NDArray[np.int32], shot: Shot, room: Backdrop) -> Float32:
    """How bright (H, W) the room stays under the athlete's shadow; 1 is untouched."""
    camera, light = shot.camera, shot.light
    lamp = np.asarray(light.position, np.float32)
    step = vertices - lamp
    down = np.minimum(step[:, 1:2], -0.05)
    on_floor = lamp + step * (-lamp[1] / down)
    away = np.minimum(step[:, 2:3], -0.05)
    on_wall = lamp + step * ((np.float32(shot.room.wall_z) - lamp[2]) / away)
    touching = vertices.copy()
    touching[:, 1] = 0.0
    low = faces[(vertices[faces, 1] < 0.22).all(axis=1)]
    width, height = camera.width // 2, camera.height // 2
    soft = 0.010 + 0.016 * light.softness
    shade = np.ones((height, width), np.float32)
    region = cv2.resize(room.on_floor, (width, height), interpolation=cv2.INTER_AREA)
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
        shade *= 1 - strength * dark * where
    size = (camera.width, camera.height)
    return np.asarray(cv2.resize(shade, size, interpolation=cv2.INTER_LINEAR), np.float32)


@lru_cache(maxsize=4)
def _grain(seed: int, width: int, height: int) -> Float32:
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((height + 64, width + 64, 3)).astype(np.float32)
    # Sensors are noisier than video: compression and denoising leave soft, mostly grey grain.
    noise = 0.7 * noise.mean(axis=2, keepdims=True) * np.sqrt(3) + 0.3 * noise
    return np.asarray(cv2.GaussianBlur(noise, (3, 3), 0.6) * 1.6, np.float32)


def _develop(mixed: Float32, shot: Shot, t: float) -> NDArray[np.uint8]:
    """8-bit picture with grain, different in every frame yet the same for the same seed."""
    camera = shot.camera
    if shot.room.grain > 0:
        noise = _grain(shot.room.seed, camera.width, camera.height)
        rng = np.random.default_rng([shot.room.seed, int(round(t * 1000))])
        dx, dy = (int(i) for i in rng.integers(0, 64, 2))
        mixed = (
            mixed
            + np.float32(shot.room.grain) * noise[dy : dy + camera.height, dx : dx + camera.width]
        )
    return np.asarray(cv2.convertScaleAbs(np.maximum(mixed, 0)), np.uint8)


def _visibility(points: Floats, depth: Float32, camera: Camera) -> Floats:
    """1 for landmarks (33,) with nothing but their own flesh in front, 0 for hidden ones."""
    pixels = np.floor(camera.project(points) * _SAMPLES).astype(int)
    height, width = depth.shape
    inside = (pixels >= 0).all(axis=1) & (pixels[:, 0] < width) & (pixels[:, 1] < height)
    x, y = np.clip(pixels[:, 0], 0, width - 1), np.clip(pixels[:, 1], 0, height - 1)
    own = -camera.to_camera(points)[:, 2]
    return np.asarray((inside & (depth[y, x] > own - _FLESH_M)).astype(float))
