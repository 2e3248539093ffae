"""The stages of a clip's way, in order.

Importing this package is cheap: models and codecs are imported when a stage runs, so that web
processes can ask about stages without carrying them.
"""

from typing import Final

from processing.stages.contract import Options, Paths, Progress, Run, Stage

__all__ = ["FILENAMES", "STAGES", "WORK_KINDS", "Options", "Paths", "Progress", "Run", "Stage"]

FILENAMES: Final[dict[str, str]] = {
    "probe": "probe.json",
    "detections": "detections.npz",
    "masks": "masks.mkv",
    "surface": "surface.bin",
    "filmstrip": "filmstrip.webp",
    "plan": "plan.json",
    "quality": "quality.json",
    "poses": "trainer_poses.json",
    "poses_packed": "trainer_poses.bin",
    "mesh": "trainer_poses.npz",
    "transparent": "trainer_transparent.webm",
    "stacked": "trainer_stacked.mp4",
    "poster": "poster.webp",
}
"""File name of each derived kind; `source` keeps the name it was uploaded under."""

WORK_KINDS: Final = frozenset({"detections", "masks", "surface"})
"""Kinds that only later stages read: deleted once the clip is ready."""


def _probe(
    inputs: Paths, outputs: Paths, options: Options, progress: Progress
) -> dict[str, object]:
    from processing.stages import probe

    return probe.run(inputs, outputs, options, progress)


def _pose(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    from processing.stages import pose

    return pose.run(inputs, outputs, options, progress)


def _review(
    inputs: Paths, outputs: Paths, options: Options, progress: Progress
) -> dict[str, object]:
    from processing.stages import review

    return review.run(inputs, outputs, options, progress)


def _render(
    inputs: Paths, outputs: Paths, options: Options, progress: Progress
) -> dict[str, object]:
    from processing.stages import render

    return render.run(inputs, outputs, options, progress)


STAGES: Final[tuple[Stage, ...]] = (
    Stage("probe", ("source",), ("probe",), _probe),
    Stage("pose", ("source", "probe"), ("detections", "masks", "surface", "filmstrip"), _pose),
    Stage(
        "review",
        ("probe", "detections", "surface"),
        ("plan", "quality", "poses", "poses_packed", "mesh"),
        _review,
    ),
    Stage(
        "render",
        ("source", "probe", "plan", "detections", "masks"),
        ("transparent", "stacked", "poster"),
        _render,
    ),
)
