"""Third stage: what the take is good for, which part of it is published, and its movement.

Works on numbers alone; nothing here looks at a picture.
"""

import json
import math
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from processing.errors import InvalidClip
from processing.motion.capsules import FACES, capsule_chunks
from processing.motion.document import document_lines
from processing.motion.finding import Quality
from processing.motion.gaps import fill
from processing.motion.gates import examine
from processing.motion.idle import active_span
from processing.motion.mesh import write_mesh
from processing.motion.packing import pack
from processing.motion.segments import Segment, segment
from processing.motion.smoothing import smooth
from processing.motion.track import PoseTrack
from processing.stages.contract import Options, Paths, Progress
from processing.stages.detections import Detections
from processing.stages.engine_poses import EMBEDDED, surfaces
from processing.stages.facts import Facts, read_facts
from processing.stages.files import replacing
from processing.stages.plan import Plan, make_plan
from processing.vision.crop import person_box

QUALITY_VERSION: Final = 1
_WORTH_S: Final = 0.5
"""Idle time shorter than this stays."""


def run(inputs: Paths, outputs: Paths, options: Options, progress: Progress) -> dict[str, object]:
    """Write the plan, the quality, the poses and the body.

    Raises
    ------
    InvalidClip
        `quality`, where the take would be of no use; its findings say why.
    """
    facts = read_facts(inputs["probe"])
    seen = Detections.load(inputs["detections"])
    signals = seen.signals
    total = len(signals)
    progress(0, total)
    cuts_s = signals.times_s[signals.cuts].tolist()
    whole = smooth(
        fill(seen.track(facts.fps), signals.times_s, cuts_s=cuts_s),
        cuts_s=cuts_s,
    )
    progress(total // 4, total)
    segments = segment(whole, facts.duration_s)
    span_s = _span(whole, segments, facts, options)
    # What is cut off may be as it likes: walking in, or switching the camera off.
    quality = examine(signals, within=[span_s])
    if quality.verdict == "stop":
        raise InvalidClip("quality", findings=quality.to_json()["findings"])
    plan = _plan(facts, seen, span_s, options)
    track = _published(whole, seen, plan)
    progress(total // 2, total)
    kinds = "plan", "quality", "poses", "poses_packed", "mesh"
    with replacing(*(outputs[kind] for kind in kinds)) as (
        plan_path,
        quality_path,
        poses_path,
        packed_path,
        mesh_path,
    ):
        plan_path.write_text(json.dumps(plan.as_json(), indent=1) + "\n")
        _write_quality(quality_path, quality, segments, plan)
        _write_document(poses_path, track, options, signals.times_s, plan)
        packed_path.write_bytes(pack(track))
        progress(3 * total // 4, total)
        _write_mesh(mesh_path, track, inputs["surface"], signals.times_s, plan)
    progress(total, total)
    return plan.as_json() | {"verdict": quality.verdict, "segments": len(segments)}


def _span(
    track: PoseTrack, segments: tuple[Segment, ...], facts: Facts, options: Options
) -> tuple[float, float]:
    """Return the part of the take to publish, seconds: without idle time at its ends."""
    first_s, end_s = (
        active_span(track, facts.duration_s, segments) if options.trim else (0.0, math.inf)
    )
    return (
        first_s if first_s > _WORTH_S else 0.0,
        end_s if end_s < facts.duration_s - _WORTH_S else facts.duration_s + 1.0,
    )


def _plan(facts: Facts, seen: Detections, span_s: tuple[float, float], options: Options) -> Plan:
    signals = seen.signals
    times_s = signals.times_s
    kept = signals.found & (times_s >= span_s[0] - 1e-6) & (times_s < span_s[1] - 1e-6)
    box = person_box(
        seen.extent[kept],
        signals.image[kept],
        signals.visibility[kept],
        (signals.width, signals.height),
    )
    return make_plan(facts, times_s, box, span_s, options.max_side)


def _published(track: PoseTrack, seen: Detections, plan: Plan) -> PoseTrack:
    """Return the poses of the published part, on its clock and in its pixels."""
    milliseconds = np.round(track.times_s * 1000)
    kept = (milliseconds >= plan.start_ms) & (milliseconds < plan.end_ms)
    whole = seen.signals.width, seen.signals.height
    return PoseTrack(
        times_s=(milliseconds[kept] - plan.start_ms) / 1000,
        world=track.world[kept],
        image=plan.published(track.image[kept], whole),
        visibility=track.visibility[kept],
        fps=plan.fps,
        width=plan.width,
        height=plan.height,
        filled=track.filled[kept],
    )


def _write_quality(path: Path, quality: Quality, segments: tuple[Segment, ...], plan: Plan) -> None:
    content = {
        "version": QUALITY_VERSION,
        **quality.to_json(),
        "segments": [_piece(piece) for piece in segments],
        "trim": {
            "start_s": plan.start_ms / 1000,
            "end_s": round(plan.start_ms / 1000 + plan.duration_s, 3),
        },
    }
    path.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n")


def _write_mesh(
    path: Path,
    track: PoseTrack,
    surface: Path,
    frame_times_s: NDArray[np.float64],
    plan: Plan,
) -> None:
    """Write the engine's own body, or one of capsules where it has none."""
    faces, vertices = FACES, capsule_chunks(track.world)
    if surface.stat().st_size:
        milliseconds = np.round(frame_times_s * 1000) - plan.start_ms
        numbers = np.searchsorted(milliseconds, np.round(track.times_s * 1000))
        faces, vertices = surfaces(surface, numbers)
    with path.open("wb") as file:
        write_mesh(
            file,
            fps=track.fps,
            times_s=track.times_s,
            joints_3d=track.world,
            vertices=vertices,
            faces=faces,
        )


def _piece(segment: Segment) -> dict[str, object]:
    return {
        "kind": segment.kind,
        "start_s": round(segment.start_s, 3),
        "end_s": round(segment.end_s, 3),
        "reps": [[round(start, 3), round(end, 3)] for start, end in segment.reps],
        "group": segment.group,
    }


def _write_document(
    path: Path, track: PoseTrack, options: Options, frame_times_s: NDArray[np.float64], plan: Plan
) -> None:
    milliseconds = np.round(frame_times_s * 1000)
    published = milliseconds[(milliseconds >= plan.start_ms) & (milliseconds < plan.end_ms)]
    indices = np.searchsorted(published - plan.start_ms, np.round(track.times_s * 1000))
    with path.open("w", encoding="utf-8") as file:
        file.writelines(
            document_lines(
                track,
                model=_model(options),
                frame_indices=indices.tolist(),
                total_frames=len(published),
            )
        )


def _model(options: Options) -> str:
    engine = options.pose
    if engine == EMBEDDED:
        engine = f"{EMBEDDED} pose_landmarker_{options.pose_model}"
    return f"{engine} + {options.lifter}" if options.lifter else engine
