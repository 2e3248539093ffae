"""How far a matte is from the true one: the measures of the matting field.

Definitions: Rhemann et al. 2009, "A perceptually motivated online benchmark for image matting"
(MSE, gradient, connectivity); Erofeev et al. 2015, "Perceptually motivated benchmark for video
matting" (dtSSD). Scaled as the tables of Lin et al. 2022, "Robust high-resolution video matting
with temporal guidance" (RobustVideoMatting, `evaluation/`): MAD and MSE × 1000, gradient and
connectivity ÷ 1000, dtSSD × 100. Less is better, but for IoU.
"""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Alpha = NDArray[np.uint8]

NAMES: Final = ("mad", "mse", "grad", "conn", "dtssd", "iou")

_GRADIENT_SIGMA: Final = 1.4
_STEP: Final = 0.1
_TOLERATED: Final = 0.15
"""Connectivity forgives a pixel this much distance from the connected source region."""


def mad(alpha: Alpha, truth: Alpha) -> float:
    """Mean absolute difference × 1000."""
    return float(cv2.absdiff(alpha, truth).mean()) / 255 * 1e3


def mse(alpha: Alpha, truth: Alpha) -> float:
    """Mean squared difference × 1000."""
    return float(np.square(cv2.absdiff(alpha, truth), dtype=np.float32).mean()) / 255**2 * 1e3


def gradient(alpha: Alpha, truth: Alpha) -> float:
    """Squared difference of the gradients' lengths, summed ÷ 1000 (derivative of Gaussian)."""
    return float(np.square(_slope(alpha) - _slope(truth)).sum()) / 1e3


def _slope(alpha: Alpha) -> NDArray[np.float32]:
    half = int(np.ceil(3 * _GRADIENT_SIGMA))
    x = np.arange(-half, half + 1, dtype=np.float64)
    hill = np.exp(-(x**2) / (2 * _GRADIENT_SIGMA**2))
    along, across = -x * hill, hill
    length = np.sqrt(np.square(np.outer(along, across)).sum())
    scaled = alpha.astype(np.float32) / np.float32(255)
    lines = cv2.sepFilter2D(scaled, -1, along / length, across, borderType=cv2.BORDER_REPLICATE)
    rows = cv2.sepFilter2D(scaled, -1, across, along / length, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.magnitude(lines, rows), np.float32)


def connectivity(alpha: Alpha, truth: Alpha) -> float:
    """Difference of how firmly pixels hang on to the common solid part, summed ÷ 1000."""
    one, other = (values.astype(np.float32) / np.float32(255) for values in (alpha, truth))
    both = np.minimum(one, other)
    level = np.full(alpha.shape, -1.0, np.float32)
    for above in np.arange(_STEP, 1 + _STEP / 2, _STEP):
        outside = ~_largest(both >= above - 1e-6)
        level[(level < 0) & outside] = above - _STEP
    level[level < 0] = 1
    return float(np.abs(_firm(one, level) - _firm(other, level)).sum()) / 1e3


def _firm(alpha: NDArray[np.float32], level: NDArray[np.float32]) -> NDArray[np.float32]:
    distance = alpha - level
    return np.asarray(1 - distance * (distance >= _TOLERATED), np.float32)


def _largest(region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    count, labels, facts, _ = cv2.connectedComponentsWithStats(region.astype(np.uint8), None, 4)
    if count < 2:
        return np.zeros_like(region)
    return np.asarray(labels == 1 + facts[1:, cv2.CC_STAT_AREA].argmax())


def dtssd(alpha: Alpha, before: Alpha, truth: Alpha, truth_before: Alpha) -> float:
    """Root mean square of the difference between the changes since the picture before × 100."""
    change = alpha.astype(np.float32) - before
    true_change = truth.astype(np.float32) - truth_before
    return float(np.sqrt(np.square(change - true_change).mean())) / 255 * 1e2


def iou(alpha: Alpha, truth: Alpha) -> float:
    """Overlap ÷ union of what is covered by half or more."""
    one, other = alpha > 127, truth > 127
    union = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / union if union else 1.0


@dataclass
class Score:
    """Means over a video, picture by picture in order; `start` where another scene begins."""

    _sums: dict[str, float] = field(default_factory=lambda: dict.fromkeys(NAMES, 0.0))
    _counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    _before: tuple[Alpha, Alpha] | None = None

    def start(self) -> None:
        """Begin another scene: no change is counted between scenes."""
        self._before = None

    def add(self, alpha: Alpha, truth: Alpha) -> None:
        """Count a picture's matte (H, W), straight alpha, beside the true one."""
        found = {
            "mad": mad(alpha, truth),
            "mse": mse(alpha, truth),
            "grad": gradient(alpha, truth),
            "conn": connectivity(alpha, truth),
            "iou": iou(alpha, truth),
        }
        if self._before is not None:
            found["dtssd"] = dtssd(alpha, self._before[0], truth, self._before[1])
        self._before = alpha.copy(), truth.copy()
        for name, value in found.items():
            self._sums[name] += value
            self._counts[name] += 1

    def means(self) -> dict[str, float]:
        """Return each measure's mean over all pictures so far."""
        return {name: self._sums[name] / max(1, self._counts[name]) for name in NAMES}
