"""Surfaces from signed distances: where they lie, that they close, that cuts keep them whole."""

from __future__ import annotations

import numpy as np
import pytest

from processing.synthetic.sdf import blend2, carve, cut, ellipsoid, loft, round_cone
from processing.synthetic.surface import extract, split

RADIUS = 0.10


def sphere(p: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(p, axis=1) - RADIUS)


def volume(points: np.ndarray, faces: np.ndarray) -> float:
    """Signed volume by the divergence theorem; negative when wound inside out."""
    a, b, c = (points[faces[:, i]] for i in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def area(points: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (points[faces[:, i]] for i in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def test_a_sphere_comes_out_round_closed_and_right_side_out() -> None:
    points, normals, faces = extract(sphere, [-0.15] * 3, [0.15] * 3, 0.01)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), RADIUS, atol=1e-6)
    np.testing.assert_allclose(normals, points / RADIUS, atol=1e-4)
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    unique, count = np.unique(edges, axis=0, return_counts=True)
    assert (count == 2).all()
    assert len(points) - len(unique) + len(faces) == 2  # Euler's number of a ball
    # Flat triangles cut off a little of the ball.
    assert volume(points, faces) == pytest.approx(4 / 3 * np.pi * RADIUS**3, rel=0.01)


def test_a_cut_keeps_the_surface_and_separates_the_colours() -> None:
    points, normals, faces = extract(sphere, [-0.15] * 3, [0.15] * 3, 0.012)

    def plane(p: np.ndarray) -> np.ndarray:
        return np.asarray(p[:, 1] - 0.0234)

    cut_points, _, samples, cut_faces = split(points, normals, points, faces, plane)
    assert len(cut_faces) > len(faces)
    assert area(cut_points, cut_faces) == pytest.approx(area(points, faces), rel=1e-6)
    assert volume(cut_points, cut_faces) == pytest.approx(volume(points, faces), rel=1e-6)
    # No triangle has corners of two colours any more.
    above = (plane(samples) > 0)[cut_faces]
    assert (above.all(axis=1) | ~above.any(axis=1)).all()


def test_distances_of_simple_shapes_are_exact() -> None:
    p = np.array([[0.0, 0.0, 0.3], [0.25, 0.0, 0.0], [0.0, 0.5, 0.0]])
    np.testing.assert_allclose(ellipsoid(p, [0, 0, 0], [0.1, 0.1, 0.1]), [0.2, 0.15, 0.4])
    capsule = round_cone(p, [0, -0.2, 0], [0, 0.2, 0], 0.05, 0.05)
    np.testing.assert_allclose(capsule, [0.25, 0.20, 0.25])
    rows = [[-0.2, 0.05, 0.10, 0.0], [0.2, 0.05, 0.10, 0.0]]
    tube = loft(p[:, 1], p[:, 0], p[:, 2], rows)
    np.testing.assert_allclose(tube[:2], [0.20, 0.20])


def test_blending_rounds_seams_only_near_them() -> None:
    a = np.array([0.00, 0.10, -0.10])
    b = np.array([0.00, -0.10, 0.10])
    np.testing.assert_allclose(blend2(a, b, 0.04), [-0.01, -0.10, -0.10])
    np.testing.assert_allclose(cut(a, b, 0.04), [0.01, 0.10, 0.10])
    np.testing.assert_allclose(carve(a, -b, 0.04), [0.01, 0.10, 0.10])
