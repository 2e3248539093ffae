"""A pinhole camera that stands in the room and looks at the athlete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from processing.synthetic.body import Body, Floats, landmarks
from processing.synthetic.exercises import pose_at
from processing.synthetic.performance import FLOOR_EXERCISES, Performance
from processing.synthetic.rotation import turn

# Degrees the athlete is turned from facing the camera, towards the image's right.
VIEWS: Final[dict[str, float]] = {"front": 0.0, "three_quarter": 38.0, "side": 90.0}


@dataclass(frozen=True)
class Camera:
    """Where the camera is, how it is tilted, and its lens.

    Room space is body space before the athlete is turned: x right, y up, z towards the camera,
    the floor y = 0. The camera is at (x_m, height_m, distance_m) and looks along -z.

    width, height : pixels. fov_deg : vertical field of view.
    tilt_deg : downwards. yaw_deg : how far the athlete is turned to the image's right.
    """

    width: int = 480
    height: int = 640
    yaw_deg: float = 0.0
    distance_m: float = 3.9
    height_m: float = 1.15
    x_m: float = 0.0
    tilt_deg: float = 4.0
    fov_deg: float = 38.0

    @property
    def focal_px(self) -> float:
        """Focal length in pixels, the same across and down."""
        return float(0.5 * self.height / np.tan(np.radians(0.5 * self.fov_deg)))

    @property
    def position(self) -> Floats:
        """The centre of projection (3,) in room space, metres."""
        return np.array([self.x_m, self.height_m, self.distance_m])

    @property
    def body_to_room(self) -> Floats:
        """Rotation (3, 3) that turns the athlete."""
        return turn("y", self.yaw_deg)

    @property
    def room_to_camera(self) -> Floats:
        """Rotation (3, 3) into camera axes: x right, y up, z backwards, out of the picture."""
        return turn("x", self.tilt_deg)

    def to_camera(self, points: Floats) -> Floats:
        """Room points (..., 3) in camera axes, metres."""
        return np.asarray((points - self.position) @ self.room_to_camera.T)

    def project(self, points: Floats) -> Floats:
        """Pixels (..., 2) of room points (..., 3); pixel i covers i to i + 1.

        u = W / 2 + f x / -z and v = H / 2 - f y / -z in camera axes.
        """
        p = self.to_camera(points)
        depth = np.maximum(-p[..., 2], 1e-6)
        u = 0.5 * self.width + self.focal_px * p[..., 0] / depth
        v = 0.5 * self.height - self.focal_px * p[..., 1] / depth
        return np.stack([u, v], axis=-1)

    def world(self, points: Floats) -> Floats:
        """Room points (33, 3) as world landmarks: origin between the hips, x right, y down,
        z negative towards the camera, metres."""
        axes = points @ self.room_to_camera.T * np.array([1.0, -1.0, -1.0])
        return np.asarray(axes - 0.5 * (axes[23] + axes[24]))


def look(
    performance: Performance,
    body: Body,
    view: str | float = "front",
    size: tuple[int, int] = (480, 640),
    margin: float = 0.10,
    height_m: float | None = None,
    fov_deg: float = 38.0,
) -> Camera:
    """A camera far enough away that the whole take stays in the picture.

    view : a name of ``VIEWS`` or degrees. size : width, height in pixels.
    margin : share of the picture left free on every side.
    """
    low = performance.exercise in FLOOR_EXERCISES
    eye = height_m if height_m is not None else (0.75 if low else 1.15)
    reps = performance.reps_s[:2]
    times = np.concatenate([[0.0], *(np.linspace(a, b, 13) for a, b in reps)])
    points = np.concatenate([landmarks(body, pose_at(performance, body, t)) for t in times])
    return fit(points, view, size, margin, eye, 9.0 if low else 3.0, fov_deg)


def fit(
    points: Floats,
    view: str | float = "front",
    size: tuple[int, int] = (480, 640),
    margin: float = 0.10,
    height_m: float = 1.15,
    tilt_deg: float = 3.0,
    fov_deg: float = 38.0,
) -> Camera:
    """A camera far enough away that landmarks stay in the picture.

    points : (n, 3) metres, body space. view, size, margin : as in ``look``.
    """
    yaw = VIEWS[view] if isinstance(view, str) else float(view)
    eye, tilt = height_m, tilt_deg
    # Landmarks lie inside the body: hair, hands and soles reach beyond.
    points = np.concatenate([points + [0, dy, 0] for dy in (-0.03, 0.14)])
    points = points @ turn("y", yaw).T
    middle = 0.5 * (points[:, 0].min() + points[:, 0].max())
    width, height = size
    for distance in np.arange(2.6, 9.0, 0.05):
        camera = Camera(width, height, yaw, float(distance), eye, float(middle), tilt, fov_deg)
        # Tilt so that the take is centred vertically, then see whether it fits.
        pixels = camera.project(points)
        centre = 0.5 * (pixels[:, 1].min() + pixels[:, 1].max()) - 0.5 * height
        tilt = float(np.clip(tilt + np.degrees(np.arctan(centre / camera.focal_px)), -6, 25))
        camera = Camera(width, height, yaw, float(distance), eye, float(middle), tilt, fov_deg)
        pixels = camera.project(points)
        inside = (
            pixels[:, 0].min() > margin * width
            and pixels[:, 0].max() < (1 - margin) * width
            and pixels[:, 1].min() > 0.6 * margin * height
            and pixels[:, 1].max() < (1 - 0.6 * margin) * height
        )
        if inside:
            return camera
    return camera
