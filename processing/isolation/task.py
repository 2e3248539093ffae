"""What the worker tells the stage process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from processing.stages import Options, Stage

STOP: Final = b"stop"


@dataclass(frozen=True)
class Task:
    """One stage to run. The stage's function travels by name: it must live in a module."""

    stage: Stage
    inputs: dict[str, Path]
    outputs: dict[str, Path]
    options: Options
