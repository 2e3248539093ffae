"""PoseFormerV2: lifts the 2D joints another engine found to three dimensions.

Contract read from QitaoZhao/PoseFormerV2 `demo/vis.py` (`get_pose3D`), `demo/lib/preprocess.py` and
`common/camera.py` (`normalize_screen_coordinates`). For each picture, a window of 243 poses with
that picture in the middle, the first and the last pose repeated beyond the ends; pixels divided by
half the picture's width; the window and its mirror image are both lifted and averaged; the root is
put at the origin. The network answers in a camera's axes and metres, which are those of
`Body.world`. The demo does not look at the frame rate, and neither does this: the network was
trained at 50 pictures a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from processing.engines.poseformer_v2_checkpoint import load_network
from processing.motion.joints import COCO17, H36M17, h36m17_of_coco17

Floats = NDArray[np.float32]

JOINTS: Final = len(H36M17)
BATCH: Final = 32
"""Windows at once: about 50 MB of working memory with 27 pictures kept."""

_OTHER_SIDE: Final = {"left": "right", "right": "left"}
_MIRROR: Final = [
    H36M17.index("_".join(_OTHER_SIDE.get(word, word) for word in name.split("_")))
    for name in H36M17
]
_COPIED: Final = [(H36M17.index(name), COCO17.index(name)) for name in H36M17 if name in COCO17]


class PoseFormerV2:
    """A `Lifter`.

    Parameters
    ----------
    checkpoint : Path
        The project's, such as `27_243_45.2.bin`.
    device : str
        `cpu` or `cuda`.
    window : int or None
        Pictures of a window, where the checkpoint is not a published one.

    Raises
    ------
    WrongWeights
        The checkpoint is damaged or of another model.
    """

    def __init__(self, checkpoint: Path, *, device: str = "cpu", window: int | None = None) -> None:
        self._device = torch.device(device)
        self._network = load_network(checkpoint, window).to(self._device)
        self._window = self._network.basis.shape[1]

    def close(self) -> None:
        """Free the network."""
        del self._network

    def lift(self, keypoints: Floats, width: int, height: int, fps: float) -> Floats:
        """Lift a moving skeleton.

        Parameters
        ----------
        keypoints : (T, 17, 3) float32
            COCO's joints: x and y, pixels, and a score, which the network does not look at. NaN
            where not seen: the network gets them interpolated over time, the result has NaN there.
        width, height : int
            Of the picture, pixels.
        fps : float
            Pictures a second.

        Returns
        -------
        (T, 17, 3) float32
            Human3.6M's joints (`processing.motion.joints.H36M17`), m from the pelvis, in the axes
            of `Body.world`. See `world_of_h36m17` for BlazePose's.
        """
        if keypoints.shape[1:] != (len(COCO17), 3):
            raise ValueError(f"expected COCO's joints as (T, 17, 3), got {keypoints.shape}")
        points = np.asarray(keypoints[..., :2], dtype=np.float32)
        seen: NDArray[np.bool_] = np.asarray(np.isfinite(points).all(axis=-1))
        if not seen.any():
            return np.full((len(points), JOINTS, 3), np.nan, dtype=np.float32)
        lifted = self.lift_h36m17(h36m17_of_coco17(_filled(points, seen)), width, height)
        lifted[~seen.any(axis=1)] = np.nan
        for target, source in _COPIED:
            lifted[~seen[:, source], target] = np.nan
        return lifted

    def lift_h36m17(self, points: Floats, width: int, height: int) -> Floats:
        """Lift Human3.6M's joints, all of them seen.

        Parameters
        ----------
        points : (T, 17, 2) float32, pixels
        width, height : int
            Of the picture, pixels.

        Returns
        -------
        (T, 17, 3) float32, m from the pelvis
        """
        # In double, then rounded once: what the project's NumPy does with the same numbers.
        scaled = points.astype(np.float64) / width * 2 - [1.0, height / width]
        half = self._window // 2
        padded = np.pad(scaled.astype(np.float32), ((half, half), (0, 0), (0, 0)), mode="edge")
        # (T, 17, 2, window): a view of the padded poses, copied a batch at a time.
        windows = np.lib.stride_tricks.sliding_window_view(padded, self._window, axis=0)
        batches = [
            self._lift_windows(torch.from_numpy(windows[start : start + BATCH].copy()))
            for start in range(0, len(points), BATCH)
        ]
        return np.concatenate(batches)

    def _lift_windows(self, windows: Tensor) -> Floats:
        """(B, 17, 2, window) -> (B, 17, 3)."""
        with torch.inference_mode():
            poses = windows.to(self._device).permute(0, 3, 1, 2)
            across = torch.tensor([-1.0, 1.0], device=self._device)
            mirrored = poses[:, :, _MIRROR] * across
            straight, turned = self._network(torch.cat((poses, mirrored))).chunk(2)
            turned = turned[:, _MIRROR] * torch.tensor([-1.0, 1.0, 1.0], device=self._device)
            lifted = (straight + turned) / 2
            lifted[:, 0] = 0
            result: Floats = lifted.cpu().numpy()
        return result


def _filled(points: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Give the network a place for every joint: it cannot be told that one was not seen.

    A joint is interpolated over the pictures between those it was seen in, and held before and
    after. One that was never seen is where the middle of the others is.

    Parameters
    ----------
    points : (T, J, 2) float32
    seen : (T, J) bool
        At least one.
    """
    if seen.all():
        return points
    filled = points.copy()
    times = np.arange(len(points))
    never = ~seen.any(axis=0)
    for joint in np.flatnonzero(~never):
        known = seen[:, joint]
        for axis in range(2):
            filled[:, joint, axis] = np.interp(times, times[known], points[known, joint, axis])
    filled[:, never] = filled[:, ~never].mean(axis=1, keepdims=True)
    return filled
