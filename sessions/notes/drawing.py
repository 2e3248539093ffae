"""Checks what a browser says of a note: its instant, its words, its strokes. Pure.

A stroke's points are in coordinates of the picture it was drawn on, 0..1 from its top left
corner, so that it stays in place however large the picture is shown.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from sessions.notes.models import LONGEST_TEXT

MOST_STROKES: Final = 60
MOST_POINTS: Final = 4000
"""Of all strokes together."""
POINTS: Final[dict[str, tuple[int, int]]] = {
    "pen": (2, 500),
    "line": (2, 2),
    "arrow": (2, 2),
    # Its middle, and a point on it.
    "circle": (2, 2),
    # A point on one arm, the corner, a point on the other arm.
    "angle": (3, 3),
}
"""Tool -> least and most points of a stroke."""
COLOURS: Final = ("green", "yellow", "red", "blue", "white")
PICTURES: Final = ("trainer", "client", "recording")
"""The trainer's video, the client's skeleton, the client's recording."""
LONGEST_S: Final = 86_400.0
DECIMALS: Final = 4
_LARGEST_M: Final = 20.0


class NoteError(ValueError):
    """A note that can't be kept.

    Parameters
    ----------
    code : str
        What is wrong, for programs.
    words : str
        The same for the trainer, and what to do.
    """

    def __init__(self, code: str, words: str) -> None:
        self.code = code
        self.words = words
        super().__init__(words)


@dataclass(frozen=True)
class Facts:
    """What a note holds, without its voice.

    Attributes
    ----------
    at_s : seconds since the session began; None = the whole session
    clip_s : seconds in the trainer's clip; None where there is no instant
    text : at most `LONGEST_TEXT` characters
    strokes : ``on``, ``tool``, ``colour``, ``points`` [[x, y], ...] of each, 0..1
    view : how the client's skeleton was shown: ``mirror``, ``yaw_rad``, ``frame`` [left, top,
        width, height] in metres; None only where nothing is drawn on it
    """

    at_s: float | None
    clip_s: float | None
    text: str
    strokes: list[dict[str, Any]]
    view: dict[str, Any] | None


def read_note(body: str) -> Facts:
    """Read a note as the page posts it.

    Raises
    ------
    NoteError
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise _damaged("note") from None
    if not isinstance(told, dict):
        raise _damaged("note")
    at_s = _seconds(told, "at_s")
    strokes = _strokes(told.get("strokes", []))
    if strokes and at_s is None:
        raise NoteError(
            "no_instant", _("A drawing belongs to an instant: pin the note to the moment shown.")
        )
    return Facts(
        at_s=at_s,
        clip_s=None if at_s is None else _seconds(told, "clip_s"),
        text=_text(told.get("text", "")),
        strokes=strokes,
        view=_view_of(told.get("view"), strokes) if at_s is not None else None,
    )


def _view_of(value: object, strokes: list[dict[str, Any]]) -> dict[str, Any] | None:
    # What is drawn on a skeleton means nothing without how it was turned.
    if value is None and all(stroke["on"] != "client" for stroke in strokes):
        return None
    return _view(value)


def _damaged(field: str) -> NoteError:
    return NoteError(
        "invalid",
        _("The note arrived damaged (%(field)s). Load the page again and repeat it.")
        % {"field": field},
    )


def _is_number(value: object, low: float, high: float) -> bool:
    # NaN compares with nothing; True is an int to Python.
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _seconds(told: Mapping[str, Any], field: str) -> float | None:
    value = told.get(field)
    if value is None:
        return None
    if not _is_number(value, 0, LONGEST_S):
        raise _damaged(field)
    return round(float(value), 3)


def _text(value: object) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise _damaged("text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _damaged("text") from None
    text = value.strip().replace("\r\n", "\n")
    if len(text) > LONGEST_TEXT:
        raise NoteError(
            "text_too_long",
            _("The text has %(count)d characters, and a note takes %(most)d. Shorten it.")
            % {"count": len(text), "most": LONGEST_TEXT},
        )
    return text


def _strokes(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise _damaged("strokes")
    if len(value) > MOST_STROKES:
        raise NoteError(
            "too_many_strokes",
            _("The drawing has %(count)d strokes, and a note takes %(most)d. Erase some.")
            % {"count": len(value), "most": MOST_STROKES},
        )
    strokes = [_stroke(stroke) for stroke in value]
    count = sum(len(stroke["points"]) for stroke in strokes)
    if count > MOST_POINTS:
        raise NoteError(
            "too_many_points",
            _("The drawing is too detailed for one note. Erase some of it, or make two notes."),
        )
    return strokes


def _stroke(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _damaged("strokes")
    on, tool, colour = (value.get(name) for name in ("on", "tool", "colour"))
    if on not in PICTURES or colour not in COLOURS:
        raise _damaged("strokes")
    if not isinstance(tool, str) or tool not in POINTS:
        raise _damaged("tool")
    points = value.get("points")
    least, most = POINTS[tool]
    if not isinstance(points, list) or not least <= len(points) <= most:
        raise _damaged("points")
    for point in points:
        if not isinstance(point, list) or len(point) != 2:
            raise _damaged("points")
        if not all(_is_number(number, 0, 1) for number in point):
            raise NoteError(
                "outside", _("Part of the drawing lies outside the picture. Draw it again.")
            )
    rounded = [[round(float(x), DECIMALS), round(float(y), DECIMALS)] for x, y in points]
    return {"on": on, "tool": tool, "colour": colour, "points": rounded}


def _view(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("mirror"), bool):
        raise _damaged("view")
    yaw, frame = value.get("yaw_rad"), value.get("frame")
    if not _is_number(yaw, -math.tau, math.tau):
        raise _damaged("view")
    if not isinstance(frame, list) or len(frame) != 4:
        raise _damaged("view")
    if not all(_is_number(number, -_LARGEST_M, _LARGEST_M) for number in frame):
        raise _damaged("view")
    if not all(size > 0.01 for size in frame[2:]):
        raise _damaged("view")
    return {
        "mirror": value["mirror"],
        "yaw_rad": round(float(value["yaw_rad"]), 5),
        "frame": [round(float(number), 4) for number in frame],
    }
