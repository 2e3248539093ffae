"""Draws triangles through OpenCV's rasteriser."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
FAR_M = 60.0
# Depths go through a projection and back: what was cleared to FAR_M comes out a little nearer.
EMPTY_M = 0.95 * FAR_M
_NEAR_M = 0.05


def draw(
    vertices: Float32,
    faces: NDArray[np.int32],
    colours: Float32,
    size: tuple[int, int],
    fov_deg: float,
) -> tuple[Float32, Float32]:
    """Picture (H, W, 3) of a mesh in camera axes, black elsewhere, and depth (H, W) in metres.

    vertices : (V, 3) x right, y up, z backwards. colours : (V, 3) 0..1, interpolated.
    size : width, height. Depth is ``FAR_M`` where there is nothing. Back faces are dropped.
    """
    width, height = size
    picture = np.zeros((height, width, 3), np.float32)
    depth = np.full((height, width), FAR_M, np.float32)
    cv2.triangleRasterize(
        vertices,
        faces,
        colours,
        picture,
        depth,
        np.eye(4, dtype=np.float32),
        np.radians(fov_deg),
        _NEAR_M,
        FAR_M,
        _settings(cv2.RASTERIZE_CULLING_CW),
    )
    return picture, depth


def depth_of(
    vertices: Float32,
    faces: NDArray[np.int32],
    size: tuple[int, int],
    fov_deg: float,
) -> Float32:
    """Depth (H, W) in metres of a mesh in camera axes, both faces drawn."""
    width, height = size
    depth = np.full((height, width), FAR_M, np.float32)
    cv2.triangleRasterizeDepth(
        vertices,
        faces,
        depth,
        np.eye(4, dtype=np.float32),
        np.radians(fov_deg),
        _NEAR_M,
        FAR_M,
        _settings(cv2.RASTERIZE_CULLING_NONE),
    )
    return depth


def _settings(culling: int) -> cv2.TriangleRasterizeSettings:
    settings = cv2.TriangleRasterizeSettings()
    return settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED).setCullingMode(culling)
