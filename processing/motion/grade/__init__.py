"""The grade 0 (perfect) to 4 (poor), by a network taught on the synthetic athlete's faults."""

from processing.motion.analysis.document import Grade
from processing.motion.grade.network import grade

__all__ = ["Grade", "grade"]
