"""Signed distance functions, negative inside, from which the figure's surfaces are cut.

All functions take points ``(N, 3)`` in metres and return ``(N,)`` distances in metres. Away from
the surface the lofts and ellipsoids are bounds rather than exact distances; the extraction only
uses the zero set and its gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Sdf = Callable[[Floats], Floats]


def ellipsoid(p: Floats, centre: ArrayLike, radii: ArrayLike) -> Floats:
    """Distance to an axis-aligned ellipsoid (first-order accurate)."""
    r = np.asarray(radii, float)
    q = p - np.asarray(centre, float)
    k0 = np.linalg.norm(q / r, axis=1)
    k1 = np.linalg.norm(q / (r * r), axis=1)
    return np.asarray(k0 * (k0 - 1.0) / np.maximum(k1, 1e-9))


def round_cone(p: Floats, a: ArrayLike, b: ArrayLike, ra: float, rb: float) -> Floats:
    """Distance to a capsule from ``a`` to ``b`` whose radius runs from ``ra`` to ``rb``."""
    start, end = np.asarray(a, float), np.asarray(b, float)
    axis = end - start
    t = np.clip((p - start) @ axis / (axis @ axis), 0.0, 1.0)
    nearest = start + t[:, None] * axis
    return np.asarray(np.linalg.norm(p - nearest, axis=1) - (ra + t * (rb - ra)))


def loft(
    along: Floats, across: Floats, deep: Floats, profile: ArrayLike, exponent: float = 2.0
) -> Floats:
    """Distance to a tube of elliptical sections strung along an axis.

    Parameters
    ----------
    along, across, deep : (N,) metres, coordinates in the tube's own frame.
    profile : (K, 4 or 5) rows of (along, half width, half depth, deep offset[, across offset]).
    exponent : of the superellipse; 2 is an ellipse, larger is boxier.
    """
    rows = np.asarray(profile, float)
    t = np.clip(along, rows[0, 0], rows[-1, 0])
    half_width, half_depth, offset = (_smooth(t, rows[:, 0], rows[:, i]) for i in (1, 2, 3))
    if rows.shape[1] > 4:
        across = across - _smooth(t, rows[:, 0], rows[:, 4])
    u, v = np.abs(across) / half_width, np.abs(deep - offset) / half_depth
    rho = (u**exponent + v**exponent) ** (1.0 / exponent)
    # Scale by the radius met in this direction: exact on the axes of the ellipse.
    radius = np.hypot(across, deep - offset) / np.maximum(rho, 1e-9)
    side = (rho - 1.0) * np.maximum(radius, 1e-3)
    beyond = np.abs(along - t)
    return np.asarray(np.where(beyond > 0, np.hypot(np.maximum(side, 0), beyond), side))


def _smooth(x: Floats, xs: Floats, ys: Floats) -> Floats:
    """Cubic Hermite interpolation with Catmull-Rom slopes."""
    slopes = np.gradient(ys, xs)
    i = np.clip(np.searchsorted(xs, x, side="right") - 1, 0, len(xs) - 2)
    h = xs[i + 1] - xs[i]
    u = (x - xs[i]) / h
    return np.asarray(
        ys[i] * (1 + 2 * u) * (1 - u) ** 2
        + ys[i + 1] * u * u * (3 - 2 * u)
        + h * slopes[i] * u * (1 - u) ** 2
        + h * slopes[i + 1] * u * u * (u - 1)
    )


def blend(distances: Sequence[Floats], k: float) -> Floats:
    """Union of shapes whose seams are rounded over about ``k`` metres."""
    result = distances[0]
    for other in distances[1:]:
        result = blend2(result, other, k)
    return result


def blend2(a: Floats, b: Floats, k: float) -> Floats:
    """Smooth minimum (quadratic polynomial) of two distances."""
    h = np.maximum(k - np.abs(a - b), 0.0) / k
    return np.asarray(np.minimum(a, b) - h * h * k * 0.25)


def carve(a: Floats, b: Floats, k: float) -> Floats:
    """Shape ``a`` without shape ``b``, the rim rounded over about ``k`` metres."""
    return np.asarray(-blend2(-a, b, k))


def cut(a: Floats, b: Floats, k: float) -> Floats:
    """Intersection of two shapes, its edge rounded over about ``k`` metres."""
    return np.asarray(-blend2(-a, -b, k))
