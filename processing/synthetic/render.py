"""Pictures of a performance, with the truth about each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import LANDMARKS, MIRROR
from processing.synthetic.body import Body, Floats, Pose, landmarks
from processing.synthetic.camera import Camera, look
from processing.synthetic.clothing import Appearance
from processing.synthetic.exercises import Staged, pose_at
from processing.synthetic.figure import build
from processing.synthetic.lighting import lit, shade, shadows
from processing.synthetic.performance import Performance
from processing.synthetic.raster import EMPTY_M, draw
from processing.synthetic.scene import Light, Room, backdrop

Float32 = NDArray[np.float32]

# Samples per pixel and direction, then a small blur, as a lens would: soft edges, and an alpha
# that is exactly what the picture was mixed with.
_SAMPLES = 2
_LENS_SIGMA_PX = 0.55
_CLOSE_PX_PER_M = 200.0


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

    performance: Performance | Staged
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
    return _truth(shot, _points(shot, pose_at(shot.performance, shot.body, t)))


def _points(shot: Shot, pose: Pose) -> Floats:
    """Landmarks (33, 3) in the room, metres."""
    return np.asarray(landmarks(shot.body, pose) @ shot.camera.body_to_room.T)


def _truth(shot: Shot, points: Floats) -> tuple[Floats, Floats]:
    camera = shot.camera
    image, world = camera.project(points), camera.world(points)
    if shot.mirrored:
        image, world = image[MIRROR], world[MIRROR]
        image = image * [-1.0, 1.0] + [camera.width, 0.0]
        world = world * [-1.0, 1.0, 1.0]
    return image, world


def render(shot: Shot, t: float) -> Frame:
    """Render the picture ``t`` seconds into the take."""
    camera, light = shot.camera, shot.light
    figure = build(shot.body, shot.appearance, _cell(camera))
    room = backdrop(shot.room, light, camera)
    pose = pose_at(shot.performance, shot.body, t)
    vertices, normals = figure.posed(shot.body, pose)
    turned = camera.body_to_room.astype(np.float32).T
    vertices, normals = vertices @ turned, normals @ turned
    coarse = vertices[figure.shadow_vertices]
    share = lit(vertices, coarse, figure.shadow_faces, light)
    colours = shade(figure, vertices, normals, share, light, camera)
    axes = camera.room_to_camera.astype(np.float32).T
    seen = (vertices - camera.position.astype(np.float32)) @ axes
    size = (camera.width * _SAMPLES, camera.height * _SAMPLES)
    picture, depth = draw(seen, figure.faces, colours, size, camera.fov_deg)
    foreground, alpha = _resolve(picture, depth, camera)
    bright = shadows(coarse, figure.shadow_faces, camera, light, shot.room, room)
    mixed = room.picture * bright[..., None]
    mixed *= (1.0 - alpha)[..., None]
    mixed += foreground
    rgb = _develop(mixed, shot, t)
    points = _points(shot, pose)
    visibility = _visibility(points, depth, camera)
    image, world = _truth(shot, points)
    if shot.mirrored:
        rgb = np.ascontiguousarray(rgb[:, ::-1])
        alpha = np.ascontiguousarray(alpha[:, ::-1])
        foreground = np.ascontiguousarray(foreground[:, ::-1])
        visibility = visibility[MIRROR]
    rep = shot.performance.moment(t).rep
    return Frame(t, rep, rgb, alpha, foreground, image, world, visibility)


def _cell(camera: Camera) -> float:
    """Size of the mesh's cells for the size in which the athlete is seen: 3 pixels are enough."""
    return 1.0 if camera.focal_px > _CLOSE_PX_PER_M * camera.distance_m else 2.0


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
