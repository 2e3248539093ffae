"""The analysis of a client's movement against the trainer's: ``docs/analysis.md``."""

from processing.motion.analysis.compare import analyse
from processing.motion.analysis.document import Analysis
from processing.motion.analysis.settings import Settings

__all__ = ["Analysis", "Settings", "analyse"]
