"""What is done with an uploaded video, step by step, and how much of the whole each step is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from processing.stages import Stage
from processing.stages.comparison import COMPARE, WATCHING
from processing.stages.side_by_side import DRAW

CLIENT: Final = "client"
TRAINER: Final = "trainer"

# Shares of the time, measured on a clip of 13 s: looking at the pictures takes most of it.
_WEIGHTS: Final = {"probe": 1.0, "pose": 60.0, "compare": 4.0, "draw": 35.0}


@dataclass(frozen=True)
class Step:
    """One stage, told where its files are.

    Attributes
    ----------
    name : str
        What the row and the API call it.
    stage : Stage
    inputs, outputs : mapping
        Kind the stage knows -> name of the file among all files of the analysis.
    which : str
        `client` or `trainer`: whose video is at fault where it can't be used.
    before, after : float
        Per cent of the whole that is done when it begins and ends.
    """

    name: str
    stage: Stage
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    which: str
    before: float = 0.0
    after: float = 100.0


def steps_of(*, with_reference: bool, has_picture: bool) -> list[Step]:
    """List the steps.

    Parameters
    ----------
    with_reference : bool
        Whether the trainer's movement has to be seen in a video, too; else it is known.
    has_picture : bool
        Whether a video of the trainer is there to be shown.
    """
    found: list[Step] = []
    # The reference goes first: without it nothing else is of use.
    for who in (TRAINER, CLIENT) if with_reference else (CLIENT,):
        suffix = "_reference" if who == TRAINER else ""
        found += [
            Step(
                f"{stage.name}{suffix}", stage, _of(who, stage.needs), _of(who, stage.produces), who
            )
            for stage in WATCHING
        ]
    seen = ("trainer_probe", "trainer_detections") if with_reference else ("trainer_poses",)
    found.append(
        Step("compare", COMPARE, _same(*COMPARE.needs, *seen), _same(*COMPARE.produces), CLIENT)
    )
    shown: tuple[str, ...] = ()
    if has_picture:
        shown = ("trainer_source", "trainer_probe") if with_reference else ("trainer_stacked",)
    found.append(Step("draw", DRAW, _same(*DRAW.needs, *shown), _same(*DRAW.produces), CLIENT))
    return _timed(found)


def _of(who: str, kinds: tuple[str, ...]) -> dict[str, str]:
    return {kind: f"{who}_{kind}" for kind in kinds}


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def _timed(steps: list[Step]) -> list[Step]:
    weights = [_WEIGHTS[step.stage.name] for step in steps]
    whole, begun, result = sum(weights), 0.0, []
    for step, weight in zip(steps, weights, strict=True):
        share = 100.0 / whole
        result.append(
            Step(
                step.name,
                step.stage,
                step.inputs,
                step.outputs,
                step.which,
                begun * share,
                (begun + weight) * share,
            )
        )
        begun += weight
    return result
