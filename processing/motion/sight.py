"""What of a body the camera shows. ``static/js/shadow/sight.js`` is the twin."""

import numpy as np

from processing.motion.alignment import Array


def inside(visibility: Array, image: Array, width: float, height: float) -> Array:
    """Give no visibility to landmarks outside the picture.

    A detector guesses where legs go on below the picture's edge, and is surprisingly sure of it:
    knees outside have a visibility of up to 0.9.

    Parameters
    ----------
    visibility : (..., 33) float, 0..1
    image : (..., 33, 2) float, pixels; x right, y down
    width, height : of the picture, pixels

    Returns
    -------
    (..., 33) float, 0..1
    """
    within = ((image >= 0) & (image <= [width, height])).all(axis=-1)
    return np.where(within, visibility, 0.0)
