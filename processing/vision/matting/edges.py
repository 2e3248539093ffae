"""Edges where the picture has them: from a corrected mask to alpha of the full size."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from processing.vision.matting.grid import Box, Grid
from processing.vision.matting.guided import Float32, Lines, Places, laid
from processing.vision.matting.motion import Past

# Tuned on computer-generated takes with true mattes and by eye on filmed clips.

_BAND: Final = 0.02
"""How far the picture's edges may move the outline (share of the body's scale): as far as the
model's 256 pixels for a whole person are imprecise."""
_BAND_PX: Final = 1.0
"""Least of it, pixels of the coarse grid."""
_FLAT: Final = 0.02**2
"""Variance of colour (0..1) that counts as flat: eps of the guided filter."""
_RADIUS: Final = 1.5
"""Of the filter's windows, in bands."""
_SOFT: Final = 0.3
_COARSE: Final = 0.15
_FINE: Final = 0.15
"""Shares cut off both ends of alpha before, between and after filtering: each filter is softer
than a body's edge."""
_LENS_PX: Final = 0.55
"""Standard deviation of the blur that even a sharp lens leaves, pixels of the picture: no edge is
harder, and errors at the edge come and go less."""
_MEMORY: Final = 0.5
"""Share of the picture before in alpha where it looks the same."""


def fitted(
    mask: NDArray[np.uint8],
    picture: NDArray[np.uint8],
    small: NDArray[np.uint8],
    grid: Grid,
    scale: float,
    before: NDArray[np.uint8] | None,
    past: Past | None,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Fit alpha to the edges of the picture, and keep it calm where the picture is.

    Fitted twice on the grid, the second time to what the first has found, and then laid on the
    picture itself.

    Parameters
    ----------
    mask : (h, w) uint8, 0..255, on the grid
    picture : (height, width, 3) uint8, RGB
    small : (h, w, 3) uint8, RGB
        The picture on the grid.
    scale : float
        The body's, pixels of the grid.
    before : (h, w) uint8, or None
        What was returned as `whole` for the picture before.
    past : Past or None

    Returns
    -------
    alpha : (height, width) uint8, straight
    whole : (h, w) uint8
        The same on the grid, for the next picture.
    """
    band = max(_BAND * scale, _BAND_PX)
    radius = max(1, round(_RADIUS * band))
    box = Box.around(mask, band + 2 * radius)
    if box is None:
        return np.zeros(picture.shape[:2], np.uint8), np.zeros_like(mask)
    outline = np.ascontiguousarray(mask[box.cut])
    colours = np.ascontiguousarray(small[box.cut])
    least, most = _limits(outline, band)
    near = np.flatnonzero(cv2.compare(least, most, cv2.CMP_NE))
    guide = _unit(colours)
    filters = Lines(guide, near, radius, _FLAT)
    rough = filters.fit(_between(_unit(outline), _SOFT))
    found = laid(rough.reshape(-1, 4).take(near, axis=0), guide.reshape(-1, 3).take(near, axis=0))
    alpha = least.copy()
    low, high = least.reshape(-1).take(near), most.reshape(-1).take(near)
    alpha.reshape(-1)[near] = np.clip(_bytes(_between(found, _COARSE)), low, high)
    if before is not None and past is not None:
        alpha = _calmed(alpha, box, before, past)
    whole = np.zeros_like(mask)
    whole[box.cut] = alpha
    fine = filters.fit(_unit(alpha))
    return _enlarged(fine, least, near, picture, grid, box), whole


def _enlarged(
    fine: Float32,
    least: NDArray[np.uint8],
    near: Places,
    picture: NDArray[np.uint8],
    grid: Grid,
    box: Box,
) -> NDArray[np.uint8]:
    """Return alpha (height, width) of the picture.

    Parameters
    ----------
    fine : (h, w, 4) float32
        Lines between colour and alpha, of the box.
    least : (h, w) uint8
        Alpha elsewhere than `near`: 0 or 255.
    near : (n,) intp
        Flat indices of the box's pixels with an outline in or beside them.
    """
    height, width = picture.shape[:2]
    full, step = box.times(grid.step), grid.step
    result = np.zeros((height, width), np.uint8)
    result[full.cut] = cv2.resize(least, full.size, interpolation=cv2.INTER_NEAREST)
    rows, columns = np.divmod(near.astype(np.int32), np.int32(least.shape[1]))
    # Each pixel of the grid is `step` by `step` of the picture's; their centres lie between.
    down, across = np.divmod(np.arange(step * step, dtype=np.int32), np.int32(step))
    y, x = rows[:, None] * step + (down + full.top), columns[:, None] * step + (across + full.left)
    places = (y * width + x).ravel()
    between = ((np.arange(step) + 0.5) / step - 0.5).astype(np.float32)
    there = _sampled(
        cv2.multiply(fine, _PER_LEVEL),
        columns.astype(np.float32)[:, None] + between[across],
        rows.astype(np.float32)[:, None] + between[down],
    )
    colours = np.ascontiguousarray(picture).reshape(-1, 3).take(places, axis=0)
    result.reshape(-1)[places] = _bytes(_between(laid(there, colours), _FINE))
    part = result[full.cut]
    result[full.cut] = cv2.GaussianBlur(part, (3, 3), _LENS_PX)
    # The last rows and columns, which are too few for the grid.
    right, bottom = grid.width * step, grid.height * step
    result[:, right:] = result[:, right - 1 : right]
    result[bottom:] = result[bottom - 1 : bottom]
    return result


def _sampled(values: Float32, x: Float32, y: Float32) -> Float32:
    """Return (n · k, 4) of values (h, w, 4) at places (n, k), pixels."""
    # OpenCV takes fewer rows than fit into 16 bits.
    parts = [
        cv2.remap(
            values,
            x[first : first + _ROWS],
            y[first : first + _ROWS],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ).reshape(-1, 4)
        for first in range(0, len(x), _ROWS)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, 4), np.float32)


def _calmed(
    alpha: NDArray[np.uint8], box: Box, before: NDArray[np.uint8], past: Past
) -> NDArray[np.uint8]:
    """Blend with what was there in the picture before, and keep within what is around."""
    remembered, likeness = past.fetch(before, box)
    lowest, highest = cv2.erode(alpha, _SQUARE), cv2.dilate(alpha, _SQUARE)
    remembered = cv2.min(cv2.max(remembered, lowest), highest)
    weight = cv2.multiply(likeness, _MEMORY)
    return np.asarray(cv2.blendLinear(remembered, alpha, weight, 1.0 - weight), np.uint8)


def _limits(mask: NDArray[np.uint8], band: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return least and most alpha (0..255): all well inside the outline, none well outside it."""
    inside = cv2.threshold(mask, 127, 1, cv2.THRESH_BINARY)[1]
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    away = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 3)
    # Over one pixel from none to all, so that the limits have no steps of their own. (Without any
    # outline OpenCV calls the distance infinite; converting saturates.)
    least = cv2.addWeighted(depth, 255, depth, 0, -255 * band, dtype=cv2.CV_8U)
    most = cv2.addWeighted(away, -255, away, 0, 255 * (band + 1), dtype=cv2.CV_8U)
    return least, most


def _unit(values: NDArray[np.uint8]) -> Float32:
    """Bring 0..255 to 0..1."""
    return np.asarray(cv2.multiply(values, 1.0, scale=1 / 255, dtype=cv2.CV_32F), np.float32)


def _bytes(values: Float32) -> NDArray[np.uint8]:
    """Bring 0..1 to 0..255."""
    return (values * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def _between(values: Float32, cut: float) -> Float32:
    stretched = (values - np.float32(cut)) * np.float32(1 / (1 - 2 * cut))
    return np.asarray(np.clip(stretched, 0, 1, out=stretched), np.float32)


_ROWS: Final = 30_000
_PER_LEVEL: Final = (1 / 255, 1 / 255, 1 / 255, 1.0)
_SQUARE: Final = np.ones((3, 3), np.uint8)
