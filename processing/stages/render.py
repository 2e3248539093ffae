"""Last stage: the trainer cut out, graded and encoded, twice; and the poster.

One stream, without files in between: while one frame is encoded, the next is graded, the one after
that cut out, and another decoded.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from processing.engines.contract import GradeEngine, Person, Shot
from processing.engines.registry import GRADE, MATTING, find
from processing.stages.ahead import ahead
from processing.stages.audio import SoundTrack
from processing.stages.behind import behind
from processing.stages.contract import Options, Paths, Progress
from processing.stages.detections import Detections
from processing.stages.engine_poses import EMBEDDED
from processing.stages.facts import read_facts
from processing.stages.files import replacing
from processing.stages.plan import Plan, read_plan
from processing.stages.source import pictures
from processing.stages.workfiles import gray_pictures, in_step
from processing.stages.writing import VideoWriter
from processing.vision.blazepose import mask_in_picture
from processing.vision.codecs import STACKED, TRANSPARENT, Encoding
from processing.vision.composite import (
    Colour,
    codable,
    foreground,
    mean_colour,
    person_part,
)
from processing.vision.matting import keep_person
from processing.vision.planes import PlaneMaker, Planes, stacked, with_alpha
from processing.vision.poster import Candidate, poster_score

_POSTER_EVERY_MS: Final = 250
_POSTER_QUALITY: Final = 84
_NEUTRAL: Final = (128, 128, 128)
_DEPTH: Final = 3
"""Frames that may wait between two steps; each step holds its own few besides."""


@dataclass(frozen=True)
class _Finished:
    """A frame as it is published: straight alpha, colours graded; and the part with the person."""

    time_ms: int
    colour: Planes
    alpha: NDArray[np.uint8]
    shown: tuple[NDArray[np.uint8], tuple[slice, slice]] | None


def run(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Write `trainer_transparent.webm`, `trainer_stacked.mp4` and `poster.webp`."""
    plan = read_plan(inputs["plan"])
    matting = find(MATTING, options.matting).open(options.models_dir)
    targets = outputs["transparent"], outputs["stacked"], outputs["poster"]
    with replacing(*targets) as (video_path, stacked_path, poster_path), ExitStack() as stack:
        stack.enter_context(closing(matting))
        grade = stack.enter_context(closing(find(GRADE, options.grade).open(options.models_dir)))
        shots = stack.enter_context(ahead(_shots(inputs, plan, options), _DEPTH))
        alone = options.matting != EMBEDDED
        cut_out = matting.mattes(shots)
        mattes = stack.enter_context(ahead(_only_person(cut_out) if alone else cut_out, _DEPTH))
        best: Candidate | None = None
        next_candidate_ms = done = 0
        with ExitStack() as encoders:
            source = inputs["source"]
            transparent = encoders.enter_context(_Encoder(video_path, TRANSPARENT, plan, source))
            colour_over_matte = encoders.enter_context(
                _Encoder(stacked_path, STACKED, plan, source)
            )
            alpha_line = encoders.enter_context(behind(transparent.write, _DEPTH))
            stacked_line = encoders.enter_context(behind(colour_over_matte.write, _DEPTH))
            for frame in _Finish(grade, plan).frames(mattes):
                if frame.time_ms >= next_candidate_ms:
                    next_candidate_ms = frame.time_ms + _POSTER_EVERY_MS
                    best = _better(best, frame)
                alpha_line.put(frame)
                stacked_line.put(frame)
                done += 1
                progress(done, max(done, plan.total_frames))
        _write_poster(best, poster_path)
    return {
        "matting": options.matting,
        "grade": options.grade,
        "codec": TRANSPARENT.codec,
        "audio": plan.has_audio,
        "total_frames": done,
    }


def _shots(inputs: Paths, plan: Plan, options: Options) -> Iterator[Shot]:
    """Yield the published part of the take with what is known of each picture."""
    facts = read_facts(inputs["probe"])
    seen = Detections.load(inputs["detections"])
    signals = seen.signals
    keypoints = plan.published(signals.image, (signals.width, signals.height))
    # A grid of half the published size over the same part of the picture.
    half = plan.width // 2, plan.height // 2
    (across, down), offset = plan.grid((signals.width, signals.height))
    scale = across * plan.width / half[0], down * plan.height / half[1]
    joined = in_step(
        pictures(inputs["source"], facts, options, plan.geometry),
        gray_pictures(inputs["masks"], 1),
    )
    cut = True
    for index, (time_ms, picture, mask) in enumerate(joined):
        if time_ms >= plan.end_ms:
            return
        if time_ms < plan.start_ms:
            continue
        cut = cut or bool(signals.cuts[index])
        person = None
        if signals.found[index]:
            coarse = mask_in_picture(mask, seen.roi_at(index), half, scale=scale, offset=offset)
            person = Person(keypoints[index], signals.visibility[index], coarse)
        yield Shot(time_ms - plan.start_ms, picture, person, cut)
        cut = False


def _only_person(
    mattes: Iterator[tuple[Shot, NDArray[np.uint8]]],
) -> Iterator[tuple[Shot, NDArray[np.uint8]]]:
    """Drop other people from a matte that shows everybody; transparent where nobody was found."""
    for shot, alpha in mattes:
        person = shot.person
        if person is None:
            yield shot, np.zeros_like(alpha)
        else:
            yield shot, keep_person(alpha, person.keypoints, person.visibility)


class _Finish:
    """Grades what is cut out, and lays the person's own colours under the transparency."""

    def __init__(self, grade: GradeEngine, plan: Plan) -> None:
        self._grade = grade
        self._maker = PlaneMaker(plan.width, plan.height)
        self._surround: Colour | None = None

    def frames(self, mattes: Iterator[tuple[Shot, NDArray[np.uint8]]]) -> Iterator[_Finished]:
        """Yield frames as they are published."""
        for shot, found in mattes:
            alpha = codable(found)
            part = person_part(alpha)
            if part is None:
                colour = self._maker.planes(shot.picture, None, self._surround or _NEUTRAL)
                yield _Finished(shot.time_ms, colour, alpha, None)
                continue
            # Where nobody is there is nothing to grade.
            covered = np.ascontiguousarray(alpha[part])
            graded = self._grade.grade(np.ascontiguousarray(shot.picture[part]), covered)
            # One colour for the whole clip: a surround that changes would have to be encoded.
            self._surround = self._surround or mean_colour(graded, covered)
            around = self._surround or _NEUTRAL
            shown = foreground(graded, covered, around)
            colour = self._maker.planes(shown, part, around)
            yield _Finished(shot.time_ms, colour, alpha, (shown, part))


class _Encoder:
    """One published video with its sound; a context manager like its writer."""

    def __init__(self, path: Path, encoding: Encoding, plan: Plan, source: Path) -> None:
        over = encoding is STACKED
        self._join = stacked if over else with_alpha
        self._writer = VideoWriter(
            path,
            encoding,
            width=plan.width,
            height=plan.height * 2 if over else plan.height,
            fps=plan.fps,
            threads=1,
            container_format="mp4" if over else "webm",
        )
        self._sound = (
            SoundTrack(
                source,
                start_s=plan.start_s,
                end_s=plan.duration_s,
                writer=self._writer,
                codec="aac" if over else "libopus",
            )
            if plan.has_audio
            else None
        )

    def __enter__(self) -> "_Encoder":
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            if self._sound is not None:
                if error is None:
                    self._sound.finish()
                self._sound.close()
        except BaseException as failed:
            self._writer.__exit__(type(failed), failed, failed.__traceback__)
            raise
        self._writer.__exit__(kind, error, trace)

    def write(self, frame: _Finished) -> None:
        """Encode a frame, and the sound up to it."""
        self._writer.write(self._join(frame.colour, frame.alpha), frame.time_ms)
        if self._sound is not None:
            self._sound.advance(frame.time_ms)


def _better(best: Candidate | None, frame: _Finished) -> Candidate:
    score = poster_score(frame.alpha)
    if best is not None and score <= best.score:
        return best
    rgb = np.zeros((*frame.alpha.shape, 3), np.uint8)
    if frame.shown is not None:
        picture, part = frame.shown
        rgb[part] = picture
    return Candidate(score, rgb, frame.alpha)


def _write_poster(best: Candidate | None, path: Path) -> None:
    if best is None:
        raise ValueError("a clip without frames has no poster")
    picture = Image.fromarray(np.dstack([best.rgb, best.alpha]))
    picture.save(path, "WEBP", quality=_POSTER_QUALITY, method=4)
