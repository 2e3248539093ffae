"""Last stage: the transparent video and the poster."""

from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from processing.stages.ahead import ahead
from processing.stages.audio import SoundTrack
from processing.stages.contract import Options, Paths, Progress
from processing.stages.facts import Facts, read_facts
from processing.stages.files import replacing
from processing.stages.workfiles import frames, in_step
from processing.stages.writing import VideoWriter
from processing.vision.codecs import TRANSPARENT, tag_bt709
from processing.vision.poster import Candidate, poster_score

_POSTER_EVERY_MS: Final = 250
_POSTER_QUALITY: Final = 84


def run(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Write `trainer_transparent.webm` (VP9 with straight alpha, Opus) and `poster.webp`."""
    facts = read_facts(inputs["probe"])
    joined = in_step(
        frames(inputs["graded"], options.threads), frames(inputs["alpha"], options.threads)
    )
    with replacing(outputs["transparent"], outputs["poster"]) as (video_path, poster_path):
        with ExitStack() as stack:
            clip = stack.enter_context(ahead(joined))
            writer = stack.enter_context(
                VideoWriter(
                    video_path,
                    TRANSPARENT,
                    width=facts.width,
                    height=facts.height,
                    fps=facts.fps,
                    threads=options.threads,
                    container_format="webm",
                )
            )
            sound = _sound(inputs["source"], facts, writer)
            if sound is not None:
                stack.enter_context(closing(sound))
            best: Candidate | None = None
            next_candidate_ms = 0
            done = 0
            for time_ms, graded, matte in clip:
                frame, alpha = _with_alpha(graded, matte)
                if time_ms >= next_candidate_ms:
                    next_candidate_ms = time_ms + _POSTER_EVERY_MS
                    best = _better(best, graded, alpha)
                writer.write(frame, time_ms)
                if sound is not None:
                    sound.advance(time_ms)
                done += 1
                progress(done, max(done, facts.total_frames))
            if sound is not None:
                sound.finish()
        _write_poster(best, poster_path)
    return {"codec": TRANSPARENT.codec, "audio": sound is not None, "total_frames": done}


def _sound(source: Path, facts: Facts, writer: VideoWriter) -> SoundTrack | None:
    if not facts.has_audio:
        return None
    return SoundTrack(source, start_s=facts.start_s, end_s=facts.duration_s, writer=writer)


def _with_alpha(graded: Any, matte: Any) -> tuple[Any, NDArray[np.uint8]]:
    """Join a yuv420p frame and a grey one: the planes go over as they are.

    Returns
    -------
    frame : av.VideoFrame, yuva420p
    alpha : (height, width) uint8, straight
    """
    frame = av.VideoFrame(graded.width, graded.height, TRANSPARENT.pixel_format)
    for plane, data in zip(frame.planes, (*graded.planes, matte.planes[0]), strict=True):
        _rows(plane)[:] = _rows(data)
    tag_bt709(frame)
    return frame, _rows(matte.planes[0]).copy()


def _rows(plane: Any) -> NDArray[np.uint8]:
    """View a plane of bytes as (height, width); its lines may be padded."""
    lines = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return lines[: plane.height, : plane.width]


def _better(best: Candidate | None, graded: Any, alpha: NDArray[np.uint8]) -> Candidate:
    score = poster_score(alpha)
    if best is not None and score <= best.score:
        return best
    return Candidate(score, graded.to_ndarray(format="rgb24"), alpha)


def _write_poster(best: Candidate | None, path: Path) -> None:
    if best is None:
        raise ValueError("a clip without frames has no poster")
    picture = Image.fromarray(np.dstack([best.rgb, best.alpha]))
    picture.save(path, "WEBP", quality=_POSTER_QUALITY, method=4)
