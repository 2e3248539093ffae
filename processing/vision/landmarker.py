"""MediaPipe's pose landmarker on a video's frames: landmarks and the mask that comes with them."""

from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

_COLUMNS: Final = 4
"""Widths are padded to this multiple: MediaPipe 0.10.32 aborts the whole process when a float
mask's rows (4 bytes a pixel) are not a multiple of 16 bytes long."""


@dataclass(frozen=True)
class Detection:
    """One person in one picture.

    Attributes
    ----------
    world : (33, 3) float32, metres; origin hip centre, x right, y down, z away from the camera
    image : (33, 2) float32, pixels of the picture; x right, y down
    visibility : (33,) float32, 0..1
    mask : (height, width) float32, 0..1, how likely a pixel shows the person
    """

    world: NDArray[np.float32]
    image: NDArray[np.float32]
    visibility: NDArray[np.float32]
    mask: NDArray[np.float32]


class Landmarker:
    """Follows one person through a video.

    Close it (or use it as a context manager): the native task holds threads and memory.

    Parameters
    ----------
    model : bytes
        A `pose_landmarker_*.task` bundle.
    """

    def __init__(self, model: bytes) -> None:
        self._options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=model),
            running_mode=vision.RunningMode.VIDEO,
            output_segmentation_masks=True,
        )
        self._task = vision.PoseLandmarker.create_from_options(self._options)
        self._last_ms = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the native task; may be called twice."""
        if self._task is not None:
            self._task.close()
            self._task = None

    def restart(self) -> None:
        """Forget where the person was: after a hard cut the old region would mislead."""
        self.close()
        self._task = vision.PoseLandmarker.create_from_options(self._options)

    def detect(self, picture: NDArray[np.uint8], time_ms: int) -> Detection | None:
        """Find the person in the next picture.

        Parameters
        ----------
        picture : (height, width, 3) uint8, RGB
        time_ms : int
            Later than in every call before.

        Returns
        -------
        Detection or None
            None where nobody is seen.

        Raises
        ------
        ValueError
            Where time does not advance: the native task would fail for good.
        """
        if time_ms <= self._last_ms:
            raise ValueError(f"time must advance: {time_ms} ms follows {self._last_ms} ms")
        self._last_ms = time_ms
        height, width = picture.shape[:2]
        missing = -width % _COLUMNS
        # MediaPipe ignores strides, so the picture must also be contiguous; a border copy is.
        padded = (
            cv2.copyMakeBorder(picture, 0, 0, 0, missing, cv2.BORDER_REPLICATE)
            if missing
            else np.ascontiguousarray(picture)
        )
        result = self._task.detect_for_video(mp.Image(mp.ImageFormat.SRGB, padded), time_ms)
        if not result.pose_landmarks or not result.segmentation_masks:
            return None
        landmarks = result.pose_landmarks[0]
        size = (width + missing, height)
        # The view is into native memory that dies with the result: copy.
        mask = result.segmentation_masks[0].numpy_view().reshape(height, -1)[:, :width].copy()
        return Detection(
            world=np.array(
                [(p.x, p.y, p.z) for p in result.pose_world_landmarks[0]], dtype=np.float32
            ),
            image=np.array([(p.x * size[0], p.y * size[1]) for p in landmarks], dtype=np.float32),
            visibility=np.array([p.visibility for p in landmarks], dtype=np.float32),
            mask=mask,
        )
