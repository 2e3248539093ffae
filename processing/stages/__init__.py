"""The stages of a clip's way, in order.

Importing this package is cheap: models and codecs are imported when a stage runs, so that web
processes can ask about stages without carrying them.
"""

from typing import Final

from processing.stages.contract import Options, Paths, Progress, Run, Stage

__all__ = ["FILENAMES", "STAGES", "WORK_KINDS", "Options", "Paths", "Progress", "Run", "Stage"]

FILENAMES: Final[dict[str, str]] = {
    "probe": "probe.json",
    "masks": "masks.mkv",
    "poses": "trainer_poses.json",
    "poses_packed": "trainer_poses.bin",
    "alpha": "alpha.mkv",
    "graded": "graded.mkv",
    "transparent": "trainer_transparent.webm",
    "poster": "poster.webp",
}
"""File name of each derived kind; `source` keeps the name it was uploaded under."""

WORK_KINDS: Final = frozenset({"masks", "alpha", "graded"})
"""Kinds that only later stages read: deleted once the clip is ready."""


def _probe(
    inputs: Paths, outputs: Paths, options: Options, progress: Progress
) -> dict[str, object]:
    from processing.stages import probe

    return probe.run(inputs, outputs, options, progress)


def _pose(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    from processing.stages import pose

    return pose.run(inputs, outputs, options, progress)


def _matte(
    inputs: Paths, outputs: Paths, options: Options, progress: Progress
) -> dict[str, object]:
    from processing.stages import matte

    return matte.run(inputs, outputs, options, progress)


def _grade(
    inputs: Paths, outputs: Paths, options: Options, progress: Progress
) -> dict[str, object]:
    from processing.stages import grade

    return grade.run(inputs, outputs, options, progress)


def _encode(
    inputs: Paths, outputs: Paths, options: Options, progress: Progress
) -> dict[str, object]:
    from processing.stages import encode

    return encode.run(inputs, outputs, options, progress)


STAGES: Final[tuple[Stage, ...]] = (
    Stage("probe", ("source",), ("probe",), _probe),
    Stage("pose", ("source", "probe"), ("masks", "poses", "poses_packed"), _pose),
    Stage("matte", ("source", "probe", "masks", "poses_packed"), ("alpha",), _matte),
    Stage("grade", ("source", "probe", "alpha"), ("graded",), _grade),
    Stage("encode", ("source", "probe", "alpha", "graded"), ("transparent", "poster"), _encode),
)
