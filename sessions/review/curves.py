"""Curves of joints, stored small beside an analysis and handed out joint by joint. Pure.

Stored is gzipped JSON of whole numbers: angles in tenths of a degree, null where nothing is seen;
instants in milliseconds, each the difference to the one before.
"""

from __future__ import annotations

import gzip
import json
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.analysis.angles import ANGLES
from processing.motion.analysis.joint_curves import JointCurves
from processing.motion.analysis.settings import TOLERANCE_DEG
from sessions.review.tracks import Clock

VERSION: Final = 1
Floats = NDArray[np.float64]


def packed(curves: JointCurves, clock: Clock) -> bytes:
    """Write down all that the report may ask for."""
    session_s = np.interp(curves.client_s, clock.played_s, clock.session_s)
    content = {
        "version": VERSION,
        "kinds": curves.kinds.tolist(),
        "pairs": [
            [_differences(client), _differences(trainer)]
            for client, trainer in zip(session_s, curves.trainer_s, strict=True)
        ],
        "trainer": [[_tenths(kind[:, a]) for kind in curves.reference] for a in range(len(ANGLES))],
        "client": [[_tenths(rep[:, a]) for rep in curves.angles] for a in range(len(ANGLES))],
    }
    return gzip.compress(json.dumps(content, separators=(",", ":")).encode(), mtime=0)


def pairs_of(stored: bytes) -> dict[str, Any]:
    """Instants of equal phase, repetition by repetition."""
    content = _read(stored)
    return {"version": VERSION, "pairs": content["pairs"]}


def curve_of(stored: bytes, angle: str, strictness: str) -> dict[str, Any]:
    """One angle of all repetitions, and the trainer's with what is tolerated about it.

    Raises
    ------
    KeyError
        For an angle there is none of.
    """
    if angle not in ANGLES:
        raise KeyError(angle)
    content, a = _read(stored), ANGLES.index(angle)
    return {
        "version": VERSION,
        "angle": angle,
        "tolerance": round(10 * TOLERANCE_DEG[strictness]),  # type: ignore[index]
        "kinds": content["kinds"],
        "trainer": content["trainer"][a],
        "client": content["client"][a],
    }


def _read(stored: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(gzip.decompress(stored))
    return content


def _tenths(degrees: Floats) -> list[int | None]:
    return [round(10 * value) if np.isfinite(value) else None for value in degrees.tolist()]


def _differences(seconds: Floats) -> list[int]:
    found: list[int] = np.diff(np.round(seconds * 1000).astype(int), prepend=0).tolist()
    return found
