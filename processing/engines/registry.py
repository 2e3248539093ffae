"""All engines, one table a job.

Importing this loads no inference library and no weights; :meth:`Engine.open` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from processing.engines.contract import GradeEngine, Lifter, MattingEngine
from processing.engines.grade_engines import GRADE_ENGINES
from processing.engines.matting_engines import MATTING_ENGINES
from processing.engines.pose_engines import LIFTERS, POSE_ENGINES, AnyPoseEngine
from processing.engines.spec import Engine, Job
from processing.errors import EngineError

Opened = TypeVar("Opened")


class UnknownEngine(EngineError, LookupError):
    """No engine of this job has this name."""


def _table(engines: tuple[Engine[Opened], ...]) -> Mapping[str, Engine[Opened]]:
    return {engine.name: engine for engine in engines}


MATTING: Mapping[str, Engine[MattingEngine]] = _table(MATTING_ENGINES)
GRADE: Mapping[str, Engine[GradeEngine]] = _table(GRADE_ENGINES)
POSE: Mapping[str, Engine[AnyPoseEngine]] = _table(POSE_ENGINES)
LIFT: Mapping[str, Engine[Lifter]] = _table(LIFTERS)

JOBS: Mapping[Job, Mapping[str, Engine[Any]]] = {
    Job.MATTING: MATTING,
    Job.GRADE: GRADE,
    Job.POSE: POSE,
    Job.LIFT: LIFT,
}


def all_engines() -> Iterator[Engine[Any]]:
    """Yield every engine, job by job, the embedded one first."""
    for table in JOBS.values():
        yield from table.values()


def find(table: Mapping[str, Engine[Opened]], name: str) -> Engine[Opened]:
    """Return an engine by name.

    Raises
    ------
    UnknownEngine
        The message lists the names there are.
    """
    try:
        return table[name]
    except KeyError:
        raise UnknownEngine(f"no engine {name!r}; there are: {', '.join(table)}") from None
