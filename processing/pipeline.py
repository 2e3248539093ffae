"""Which stage comes next, and how far along a clip is: pure decisions."""

from collections.abc import Set as AbstractSet
from typing import Final

from processing.stages import FILENAMES, STAGES, WORK_KINDS, Stage

PUBLISHED_KINDS: Final = frozenset(FILENAMES) - WORK_KINDS
"""Kinds a finished clip keeps."""

# Share of the whole time each stage takes, measured on 602×722 clips on two cores.
_WEIGHTS: Final[dict[str, float]] = {
    "probe": 1.0,
    "pose": 40.0,
    "review": 2.0,
    "render": 57.0,
}


def next_stage(present: AbstractSet[str]) -> Stage | None:
    """Say what to run, given the kinds of files that are there.

    Works backwards from what must be published, so a finished clip whose work files were deleted
    needs nothing, and one that lost its poster redoes only what the poster is made from.

    Parameters
    ----------
    present : set of str
        Kinds on hand. `source` may be left out: without it there is no clip.

    Returns
    -------
    Stage or None
        The first stage to run; None where everything published is there.
    """
    wanted = set(PUBLISHED_KINDS - present)
    first: Stage | None = None
    for stage in reversed(STAGES):
        if wanted.intersection(stage.produces):
            first = stage
            wanted.update(kind for kind in stage.needs if kind not in present)
    return first


def overall_pct(stage_name: str, done: int, total: int) -> float:
    """Translate progress within a stage to progress of the whole clip.

    Parameters
    ----------
    stage_name : str
        Name of the running stage.
    done, total : int
        Frames done and in all; total 0 means unknown and counts as none done.

    Returns
    -------
    float
        0 to 100 (%), never falling while a clip goes its way.
    """
    before = 0.0
    for stage in STAGES:
        if stage.name == stage_name:
            fraction = min(1.0, max(0.0, done / total)) if total > 0 else 0.0
            whole = sum(_WEIGHTS.values())
            return 100.0 * (before + _WEIGHTS[stage_name] * fraction) / whole
        before += _WEIGHTS[stage.name]
    raise ValueError(f"no stage is called {stage_name!r}")
