"""The parts of a mannequin, before it is fitted to anybody: closed tubes with rounded ends.

Each part lies along an axis from a start to an end point. Numbers in the tables are metres on a
body 1.70 m tall, drawn by eye against anatomical proportion charts, and grow with the body; the
share of the axis is what the joints themselves decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Faces = NDArray[np.int32]


@dataclass(frozen=True)
class Part:
    """A closed tube.

    Attributes
    ----------
    share : (V,) where along the axis a vertex lies: 0 its start, 1 its end
    offset : (V, 3) metres from there along the part's side, front and axis
    hips, shoulders : (V,) metres sideways more for each metre of half the distance between
        the hips, or the shoulders
    faces : (F, 3) int32, counter-clockwise from outside where side × front = axis
    """

    share: Floats
    offset: Floats
    hips: Floats
    shoulders: Floats
    faces: Faces


def tube(
    rings: Sequence[Sequence[float]], segments: int, ends: tuple[float, float], power: float = 2.0
) -> Part:
    """Make a tube of elliptic rings, closed by a vertex at either end.

    Parameters
    ----------
    rings : rows of share, offset along the axis, half width, half depth, shift to the front, and
        perhaps what a metre of hips and of shoulders adds to the half width
    segments : vertices of a ring
    ends : offset along the axis of the first and the last vertex
    power : 2 makes ellipses, more makes them squarer
    """
    table = np.array([(*row, *[0.0] * (7 - len(row))) for row in rings], np.float64)
    angle = 2 * np.pi * np.arange(segments) / segments
    cos, sin = (np.sign(f) * np.abs(f) ** (2 / power) for f in (np.cos(angle), np.sin(angle)))
    columns = table[:, :, None] * np.ones(segments)
    share, along, width, depth, shift, hips, shoulders = columns.transpose(1, 0, 2)
    body = np.stack([width * cos, shift + depth * sin, along], axis=-1).reshape(-1, 3)
    first = [0.0, table[0, 4], ends[0]]
    last = [0.0, table[-1, 4], ends[1]]
    return Part(
        share=np.concatenate([table[:1, 0], share.ravel(), table[-1:, 0]]),
        offset=np.concatenate([[first], body, [last]]),
        hips=np.concatenate([[0.0], (hips * cos).ravel(), [0.0]]),
        shoulders=np.concatenate([[0.0], (shoulders * cos).ravel(), [0.0]]),
        faces=_faces(len(table), segments),
    )


def capsule(radii: Sequence[Sequence[float]], segments: int = 8) -> Part:
    """Make a tapered capsule: a limb whose ends are balls about the joints.

    Parameters
    ----------
    radii : rows of share, radius, and perhaps shift to the front; the first and the last are the
        balls'
    """
    rows = [(share, 0.0, radius, radius, *shift) for share, radius, *shift in radii]
    start, end = radii[0][1], radii[-1][1]
    half = np.sqrt(0.5)  # at 45 degrees of the ball
    rows.insert(0, (0.0, -half * start, half * start, half * start))
    rows.append((1.0, half * end, half * end, half * end))
    return tube(rows, segments, (-start, end))


def _faces(rings: int, segments: int) -> Faces:
    around = np.arange(segments)
    following = (around + 1) % segments
    row = 1 + segments * np.arange(rings - 1)[:, None]
    a, b = (row + around).ravel(), (row + following).ravel()
    last = 1 + segments * (rings - 1)
    return np.concatenate(
        [
            np.column_stack([np.zeros(segments, int), 1 + following, 1 + around]),
            np.column_stack([a, b, a + segments]),
            np.column_stack([b, b + segments, a + segments]),
            np.column_stack([last + around, last + following, np.full(segments, last + segments)]),
        ]
    ).astype(np.int32)


def _head() -> Part:
    part = tube(
        (
            (0, -0.106, 0.028, 0.034, 0.036),
            (0, -0.078, 0.050, 0.062, 0.020),
            (0, -0.036, 0.064, 0.083, 0.010),
            (0, 0.010, 0.072, 0.094, 0.000),
            (0, 0.058, 0.069, 0.090, -0.004),
            (0, 0.096, 0.049, 0.064, -0.006),
        ),
        segments=12,
        ends=(-0.120, 0.121),
    )
    # A nose, to see where the head looks: the vertex in front of the third and fourth ring.
    part.offset[1 + 2 * 12 + 3] += (0.0, 0.028, 0.004)
    part.offset[1 + 3 * 12 + 3] += (0.0, 0.004, 0.0)
    return part


TRUNK: Final = tube(
    # share, along, half width, half depth, shift, more by hips, more by shoulders
    (
        (0.00, -0.090, 0.030, 0.060, 0.000, 0.40, 0.00),
        (0.00, -0.050, 0.050, 0.098, -0.008, 0.90, 0.00),
        (0.00, 0.000, 0.068, 0.106, -0.006, 1.00, 0.00),
        (0.14, 0.000, 0.060, 0.101, -0.002, 0.95, 0.00),
        (0.38, 0.000, 0.028, 0.086, 0.008, 0.42, 0.32),
        (0.64, 0.000, 0.012, 0.099, 0.010, 0.00, 0.72),
        (0.80, 0.000, 0.010, 0.104, 0.006, 0.00, 0.80),
        (0.92, 0.000, 0.008, 0.091, -0.004, 0.00, 0.78),
        (1.00, 0.006, 0.006, 0.068, -0.012, 0.00, 0.62),
        (1.00, 0.044, 0.052, 0.054, -0.014, 0.00, 0.06),
    ),
    segments=14,
    ends=(-0.104, 0.062),
    power=2.3,
)
NECK: Final = tube(
    ((0.0, 0.0, 0.056, 0.056), (0.5, 0.0, 0.050, 0.052), (1.0, 0.0, 0.048, 0.052)),
    segments=10,
    ends=(-0.02, 0.02),
)
HEAD: Final = _head()
COLLAR: Final = tube(
    # From the base of the neck to the shoulder, which moves out of the trunk when an arm is raised.
    (
        (0.00, 0.000, 0.040, 0.044),
        (1.00, 0.000, 0.050, 0.050),
        (1.00, 0.036, 0.036, 0.036),
    ),
    segments=8,
    ends=(-0.030, 0.050),
)
UPPER_ARM: Final = capsule(((0.0, 0.052), (0.35, 0.048), (0.70, 0.041), (1.0, 0.037)))
FOREARM: Final = capsule(((0.0, 0.037), (0.25, 0.041), (0.65, 0.033), (1.0, 0.026)))
THIGH: Final = capsule(((0.0, 0.086), (0.30, 0.081), (0.70, 0.065), (1.0, 0.054)))
SHIN: Final = capsule(((0.0, 0.053), (0.27, 0.057, -0.012), (0.62, 0.044, -0.007), (1.0, 0.036)))
HAND: Final = tube(
    (
        (0.00, 0.0, 0.026, 0.020),
        (0.32, 0.0, 0.040, 0.016),
        (0.58, 0.0, 0.041, 0.013),
        (0.90, 0.0, 0.029, 0.009),
    ),
    segments=8,
    ends=(-0.015, 0.018),
)
THUMB: Final = tube(
    ((0.1, 0.0, 0.012, 0.012), (1.0, 0.0, 0.010, 0.010)),
    segments=6,
    ends=(-0.008, 0.008),
)
FOOT: Final = tube(
    # Along the sole, from the heel to the toes; the front of this part is up.
    (
        (0.00, -0.014, 0.022, 0.022, 0.016),
        (0.08, 0.000, 0.034, 0.042, 0.034),
        (0.32, 0.000, 0.036, 0.044, 0.036),
        (0.62, 0.000, 0.043, 0.030, 0.020),
        (0.92, 0.000, 0.043, 0.020, 0.010),
        (1.00, 0.020, 0.027, 0.014, 0.004),
    ),
    segments=8,
    ends=(-0.024, 0.034),
)
