"""The quality gates: what is wrong with a take, when, and whether it can be used at all.

Pure: `Signals` in, `Quality` out. Each gate compares one measure with one threshold; what the
measure is, and why it is that one, is said where it is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from processing.motion import confidence, footage, framing
from processing.motion.finding import Finding, Quality
from processing.motion.judging import DEFAULT, Flags, Take, Thresholds
from processing.motion.signals import Signals
from processing.motion.windows import WINDOW_S, Span, joined_spans, rolling_mean, rolling_median

CODES: Final = (
    "nobody",
    "too_dark",
    "backlit",
    "too_bright",
    "too_small",
    "head_out",
    "hands_out",
    "feet_out",
    "low_confidence",
    "jitter",
    "several_people",
    "cut",
    "camera_moving",
    "low_fps",
)
"""Every code, in the order in which findings of one severity are listed."""

_COUNTED_TWICE_S: Final = 0.75
"""Longer than one interval between two counts of people: one count alone may be wrong."""


def examine(
    signals: Signals,
    thresholds: Thresholds = DEFAULT,
    within: Sequence[Span] | None = None,
) -> Quality:
    """Judge a take.

    Parameters
    ----------
    signals : Signals
        Of the whole take.
    thresholds : Thresholds
    within : sequence of (start, end), seconds of take time, optional
        Judge these parts only (the exercise without walking in and out). Without it: from where
        somebody is first seen to where somebody is last seen.
    """
    if not signals.found.any():
        end = float(signals.times_s[-1]) + signals.step_s if len(signals) else 0.0
        return Quality((Finding("nobody", "stop", ((0.0, end),), (0.0, end), 0.0, 1.0),))
    take = Take(signals, thresholds, _judged(signals, within))
    gates = (_light, _framing, _confidence, _tremble, _presence, _footage)
    # NaN is "not seen" and goes through all measures as such.
    with np.errstate(invalid="ignore", divide="ignore"):
        findings = [finding for gate in gates for finding in gate(take)]
    findings.sort(key=lambda item: (item.severity != "stop", CODES.index(item.code)))
    return Quality(tuple(findings))


def _judged(signals: Signals, within: Sequence[Span] | None) -> Flags:
    times = signals.times_s
    if within is not None:
        inside = np.zeros(len(signals), np.bool_)
        for start, end in within:
            inside |= (times >= start - 1e-9) & (times < end)
        if inside.any():
            return inside
    seen = np.flatnonzero(signals.found)
    index = np.arange(len(signals))
    return np.asarray((index >= seen[0]) & (index <= seen[-1]))


def _light(take: Take) -> Iterator[Finding]:
    """Too dark, against the light, burnt out."""
    limits, signals = take.thresholds, take.signals
    # Where nobody is made out in the dark, the room stands in for the person.
    person = np.where(np.isfinite(signals.person_luma), signals.person_luma, signals.picture_luma)
    _, middle, bright = (
        rolling_mean(take.times_s, row, WINDOW_S) for row in person.astype(np.float64).T
    )
    room = rolling_mean(take.times_s, signals.picture_luma[:, 1].astype(np.float64), WINDOW_S)
    dark = bright < limits.dark
    shaded = (middle < limits.shaded_dark) & (bright < limits.shaded_light)
    shaded &= room > limits.bright_room
    yield from take.finding(
        "too_dark",
        dark & ~shaded,
        -bright,
        value=bright,
        limit=limits.dark,
        useless=bright < limits.black,
    )
    yield from take.finding(
        "backlit", shaded, room - bright, value=middle, limit=limits.shaded_dark
    )
    yield from take.finding(
        "too_bright", middle > limits.burnt, middle, value=middle, limit=limits.burnt
    )


def _framing(take: Take) -> Iterator[Finding]:
    """Too small; head, hands, feet out of the picture."""
    limits, signals = take.thresholds, take.signals
    side = float(np.sqrt(signals.width * signals.height))
    share = rolling_mean(take.times_s, framing.stature_px(signals) / side, WINDOW_S)
    yield from take.finding(
        "too_small",
        share < limits.small,
        -share,
        value=share,
        limit=limits.small,
        useless=share < limits.tiny,
    )
    mostly_out = framing.share_outside(signals) > limits.share_out
    settled = framing.settled(signals)
    for part, beyond in framing.out_of_picture(signals).items():
        yield from take.finding(
            f"{part}_out",
            (beyond > 0) & settled,
            beyond,
            value=beyond,
            limit=0.0,
            useless=mostly_out,
        )


def _confidence(take: Take) -> Iterator[Finding]:
    """Joints that something hides: one half of the body or one side of it."""
    limit = take.thresholds.confidence
    blocks = {
        name: rolling_mean(take.times_s, values, take.thresholds.blip_s)
        for name, values in confidence.block_confidence(take.signals).items()
    }
    low = {name: values < limit for name, values in blocks.items()}
    # A hidden half lowers both sides, a hidden side both halves: told is what explains it best.
    left, right = low["left"] & ~low["right"], low["right"] & ~low["left"]
    low |= {"left": left, "right": right}
    low["top"], low["bottom"] = (low[half] & ~(left | right) for half in ("top", "bottom"))
    for name, bad in low.items():
        yield from take.finding(
            "low_confidence",
            bad,
            -blocks[name],
            value=blocks[name],
            limit=limit,
            params={"block": name},
        )


def _tremble(take: Take) -> Iterator[Finding]:
    """Joints that jump from picture to picture."""
    limit, throughout = take.thresholds.tremble, take.thresholds.tremble_throughout
    # Medians: a fast stroke shakes a few pictures, a bad reading shakes all of them.
    joints = rolling_median(take.times_s, confidence.tremble(take.signals), WINDOW_S)
    known = np.isfinite(joints).mean(axis=1) >= 1 / 3
    values = np.full(len(take.signals), np.nan)
    values[known] = np.nanpercentile(joints[known], 75, axis=1)
    judged = values[take.judged & known]
    if len(judged) and (judged > throughout).mean() > 0.5:
        limit = throughout
    yield from take.finding("jitter", values > limit, values, value=values, limit=limit)


def _presence(take: Take) -> Iterator[Finding]:
    """Nobody in the middle of the take; somebody else."""
    signals = take.signals
    missing = ~signals.found
    yield from take.finding(
        "nobody", missing, missing.astype(float), value=signals.found.astype(float), limit=1.0
    )
    counted = np.flatnonzero(np.isfinite(signals.people))
    if len(counted) == 0:
        return
    latest = np.searchsorted(counted, np.arange(len(signals)), side="right") - 1
    people = np.where(latest >= 0, signals.people[counted[np.maximum(latest, 0)]], np.nan)
    for finding in take.finding(
        "several_people", people > 1, people, value=people, limit=1.0, blip_s=_COUNTED_TWICE_S
    ):
        yield replace(finding, params={"people": round(float(np.nanmax(people)))})


def _footage(take: Take) -> Iterator[Finding]:
    """Cuts, a moving camera, too few pictures."""
    limits, signals = take.thresholds, take.signals
    cut = footage.cuts(signals) | footage.fades(signals)
    yield from _cut_finding(take, cut)
    wander = footage.camera_wander(signals, cut)
    yield from take.finding(
        "camera_moving", wander > limits.wander, wander, value=wander, limit=limits.wander
    )
    step_s = signals.step_s
    if step_s > 0 and 1 / step_s < limits.fps - 0.5:
        first, last = np.flatnonzero(take.judged)[[0, -1]]
        span = float(take.times_s[first]), float(take.times_s[last]) + step_s
        worst = span[0], min(span[0] + WINDOW_S, span[1])
        yield Finding("low_fps", "warn", (span,), worst, 1 / step_s, limits.fps)


def _cut_finding(take: Take, cut: Flags) -> Iterator[Finding]:
    """Cuts with somebody before and after: a title before, or after, the exercise is none."""
    seen_s = take.times_s[take.signals.found]
    at = np.flatnonzero(cut & take.judged)
    # Who fades out is still seen for a moment.
    margin = take.thresholds.blip_s
    at = at[(take.times_s[at] > seen_s[0] + margin) & (take.times_s[at] < seen_s[-1] - margin)]
    if len(at) == 0:
        return
    step_s = take.signals.step_s
    moments = [(float(take.times_s[i]) - step_s, float(take.times_s[i])) for i in at]
    # A fade is several cuts in a row, and one to the eye.
    spans = joined_spans(moments, 0.5)
    change = np.where(cut, np.nan_to_num(take.signals.change, nan=1.0), 0.0).astype(float)
    worst = at[int(np.argmax(change[at]))]
    middle = float(take.times_s[worst])
    end = float(take.times_s[-1]) + step_s
    window = max(middle - WINDOW_S / 2, 0.0), min(middle + WINDOW_S / 2, end)
    count = len(spans)
    yield Finding("cut", "warn", tuple(spans), window, count, 0, {"count": count})
