"""How a process that runs stages shares the cores: the stages' own threads, and no others.

Stages keep every core busy with threads of their own. Libraries that split each small operation
over threads besides only make those wait for one another: without theirs, `render` took a sixth
less time on two cores.
"""

from typing import Final

ENVIRONMENT: Final = {"OPENBLAS_NUM_THREADS": "1"}
"""Has to be set before NumPy is imported, so before the process starts."""


def keep_libraries_single() -> None:
    """Tell OpenCV to start no threads, for all of this process."""
    import cv2  # here, because whoever only hands out orders need not carry it

    cv2.setNumThreads(1)
