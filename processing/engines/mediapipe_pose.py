"""BlazePose as a pose engine: the embedded one, one picture at a time.

The pipeline itself follows the trainer with :class:`processing.vision.blazepose.PoseTracker`, whose
next look depends on the last; this is the same network for a picture without a past, for
comparisons and as the body of engines that give only boxes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.engines.contract import Body, EngineUnavailable, WrongWeights
from processing.vision.blazepose import PoseTracker

_MARGIN: Final = 0.25
"""Share of the box's longer side added on each side: the detector needs some room around."""


class BlazePose:
    """MediaPipe's pose landmarker; see `PoseEngine3D`. It gives no mesh.

    Parameters
    ----------
    path : Path
        A `pose_landmarker_*.task` bundle.
    threads : int

    Raises
    ------
    EngineUnavailable, WrongWeights
    """

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        try:
            model = path.read_bytes()
        except FileNotFoundError as error:
            raise EngineUnavailable(f"{path} is missing: run `manage.py fetch_models`.") from error
        try:
            self._tracker = PoseTracker(model, threads=threads)
        except ValueError as error:
            raise WrongWeights(
                f"{path} is no pose bundle ({error}): run `manage.py fetch_models`."
            ) from error

    def close(self) -> None:
        """Free the networks."""
        self._tracker.close()

    def pose(
        self, picture: NDArray[np.uint8], box_xyxy: tuple[float, float, float, float]
    ) -> Body | None:
        """Return the person in a box, or None where there is nobody."""
        height, width = picture.shape[:2]
        left, top, right, bottom = box_xyxy
        margin = _MARGIN * max(right - left, bottom - top)
        x, y = max(0, int(left - margin)), max(0, int(top - margin))
        across, down = min(width, int(right + margin) + 1), min(height, int(bottom + margin) + 1)
        if across - x < 2 or down - y < 2:
            return None
        self._tracker.restart()
        found = self._tracker.detect(np.ascontiguousarray(picture[y:down, x:across]))
        if found is None:
            return None
        image = found.image + np.array([x, y], np.float32)
        return Body(world=found.world, image=image, visibility=found.visibility)
