"""What of a client the camera shows less of than the trainer's camera did."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.alignment import Array
from processing.motion.analysis.angles import PART_MIRROR, PARTS
from processing.motion.analysis.robust import mean
from processing.motion.analysis.sampling import view_of

LESS_SEEN: Final = np.array([0.07 if part.endswith("ankle") else 0.05 for part in PARTS])
"""By how much less visible a part (11,) is behind furniture: right films of the scoring bench come
to 0.04 of ankles and feet, to 0.03 of the others."""
_SHOWN: Final = 0.9
"""What the trainer's clip itself hardly shows is not missed."""


def less_seen(lead: Array, own: Array, view_deg: float, mirror: bool) -> Array:
    """By how much less visible each part of the client is.

    A detector is never sure of limbs behind the body, so only those are asked for that are turned
    to the camera.

    Parameters
    ----------
    lead, own : (n, 11), (m, 11) float, 0..1, visibility of ``PARTS``; NaN = nobody there
    view_deg : from where the client is seen
    mirror : whether the client does it as in a mirror

    Returns
    -------
    (11,) float, 0..1, in the client's own sides; 0 of what is as visible, or not asked for
    """
    shown, seen = mean(lead), np.nan_to_num(mean(own))
    if mirror:
        shown = shown[PART_MIRROR]
    asked = (shown >= _SHOWN) & _towards_the_camera(view_deg)
    return np.where(asked, np.maximum(shown - seen, 0.0), 0.0)


def _towards_the_camera(view_deg: float) -> NDArray[np.bool_]:
    """Which parts (11,) the body itself does not hide."""
    if np.isnan(view_deg) or view_of(view_deg) in ("front", "back"):
        return np.ones(len(PARTS), np.bool_)
    far = "left" if view_deg > 0 else "right"
    return np.array([not name.startswith(far) for name in PARTS])
