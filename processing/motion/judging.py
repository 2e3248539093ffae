"""The frame every quality gate fits in: thresholds, and from flags to a finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from processing.motion.finding import Finding, Severity
from processing.motion.signals import Signals
from processing.motion.windows import joined_spans, spans_where, worst_window

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_FLICKER_S: Final = 0.15
"""Gaps so short inside an episode are the measure's, not the film's."""
_SHORTEST_S: Final = 0.1
_REPEATED: Final = 2.0
"""Shorter episodes count together once they last so many blips in all: hands leave the picture
for a moment, but in every repetition."""
_JOIN_S: Final = 1.0
"""Episodes nearer than this are told as one."""


@dataclass(frozen=True)
class Thresholds:
    """Where good ends, and where a result would be useless. Luma is 0..1, gamma-encoded.

    Attributes
    ----------
    dark, black : float
        Luma of the person's bright parts (95th percentile). Even a dark skin in dark clothes has
        highlights above 0.4 in a lit room; below 0.3 the codec keeps a few dozen levels, below
        0.08 nearly none.
    shaded_dark, shaded_light, bright_room : float
        Against the light: the person's middle and bright parts below the first two while the
        middle of the picture lies above the third.
    burnt : float
        Luma of the person's middle.
    small, tiny : float
        Height the person would have standing, over the square root of the picture's area.
        The pose model looks at 256 pixels; at 0.35 of a 640-pixel picture it gets some 170.
    confidence : float
        Mean visibility of a block's joints.
    tremble, tremble_throughout : float
        Torso lengths, see `confidence.tremble`; of the joint at the upper quartile, in a second,
        and in more than half of the take. BlazePose on good film: 0.003 to 0.012 as a rule, up to
        0.033 for a second of a hard stroke.
    wander : float
        Share of the picture's longer side within a second.
    fps : float
    share_out : float
        Share of the body's joints outside the picture from which it counts as mostly outside.
    useless_share : float
        Share of the judged time for which a stop must hold.
    blip_s : float
        Shorter episodes are forgiven, unless they come again and again.
    """

    dark: float = 0.30
    black: float = 0.08
    shaded_dark: float = 0.20
    shaded_light: float = 0.45
    bright_room: float = 0.65
    burnt: float = 0.94
    small: float = 0.36
    tiny: float = 0.18
    confidence: float = 0.5
    tremble: float = 0.04
    tremble_throughout: float = 0.016
    wander: float = 0.02
    fps: float = 20.0
    share_out: float = 0.5
    useless_share: float = 0.6
    blip_s: float = 0.3


DEFAULT: Final = Thresholds()


@dataclass(frozen=True)
class Take:
    """A take, and which of its pictures (N,) are judged."""

    signals: Signals
    thresholds: Thresholds
    judged: Flags

    @property
    def times_s(self) -> Floats:
        return self.signals.times_s

    def finding(
        self,
        code: str,
        bad: Flags,
        badness: Floats,
        *,
        value: Floats,
        limit: float,
        useless: Flags | None = None,
        blip_s: float | None = None,
        params: dict[str, Any] | None = None,
    ) -> Iterator[Finding]:
        """Yield the finding that pictures (N,) are ``bad``, or nothing where that's a blip.

        badness : (N,) the greater the worse. value : (N,) what is reported.
        useless : (N,) where the result could not be used, if it ever can't.
        """
        bad = bad & self.judged
        step_s = self.signals.step_s
        spans = spans_where(
            self.times_s, bad, step_s, join_s=_FLICKER_S, least_s=min(_SHORTEST_S, step_s)
        )
        spans = [span for span in spans if span[1] - span[0] >= _SHORTEST_S]
        lengths = [end - start for start, end in spans]
        blip = self.thresholds.blip_s if blip_s is None else blip_s
        if not spans or (max(lengths) < blip - 2e-3 and sum(lengths) < _REPEATED * blip):
            return
        worst = worst_window(self.times_s, np.where(bad, badness, np.nan), spans)
        seen = bad & (self.times_s >= worst[0] - 1e-9) & (self.times_s < worst[1])
        severity: Severity = "warn"
        if useless is not None:
            share = (useless & self.judged).sum() / self.judged.sum()
            severity = "stop" if share >= self.thresholds.useless_share else "warn"
        yield Finding(
            code,
            severity,
            tuple(joined_spans(spans, _JOIN_S)),
            worst,
            float(np.nanmean(value[seen])),
            limit,
            params or {},
        )
