"""An analysis that was made on the played clock, told on the session's. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from processing.motion.analysis import Analysis
from processing.motion.analysis.document import SetResult, Sight, Strip
from sessions.review.tracks import Clock

_SHORTEST_S: Final = 0.4
"""What could not be seen for less is not told: a gap the analysis bridges anyway."""


def on_session_clock(analysis: Analysis, clock: Clock) -> Analysis:
    """The same analysis with all of the client's times in seconds since the session's start.

    Lengths (tempo, lag, how late) stay in seconds of the clip, which plays slower where the client
    wanted it so. Sets are those that were done, by the numbers the client saw.
    """
    at = clock.session
    return replace(
        analysis,
        reps=tuple(
            replace(rep, start_s=at(rep.start_s), end_s=at(rep.end_s)) for rep in analysis.reps
        ),
        sets=tuple(_set(done, clock) for done in analysis.sets),
        moments=tuple(
            replace(
                moment,
                start_s=at(moment.start_s),
                end_s=at(moment.end_s),
                at_s=at(moment.at_s),
            )
            for moment in analysis.moments
        ),
        strip=_strip(analysis.strip, clock),
        quality=tuple(part for sight in analysis.quality for part in _sights(sight, clock)),
    )


def _set(done: SetResult, clock: Clock) -> SetResult:
    return replace(
        done,
        n=clock.set_at(0.5 * (done.start_s + done.end_s)) + 1,
        start_s=clock.session(done.start_s),
        end_s=clock.session(done.end_s),
    )


def _sights(sight: Sight, clock: Clock) -> list[Sight]:
    """Cut to the sets: nobody is looked for between them."""
    found = []
    for span in clock.sets:
        start = max(sight.start_s, span.played_s[0])
        end = min(sight.end_s, span.played_s[1])
        if end - start > _SHORTEST_S:
            found.append(replace(sight, start_s=clock.session(start), end_s=clock.session(end)))
    return found


def _strip(strip: Strip, clock: Clock) -> Strip:
    """Score at every step of the session's time."""
    if not strip.score:
        return strip
    times = np.arange(0.0, clock.session_s[-1] + 1e-9, strip.step_s)
    steps = np.interp(times, clock.session_s, clock.played_s) / strip.step_s
    index = np.clip(np.round(steps).astype(int), 0, len(strip.score) - 1)
    inside = np.zeros(len(times), np.bool_)
    for span in clock.sets:
        inside |= (times >= span.session_s[0]) & (times <= span.session_s[1])
    score = np.where(inside, np.array(strip.score)[index], np.nan)
    return replace(strip, score=tuple(float(value) for value in score))
