"""Measures of an analysis's repetitions: kept with it, made when they are lacking."""

from __future__ import annotations

import gzip
import json

from processing.motion.taught import Measures, measure
from sessions.models import ItemAnalysis
from sessions.review.movements import NothingToCompare, Tracks, settings_of, tracks_of
from sessions.taught.models import RepMeasures


class NoMeasures(Exception):
    """There are no repetitions to be measured, or not those of the analysis."""


def keep(row: ItemAnalysis, tracks: Tracks) -> Measures:
    """Measure and keep what the present document of an analysis speaks of.

    Raises
    ------
    NoMeasures
        What would be measured today are other repetitions: it was analysed in another way.
    """
    assert row.item is not None and row.document is not None and row.made_at is not None
    strictness = row.judged_strictness or row.strictness
    made = measure(tracks.trainer, tracks.client.track, settings_of(tracks, row.item, strictness))
    if len(made.differences) != len(row.document["reps"]):
        raise NoMeasures
    content = json.dumps(made.to_json(), separators=(",", ":")).encode()
    RepMeasures.objects.update_or_create(
        analysis=row,
        defaults={"made_at": row.made_at, "data": gzip.compress(content, mtime=0)},
    )
    return made


def measures_of(row: ItemAnalysis) -> Measures:
    """Read what is kept, or make it, of an analysis with its item and exercise at hand.

    Raises
    ------
    NoMeasures
        It was not judged, or there is nothing left to measure.
    """
    if row.document is None or row.item is None or row.made_at is None or row.verdict != "judged":
        raise NoMeasures
    kept = RepMeasures.objects.filter(analysis=row, made_at=row.made_at).first()
    if kept is not None:
        try:
            return Measures.from_json(json.loads(gzip.decompress(bytes(kept.data))))
        except ValueError:
            # Written by another version: made anew.
            pass
    try:
        return keep(row, tracks_of(row.session_id, row.item))
    except NothingToCompare as nothing:
        raise NoMeasures from nothing
