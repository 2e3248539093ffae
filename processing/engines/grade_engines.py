"""The engines that give the trainer the studio's colours and light."""

from __future__ import annotations

from processing.engines.contract import GradeEngine
from processing.engines.spec import Engine

GRADE_ENGINES: tuple[Engine[GradeEngine], ...] = ()
