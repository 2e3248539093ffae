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
    """What the operator decides about processing.

    Attributes
    ----------
    models_dir : Path
        Folder of the Tasks bundles (`pose_landmarker_full.task`, …).
    pose_model : str
        `lite`, `full` or `heavy`.
    min_duration_s, max_duration_s : float
        Clips outside are refused.
    max_frame_px : int
        Most pixels (width × height) a source frame may have.
    max_side : int
        Longer side of what is published, in pixels; larger sources are scaled down.
    threads : int
        Threads a codec may use.
    """

    models_dir: Path
    pose_model: str = "full"
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
