"""The part of the picture that a person needs over a whole clip."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_SEEN: Final = 0.5
"""Visibility from which a landmark says where the person is."""
_REACH: Final = 0.35
"""How far hair, hands and clothes reach beyond the landmarks (share of the body's longer side)."""
_MARGIN: Final = 0.03
"""Room left around the person (share of the body's longer side): soft edges, shadows of doubt."""
_RARE: Final = 0.002
"""Share of pictures whose outermost landmarks may be the detector's slips. A limb that is out there
for longer is a limb."""


def person_box(
    extent: NDArray[np.float32],
    image: NDArray[np.float32],
    visibility: NDArray[np.float32],
    size: tuple[int, int],
) -> tuple[float, float, float, float]:
    """Find the box that holds the person in every picture.

    Parameters
    ----------
    extent : (T, 4) float32
        Left, top, right, bottom of the person's mask, pixels.
    image : (T, 33, 2) float32, pixels
    visibility : (T, 33) float32, 0..1
    size : (width, height) of the pictures, pixels

    Returns
    -------
    left, top, right, bottom : float
        In shares (0..1) of the picture; all of it where nobody is seen.
    """
    if len(extent) == 0:
        return 0.0, 0.0, 1.0, 1.0
    seen = (visibility > _SEEN)[..., None]
    low = np.where(seen, image, np.inf).min(axis=1)
    high = np.where(seen, image, -np.inf).max(axis=1)
    anybody = np.isfinite(low).all(axis=1) & np.isfinite(high).all(axis=1)
    low = np.where(anybody[:, None], low, extent[:, :2])
    high = np.where(anybody[:, None], high, extent[:, 2:])
    reach = _REACH * (high - low).max(axis=1, keepdims=True)
    # The mask says how far hair and clothes go, the landmarks how far to believe it.
    low = np.maximum(np.minimum(extent[:, :2], low), low - reach)
    high = np.minimum(np.maximum(extent[:, 2:], high), high + reach)
    margin = _MARGIN * float(np.median((high - low).max(axis=1)))
    left, top = np.quantile(low, _RARE, axis=0, method="lower") - margin
    right, bottom = np.quantile(high, 1 - _RARE, axis=0, method="higher") + margin
    width, height = size
    box = np.clip([left / width, top / height, right / width, bottom / height], 0, 1)
    if box[2] - box[0] <= 0 or box[3] - box[1] <= 0:
        return 0.0, 0.0, 1.0, 1.0
    return tuple(float(edge) for edge in box)  # type: ignore[return-value]
