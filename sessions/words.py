"""Numbers of a session, in words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from processing.motion.skeleton import BONES
from sessions.models import Recording, WorkoutSession
from sessions.moments import Moment
from sessions.report import Level, level_of

LEVEL_WORDS: Final[dict[Level, Promise]] = {
    "green": gettext_lazy("matches"),
    "yellow": gettext_lazy("partly"),
    "red": gettext_lazy("off"),
    "unseen": gettext_lazy("not visible"),
}

VERDICTS: Final[dict[Level, Promise]] = {
    "green": gettext_lazy("Great work"),
    "yellow": gettext_lazy("Getting there"),
    "red": gettext_lazy("Needs practice"),
    "unseen": gettext_lazy("Nothing was measured"),
}

BONE_WORDS: Final[dict[str, Promise]] = {
    "left_upper_arm": gettext_lazy("left upper arm"),
    "right_upper_arm": gettext_lazy("right upper arm"),
    "left_forearm": gettext_lazy("left forearm"),
    "right_forearm": gettext_lazy("right forearm"),
    "left_thigh": gettext_lazy("left thigh"),
    "right_thigh": gettext_lazy("right thigh"),
    "left_shin": gettext_lazy("left shin"),
    "right_shin": gettext_lazy("right shin"),
    "left_foot": gettext_lazy("left foot"),
    "right_foot": gettext_lazy("right foot"),
    "torso": gettext_lazy("torso"),
    "shoulder_line": gettext_lazy("shoulder line"),
    "hip_line": gettext_lazy("hip line"),
}

RECORDING_PROBLEMS: Final[dict[str, Promise]] = {
    "empty": gettext_lazy("Nothing was filmed: the browser sent no picture."),
    "broken": gettext_lazy("The browser sent something that is no video. It can't be played."),
    "no_picture": gettext_lazy("There is no picture in this video that could be shown."),
    "unsupported": gettext_lazy("The browser filmed in a format that can't be played here."),
    "cut": gettext_lazy("It was longer than an hour: the first hour is kept."),
    "internal": gettext_lazy("The video could not be put together. What was sent is kept."),
}


def recording_problem(recording: Recording) -> Promise | str:
    """What is wrong with a recording; empty where nothing is."""
    return RECORDING_PROBLEMS[recording.problem] if recording.problem else ""


def recording_words(recording: Recording) -> str:
    """What the video shows, and how far it is: ``camera``, ``silhouette · arriving``."""
    what = str(recording.get_content_display())
    problem = str(recording_problem(recording))
    if recording.status == Recording.Status.RECEIVING and recording.file:
        problem = _("The rest has not arrived yet.")
    elif recording.status in Recording.ACTIVE:
        problem = str(recording.get_status_display())
    return f"{what} · {problem}" if problem else what


def percentage(score: float | None) -> str:
    """``84%``, or a dash where nothing was measured. Halves go up, as in the browser."""
    return "—" if score is None else f"{int(score + 0.5)}%"


def clock(seconds: float) -> str:
    """``1:05``."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def moment_words(moment: Moment) -> str:
    """``left thigh 24° off, torso 18° off``."""
    if not moment.bones:
        return _("the pose was near, but did not move along with the trainer")
    return ", ".join(
        _("%(bone)s %(degrees)d° off")
        % {"bone": BONE_WORDS[BONES[error.bone].name], "degrees": round(error.degrees)}
        for error in moment.bones
    )


def set_words(set_index: int) -> str:
    return _("set %(number)d") % {"number": set_index + 1}


def progress_words(times: int, best: float | None) -> str:
    """``done 2 times, best 84%``; empty before the first time."""
    if not times:
        return ""
    done = ngettext("done %(times)d time", "done %(times)d times", times) % {"times": times}
    if best is None:
        return done
    return _("%(done)s, best %(best)s") % {"done": done, "best": percentage(best)}


def verdict_of(session: WorkoutSession) -> Promise:
    return VERDICTS[level_of(session.score)]
