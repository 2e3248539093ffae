"""What a trainer is shown of a take beside the result: pictures of all of it, findings, pieces."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.urls import reverse

from processing.messages_quality import clock, finding_sentence
from processing.models import Artifact, Clip

_MOST_MOMENTS: Final = 8
"""More links than these beside one finding would be a page of their own."""


@dataclass(frozen=True)
class Tiles:
    """The filmstrip: tile ``i`` shows the take at ``i * step_s``; sizes in pixels of the file."""

    url: str
    count: int
    columns: int
    width: int
    height: int
    step_s: float

    def at(self, time_s: float) -> int:
        """Number of the tile that shows a time of the take."""
        return max(0, min(self.count - 1, int(time_s / self.step_s)))


@dataclass(frozen=True)
class Moment:
    """A time of the take to jump to."""

    at_s: float
    words: str


@dataclass(frozen=True)
class Finding:
    """One thing that the gates found, in the reader's language; ``tile`` shows the worst of it."""

    sentence: str
    is_grave: bool
    moments: tuple[Moment, ...]
    more: int
    worst_s: float | None
    tile: int | None


@dataclass(frozen=True)
class Review:
    """All there is to show of one run of a take.

    Attributes
    ----------
    duration_s : float
        Of the take; 0 where nothing is known yet.
    tiles : Tiles or None
    verdict : str
        ``good``, ``warn``, ``stop``; empty where nobody judged yet.
    findings : tuple of Finding
    spans : tuple of (start, end, grave)
        When something is wrong, seconds of the take.
    segments : sequence of mapping
        As in ``quality.json``.
    published_s : (start, end) or None
        The part of the take that is, or is going to be, published.
    can_be_cut : bool
        Not while another run is made: its window may be another.
    """

    duration_s: float
    tiles: Tiles | None
    verdict: str
    findings: tuple[Finding, ...]
    spans: tuple[tuple[float, float, bool], ...]
    segments: Sequence[Mapping[str, Any]]
    published_s: tuple[float, float] | None
    can_be_cut: bool

    @property
    def has_proposals(self) -> bool:
        """Whether the pipeline found exercises to begin with."""
        return any(segment.get("kind") == "exercise" for segment in self.segments)

    def for_page(self, clip: Clip) -> dict[str, Any]:
        """What static/js/studio/filmstrip.js reads."""
        start_s, end_s = self.published_s or (0.0, self.duration_s)
        return {
            "key": f"{clip.pk}:{clip.run}",
            "duration_s": self.duration_s,
            "tiles": asdict(self.tiles) if self.tiles else None,
            "segments": list(self.segments),
            "spans": [[start, end, grave] for start, end, grave in self.spans],
            "published": {"start_s": start_s, "end_s": end_s},
            "video": _address(clip, "transparent"),
        }


def review_of(clip: Clip) -> Review:
    """Gather the review of what is served, or else of the run being made.

    Reads prefetched artifacts, or costs a query; and one small file.
    """
    shown = clip.published if clip.is_usable else clip.made
    by_kind = {artifact.kind: artifact for artifact in shown}
    probe, filmstrip = by_kind.get("probe"), by_kind.get("filmstrip")
    duration_s = float(probe.params.get("duration_s") or 0.0) if probe else 0.0
    tiles = _tiles(clip, filmstrip)
    quality = _content(by_kind.get("quality"))
    if not quality and not clip.is_usable and clip.error_code == "quality":
        quality = {"verdict": "stop", "findings": clip.error_params.get("findings", [])}
    found = quality.get("findings", [])
    trim = quality.get("trim")
    return Review(
        duration_s=duration_s,
        tiles=tiles,
        verdict=str(quality.get("verdict", "")),
        findings=tuple(_finding(finding, duration_s, tiles) for finding in found),
        spans=tuple(_spans(found)),
        segments=quality.get("segments", []),
        published_s=(float(trim["start_s"]), float(trim["end_s"])) if trim else None,
        can_be_cut=tiles is not None and duration_s > 0 and _stands_still(clip, quality),
    )


def _stands_still(clip: Clip, quality: Mapping[str, Any]) -> bool:
    """Whether the times on the page will still be those of the row when they are sent."""
    if clip.is_usable:
        return clip.status == Clip.Status.READY
    # Once the first run is judged, pieces can be cut while the whole is still being rendered.
    return not clip.is_active or bool(quality)


def _tiles(clip: Clip, filmstrip: Artifact | None) -> Tiles | None:
    params = filmstrip.params.get("filmstrip") if filmstrip else None
    return Tiles(url=_address(clip, "filmstrip"), **params) if params else None


def _address(clip: Clip, kind: str) -> str:
    address = reverse("clip_media", args=[clip.pk, kind])
    return f"{address}?run={clip.published_run}" if clip.is_usable else address


def _content(artifact: Artifact | None) -> dict[str, Any]:
    """What is in a JSON file; nothing where a run was given up while we looked."""
    if artifact is None:
        return {}
    try:
        with artifact.file.open() as file:
            content = json.load(file)
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _finding(finding: Mapping[str, Any], duration_s: float, tiles: Tiles | None) -> Finding:
    spans = [(float(start), float(end)) for start, end in finding.get("spans", [])]
    worst = finding.get("worst") or (spans[0] if spans else None)
    worst_s = (float(worst[0]) + float(worst[1])) / 2 if worst else None
    return Finding(
        sentence=finding_sentence(finding, duration_s or None),
        is_grave=finding.get("severity") == "stop",
        moments=tuple(Moment(start, _words(start, end)) for start, end in spans[:_MOST_MOMENTS]),
        more=max(0, len(spans) - _MOST_MOMENTS),
        worst_s=worst_s,
        tile=tiles.at(worst_s) if tiles is not None and worst_s is not None else None,
    )


def _words(start_s: float, end_s: float) -> str:
    first, last = clock(start_s), clock(end_s)
    return first if first == last else f"{first}–{last}"  # noqa: RUF001


def _spans(found: Iterable[Mapping[str, Any]]) -> Iterable[tuple[float, float, bool]]:
    for finding in found:
        for start, end in finding.get("spans", []):
            yield float(start), float(end), finding.get("severity") == "stop"
