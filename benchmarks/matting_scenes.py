"""What the matting bench films: several exercises, people, clothes, rooms, lights and cameras."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from processing.synthetic.body import MAN, Body
from processing.synthetic.clothing import LOOKS
from processing.synthetic.performance import Exercise, Performance
from processing.synthetic.render import Shot, frame_times, render, shoot
from processing.synthetic.scene import Light, Room
from processing.vision.codecs import tag_bt709

FPS: Final = 25.0

_DAYLIGHT: Final = Light()
_HARD: Final = Light(
    position=(2.6, 3.0, 2.2), key=(1.5, 1.35, 1.1), sky=(0.30, 0.32, 0.36), softness=0.05
)
_WINDOW: Final = Light(
    position=(-3.0, 2.4, 1.0), key=(1.2, 1.25, 1.35), sky=(0.45, 0.48, 0.55), softness=0.9
)
_EVENING: Final = Light(
    position=(-1.5, 3.2, 2.8),
    key=(0.62, 0.52, 0.40),
    sky=(0.22, 0.22, 0.24),
    bounce=(0.12, 0.10, 0.08),
    softness=0.8,
)
_SHAKE_PX: Final = 24
_FIRST_S: Final = 0.8


@dataclass(frozen=True)
class Filmed:
    """A picture as it comes out of a phone's file, and how much of it the person covers.

    Attributes
    ----------
    time_ms : int
    picture : (height, width, 3) uint8, RGB
    alpha : (height, width) uint8
    """

    time_ms: int
    picture: NDArray[np.uint8]
    alpha: NDArray[np.uint8]


@dataclass(frozen=True)
class Scene:
    """One take; `view` is degrees from the front, `size` width and height in pixels."""

    exercise: Exercise
    view: float
    look: str
    room: Room
    light: Light
    size: tuple[int, int] = (602, 722)
    handheld: bool = False

    def film(self, count: int) -> Iterator[Filmed]:
        """Yield the first pictures of the movement, through H.264 as phones write it."""
        pictures, alphas = zip(*self._render(count), strict=True)
        coded = _coded(pictures)
        for i, (picture, alpha) in enumerate(zip(coded, alphas, strict=True)):
            yield Filmed(round(1000 * i / FPS), picture, alpha)

    def _render(self, count: int) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
        shot = self._shoot()
        times = frame_times(shot, FPS)
        first = round(_FIRST_S * FPS)
        for i, time_s in enumerate(times[first : first + count]):
            frame = render(shot, float(time_s))
            alpha = np.round(frame.alpha * 255).astype(np.uint8)
            if not self.handheld:
                yield frame.rgb, alpha
                continue
            # A hand sways slowly and trembles a little; the picture is cut out of a larger one.
            sway = np.array([14 * np.sin(i / 9), 10 * np.sin(i / 7 + 2)])
            sway += [5 * np.sin(i / 2.3 + 1), 4 * np.sin(i / 1.9)]
            shift = np.hstack([np.eye(2), -(sway + _SHAKE_PX)[:, None]])
            yield (
                cv2.warpAffine(frame.rgb, shift, self.size),
                cv2.warpAffine(alpha, shift, self.size),
            )

    def _shoot(self) -> Shot:
        width, height = self.size
        spare = 2 * _SHAKE_PX if self.handheld else 0
        return shoot(
            Performance(self.exercise, reps=3, seed=3),
            self.view,
            (width + spare, height + spare),
            body=MAN if self.look == "boris" else Body(),
            appearance=LOOKS[self.look],
            room=self.room,
            light=self.light,
        )


SCENES: Final = (
    Scene("squat", 0.0, "anna", Room(0), _DAYLIGHT),
    Scene("jumping_jack", 38.0, "boris", Room(1), _HARD),
    Scene("lunge", 90.0, "clara", Room(2, mat=False, grain=2.4), _EVENING),
    Scene("push_up", 90.0, "boris", Room(3), _WINDOW, (722, 602)),
    Scene("overhead_press", 0.0, "clara", Room(4), _DAYLIGHT, handheld=True),
    Scene("squat", 25.0, "boris", Room(5, furniture=False, grain=2.0), _WINDOW, (480, 640)),
    # Nothing was tuned on those that follow.
    Scene("lunge", 20.0, "anna", Room(11), _WINDOW),
    Scene("jumping_jack", 0.0, "clara", Room(12, grain=2.4), _EVENING),
    Scene("squat", 60.0, "boris", Room(13), _HARD, handheld=True),
    Scene("overhead_press", 25.0, "anna", Room(14), _DAYLIGHT),
)


def _coded(pictures: tuple[NDArray[np.uint8], ...]) -> list[NDArray[np.uint8]]:
    height, width = pictures[0].shape[:2]
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "take.mp4")
        with av.open(path, "w") as container:
            options = {"crf": "18", "preset": "veryfast"}
            stream = container.add_stream("libx264", rate=Fraction(FPS), options=options)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            tag_bt709(stream.codec_context)
            for picture in pictures:
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                    format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
                )
                tag_bt709(frame)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        with av.open(path) as container:
            return [
                frame.to_ndarray(format="rgb24", src_colorspace="ITU709")
                for frame in container.decode(video=0)
            ]
