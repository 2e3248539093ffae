"""The trainer and the client beside each other, at the same phase: a video to look at."""

import json
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from processing.motion.analysis import analyse
from processing.motion.analysis.beside import Beside, laid_beside
from processing.motion.marks import direction_marks
from processing.motion.packing import unpack
from processing.motion.track import PoseTrack
from processing.stages.comparison import settings_of
from processing.stages.contract import Options, Paths, Progress, Stage
from processing.stages.facts import read_facts
from processing.stages.files import replacing
from processing.stages.source import pictures
from processing.stages.workfiles import frames
from processing.stages.writing import VideoWriter
from processing.vision.codecs import STACKED, tag_bt709
from processing.vision.frames import Geometry
from processing.vision.skeletons import GROUND, on_ground, with_skeleton

Picture = NDArray[np.uint8]

_HEIGHT: Final = 480
"""Pixels; videos that are lower are not enlarged."""
_CLOSEST_MS: Final = 30
"""Pictures that follow sooner are left out: about 30 a second are enough to see a movement."""
_JPEG_QUALITY: Final = 90


def run(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Write the video. The trainer is taken from ``trainer_stacked`` (as published), or from
    ``trainer_source`` with ``trainer_probe``; with neither the skeleton stands for them."""
    client, trainer = (unpack(inputs[who].read_bytes()) for who in ("client", "trainer"))
    request = json.loads(inputs["request"].read_text())
    beside = laid_beside(trainer, client, analyse(trainer, client, settings_of(request)))
    with (
        replacing(outputs["side_by_side"]) as (path,),
        tempfile.TemporaryFile(dir=path.parent) as scratch,
    ):
        size = _panel(trainer)
        wanted = {_ms(trainer.times_s[number]) for number in beside.trainer.tolist()}
        shown = _Album(scratch)
        trainers = len(wanted)
        for done, (time_ms, picture) in enumerate(_trainers(inputs, size, options)):
            if time_ms in wanted:
                shown.add(time_ms, picture)
            progress(min(done, trainers), trainers + len(client))
        written = _write(path, inputs, options, client, trainer, beside, shown, progress)
    return {"pictures": written}


DRAW: Final = Stage(
    "draw",
    ("request", "client", "trainer", "client_source", "client_probe"),
    ("side_by_side",),
    run,
)


class _Album:
    """Pictures by their times, on disk: half an hour of them would fill the memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: dict[int, tuple[int, int]] = {}

    def add(self, time_ms: int, picture: Picture) -> None:
        _, content = cv2.imencode(
            ".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
        )
        self._places[time_ms] = self._file.seek(0, 2), len(content)
        self._file.write(content.tobytes())

    def at(self, time_ms: int) -> Picture | None:
        place = self._places.get(time_ms)
        if place is None:
            return None
        self._file.seek(place[0])
        content = np.frombuffer(self._file.read(place[1]), np.uint8)
        found = cv2.imdecode(content, cv2.IMREAD_COLOR)
        return None if found is None else np.asarray(found[..., ::-1], np.uint8)


def _ms(time_s: float) -> int:
    return round(float(time_s) * 1000)


def _panel(track: PoseTrack) -> tuple[int, int]:
    """Width and height of one half, pixels, both even."""
    scale = min(1.0, _HEIGHT / track.height)
    width, height = (
        max(2, 2 * math.floor(side * scale / 2)) for side in (track.width, track.height)
    )
    return width, height


def _trainers(
    inputs: Paths, size: tuple[int, int], options: Options
) -> Iterator[tuple[int, Picture]]:
    """Yield (ms, picture) of the trainer."""
    if "trainer_source" in inputs:
        facts = read_facts(inputs["trainer_probe"])
        yield from pictures(
            inputs["trainer_source"], facts, options, Geometry(*size, facts.rotation)
        )
    elif "trainer_stacked" in inputs:
        for time_ms, frame in frames(inputs["trainer_stacked"], options.threads):
            both = frame.to_ndarray(format="rgb24")
            middle = both.shape[0] // 2
            cut_out = on_ground(both[:middle], np.ascontiguousarray(both[middle:, :, 0]))
            yield time_ms, cv2.resize(cut_out, size, interpolation=cv2.INTER_AREA)


def _write(
    path: Path,
    inputs: Paths,
    options: Options,
    client: PoseTrack,
    trainer: PoseTrack,
    beside: Beside,
    shown: _Album,
    progress: Progress,
) -> int:
    """Write every picture of the client's that shows the exercise. Returns how many."""
    facts = read_facts(inputs["client_probe"])
    ours, theirs = _panel(client), _panel(trainer)
    height = max(ours[1], theirs[1])
    marks = direction_marks(beside.errors_deg)
    by_time = {_ms(time_s): number for number, time_s in enumerate(client.times_s)}
    trainers = len(set(beside.trainer.tolist()))
    first_ms, last_ms = _ms(client.times_s[0]), _ms(client.times_s[-1])
    latest_ms, number, written = -math.inf, 0, 0
    with VideoWriter(
        path,
        STACKED,
        width=ours[0] + theirs[0],
        height=height,
        fps=min(facts.fps, 1000 / _CLOSEST_MS),
        threads=options.threads,
        container_format="mp4",
    ) as writer:
        source = pictures(inputs["client_source"], facts, options, Geometry(*ours, facts.rotation))
        for time_ms, picture in source:
            # Where nobody was seen, the trainer stays as they were.
            number = by_time.get(time_ms, number)
            progress(trainers + number, trainers + len(client))
            if not first_ms <= time_ms <= last_ms or time_ms - latest_ms < _CLOSEST_MS:
                continue
            latest_ms = time_ms
            mine = picture
            if time_ms in by_time:
                mine = _drawn(picture, client, number, marks[number])
            lead = int(beside.trainer[number])
            ground = np.full((theirs[1], theirs[0], 3), GROUND, np.uint8)
            behind = shown.at(_ms(trainer.times_s[lead]))
            yours = _drawn(ground if behind is None else behind, trainer, lead, None)
            writer.write(
                _frame(np.hstack([_tall(yours, height), _tall(mine, height)])), time_ms - first_ms
            )
            written += 1
    return written


def _drawn(
    picture: Picture, track: PoseTrack, number: int, marks: NDArray[np.float64] | None
) -> Picture:
    scale = np.array([picture.shape[1] / track.width, picture.shape[0] / track.height])
    return with_skeleton(picture, track.image[number] * scale, track.visibility[number], marks)


def _tall(picture: Picture, height: int) -> Picture:
    """Stand a picture on the bottom of a panel of this height."""
    above = np.full((height - picture.shape[0], picture.shape[1], 3), GROUND, np.uint8)
    return np.vstack([above, picture])


def _frame(picture: Picture) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24").reformat(
        format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
    )
    tag_bt709(frame)
    return frame
