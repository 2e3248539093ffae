"""Turns a signed distance function into a triangle mesh (naive surface nets).

References
----------
S. Gibson, "Constrained Elastic Surface Nets", MICCAI 1998: one vertex per cell that the surface
crosses, at the mean of the crossings on the cell's edges.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from processing.synthetic.sdf import Floats, Sdf

_BLOCK = 6


def extract(
    sdf: Sdf, low: ArrayLike, high: ArrayLike, voxel: float
) -> tuple[Floats, Floats, NDArray[np.int32]]:
    """Mesh the zero set of ``sdf`` inside a box.

    Parameters
    ----------
    sdf : maps (N, 3) points in metres to (N,) distances, negative inside.
    low, high : (3,) metres, opposite corners of the box; the surface should close inside it.
    voxel : edge of a cell in metres.

    Returns
    -------
    vertices (V, 3) metres, unit normals (V, 3) pointing outwards, faces (F, 3) int32 wound
    anticlockwise seen from outside.
    """
    origin = np.asarray(low, float)
    cells = np.ceil((np.asarray(high, float) - origin) / voxel / _BLOCK).astype(int) * _BLOCK
    values = _sample(sdf, origin, cells + 1, voxel)
    vertices, faces = _nets(values)
    points = origin + vertices * voxel
    normals = gradient(sdf, points, voxel * 0.25)
    # Nets cut corners by up to a third of a cell; one Newton step puts the vertices back on.
    step = np.clip(sdf(points), -0.4 * voxel, 0.4 * voxel)
    points = points - step[:, None] * normals
    normals = gradient(sdf, points, voxel * 0.25)
    a, b, c = (points[faces[:, i]] for i in range(3))
    facing = np.einsum("ij,ij->i", np.cross(b - a, c - a), normals[faces].sum(axis=1))
    faces[facing < 0] = faces[facing < 0][:, ::-1]
    return points, normals, faces.astype(np.int32)


def split(
    points: Floats, normals: Floats, samples: Floats, faces: NDArray[np.int32], distance: Sdf
) -> tuple[Floats, Floats, Floats, NDArray[np.int32]]:
    """Cut a mesh's triangles where ``distance`` is 0, so that a colour can change sharply there.

    The cut's vertices are doubled, one set for each side. ``samples`` (V, 3) are where to ask for
    colours: each vertex itself, but for the doubled ones a point just inside their own side.
    """
    values = distance(samples)
    side = values > 0
    count = side[faces].sum(axis=1)
    mixed = (count == 1) | (count == 2)
    if not mixed.any():
        return points, normals, samples, faces
    cut = faces[mixed]
    # Turn every triangle until the corner that is alone on its side comes first.
    lone = np.argmax(side[cut] == (count[mixed] == 1)[:, None], axis=1)
    corners = (lone[:, None] + np.arange(3)) % 3
    a, b, c = np.take_along_axis(cut, corners, axis=1).T
    new: list[tuple[Floats, Floats, Floats]] = []
    for other in (b, c):
        u = (values[a] / (values[a] - values[other]))[:, None]
        point = points[a] + u * (points[other] - points[a])
        normal = normals[a] + u * (normals[other] - normals[a])
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        crossing = samples[a] + u * (samples[other] - samples[a])
        for towards in (a, other):
            new.append((point, normal, crossing + 0.05 * (samples[towards] - crossing)))
    n, start = len(a), len(points)
    ab_a, ab_b, ac_a, ac_c = (start + i * n + np.arange(n) for i in range(4))
    triangles = [(a, ab_a, ac_a), (ab_b, b, c), (ab_b, c, ac_c)]
    return (
        np.concatenate([points, *(row[0] for row in new)]),
        np.concatenate([normals, *(row[1] for row in new)]),
        np.concatenate([samples, *(row[2] for row in new)]),
        np.concatenate([faces[~mixed], *(np.stack(t, axis=1).astype(np.int32) for t in triangles)]),
    )


def gradient(sdf: Sdf, points: Floats, step: float) -> Floats:
    """Unit gradient of ``sdf`` at (N, 3) points by central differences."""
    columns = []
    for axis in np.eye(3) * step:
        columns.append(sdf(points + axis) - sdf(points - axis))
    g = np.stack(columns, axis=1)
    return np.asarray(g / np.maximum(np.linalg.norm(g, axis=1, keepdims=True), 1e-12))


def _sample(sdf: Sdf, origin: Floats, shape: NDArray[np.int_], voxel: float) -> Floats:
    """Values on the grid; blocks that the surface can't reach get only their centre's value."""
    blocks = (shape - 1) // _BLOCK
    index = np.stack(np.meshgrid(*(np.arange(n) for n in blocks), indexing="ij"), -1)
    index = index.reshape(-1, 3)
    centres = origin + (index + 0.5) * _BLOCK * voxel
    coarse = sdf(centres)
    # Lofts overestimate distance where they taper, hence the factor over half the diagonal.
    near = np.abs(coarse) < 1.6 * _BLOCK * voxel
    values = np.empty(tuple(shape))
    values[...] = 1.0
    inside = index[(coarse < 0) & ~near]
    span = np.arange(_BLOCK + 1)
    local = np.stack(np.meshgrid(span, span, span, indexing="ij"), -1).reshape(-1, 3)
    for block in inside:
        i, j, k = block * _BLOCK
        values[i : i + _BLOCK + 1, j : j + _BLOCK + 1, k : k + _BLOCK + 1] = -1.0
    grid = np.unique((index[near][:, None] * _BLOCK + local[None]).reshape(-1, 3), axis=0)
    values[grid[:, 0], grid[:, 1], grid[:, 2]] = sdf(origin + grid * voxel)
    return values


def _nets(values: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Vertices in cell units and triangles of the zero set of grid ``values``."""
    n = np.array(values.shape) - 1
    total = np.zeros((*n, 3))
    count = np.zeros(tuple(n))
    crossings = []
    for axis in range(3):
        lower = np.delete(np.arange(3), axis)
        head = [slice(None)] * 3
        tail = [slice(None)] * 3
        head[axis], tail[axis] = slice(None, -1), slice(1, None)
        a, b = values[tuple(head)], values[tuple(tail)]
        where = np.argwhere((a < 0) != (b < 0))
        va, vb = a[tuple(where.T)], b[tuple(where.T)]
        point = where.astype(float)
        point[:, axis] += va / (va - vb)
        # Each grid edge touches four cells: itself and its neighbours below on the other axes.
        for shift in product((0, 1), repeat=2):
            cell = where.copy()
            cell[:, lower[0]] -= shift[0]
            cell[:, lower[1]] -= shift[1]
            ok = np.all((cell >= 0) & (cell < n), axis=1)
            key = tuple(cell[ok].T)
            np.add.at(total, key, point[ok])
            np.add.at(count, key, 1.0)
        crossings.append((axis, lower, where))
    used = count > 0
    ids = np.full(tuple(n), -1)
    ids[used] = np.arange(int(used.sum()))
    vertices = total[used] / count[used][:, None]
    quads = []
    for _axis, lower, where in crossings:
        ok = np.all((where[:, lower] > 0) & (where[:, lower] < n[lower]), axis=1)
        base = where[ok]
        corner = []
        for shift in ((0, 0), (1, 0), (1, 1), (0, 1)):
            cell = base.copy()
            cell[:, lower[0]] -= shift[0]
            cell[:, lower[1]] -= shift[1]
            corner.append(ids[tuple(cell.T)])
        quads.append(np.stack(corner, axis=1))
    q = np.concatenate(quads)
    return vertices, np.concatenate([q[:, [0, 1, 2]], q[:, [0, 2, 3]]])
