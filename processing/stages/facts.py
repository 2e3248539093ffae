"""What the probe found out about a clip: `probe.json`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from processing.vision.frames import Geometry

VERSION: Final = 2


@dataclass(frozen=True)
class Facts:
    """A clip's measures.

    Attributes
    ----------
    width, height : int
        The whole picture upright, square pixels, at most as large as is published; both even.
    source_width, source_height : int
        Stored size, pixels.
    rotation : int
        Degrees clockwise from stored to upright.
    fps : float
        Average frames a second.
    duration_s : float
        From the first frame's start to the last one's end.
    total_frames : int
        Frames that can be shown; an estimate until they are decoded.
    start_s : float
        The take's first frame's time on the file's own clock: audio is shifted by as much.
    has_audio : bool
    vfr : bool
        Whether the time between frames varies.
    window_s : (start, end) or None
        The part of the file that is the take, on the file's own clock; None for all of it.
    """

    width: int
    height: int
    source_width: int
    source_height: int
    rotation: int
    fps: float
    duration_s: float
    total_frames: int
    start_s: float
    has_audio: bool
    vfr: bool
    window_s: tuple[float, float] | None = None
    version: int = VERSION

    @property
    def geometry(self) -> Geometry:
        """How stored frames become whole upright pictures."""
        return Geometry(self.width, self.height, self.rotation)

    def as_json(self) -> dict[str, object]:
        """Return the content of `probe.json`."""
        return asdict(self)


def read_facts(path: Path) -> Facts:
    """Read `probe.json`.

    Raises
    ------
    ValueError
        Where it is of another version.
    """
    content = json.loads(path.read_text())
    if content.get("version") != VERSION:
        raise ValueError(f"{path.name} is of version {content.get('version')}, not {VERSION}")
    if content["window_s"] is not None:
        content["window_s"] = tuple(content["window_s"])
    return Facts(**content)
