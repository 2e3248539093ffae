"""What is known of an engine before it is opened: names, licences, and what it needs to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

from processing.engines.availability import Availability, Needs, check
from processing.engines.contract import EngineUnavailable

Opened = TypeVar("Opened", covariant=True)


class Job(StrEnum):
    """What engines are chosen for; one engine a job and clip."""

    MATTING = "matting"
    GRADE = "grade"
    POSE = "pose"
    LIFT = "lift"


@dataclass(frozen=True)
class Setup:
    """What an engine is opened with.

    Attributes
    ----------
    files : tuple of Path
        The weights, in the order of `Needs.files`; every one exists.
    device : str
        `cpu` or `cuda`.
    threads : int
        Threads the engine may use on the CPU.
    """

    files: tuple[Path, ...]
    device: str
    threads: int = 2


@dataclass(frozen=True)
class Engine(Generic[Opened]):
    """One engine of one job.

    Attributes
    ----------
    job : Job
    name : str
        How settings and clips name it.
    title : str
    project : str
        Address of the project it comes from; empty for our own.
    code_licence, weights_licence : str
        SPDX names where there are any. The code's is that of the project the model comes from: its
        code is not part of the platform, its exported model is what runs.
    needs : Needs
    factory : callable
        Imports what it needs, loads the weights, checks them and returns the engine. Raises
        `WrongWeights` where the file is damaged or of another model.
    """

    job: Job
    name: str
    title: str
    project: str
    code_licence: str
    weights_licence: str
    needs: Needs
    factory: Callable[[Setup], Opened]

    def check(self, models_dir: Path) -> Availability:
        """Say whether it can run here, without loading it."""
        return check(self.needs, models_dir)

    def open(self, models_dir: Path, *, threads: int = 2) -> Opened:
        """Load it. Close it after use.

        Raises
        ------
        EngineUnavailable
            Something it needs is not here; the message says what and how to get it.
        WrongWeights
            A weights file is damaged or of another model.
        """
        found = self.check(models_dir)
        if not found.can_run:
            raise EngineUnavailable(f"{self.title} cannot run here. " + " ".join(found.missing))
        return self.factory(Setup(files=found.files, device=found.device, threads=threads))
