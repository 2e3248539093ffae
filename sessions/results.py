"""What the client sees of a finished session: reading, no writing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from exercises.models import WorkoutItem
from sessions import words
from sessions.models import TimelineChunk, WorkoutSession
from sessions.moments import Moment, worst_moments
from sessions.report import (
    Bin,
    Block,
    Level,
    Shares,
    Timeline,
    assemble,
    bins_of,
    block_seconds,
    blocks_of,
    item_scores,
    level_of,
    median_lag,
    shares_of,
)

STRIP_BINS = 60
"""Stretches of a set's strip: one is some pixels wide on a phone."""
MOMENTS_SHOWN = 3
UNSEEN_SHARE = 0.3
LATE_S = 0.8
_COLUMNS = ("item", "set", "t", "clip_t", "score", "lag", "errors")


def load_timeline(session: WorkoutSession) -> Timeline:
    """The session's numbers, without its skeletons. One query."""
    rows = TimelineChunk.objects.filter(session=session).values_list(
        "seq", *(f"data__{name}" for name in _COLUMNS)
    )
    return assemble(dict(zip(("seq", *_COLUMNS), row, strict=True)) for row in rows)


def item_names(session: WorkoutSession) -> dict[int, str]:
    """Names of the workout's exercises by item. One query."""
    items = WorkoutItem.objects.filter(workout=session.assignment.workout_id)
    return dict(items.values_list("pk", "exercise__name"))


ShownShare = tuple[Level, Promise, int]


@dataclass(frozen=True)
class Row:
    """A finished session in a list."""

    session: WorkoutSession
    score: str
    level: Level
    verdict: Promise


def rows_of(sessions: Iterable[WorkoutSession]) -> list[Row]:
    return [
        Row(
            session=session,
            score=words.percentage(session.score),
            level=level_of(session.score),
            verdict=words.verdict_of(session),
        )
        for session in sessions
    ]


@dataclass(frozen=True)
class Bar:
    """A rectangle of the strip, in an SVG 100 wide and 40 high."""

    x: str
    y: str
    width: str
    height: str
    level: Level
    words: str


@dataclass(frozen=True)
class Strip:
    """One set's strip."""

    name: str
    set_words: str
    score: str
    level: Level
    bars: list[Bar]
    words: str


@dataclass(frozen=True)
class ShownMoment:
    where: str
    when: str
    words: str
    score: str
    level: Level


@dataclass(frozen=True)
class Results:
    score: str
    level: Level
    verdict: Promise
    shares: list[ShownShare]
    strips: list[Strip]
    moments: list[ShownMoment]
    advice: list[str]


def _shown_shares(shares: Shares) -> list[ShownShare]:
    return [
        (level, words.LEVEL_WORDS[level], round(100 * getattr(shares, level)))
        for level in ("green", "yellow", "red", "unseen")
    ]


def _bar(piece: Bin, length: float, width: int = 100, height: int = 40) -> Bar:
    """Height says what colour says; "not visible" fills the whole height, hatched."""
    tall = height if piece.score is None else max(4.0, height * piece.score / 100)
    return Bar(
        x=f"{width * piece.start_s / length:.3f}",
        y=f"{height - tall:.2f}",
        width=f"{width * (piece.stop_s - piece.start_s) / length:.3f}",
        height=f"{tall:.2f}",
        level=piece.level,
        words=f"{words.clock(piece.start_s)} {words.percentage(piece.score)}",
    )


def _strip(timeline: Timeline, block: Block, names: dict[int, str]) -> Strip:
    length = block_seconds(timeline, block)
    inside = timeline.score[block.start : block.stop]
    known = inside[inside == inside]
    mean = float(known.mean()) if len(known) else None
    name = names.get(block.item) or _("Removed exercise")
    return Strip(
        name=name,
        set_words=words.set_words(block.set_index),
        score=words.percentage(mean),
        level=level_of(mean),
        bars=[_bar(piece, length) for piece in bins_of(timeline, block, STRIP_BINS)],
        words=_("%(name)s, %(set)s: %(score)s, %(level)s")
        % {
            "name": name,
            "set": words.set_words(block.set_index),
            "score": words.percentage(mean),
            "level": words.LEVEL_WORDS[level_of(mean)],
        },
    )


def _shown(
    moment: Moment, timeline: Timeline, blocks: list[Block], names: dict[int, str]
) -> ShownMoment:
    block = blocks[moment.block]
    into = moment.start_s - float(timeline.t[block.start])
    name = names.get(block.item) or _("Removed exercise")
    return ShownMoment(
        where=f"{name}, {words.set_words(block.set_index)}",
        when=f"{words.clock(into)}–{words.clock(into + moment.stop_s - moment.start_s)}",
        words=words.moment_words(moment),
        score=words.percentage(moment.score),
        level=level_of(moment.score),
    )


def results_of(session: WorkoutSession) -> Results:
    """Everything the results page shows."""
    timeline = load_timeline(session)
    blocks = blocks_of(timeline)
    names = item_names(session)
    shares = shares_of(timeline, blocks)
    return Results(
        score=words.percentage(session.score),
        level=level_of(session.score),
        verdict=words.verdict_of(session),
        shares=_shown_shares(shares),
        strips=[_strip(timeline, block, names) for block in blocks],
        moments=[
            _shown(moment, timeline, blocks, names)
            for moment in worst_moments(timeline, blocks, MOMENTS_SHOWN)
        ],
        advice=_advice(session, timeline, shares, names),
    )


def _advice(
    session: WorkoutSession, timeline: Timeline, shares: Shares, names: dict[int, str]
) -> list[str]:
    """What to do next, the most useful first; each sentence rests on a number."""
    if not len(timeline):
        return [_("No movement was recorded. Start again, and stay on the page until the end.")]
    advice = []
    if shares.unseen > UNSEEN_SHARE:
        advice.append(
            _(
                "You were out of sight %(share)d%% of the time. Put the camera farther away, "
                "so that your whole body is in the picture, and switch on a light."
            )
            % {"share": round(100 * shares.unseen)}
        )
    lag = median_lag(timeline)
    if lag is not None and lag > LATE_S:
        advice.append(
            _(
                "You follow %(lag)s s behind the trainer. That costs nothing, but try to move "
                "along: the rhythm is part of the exercise."
            )
            % {"lag": number_format(lag, decimal_pos=1)}
        )
    scores = {item: score for item, score in item_scores(timeline).items() if score is not None}
    if len(scores) > 1:
        worst = min(scores, key=lambda item: scores[item])
        if level_of(scores[worst]) != "green" and worst in names:
            advice.append(
                _("Look at “%(name)s” once more before you start: it matched %(score)s.")
                % {"name": names[worst], "score": words.percentage(scores[worst])}
            )
    if level_of(session.score) == "green":
        advice.append(_("Keep it up. Your trainer sees this result and will answer."))
    elif session.score is not None:
        advice.append(_("Your trainer sees this result and knows what to work on with you."))
    return advice
