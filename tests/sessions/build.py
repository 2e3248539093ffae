"""Rows and files a session needs, made directly: the pipeline has its own tests."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from exercises.models import Assignment, Exercise, Workout, WorkoutItem
from processing.models import Artifact, Clip
from sessions.models import Note, Recording, WorkoutSession
from sessions.videos.models import VideoAnalysis
from tenants.people.models import User

FACTS = {
    "version": 1,
    "width": 360,
    "height": 480,
    "fps": 30.0,
    "duration_s": 4.0,
}
FILES = {
    "probe": ("probe.json", b"{}"),
    "poses": ("trainer_poses.json", b'{"poses": []}'),
    "poses_packed": ("trainer_poses.bin", b"packed poses"),
    "transparent": ("trainer_transparent.webm", bytes(range(256)) * 8),
    "stacked": ("trainer_stacked.mp4", bytes(range(256)) * 4),
    "mesh": ("trainer_poses.npz", b"a moving body"),
    "poster": ("poster.webp", b"RIFF....WEBP"),
}
FILM = b"what the camera saw"
POSES = Path(__file__).resolve().parents[1] / "data" / "packed_poses.bin"


def make_clip(title: str = "Squat", *, status: str = Clip.Status.READY) -> Clip:
    """A clip; a ready one with small files in place of the pipeline's."""
    clip = Clip(title=title, original_name="VID 1.mp4", size_bytes=9, status=status)
    if status == Clip.Status.READY:
        clip.published_run = clip.run
    clip.source.save("VID 1.mp4", ContentFile(b"the room!"), save=False)
    clip.save()
    if status == Clip.Status.READY:
        for kind, (name, content) in FILES.items():
            artifact = Artifact(
                clip=clip,
                kind=kind,
                sha256=hashlib.sha256(content).hexdigest(),
                size_bytes=len(content),
                params=FACTS if kind == "probe" else {},
            )
            artifact.file.save(name, ContentFile(content), save=False)
            artifact.save()
    return clip


def make_assignment(
    client: User, *, title: str = "Legs", clips: list[Clip] | None = None, **fields: Any
) -> Assignment:
    """Homework with one item of three sets of ten for each clip."""
    workout = Workout.objects.create(title=title, description="Slowly.")
    for position, clip in enumerate(clips if clips is not None else [make_clip()]):
        exercise = Exercise.objects.create(
            name=clip.title, clip=clip, cues="Knees out\nBack straight", focus=Exercise.Focus.LEGS
        )
        WorkoutItem.objects.create(
            workout=workout, exercise=exercise, position=position, sets=3, reps=10
        )
    return Assignment.objects.create(workout=workout, client=client, **fields)


def first_item(assignment: Assignment) -> WorkoutItem:
    return assignment.workout.items.all()[0]


def make_chunk(
    item: int,
    scores: Sequence[float | None],
    *,
    start_s: float = 0.0,
    set_index: int = 0,
    fps: float = 10.0,
    errors: dict[int, float] | None = None,
) -> dict[str, Any]:
    """A chunk as the browser posts it; ``errors`` by bone, others within the tolerance."""
    frames = len(scores)
    row = [5.0 if errors is None or b not in errors else errors[b] for b in range(13)]
    body = [round(900 * math.sin(i)) for i in range(99)]
    return {
        "version": 1,
        "item": item,
        "set": set_index,
        "t": [round(start_s + i / fps, 3) for i in range(frames)],
        "clip_t": [round((start_s + i / fps) % 4.0, 3) for i in range(frames)],
        "score": list(scores),
        "lag": [None if score is None else 0.2 for score in scores],
        "errors": [[None] * 13 if score is None else row for score in scores],
        "landmarks": [None if score is None else body for score in scores],
        "visibility": [None if score is None else [90] * 33 for score in scores],
    }


def make_recording(session: WorkoutSession, n: int = 0, **fields: Any) -> Recording:
    """A recording that can be played, as far as the database goes."""
    recording = Recording(
        session=session,
        n=n,
        item=first_item(session.assignment),
        set_index=fields.pop("set_index", 0),
        started_s=1.5,
        mime="video/webm",
        size_bytes=fields.pop("size_bytes", len(FILM)),
        content=fields.pop("content", Recording.Content.VIDEO),
        status=fields.pop("status", Recording.Status.READY),
        **fields,
    )
    recording.file.save(f"recordings/{session.pk}/{n}/000001.webm", ContentFile(FILM), save=False)
    recording.file.close()
    recording.file_sha256 = hashlib.sha256(FILM).hexdigest()
    recording.save()
    return recording


def make_note(session: WorkoutSession, text: str = "Lower, please.") -> Note:
    """A note with a voice, as far as the database goes."""
    note = Note(session=session, at_s=1.0, clip_s=1.0, text=text, voice_s=1.0)
    note.voice.save(f"notes/{session.pk}/voice.m4a", ContentFile(FILM), save=False)
    note.voice.close()
    note.voice_sha256 = hashlib.sha256(FILM).hexdigest()
    note.save()
    return note


def make_analysis(user: User, exercise: Exercise, words: str = "") -> VideoAnalysis:
    """A finished analysis of a video; ``words`` are the coach's."""
    document = {
        "version": 1,
        "analysis": {"version": 1, "verdict": "judged"},
        "client": {"duration_s": 4.0, "quality": {"verdict": "good", "findings": []}},
        "trainer": None,
        "engines": {},
        "coach": {"headline": words},
    }
    analysis = VideoAnalysis(
        asked_by=user,
        exercise=exercise,
        engine="mediapipe",
        strictness="normal",
        persona="no_nonsense_pro",
        language="en",
        status=VideoAnalysis.Status.READY,
        progress_pct=100.0,
        result=document,
        side_by_side_sha256=hashlib.sha256(FILM).hexdigest(),
        kept_until=timezone.now() + timedelta(days=30),
    )
    files = {
        "video": FILM,
        "client_poses": POSES.read_bytes(),
        "trainer_poses": POSES.read_bytes(),
        "side_by_side": FILM,
    }
    for field, content in files.items():
        name = f"analyses/{analysis.pk}/{field}"
        getattr(analysis, field).save(name, ContentFile(content), save=False)
    analysis.save()
    return analysis
