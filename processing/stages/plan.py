"""What of a take is published, and how large: `plan.json`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.stages.facts import Facts
from processing.vision.frames import Geometry, upright_box

VERSION: Final = 1


@dataclass(frozen=True)
class Plan:
    """The published clip's measures.

    Attributes
    ----------
    width, height : int
        Published size, pixels: upright, both even.
    crop : (left, top, width, height)
        The part of a stored frame that is published, stored pixels, all even.
    rotation : int
        Degrees clockwise from stored to upright.
    box : (left, top, right, bottom)
        The same part in shares (0..1) of the upright whole picture.
    start_ms, end_ms : int
        The part of the take that is published: from `start_ms` on, before `end_ms`.
    duration_s : float
    fps : float
        Average frames a second.
    total_frames : int
    start_s : float
        The first published frame's time on the file's own clock.
    has_audio : bool
    """

    width: int
    height: int
    crop: tuple[int, int, int, int]
    rotation: int
    box: tuple[float, float, float, float]
    start_ms: int
    end_ms: int
    duration_s: float
    fps: float
    total_frames: int
    start_s: float
    has_audio: bool
    version: int = VERSION

    @property
    def geometry(self) -> Geometry:
        """How stored frames become published pictures."""
        return Geometry(self.width, self.height, self.rotation, self.crop)

    def grid(self, whole: tuple[int, int]) -> tuple[tuple[float, float], tuple[float, float]]:
        """Relate published pixels to those of the whole upright picture at another size.

        Parameters
        ----------
        whole : (width, height) of the whole picture, pixels

        Returns
        -------
        scale, offset : (x, y) each
            `whole = offset + scale · published`.
        """
        left, top, right, bottom = self.box
        scale = (
            (right - left) * whole[0] / self.width,
            (bottom - top) * whole[1] / self.height,
        )
        return scale, (left * whole[0], top * whole[1])

    def published(self, points: NDArray[np.float32], whole: tuple[int, int]) -> NDArray[np.float32]:
        """Bring (..., 2) points of the whole picture at some size to published pixels."""
        scale, offset = self.grid(whole)
        return np.asarray((points - np.asarray(offset)) / np.asarray(scale), np.float32)

    def as_json(self) -> dict[str, object]:
        """Return the content of `plan.json`."""
        return asdict(self)


def read_plan(path: Path) -> Plan:
    """Read `plan.json`.

    Raises
    ------
    ValueError
        Where it is of another version.
    """
    content = json.loads(path.read_text())
    if content.get("version") != VERSION:
        raise ValueError(f"{path.name} is of version {content.get('version')}, not {VERSION}")
    content |= {"crop": tuple(content["crop"]), "box": tuple(content["box"])}
    return Plan(**content)


def make_plan(
    facts: Facts,
    times_s: NDArray[np.float64],
    box: tuple[float, float, float, float],
    span_s: tuple[float, float],
    max_side: int,
) -> Plan:
    """Decide what is published.

    Parameters
    ----------
    facts : Facts
    times_s : (N,) float64
        Times of all pictures of the take, seconds.
    box : left, top, right, bottom
        What must be seen, in shares of the upright whole picture; widened to even stored pixels.
    span_s : (start, end)
        When; seconds of the take.
    max_side : int
        Longer side at most, pixels: a large source that is cropped is scaled down less.

    Returns
    -------
    Plan
    """
    stored = facts.source_width, facts.source_height
    crop, box = upright_box(box, stored, facts.rotation)
    # A whole picture's pixel may not be square as stored: the facts' size is upright and square.
    upright = _natural_size(facts)
    width = (box[2] - box[0]) * upright[0]
    height = (box[3] - box[1]) * upright[1]
    scale = min(1.0, max_side / max(width, height))
    kept = (times_s >= span_s[0] - 1e-6) & (times_s < span_s[1] - 1e-6)
    first, last = times_s[kept][0], times_s[kept][-1]
    step_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 1 / facts.fps
    frames = int(kept.sum())
    duration_s = float(last - first) + step_s
    return Plan(
        width=_even(width * scale),
        height=_even(height * scale),
        crop=crop,
        rotation=facts.rotation,
        box=box,
        start_ms=round(first * 1000),
        end_ms=round(last * 1000) + 1,
        duration_s=round(duration_s, 6),
        fps=round((frames - 1) / float(last - first), 6) if frames > 1 else facts.fps,
        total_frames=frames,
        start_s=round(facts.start_s + float(first), 6),
        has_audio=facts.has_audio,
    )


def _natural_size(facts: Facts) -> tuple[float, float]:
    """Return the upright whole picture's size in square pixels, before any scaling down."""
    width, height = facts.source_width, facts.source_height
    if facts.rotation % 180:
        width, height = height, width
    aspect = facts.width / facts.height
    # Of the two sides, non-square pixels make one smaller; nothing is ever enlarged.
    return (min(width, height * aspect), min(height, width / aspect))


def _even(length: float) -> int:
    return max(2, 2 * round(length / 2))
