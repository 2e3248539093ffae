"""A chunk of the timeline as the browser posts it: what is well-formed, and its fingerprint.

Pure. The format is described in docs/formats.md.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from processing.motion.skeleton import BONES, LANDMARKS

VERSION: Final = 1
MAX_FRAMES: Final = 300
MAX_SEQ: Final = 100_000
MAX_SETS: Final = 100
LONGEST_SESSION_S: Final = 24 * 3600.0
LONGEST_CLIP_S: Final = 2 * 3600.0
LARGEST_LAG_S: Final = 60.0
FURTHEST_MM: Final = 5000

BONE_COUNT: Final = len(BONES)
LANDMARK_COUNT: Final = len(LANDMARKS)

Check = Callable[[object], bool]


def fingerprint(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON: equal for equal content, however it was spelled."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _number(low: float, high: float) -> Check:
    def check(value: object) -> bool:
        # A bool is an int to Python and a mistake here.
        return (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and math.isfinite(value)
            and low <= value <= high
        )

    return check


def _row(count: int, entry: Check) -> Check:
    def check(value: object) -> bool:
        return isinstance(value, list) and len(value) == count and all(map(entry, value))

    return check


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _whole(low: int, high: int) -> Check:
    # type() rather than isinstance(): bools are out, and this runs 30,000 times a chunk.
    return lambda value: type(value) is int and low <= value <= high


COLUMNS: Final[dict[str, tuple[Check, str]]] = {
    "t": (
        _number(0, LONGEST_SESSION_S),
        "seconds since the session's start, 0 to 86400",
    ),
    "clip_t": (
        _number(0, LONGEST_CLIP_S),
        "seconds within the trainer's clip, 0 to 7200",
    ),
    "score": (_or_null(_number(0, 100)), "0 to 100, or null"),
    "lag": (
        _or_null(_number(-LARGEST_LAG_S, LARGEST_LAG_S)),
        "seconds, -60 to 60, or null",
    ),
    "errors": (
        _row(BONE_COUNT, _or_null(_number(0, 180))),
        f"{BONE_COUNT} entries, each 0 to 180 degrees or null",
    ),
    "landmarks": (
        _or_null(_row(3 * LANDMARK_COUNT, _whole(-FURTHEST_MM, FURTHEST_MM))),
        f"null, or {3 * LANDMARK_COUNT} whole millimetres, -5000 to 5000",
    ),
    "visibility": (
        _or_null(_row(LANDMARK_COUNT, _whole(0, 100))),
        f"null, or {LANDMARK_COUNT} whole percentages, 0 to 100",
    ),
}
"""What each entry of a column must be, and how to say so."""

SKELETON_COLUMNS: Final = ("landmarks", "visibility")
"""What a client who shares numbers only keeps."""


def column_fault(name: str, value: object) -> str | None:
    """What is wrong with one column; None where nothing is."""
    check, words = COLUMNS[name]
    if not isinstance(value, list):
        return "Expected a list with one entry for each frame."
    if not 1 <= len(value) <= MAX_FRAMES:
        return f"Expected 1 to {MAX_FRAMES} entries, got {len(value)}."
    for i, entry in enumerate(value):
        if not check(entry):
            return f"Entry {i}: expected {words}."
    if name == "t":
        for i in range(1, len(value)):
            if not value[i] > value[i - 1]:
                return f"Entry {i}: time must increase."
    return None


def agreement_faults(columns: Mapping[str, list[Any]]) -> dict[str, str]:
    """What is wrong between columns that are each well-formed, by column."""
    faults: dict[str, str] = {}
    frames = len(columns["t"])
    for name, column in columns.items():
        if len(column) != frames:
            faults[name] = f"Expected {frames} entries as in t, got {len(column)}."
    if not faults and any(
        (landmarks is None) != (visibility is None)
        for landmarks, visibility in zip(columns["landmarks"], columns["visibility"], strict=True)
    ):
        faults["visibility"] = "Must be null exactly where landmarks is."
    return faults
