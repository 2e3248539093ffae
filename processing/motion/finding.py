"""What the quality gates say about a take: codes and numbers, no words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from processing.motion.windows import Span

Severity = Literal["warn", "stop"]
Verdict = Literal["good", "warn", "stop"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a take.

    Attributes
    ----------
    code : str
        See :data:`processing.motion.gates.CODES`.
    severity : "warn" or "stop"
        Stop: the result would be useless.
    spans : tuple of (start, end), seconds of take time
        When; ordered, apart.
    worst : (start, end), seconds of take time
        About a second in which it is worst.
    value, limit : float
        The measure in the worst window, and the threshold it crossed; units by code.
    params : mapping
        JSON-able facts for the sentence.
    """

    code: str
    severity: Severity
    spans: tuple[Span, ...]
    worst: Span
    value: float
    limit: float
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def total_s(self) -> float:
        """How long it lasts altogether, seconds."""
        return float(sum(end - start for start, end in self.spans))

    def to_json(self) -> dict[str, Any]:
        """As in ``quality.json``; times in seconds, to the millisecond."""
        return {
            "code": self.code,
            "severity": self.severity,
            "spans": [[round(start, 3), round(end, 3)] for start, end in self.spans],
            "worst": [round(self.worst[0], 3), round(self.worst[1], 3)],
            "value": _number(self.value),
            "limit": _number(self.limit),
            "params": dict(self.params),
        }


@dataclass(frozen=True)
class Quality:
    """All findings about a take, the gravest first."""

    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst severity, or "good" without findings."""
        if any(finding.severity == "stop" for finding in self.findings):
            return "stop"
        return "warn" if self.findings else "good"

    def to_json(self) -> dict[str, Any]:
        """The entries ``verdict`` and ``findings`` of ``quality.json``."""
        return {"verdict": self.verdict, "findings": [item.to_json() for item in self.findings]}


def _number(value: float) -> float | None:
    return float(f"{value:.4g}") if np.isfinite(value) else None
