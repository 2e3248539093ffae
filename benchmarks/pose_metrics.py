"""How far found poses are from the true ones: the measures of the pose field.

Less is better, but for `pck`, `detection_rate` and `frames_per_second`.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.skeleton import INDEX

NAMES: Final = (
    "pck",
    "error_2d_pct",
    "pa_mpjpe_mm",
    "angle_error_deg",
    "detection_rate",
    "jitter",
    "frames_per_second",
)

_SIDES: Final = ("left", "right")
MAIN: Final = [
    INDEX[f"{side}_{name}"]
    for side in _SIDES
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
]
"""The twelve joints that are compared: all sets of joints have them."""
_ANGLES: Final = [
    [INDEX[f"{side}_{name}"] for name in names]
    for side in _SIDES
    for names in (
        ("shoulder", "elbow", "wrist"),
        ("hip", "shoulder", "elbow"),
        ("shoulder", "hip", "knee"),
        ("hip", "knee", "ankle"),
    )
]
_PCK_TORSO: Final = 0.2

Floats = NDArray[np.float64]


def errors_2d(found: Floats, truth: Floats) -> Floats:
    """Distance (T, 12) of the main joints in torso lengths; NaN where nobody was found.

    The torso is the true one, from mid-shoulder to mid-hip, the median of the scene.
    """
    shoulders = truth[:, [INDEX["left_shoulder"], INDEX["right_shoulder"]]].mean(axis=1)
    hips = truth[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1)
    torso = np.median(np.linalg.norm(shoulders - hips, axis=1))
    return np.asarray(np.linalg.norm(found - truth, axis=-1)[:, MAIN] / torso)


def pck(errors: Floats) -> Floats:
    """Whether each joint is right: within 0.2 torso lengths (PCK@0.2); what was not found is not.

    Y. Yang, D. Ramanan: Articulated human detection with flexible mixtures of parts. PAMI 35(12),
    2013, §6.1, with the torso for the person's box.
    """
    return np.asarray(np.nan_to_num(errors, nan=np.inf) < _PCK_TORSO, np.float64)


def pa_mpjpe_mm(found: Floats, truth: Floats) -> Floats:
    """Mean distance (T,) of the main joints after the best similarity transform, millimetres.

    C. Ionescu et al.: Human3.6M. PAMI 36(7), 2014, protocol 2; the transform is that of J. C.
    Gower: Generalized Procrustes analysis. Psychometrika 40(1), 1975.
    """
    a, b = found[:, MAIN], truth[:, MAIN]
    whole = np.isfinite(a).all(axis=(1, 2))
    out = np.full(len(a), np.nan)
    if not whole.any():
        return out
    a, b = (points[whole] - points[whole].mean(axis=1, keepdims=True) for points in (a, b))
    u, s, vt = np.linalg.svd(a.transpose(0, 2, 1) @ b)
    flip = np.ones_like(s)
    flip[:, -1] = np.sign(np.linalg.det(u @ vt))  # a mirrored body is no match
    scale = (s * flip).sum(axis=1) / np.maximum((a**2).sum(axis=(1, 2)), 1e-12)
    aligned = scale[:, None, None] * a @ ((u * flip[:, None]) @ vt)
    out[whole] = np.linalg.norm(aligned - b, axis=-1).mean(axis=1) * 1000
    return out


def angle_errors_deg(found: Floats, truth: Floats) -> Floats:
    """Difference (T, 8) of the angles at elbows, shoulders, hips and knees, degrees."""
    return np.asarray(np.abs(_angles(found) - _angles(truth)))


def _angles(world: Floats) -> Floats:
    start, middle, end = np.moveaxis(world[:, _ANGLES], 2, 0)
    a, b = start - middle, end - middle
    cos = (a * b).sum(-1) / (np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1))
    return np.asarray(np.degrees(np.arccos(np.clip(cos, -1, 1))))


def acceleration_errors(found: Floats, truth: Floats, fps: float) -> Floats:
    """Length (T − 2, 12) of the difference of the main joints' accelerations, m/s²: jitter.

    A. Kanazawa et al.: Learning 3D human dynamics from video. CVPR 2019, §4.2.
    """
    difference = np.diff((found - truth)[:, MAIN], 2, axis=0) * fps**2
    return np.asarray(np.linalg.norm(difference, axis=-1))


class Score:
    """Means over scenes; every frame counts the same."""

    def __init__(self) -> None:
        self._values: dict[str, list[Floats]] = {}
        self._frames = 0
        self._seconds = 0.0

    def add(
        self,
        image: Floats,
        world: Floats,
        true_image: Floats,
        true_world: Floats,
        *,
        fps: float,
        seconds: float,
    ) -> None:
        """Count a scene: (T, 33, 2) pixels and (T, 33, 3) metres, NaN where not found."""
        errors = errors_2d(image, true_image)
        for name, values in (
            ("pck", pck(errors)),
            ("error_2d_pct", 100 * errors),
            ("pa_mpjpe_mm", pa_mpjpe_mm(world, true_world)),
            ("angle_error_deg", angle_errors_deg(world, true_world)),
            ("detection_rate", np.isfinite(errors).any(axis=1).astype(np.float64)),
            ("jitter", acceleration_errors(world, true_world, fps)),
        ):
            self._values.setdefault(name, []).append(values.ravel())
        self._frames += len(image)
        self._seconds += seconds

    def means(self) -> dict[str, float | None]:
        """Return every measure by name; None where an engine gives nothing to measure it on."""
        out: dict[str, float | None] = {}
        for name, pieces in self._values.items():
            values = np.concatenate(pieces)
            seen = values[np.isfinite(values)]
            out[name] = float(seen.mean()) if len(seen) else None
        out["frames_per_second"] = self._frames / max(self._seconds, 1e-9)
        return out
