"""The engines that cut the trainer out."""

from __future__ import annotations

from processing.engines.contract import MattingEngine
from processing.engines.spec import Engine

MATTING_ENGINES: tuple[Engine[MattingEngine], ...] = ()
