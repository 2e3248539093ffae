"""Analysis documents, made by hand as `docs/formats.md` describes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sessions.coach.facts import PARTS

Document = dict[str, Any]


def interval(value: float, spread: float = 4.0) -> Document:
    return {"value": value, "low": value - spread, "high": value + spread}


def tempo(eccentric: float, pause: float, concentric: float) -> Document:
    return {"eccentric_s": eccentric, "pause_s": pause, "concentric_s": concentric}


def moment(
    fault: str,
    angle: str = "left_knee_flexion",
    *,
    direction: str = "less",
    size: float = 21.0,
    noise: float = 6.0,
    cost: float = 5.0,
    reps: Sequence[int] = (2, 3, 4),
    phase: str = "bottom",
) -> Document:
    side = angle.split("_")[0] if angle.startswith(("left_", "right_")) else None
    part = "trunk" if side is None else "_".join(angle.split("_")[:2])
    return {
        "fault": fault,
        "part": part,
        "angle": angle,
        "side": side,
        "direction": direction,
        "difference_deg": -size if direction == "less" else size,
        "noise_deg": noise,
        "start_s": 4.0,
        "end_s": 5.5,
        "at_s": 4.6,
        "trainer_at_s": 4.2,
        "reps": list(reps),
        "phase": phase,
        "cost": cost,
        "severe": False,
    }


def document(
    score: float = 84.0,
    *,
    spread: float = 4.0,
    moments: Sequence[Document] = (),
    parts: dict[str, Document | None] | None = None,
    client: Document | None = None,
    reps: int = 8,
    half: int = 0,
    **more: Any,
) -> Document:
    """A judged set of squats: eight whole repetitions in the trainer's tempo."""
    judged = {part: interval(88.0) for part in PARTS} | (parts or {})
    kinds = ["half"] * half + ["full"] * (reps - half)
    return {
        "version": 1,
        "algorithm": "1",
        "verdict": "judged",
        "score": interval(score, spread),
        "grade": None,
        "parts": [
            {"part": part, "score": value, "difference_deg": 5.0, "noise_deg": 6.0}
            for part, value in judged.items()
        ],
        "reps": [
            {
                "n": n,
                "kind": kind,
                "range_deg": {
                    "left_knee_flexion": [5.0, 95.0],
                    "right_knee_flexion": [5.0, 92.0],
                    "left_elbow_flexion": [10.0, 14.0],
                },
            }
            for n, kind in enumerate(kinds, start=1)
        ],
        "sets": [{"n": 1, "reps": reps, "fatigue": {"change_per_rep": 0.1, "significant": False}}],
        "tempo": {"client": client or tempo(1.5, 0.3, 1.2), "trainer": tempo(1.5, 0.4, 1.2)},
        "symmetry": [{"angle": "knee_flexion", "difference_deg": 2.0, "significant": False}],
        "stability": {"sway_m": 0.021, "trainer_sway_m": 0.02, "significant": False},
        "moments": list(moments),
        "quality": [],
        **more,
    }


def without_score(verdict: str) -> Document:
    return {"version": 1, "algorithm": "1", "verdict": verdict, "score": None}
