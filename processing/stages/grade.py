"""Fourth stage: studio colours, and no room left under the transparency."""

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from processing.stages.ahead import ahead
from processing.stages.contract import Options, Paths, Progress
from processing.stages.facts import read_facts
from processing.stages.files import replacing
from processing.stages.source import pictures
from processing.stages.workfiles import gray_pictures, in_step
from processing.stages.writing import VideoWriter
from processing.vision.codecs import GRADED, tag_bt709
from processing.vision.composite import foreground
from processing.vision.grade import grade, table


def run(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Write `graded.mkv`: the graded person, over colours spread from the person."""
    facts = read_facts(inputs["probe"])
    lookup = table()
    reformatter = VideoReformatter()
    joined = in_step(
        pictures(inputs["source"], facts, options),
        gray_pictures(inputs["alpha"], options.threads),
    )
    with (
        replacing(outputs["graded"]) as (path,),
        ahead(joined) as clip,
        VideoWriter(
            path,
            GRADED,
            width=facts.width,
            height=facts.height,
            fps=facts.fps,
            threads=options.threads,
        ) as writer,
    ):
        done = 0
        for time_ms, picture, alpha in clip:
            graded = grade(foreground(picture, alpha), lookup)
            frame = reformatter.reformat(
                av.VideoFrame.from_ndarray(np.ascontiguousarray(graded), format="rgb24"),
                format=GRADED.pixel_format,
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
                threads=1,
            )
            tag_bt709(frame)
            writer.write(frame, time_ms)
            done += 1
            progress(done, max(done, facts.total_frames))
    return {"engine": "v11", "total_frames": done}
