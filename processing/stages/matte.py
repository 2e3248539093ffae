"""Third stage: a matte of the full size from the model's coarse masks."""

import numpy as np
from numpy.typing import NDArray

from processing.motion.packing import unpack
from processing.motion.track import PoseTrack
from processing.stages.ahead import ahead
from processing.stages.contract import Options, Paths, Progress
from processing.stages.facts import read_facts
from processing.stages.files import replacing
from processing.stages.source import pictures
from processing.stages.workfiles import gray_pictures, in_step
from processing.stages.writing import VideoWriter
from processing.vision.codecs import GRAY
from processing.vision.cuts import is_cut, signature
from processing.vision.matting import Memory, body_scale, keep_person, refine, steady


def run(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Write `alpha.mkv`: straight alpha, 0 in frames without a person."""
    facts = read_facts(inputs["probe"])
    track = unpack(inputs["poses_packed"].read_bytes())
    entry_at = {round(time_s * 1000): i for i, time_s in enumerate(track.times_s)}
    joined = in_step(
        pictures(inputs["source"], facts, options),
        gray_pictures(inputs["masks"], options.threads),
    )
    with (
        replacing(outputs["alpha"]) as (path,),
        ahead(joined) as clip,
        VideoWriter(
            path,
            GRAY,
            width=facts.width,
            height=facts.height,
            fps=facts.fps,
            threads=options.threads,
        ) as writer,
    ):
        memory: Memory | None = None
        last_signature = None
        done = 0
        for time_ms, picture, mask in clip:
            now = signature(picture)
            if last_signature is not None and is_cut(last_signature, now):
                memory = None
            last_signature = now
            entry = entry_at.get(time_ms)
            if entry is None:
                # No memory: alpha must be 0 here, and a person who comes back starts afresh.
                alpha, memory = np.zeros(picture.shape[:2], np.uint8), None
            else:
                alpha, memory = steady(_matte(mask, picture, track, entry), picture, memory)
            writer.write_gray(alpha, time_ms)
            done += 1
            progress(done, max(done, facts.total_frames))
    return {"engine": "mediapipe", "total_frames": done}


def _matte(
    mask: NDArray[np.uint8], picture: NDArray[np.uint8], track: PoseTrack, entry: int
) -> NDArray[np.uint8]:
    keypoints, visibility = track.image[entry], track.visibility[entry]
    to_mask = np.array(
        [mask.shape[1] / picture.shape[1], mask.shape[0] / picture.shape[0]], np.float32
    )
    person = keep_person(mask, keypoints * to_mask, visibility)
    return refine(person, picture, body_scale(keypoints))
