"""How a process that runs stages uses the cores: by the stages' own threads, and for work.

Stages keep every core busy with threads of their own. Libraries that split each small operation
over threads besides only make those wait for one another: without theirs, `render` took a sixth
less time on two cores.

And memory that a picture has used is kept for the next one. Left alone, the C library hands it back
and fetches it anew, and the kernel zeroes it page by page: half of the time of what only moves
pixels, as the grade does.
"""

from typing import Final

ENVIRONMENT: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    # glibc's alone; the most that it takes for the first.
    "MALLOC_MMAP_THRESHOLD_": str(32 * 1024**2),
    "MALLOC_TRIM_THRESHOLD_": str(256 * 1024**2),
}
"""Has to be set before NumPy is imported, so before the process starts."""


def keep_libraries_single() -> None:
    """Tell OpenCV to start no threads, for all of this process."""
    import cv2  # here, because whoever only hands out orders need not carry it

    cv2.setNumThreads(1)
