"""A clip's way through the pipeline, told to its trainer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, ngettext

from processing.messages import stage_words
from processing.models import Clip
from processing.stages import STAGES
from processing.waiting import wait_of

_MINUTE_S: Final = 60.0
_HOUR_S: Final = 3600.0


@dataclass(frozen=True)
class Step:
    """One stage as a row of dots shows it; ``state`` is ``done``, ``now`` or ``ahead``."""

    words: str
    state: str


@dataclass(frozen=True)
class Journey:
    """What the studio says about a clip in work."""

    steps: tuple[Step, ...]
    headline: str
    detail: str
    pct: float
    note: str = ""


def journey_of(clip: Clip) -> Journey:
    """How far a waiting or working clip is. Costs queries now and then while the clip waits."""
    names = [stage.name for stage in STAGES]
    at = names.index(clip.stage) if clip.stage in names else -1
    working = clip.status == Clip.Status.PROCESSING
    steps = tuple(
        Step(stage_words(name), "done" if i < at else "now" if working and i == at else "ahead")
        for i, name in enumerate(names)
    )
    if working:
        headline = stage_words(clip.stage) if at >= 0 else gettext("Starting")
        return Journey(steps, headline, _working(clip), clip.progress_pct, _note(clip))
    waiting = gettext("Waiting in the queue")
    return Journey(steps, waiting, _waiting(clip), clip.progress_pct, _note(clip))


def _note(clip: Clip) -> str:
    """What a trainer may want to know who made exercises of the clip already."""
    if not clip.is_usable:
        return ""
    return gettext("The version before stays in use until the new one is ready.")


def _working(clip: Clip) -> str:
    parts = []
    if clip.frames_total:
        parts.append(
            gettext("frame %(done)s of %(total)s")
            % {"done": clip.frames_done, "total": clip.frames_total}
        )
    if clip.frames_per_second:
        parts.append(gettext("%(fps).0f frames/s") % {"fps": clip.frames_per_second})
    if clip.seconds_left is not None:
        parts.append(time_left(clip.seconds_left))
    return " · ".join(parts)


def _waiting(clip: Clip) -> str:
    wait = wait_of(clip)
    if not wait.ahead:
        return gettext("It is next.")
    words = ngettext("%(count)d clip goes first", "%(count)d clips go first", wait.ahead) % {
        "count": wait.ahead
    }
    return words if wait.seconds is None else f"{words} · {_about(wait.seconds)}"


def _about(seconds: float) -> str:
    """How long it takes until something begins."""
    if seconds < _MINUTE_S:
        return gettext("less than a minute")
    if seconds < _HOUR_S:
        return gettext("about %(minutes)d min") % {"minutes": round(seconds / _MINUTE_S)}
    return gettext("about %(hours).1f h") % {"hours": seconds / _HOUR_S}


def time_left(seconds: float) -> str:
    """Round to what a person plans with."""
    if seconds < _MINUTE_S:
        return gettext("less than a minute left")
    minutes = round(seconds / _MINUTE_S)
    return ngettext("about %(minutes)d minute left", "about %(minutes)d minutes left", minutes) % {
        "minutes": minutes
    }


def clock(seconds: float) -> str:
    """``75.2`` → ``1:15``."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
