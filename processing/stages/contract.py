"""What a stage is: paths in, paths out, a progress callback."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Progress = Callable[[int, int], None]
"""Called with (frames done, frames in all; 0 = unknown), once a frame: the callee throttles.

It may raise `processing.errors.Cancelled`; the stage then leaves nothing behind.
"""

Paths = Mapping[str, Path]
"""Kind of file -> where it is (inputs) or shall be (outputs)."""


@dataclass(frozen=True)
class Options:
    """What the operator, and the trainer for one clip, decide about processing.

    Attributes
    ----------
    models_dir : Path
        Folder of the model files (`pose_landmarker_full.task`, …).
    pose_model : str
        `lite`, `full` or `heavy`: the embedded detector's size.
    pose, matting, grade : str
        Names of engines, see `processing.engines.registry`.
    lifter : str
        The engine that makes 3D of a 2D pose engine's joints; empty for the embedded detector's.
    trim : bool
        Whether idle time before and after the exercise is cut off.
    window_s : (start, end) or None
        The part of the source that is the take, seconds from its first picture.
    min_duration_s, max_duration_s : float
        Clips outside are refused.
    max_frame_px : int
        Most pixels (width × height) a source frame may have.
    max_side : int
        Longer side of what is published, in pixels; larger sources are scaled down.
    threads : int
        Threads a decoder may use, and pictures looked at side by side.
    """

    models_dir: Path
    pose_model: str = "full"
    pose: str = "mediapipe"
    lifter: str = ""
    matting: str = "mediapipe"
    grade: str = "v11"
    trim: bool = True
    window_s: tuple[float, float] | None = None
    min_duration_s: float = 0.5
    max_duration_s: float = 1200.0
    max_frame_px: int = 4096 * 2304
    max_side: int = 1280
    threads: int = 2


Run = Callable[[Paths, Paths, Options, Progress], dict[str, object]]


@dataclass(frozen=True)
class Stage:
    """One step of a clip's way.

    Attributes
    ----------
    name : str
        Its name in messages, progress and the database.
    needs, produces : tuple of str
        Kinds of files read and written.
    run : callable
        `run(inputs, outputs, options, progress)` writes every output, each by `os.replace`, and
        returns JSON-able facts. On any exception its temporary files are gone.
    """

    name: str
    needs: tuple[str, ...]
    produces: tuple[str, ...]
    run: Run
