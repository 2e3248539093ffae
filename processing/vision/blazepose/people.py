"""What the detector network's numbers mean: anchors, boxes, and one entry a person.

MediaPipe's `ssd_anchors_calculator`, `tensors_to_detections_calculator` and the weighted kind of
`non_max_suppression_calculator`, with the options of its pose detector graph. On top of that, one
body counts once: a mannequin's chest can pass for a second head.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.vision.blazepose.landmarks import sigmoid
from processing.vision.blazepose.roi import Roi

INPUT_PX: Final = 224
_CELLS: Final = ((28, 2), (14, 2), (7, 6))
"""Cells of a side, and anchors a cell: strides 8, 16, and three layers of 32, two anchors each."""
_OVERLAP: Final = 0.5
"""Heads whose boxes overlap by more (intersection over union) are one head."""

_SAME_HIPS: Final = 0.25
"""People whose hips are nearer than this share of the smaller circle's radius are one. Measured:
up to 0.18 for one body found twice; two people shoulder to shoulder are some 0.45 apart."""


@dataclass(frozen=True)
class Person:
    """A person the detector found.

    Attributes
    ----------
    score : float
        0..1, how sure the detector is.
    head : (4,) float32
        Left, top, right, bottom of the box around the head, pixels of the picture.
    keypoints : (4, 2) float32
        Middle of the hips, a point on the circle around the whole body, middle of the shoulders,
        a point on the circle around the upper body; pixels of the picture.
    """

    score: float
    head: NDArray[np.float32]
    keypoints: NDArray[np.float32]

    @property
    def roi(self) -> Roi | None:
        """The square the landmark network should look at; None where there is no sense in one."""
        return Roi.from_alignment(self.keypoints[0], self.keypoints[1])

    @property
    def box(self) -> NDArray[np.float32]:
        """The upright square (4,) around the body's circle: left, top, right, bottom, pixels."""
        centre = self.keypoints[0]
        radius = np.float32(_radius(self))
        return np.concatenate([centre - radius, centre + radius]).astype(np.float32)


def anchors() -> NDArray[np.float32]:
    """Return the centres (2254, 2) of the detector's anchors: x, y, shares of the input 0..1.

    Their size is always 1 (`fixed_anchor_size`), so two anchors of a cell are the same.
    """
    layers = []
    for cells, each in _CELLS:
        centres = (np.arange(cells, dtype=np.float32) + np.float32(0.5)) / np.float32(cells)
        grid = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
        layers.append(np.repeat(grid, each, axis=0))
    return np.concatenate(layers)


def people(
    boxes: NDArray[np.float32],
    logits: NDArray[np.float32],
    anchor: NDArray[np.float32],
    roi: Roi,
    min_score: float,
) -> list[Person]:
    """Decode the detector's outputs.

    Parameters
    ----------
    boxes : (2254, 12) float32
        Centre x, y, width, height of the head, then x, y of four points: pixels of the input,
        positions relative to the anchor.
    logits : (2254,) float32
    anchor : (2254, 2) float32
        Of `anchors`.
    roi : Roi
        What part of the picture the input showed.
    min_score : float
        0..1.

    Returns
    -------
    list of Person
        The surest first.
    """
    scores = sigmoid(logits)
    kept = np.flatnonzero((scores >= min_score) & (boxes[:, 2] >= 0) & (boxes[:, 3] >= 0))
    if not len(kept):
        return []
    kept = kept[np.argsort(-scores[kept], kind="stable")]
    raw, score = boxes[kept] / np.float32(INPUT_PX), scores[kept]
    half, centre = raw[:, 2:4] / 2, raw[:, :2] + anchor[kept]
    # Corners of the head's box, then the keypoints, all as points.
    points = np.concatenate(
        [
            np.stack([centre - half, centre + half], axis=1),
            raw[:, 4:].reshape(-1, 4, 2) + anchor[kept][:, None],
        ],
        axis=1,
    )
    found: list[Person] = []
    for best, mean in _merged(points, score):
        placed = roi.points_in_picture(mean)
        person = Person(best, placed[:2].ravel(), placed[2:])
        if not any(_one_body(person, other) for other in found):
            found.append(person)
    return found


def _one_body(first: Person, second: Person) -> bool:
    apart = float(np.hypot(*(first.keypoints[0] - second.keypoints[0])))
    return apart < _SAME_HIPS * min(_radius(first), _radius(second))


def _radius(person: Person) -> float:
    """Radius of the circle around the whole body, pixels."""
    return float(np.hypot(*(person.keypoints[1] - person.keypoints[0])))


def _merged(
    points: NDArray[np.float32], scores: NDArray[np.float32]
) -> list[tuple[float, NDArray[np.float32]]]:
    """Average, by score, what lies on the same head.

    Parameters
    ----------
    points : (n, 6, 2) float32
        Two corners of the head, four keypoints; the surest first.
    scores : (n,) float32

    Returns
    -------
    list of (float, (6, 2) float32)
        The best score and the mean points of each person.
    """
    found = []
    while len(points):
        same = _overlap(points[:, :2], points[0, :2]) > _OVERLAP
        same[0] = True  # an empty box does not even overlap itself
        weight = scores[same] / scores[same].sum()
        found.append((float(scores[0]), np.einsum("n,nkc->kc", weight, points[same])))
        points, scores = points[~same], scores[~same]
    return found


def _overlap(boxes: NDArray[np.float32], box: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return intersection over union (n,) of boxes (n, 2, 2) with one (2, 2)."""
    low, high = np.maximum(boxes[:, 0], box[0]), np.minimum(boxes[:, 1], box[1])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    areas = np.prod(boxes[:, 1] - boxes[:, 0], axis=1)
    union = areas + np.prod(box[1] - box[0]) - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(union), where=union > 0))
