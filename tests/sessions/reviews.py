"""Sessions as somebody who moves leaves them: the synthetic athlete's truth, no detector."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from typing import Any, Final

import numpy as np
from django.core.files.base import ContentFile

from exercises.models import Assignment
from processing.models import Artifact, Clip
from processing.motion.packing import pack
from processing.motion.track import PoseTrack
from processing.synthetic.performance import Performance
from sessions import services
from sessions.models import ItemAnalysis, WorkoutSession
from sessions.review.scoring import score
from tenants.people.models import User
from tests.motion.analysis import athletes
from tests.sessions.build import FACTS, first_item, make_assignment, make_clip

TRAINER: Final = Performance("squat", reps=2, rep_s=2.4, idle_s=0.4, seed=1)
RIGHT: Final = replace(TRAINER, follows=1, seed=7, idle_s=0.6)
SHALLOW: Final = replace(RIGHT, short=0.35)
LOOP_S: Final = round(TRAINER.duration_s, 3)
ROWS: Final = 70
"""Frames of a chunk, as the browser cuts them."""


@cache
def trainer_track() -> PoseTrack:
    return athletes.trainer(TRAINER)


@cache
def client_track(performance: Performance) -> PoseTrack:
    """One loop of a client, at 15 frames a second."""
    return athletes.client(performance)


def squat_clip(title: str = "Squat", track: PoseTrack | None = None) -> Clip:
    """A ready clip whose poses are the synthetic athlete's."""
    clip = make_clip(title)
    track = track or trainer_track()
    facts = {**FACTS, "duration_s": LOOP_S, "width": track.width, "height": track.height}
    Artifact.objects.filter(clip=clip, kind="probe").update(params=facts)
    packed = clip.artifacts.get(kind="poses_packed")
    content = pack(track)
    packed.file.save("trainer_poses.bin", ContentFile(content), save=False)
    packed.sha256, packed.size_bytes = hashlib.sha256(content).hexdigest(), len(content)
    packed.save()
    return clip


def loops_of(performances: list[Performance]) -> list[tuple[float, float, list[int], list[int]]]:
    """Rows (s into the set, s in the clip, landmarks, visibility): one loop after the other."""
    rows = []
    for number, performance in enumerate(performances):
        track = client_track(performance)
        for time, world, seen in zip(track.times_s, track.world, track.visibility, strict=True):
            if time >= LOOP_S - 0.03:
                break
            landmarks = np.round(1000 * world).astype(int).ravel().tolist()
            visibility = np.round(100 * seen).astype(int).tolist()
            rows.append((number * LOOP_S + float(time), float(time), landmarks, visibility))
    return rows


def chunks_of(
    item: int,
    sets: list[list[Performance]],
    *,
    rest_s: float = 9.0,
    start_s: float = 2.0,
    bodies: bool = True,
) -> list[dict[str, Any]]:
    """Chunks of sets, each with the trainer's loop begun anew and rests between."""
    chunks, start = [], start_s
    for number, performances in enumerate(sets):
        rows = loops_of(performances)
        for first in range(0, len(rows), ROWS):
            part = rows[first : first + ROWS]
            chunks.append(
                {
                    "version": 1,
                    "item": item,
                    "set": number,
                    "t": [round(start + row[0], 3) for row in part],
                    "clip_t": [round(row[1], 3) for row in part],
                    "score": [88.0 if performances[0] is RIGHT else 55.0] * len(part),
                    "lag": [0.2 for _ in part],
                    "errors": [[5.0] * 13 for _ in part],
                    "landmarks": [row[2] if bodies else None for row in part],
                    "visibility": [row[3] if bodies else None for row in part],
                }
            )
        start += len(performances) * LOOP_S + rest_s
    return chunks


def moved(
    client: User,
    sets: list[list[Performance]],
    *,
    assignment: Assignment | None = None,
    **how: Any,
) -> WorkoutSession:
    """A finished session of one exercise, not analysed yet."""
    assignment = assignment or make_assignment(client, clips=[squat_clip()])
    session = services.start_session(client, assignment)
    chunks = chunks_of(first_item(assignment).pk, sets, **how)
    for seq, chunk in enumerate(chunks):
        services.store_chunk(session, seq, chunk)
    return services.finish_session(session, len(chunks))


def analysed(session: WorkoutSession) -> ItemAnalysis:
    """Do what the worker does, and give the one analysis there is."""
    for pk in session.analyses.values_list("pk", flat=True):
        score(pk)
    return session.analyses.get()
