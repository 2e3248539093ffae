"""A long take: exercises one after another, with rests between, and the truth about both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np

from processing.synthetic.body import Body, Floats, Pose, landmarks
from processing.synthetic.camera import Camera, fit
from processing.synthetic.exercises import pose_at
from processing.synthetic.performance import FLOOR_EXERCISES, Moment, Performance, ramp
from processing.synthetic.resting import (
    GESTURES,
    WALK_M_S,
    Gesture,
    between,
    crouching,
    gesturing,
    standing,
    turned,
    walking,
)

# Seconds it takes to leave an exercise's pose for standing, and the other way.
_RISE_S: Final = 0.9
_FLOOR_S: Final = 2.4
# How long the first pose of an exercise is held before it begins.
_SETTLE_S: Final = 0.4
# A rest shorter than this is spent where the athlete is.
_STAND_UP_S: Final = 1.5
_STAY_DOWN_S: Final = 2.5
_GESTURE_S: Final[dict[Gesture, float]] = {
    "shift": 1.6,
    "drink": 3.0,
    "wipe": 1.8,
    "turn": 3.2,
    "hips": 2.4,
}


@dataclass(frozen=True)
class Piece:
    """An exercise of a take, ``yaw_deg`` turned from where the take's camera has the athlete."""

    performance: Performance
    yaw_deg: float = 0.0

    @property
    def is_on_the_floor(self) -> bool:
        """Whether the athlete has to get down for it."""
        return self.performance.exercise in FLOOR_EXERCISES


@dataclass(frozen=True)
class Span:
    """The truth about a piece: name, first and last moment, reps (n, 2); seconds."""

    exercise: str
    start_s: float
    end_s: float
    reps_s: Floats


@dataclass(frozen=True)
class Take:
    """Pieces and the rests around them.

    pieces : the exercises; their own ``idle_s`` is passed over.
    rests_s : (len(pieces) + 1) seconds before, between and after them.
    gestures : what the athlete does while resting, chosen by ``seed``; none = stands still.
    walks_in, walks_out : the first rest begins, the last one ends, out of the picture.
    seed : of the gestures.
    """

    pieces: tuple[Piece, ...]
    rests_s: tuple[float, ...]
    gestures: tuple[Gesture, ...] = GESTURES
    walks_in: bool = False
    walks_out: bool = False
    seed: int = 0
    exercise: str = field(default="take", init=False)

    def __post_init__(self) -> None:
        if len(self.rests_s) != len(self.pieces) + 1:
            raise ValueError(
                f"{len(self.pieces)} pieces need {len(self.pieces) + 1} rests, "
                f"not {len(self.rests_s)}."
            )
        if min(self.rests_s) < 0:
            raise ValueError(f"rests_s is {self.rests_s}; a rest must not be negative.")

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The truth, in order."""
        spans, t = [], 0.0
        for piece, rest_s in zip(self._played, self.rests_s, strict=False):
            t += rest_s
            reps = piece.performance.reps_s + t
            end = t + piece.performance.duration_s
            spans.append(Span(piece.performance.exercise, t, end, reps))
            t = end
        return tuple(spans)

    @cached_property
    def _played(self) -> tuple[Piece, ...]:
        return tuple(
            replace(piece, performance=replace(piece.performance, idle_s=0.0))
            for piece in self.pieces
        )

    @property
    def reps_s(self) -> Floats:
        """Start and end (reps, 2) of every repetition of every piece, seconds."""
        return np.concatenate([np.zeros((0, 2)), *(span.reps_s for span in self.spans)])

    @property
    def duration_s(self) -> float:
        """Whole take, seconds."""
        return (self.spans[-1].end_s if self.spans else 0.0) + self.rests_s[-1]

    def moment(self, t: float) -> Moment:
        """Where in the take ``t`` seconds is; repetitions are numbered through all pieces."""
        reps = self.reps_s
        now = np.flatnonzero((reps[:, 0] <= t) & (t < reps[:, 1]))
        if len(now) == 0:
            return Moment(t, -1, 0.0, 0.0)
        start, end = reps[now[0]]
        return Moment(t, int(now[0]), float((t - start) / (end - start)), 1.0)

    def pose(self, body: Body, t: float) -> Pose:
        """The pose ``t`` seconds into the take."""
        for i, span in enumerate(self.spans):
            if t < span.start_s:
                return self._rest(body, i, t - (span.start_s - self.rests_s[i]))
            if t < span.end_s:
                return self._at(body, i, t - span.start_s)
        return self._rest(body, len(self.spans), t - (self.duration_s - self.rests_s[-1]))

    def _at(self, body: Body, i: int, t: float) -> Pose:
        piece = self._played[i]
        return turned(pose_at(piece.performance, body, t), piece.yaw_deg)

    def _rest(self, body: Body, i: int, t: float) -> Pose:
        """The pose ``t`` seconds into rest ``i``, the one before piece ``i``."""
        length = self.rests_s[i]
        before = self._played[i - 1] if i > 0 else None
        after = self._played[i] if i < len(self.pieces) else None
        down = [
            p is not None and p.performance.exercise in FLOOR_EXERCISES for p in (before, after)
        ]
        if before is not None and after is not None:
            stays = length < (_STAY_DOWN_S if all(down) else _STAND_UP_S)
            if stays:
                first = self._at(body, i - 1, before.performance.duration_s)
                settle = 0.0 if after.performance.exercise == "plank" else _SETTLE_S
                share = ramp(t, 0.0, max(length - min(settle, 0.2 * length), 1e-6))
                return between(body, first, self._at(body, i, 0.0), share)
        leave, arrive = (
            0.0 if piece is None else min(_FLOOR_S if floor else _RISE_S, 0.4 * length)
            for piece, floor in zip((before, after), down, strict=True)
        )
        # A plank has begun as soon as it is reached.
        moves = after is not None and after.performance.exercise != "plank"
        settle = min(_SETTLE_S, 0.1 * length) if moves else 0.0
        if before is not None and t < leave:
            first = self._at(body, i - 1, before.performance.duration_s)
            return self._move(body, standing(body, t), first, down[0], 1.0 - t / leave, before)
        if after is not None and t > length - arrive - settle:
            share = (t - (length - arrive - settle)) / max(arrive, 1e-6)
            return self._move(
                body, standing(body, t), self._at(body, i, 0.0), down[1], share, after
            )
        return self._middle(body, i, t, leave, length - arrive - settle)

    @staticmethod
    def _move(body: Body, up: Pose, there: Pose, floor: bool, share: float, piece: Piece) -> Pose:
        """From standing to an exercise's pose, to the floor by way of a crouch."""
        if not floor:
            return between(body, up, there, ramp(share, 0.0, 1.0))
        crouch = turned(crouching(body), piece.yaw_deg)
        if share < 0.55:
            return between(body, up, crouch, ramp(share, 0.0, 0.55))
        return between(body, crouch, there, ramp(share, 0.55, 1.0))

    def _middle(self, body: Body, i: int, t: float, start: float, end: float) -> Pose:
        """Stand, walk and gesture between two moments of rest ``i``."""
        walk_s = min(2.2, 0.6 * (end - start))
        if self.walks_in and i == 0:
            if t < start + walk_s:
                return _walk(body, t, walk_s - (t - start), -1.0)
            start += walk_s
        if self.walks_out and i == len(self.pieces):
            if t > end - walk_s:
                return _walk(body, t, t - (end - walk_s), 1.0)
            end -= walk_s
        rng = np.random.default_rng([self.seed, i])
        at = start + float(rng.uniform(0.2, 0.8))
        while self.gestures:
            gesture = self.gestures[int(rng.integers(len(self.gestures)))]
            length = _GESTURE_S[gesture] * float(rng.uniform(0.85, 1.3))
            if at + length > end:
                break
            if at <= t < at + length:
                return gesturing(body, t, gesture, (t - at) / length)
            at += length + float(rng.uniform(0.3, 1.5))
        return standing(body, t)


def _walk(body: Body, t: float, away_s: float, side: float) -> Pose:
    """Walk along x, ``away_s`` seconds from the middle, and face the camera when there."""
    at = np.array([side * WALK_M_S * away_s, 0.0, 0.0])
    share = ramp(away_s, 0.0, 0.5)
    facing = turned(standing(body, t), 90.0 * share, at)
    return between(body, facing, turned(walking(body, t), 90.0, at), share)


def film(
    take: Take, body: Body, view: str | float = "front", size: tuple[int, int] = (480, 640)
) -> Camera:
    """A camera far enough away that every piece stays in the picture (width, height)."""
    points = [
        landmarks(body, take.pose(body, t))
        for span in take.spans
        for a, b in span.reps_s[:2]
        for t in np.linspace(a, b, 9)
    ]
    upright = landmarks(body, standing(body, 0.0))
    return fit(np.concatenate([*points, upright]), view, size)
