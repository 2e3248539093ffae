"""A client's video against the trainer's movement: what was seen in both, and what it comes to.

Whoever compares two videos, a worker or a command, does it here.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from processing.motion.analysis import Analysis, Settings, analyse
from processing.motion.analysis.hints import hints_of, span_of_reps
from processing.motion.finding import Quality
from processing.motion.gaps import fill
from processing.motion.gates import examine
from processing.motion.grade import grade
from processing.motion.idle import active_span
from processing.motion.packing import pack, unpack
from processing.motion.smoothing import smooth
from processing.motion.track import PoseTrack
from processing.stages import FILENAMES, STAGES
from processing.stages.contract import Options, Paths, Progress, Stage
from processing.stages.detections import Detections
from processing.stages.facts import read_facts
from processing.stages.files import replacing

VERSION: Final = 1
WATCHING: Final[tuple[Stage, ...]] = tuple(
    stage for stage in STAGES if stage.name in {"probe", "pose"}
)
"""Stages that end with what was seen in every picture."""


@dataclass(frozen=True)
class Watched:
    """Who moves how in a video.

    Attributes
    ----------
    track : PoseTrack
        On the video's own clock, without idle time at its ends.
    quality : Quality
        What the gates say of the same part.
    span_s : (start, end), seconds of the video
        What is left without idle time.
    duration_s : float
    """

    track: PoseTrack
    quality: Quality
    span_s: tuple[float, float]
    duration_s: float

    def to_json(self) -> dict[str, Any]:
        """Write down everything but the poses."""
        start_s, end_s = self.span_s
        return {
            "width": self.track.width,
            "height": self.track.height,
            "fps": round(self.track.fps, 3),
            "duration_s": round(self.duration_s, 3),
            "trim": {"start_s": round(start_s, 3), "end_s": round(end_s, 3)},
            "first_pose_s": round(float(self.track.times_s[0]), 3) if len(self.track) else None,
            "poses": len(self.track),
            "quality": self.quality.to_json(),
        }


def seen_in(probe: Path, detections: Path, trainer: PoseTrack | None = None) -> Watched:
    """Read what the stages of `WATCHING` wrote about a video.

    Where the ``trainer`` is known, no repetition of their movement is cut off as idle time.
    """
    facts = read_facts(probe)
    seen = Detections.load(detections)
    signals = seen.signals
    cuts_s = signals.times_s[signals.cuts].tolist()
    track = smooth(fill(seen.track(facts.fps), signals.times_s, cuts_s=cuts_s), cuts_s=cuts_s)
    span_s = active_span(track, facts.duration_s)
    own_s = None if trainer is None else span_of_reps(trainer, track)
    if own_s is not None:
        span_s = min(span_s[0], own_s[0]), max(span_s[1], own_s[1])
    return Watched(
        _between(track, span_s), examine(signals, within=[span_s]), span_s, facts.duration_s
    )


def _between(track: PoseTrack, span_s: tuple[float, float]) -> PoseTrack:
    kept = (track.times_s >= span_s[0]) & (track.times_s <= span_s[1])
    return PoseTrack(
        times_s=track.times_s[kept],
        world=track.world[kept],
        image=track.image[kept],
        visibility=track.visibility[kept],
        fps=track.fps,
        width=track.width,
        height=track.height,
        filled=track.filled[kept],
    )


def watched(path: Path, options: Options, trainer: PoseTrack | None = None) -> Watched:
    """See who moves how in a video, by the stages' own way.

    The ``trainer``, where they are known, as in `seen_in`.

    Raises
    ------
    InvalidClip
        Where the video can't be used.
    """
    with tempfile.TemporaryDirectory(prefix="compare-") as name:
        files = {kind: Path(name) / file for kind, file in FILENAMES.items()} | {"source": path}
        for stage in WATCHING:
            inputs, outputs = (
                {kind: files[kind] for kind in kinds} for kinds in (stage.needs, stage.produces)
            )
            stage.run(inputs, outputs, options, lambda done, total: None)
        return seen_in(files["probe"], files["detections"], trainer)


def compare(trainer: PoseTrack, client: PoseTrack, settings: Settings | None = None) -> Analysis:
    """Judge a client's movement by the trainer's, and grade it where there is a judgement."""
    analysis = analyse(trainer, client, settings)
    if analysis.verdict != "judged":
        return analysis
    return replace(analysis, grade=grade(trainer, client))


def settings_of(request: Mapping[str, Any]) -> Settings:
    """Read what was asked for: ``strictness`` and ``focus``."""
    return Settings(strictness=request["strictness"], focus=tuple(request["focus"]))


def run(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Write the comparison, and the poses of both.

    ``trainer_poses``, packed as published, take the place of the other two files of the trainer's.
    """
    progress(0, 3)
    if "trainer_poses" in inputs:
        lead, about = unpack(inputs["trainer_poses"].read_bytes()), None
    else:
        trainer = seen_in(inputs["trainer_probe"], inputs["trainer_detections"])
        lead, about = trainer.track, trainer.to_json()
    progress(1, 3)
    client = seen_in(inputs["client_probe"], inputs["client_detections"], lead)
    progress(2, 3)
    request = json.loads(inputs["request"].read_text())
    # Packed poses are what both are kept as: what is judged is what can be looked up afterwards.
    own = pack(client.track)
    ours, settings = unpack(own), settings_of(request)
    analysis = compare(lead, ours, settings)
    found = {
        "version": VERSION,
        "analysis": analysis.to_json(),
        "hints": list(hints_of(lead, ours, analysis, settings)),
        "client": client.to_json(),
        "trainer": about,
    }
    with replacing(*(outputs[kind] for kind in COMPARE.produces)) as files:
        files[0].write_text(json.dumps(found, allow_nan=False))
        files[1].write_bytes(own)
        files[2].write_bytes(pack(lead))
    progress(3, 3)
    return {"verdict": analysis.verdict}


COMPARE: Final = Stage(
    "compare",
    ("request", "client_probe", "client_detections"),
    ("comparison", "client", "trainer"),
    run,
)
"""Needs what the trainer's movement is known from as well, see `run`."""
