"""What the quality gates found, in words: what is wrong, when, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_MOST_TIMES: Final = 3
"""More times than these are counted, not listed."""
_WHOLE: Final = 0.9
"""Share of the take from which a finding is told without times."""


def finding_sentence(finding: Mapping[str, Any], duration_s: float | None = None) -> str:
    """One finding as a sentence with advice.

    Parameters
    ----------
    finding : mapping
        As in ``quality.json``: ``code``, ``spans``, ``params``, ….
    duration_s : float, optional
        Length of the take; what lasts all of it is told without times.
    """
    spans = [(float(start), float(end)) for start, end in finding.get("spans", [])]
    when = moments(spans) if finding["code"] == "cut" else times(spans, duration_s)
    code, params = str(finding["code"]), finding.get("params", {})
    if code == "low_confidence":
        template = _hidden(str(params.get("block", "")))
    elif code == "cut":
        count = int(params.get("count", len(spans)))
        template = ngettext(
            "The video has a cut %(when)s: film the exercise in one go, "
            "or cut the video into pieces there.",
            "The video has cuts %(when)s: film the exercise in one go, "
            "or cut the video into pieces there.",
            count,
        )
    else:
        template = _sentences().get(code, _("Something about the video is not right %(when)s."))
    return template % {"when": when, "fps": round(float(finding.get("value") or 0))}


def quality_sentences(quality: Mapping[str, Any], duration_s: float | None = None) -> list[str]:
    """All findings of a ``quality.json`` as sentences, the gravest first."""
    return [finding_sentence(finding, duration_s) for finding in quality.get("findings", [])]


def _sentences() -> dict[str, str]:
    return {
        "nobody": _("Nobody can be seen %(when)s: stay in the picture until the exercise is over."),
        "too_dark": _(
            "It is too dark %(when)s: switch on more light, or film by day facing a window."
        ),
        "backlit": _(
            "You are filmed against the light %(when)s: turn round, so that the window or lamp "
            "is behind the camera and not behind you."
        ),
        "too_bright": _(
            "The picture is too bright to show you %(when)s: move out of the direct light, "
            "or lower the camera's exposure."
        ),
        "too_small": _(
            "You are too small in the picture %(when)s: come closer, until you fill "
            "most of its height."
        ),
        "head_out": _(
            "Your head is out of the picture %(when)s: step back, or tilt the camera up."
        ),
        "hands_out": _(
            "Your hands are out of the picture %(when)s: step back, until they stay in it "
            "through the whole movement."
        ),
        "feet_out": _(
            "Your feet are out of the picture %(when)s: step back, or tilt the camera down."
        ),
        "jitter": _(
            "Your movement can't be read steadily %(when)s: more light, clothes that stand out "
            "from the room and a clean lens help."
        ),
        "several_people": _(
            "Somebody else is in the picture %(when)s: film alone, or let others pass "
            "well behind you."
        ),
        "camera_moving": _(
            "The camera moves %(when)s: put the phone on a tripod or lean it against something."
        ),
        "low_fps": _(
            "The video has only %(fps)d pictures a second: set the camera to 30 or more, "
            "and use more light if it is dark."
        ),
    }


def _hidden(block: str) -> str:
    sentences = {
        "top": _(
            "Your arms can't be made out %(when)s: move away what hides them, "
            "and wear clothes that stand out from the room."
        ),
        "bottom": _(
            "Your legs can't be made out %(when)s: move away what hides them, "
            "and wear clothes that stand out from the room."
        ),
        "left": _(
            "Your left side can't be made out %(when)s: move away what hides it, "
            "or stand so that the camera sees all of you."
        ),
        "right": _(
            "Your right side can't be made out %(when)s: move away what hides it, "
            "or stand so that the camera sees all of you."
        ),
    }
    return sentences.get(
        block, _("Parts of you can't be made out %(when)s: move away what hides them.")
    )


def times(spans: Sequence[tuple[float, float]], duration_s: float | None = None) -> str:
    """When something lasts: "from 0:05 to 0:09, at 0:12 and 2 more times"."""
    total = sum(end - start for start, end in spans)
    if not spans or (duration_s and total >= _WHOLE * duration_s):
        return _("all the time")
    # The longest episodes are named, in their order.
    longest = sorted(spans, key=lambda span: span[0] - span[1])[:_MOST_TIMES]
    return _listed([_from_to(*span) for span in sorted(longest)], len(spans))


def moments(spans: Sequence[tuple[float, float]]) -> str:
    """When something happens: "at 0:05, 0:09 and 2 more times"."""
    names = [clock(end) for _start, end in spans[:_MOST_TIMES]]
    return _("at %(times)s") % {"times": _listed(names, len(spans))} if names else ""


def clock(seconds: float) -> str:
    """Minutes and seconds, as a player shows them: 65.9 is 1:05."""
    minutes, rest = divmod(int(max(seconds, 0.0) + 1e-6), 60)
    return f"{minutes}:{rest:02d}"


def _from_to(start: float, end: float) -> str:
    if clock(start) == clock(end):
        return _("at %(times)s") % {"times": clock(start)}
    return _("from %(start)s to %(end)s") % {"start": clock(start), "end": clock(end)}


def _listed(names: Sequence[str], count: int) -> str:
    text = ", ".join(names)
    more = count - len(names)
    if more <= 0:
        return text
    return ngettext(
        "%(times)s and %(count)d more time", "%(times)s and %(count)d more times", more
    ) % {"times": text, "count": more}
