"""Report maths, against closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sessions.moments import worst_moments
from sessions.report import (
    Timeline,
    assemble,
    bins_of,
    block_seconds,
    blocks_of,
    frame_seconds,
    item_scores,
    level_of,
    mean_score,
    median_lag,
    shares_of,
)
from sessions.words import percentage
from tests.sessions.build import make_chunk


def timeline_of(*chunks: dict[str, Any]) -> Timeline:
    return assemble({**chunk, "seq": seq} for seq, chunk in enumerate(chunks))


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (100, "green"),
        (70.1, "green"),
        (70, "yellow"),
        (40.1, "yellow"),
        (40, "red"),
        (0, "red"),
        (None, "unseen"),
        (math.nan, "unseen"),
    ],
)
def test_levels(score: float | None, level: str) -> None:
    assert level_of(score) == level


def test_chunks_are_joined_in_order_of_time() -> None:
    early = make_chunk(1, [10.0, None], start_s=0)
    late = make_chunk(2, [30.0, 40.0], start_s=5, set_index=1)
    timeline = timeline_of(late, early)
    assert timeline.t.tolist() == [0.0, 0.1, 5.0, 5.1]
    np.testing.assert_array_equal(timeline.score, [10, math.nan, 30, 40])
    assert timeline.seq.tolist() == [1, 1, 0, 0]
    assert timeline.row.tolist() == [0, 1, 0, 1]
    assert np.isnan(timeline.errors[1]).all()
    blocks = blocks_of(timeline)
    assert [(b.item, b.set_index, b.start, b.stop) for b in blocks] == [(1, 0, 0, 2), (2, 1, 2, 4)]


def test_nothing_is_an_empty_report() -> None:
    timeline = timeline_of()
    assert len(timeline) == 0
    assert blocks_of(timeline) == []
    assert mean_score(timeline.score) is None
    assert median_lag(timeline) is None
    assert worst_moments(timeline, []) == []
    shares = shares_of(timeline, [])
    assert (shares.green, shares.yellow, shares.red, shares.unseen) == (0, 0, 0, 0)


def test_a_frame_stands_for_the_time_to_the_next_but_not_for_a_stall() -> None:
    chunk = make_chunk(1, [50.0] * 4)
    chunk["t"] = [0.0, 0.1, 0.3, 9.3]
    timeline = timeline_of(chunk)
    # The last one counts as the median of 0.1, 0.2 and 0.5.
    np.testing.assert_allclose(
        frame_seconds(timeline, blocks_of(timeline)), [0.1, 0.2, 0.5, 0.2], atol=1e-12
    )


def test_shares_add_up_and_follow_time() -> None:
    scores: list[float | None] = [80.0] * 5 + [50.0] * 3 + [10.0] * 1 + [None] * 1
    timeline = timeline_of(make_chunk(1, scores))
    shares = shares_of(timeline, blocks_of(timeline))
    assert shares.green == pytest.approx(0.5)
    assert shares.yellow == pytest.approx(0.3)
    assert shares.red == pytest.approx(0.1)
    assert shares.unseen == pytest.approx(0.1)


def test_bins_cover_the_block_and_keep_its_mean() -> None:
    timeline = timeline_of(make_chunk(1, [float(i) for i in range(100)]))
    (block,) = blocks_of(timeline)
    assert block_seconds(timeline, block) == pytest.approx(10.0)
    bins = bins_of(timeline, block, 20)
    assert len(bins) == 20
    # Five frames to a bin: the means are 2, 7, 12, …
    assert [b.score for b in bins] == pytest.approx([2 + 5 * k for k in range(20)])
    assert bins[0].start_s == 0
    assert bins[-1].stop_s == pytest.approx(10.0)
    assert np.mean([b.score for b in bins if b.score is not None]) == pytest.approx(49.5)


def test_a_bin_is_unseen_where_most_of_it_is_and_a_stall_leaves_a_gap() -> None:
    chunk = make_chunk(1, [90.0] * 4 + [None] * 3 + [20.0] * 3)
    chunk["t"] = [0.0, 0.1, 0.2, 0.3, 1.0, 1.1, 1.2, 4.5, 4.6, 4.7]
    timeline = timeline_of(chunk)
    (block,) = blocks_of(timeline)
    bins = bins_of(timeline, block, 5)
    # Stretches of 0.96 s; nothing arrived from 1.92 to 3.84.
    assert [(round(b.start_s, 2), b.level) for b in bins] == [
        (0.0, "green"),
        (0.96, "unseen"),
        (3.84, "red"),
    ]


def test_one_late_frame_tears_no_hole() -> None:
    chunk = make_chunk(1, [50.0] * 20)
    chunk["t"] = [0.1 * i + (0.4 if i >= 10 else 0.0) for i in range(20)]
    timeline = timeline_of(chunk)
    (block,) = blocks_of(timeline)
    bins = bins_of(timeline, block, 10)
    assert len(bins) == 9
    assert [b.start_s for b in bins[1:]] == pytest.approx([b.stop_s for b in bins[:-1]])
    assert bins[-1].stop_s == pytest.approx(2.4)


def test_scores_by_item() -> None:
    timeline = timeline_of(
        make_chunk(7, [80.0, 60.0]),
        make_chunk(3, [None], start_s=5),
        make_chunk(7, [10.0], start_s=9, set_index=1),
    )
    assert item_scores(timeline) == {7: pytest.approx(50.0), 3: None}


def test_a_low_interval_is_found_with_its_bones() -> None:
    # 10 frames/s: green for 1 s, red for 1.5 s, green for 1 s.
    errors = {4: 45.0, 5: 30.0, 10: 16.0, 0: 14.0}
    timeline = timeline_of(
        make_chunk(1, [90.0] * 10),
        make_chunk(1, [20.0] * 7 + [10.0] + [20.0] * 7, start_s=1.0, errors=errors),
        make_chunk(1, [90.0] * 10, start_s=2.5),
    )
    (moment,) = worst_moments(timeline, blocks_of(timeline))
    assert (moment.start_s, moment.stop_s) == pytest.approx((1.0, 2.5))
    assert moment.frame == 17
    assert moment.severe
    assert moment.score == pytest.approx((14 * 20 + 10) / 15)
    assert moment.lost == pytest.approx((14 * 0.8 + 0.9) * 0.1)
    # Left upper arm is within the tolerance of 15 degrees: it is not named.
    assert [b.bone for b in moment.bones] == [4, 5, 10]
    assert [b.degrees for b in moment.bones] == pytest.approx([45, 30, 16])


def test_short_dips_are_noise() -> None:
    timeline = timeline_of(make_chunk(1, [90.0] * 10 + [10.0] * 4 + [90.0] * 10))
    assert worst_moments(timeline, blocks_of(timeline)) == []


def test_a_short_good_spell_does_not_part_a_moment_and_a_long_one_does() -> None:
    def moments(good: int) -> int:
        scores = [20.0] * 6 + [90.0] * good + [20.0] * 6
        timeline = timeline_of(make_chunk(1, scores))
        return len(worst_moments(timeline, blocks_of(timeline)))

    assert moments(4) == 1
    assert moments(6) == 2


def test_not_visible_is_never_wrong() -> None:
    timeline = timeline_of(make_chunk(1, [90.0] * 5 + [None] * 30 + [90.0] * 5))
    assert worst_moments(timeline, blocks_of(timeline)) == []


def test_yellow_is_a_moment_but_not_severe_and_ranks_by_what_was_lost() -> None:
    scores = [60.0] * 8 + [90.0] * 10 + [5.0] * 8
    timeline = timeline_of(make_chunk(1, scores))
    worst, mild = worst_moments(timeline, blocks_of(timeline))
    assert (worst.start_s, mild.start_s) == pytest.approx((1.8, 0.0))
    assert (worst.severe, mild.severe) == (True, False)
    assert worst.lost > mild.lost
    assert len(worst_moments(timeline, blocks_of(timeline), limit=1)) == 1


def test_a_moment_never_spans_two_sets() -> None:
    timeline = timeline_of(
        make_chunk(1, [20.0] * 10),
        make_chunk(1, [20.0] * 10, start_s=1.0, set_index=1),
    )
    assert sorted(m.block for m in worst_moments(timeline, blocks_of(timeline))) == [0, 1]


def test_what_is_low_for_long_is_cut_in_equal_pieces() -> None:
    timeline = timeline_of(make_chunk(1, [50.0] * 120 + [10.0] * 120))
    moments = worst_moments(timeline, blocks_of(timeline))
    spans = sorted((m.start_s, m.stop_s) for m in moments)
    np.testing.assert_allclose(spans, [(0, 8), (8, 16), (16, 24)], atol=1e-9)
    assert moments[0].start_s == pytest.approx(16)
    # Nothing is lost or counted twice by cutting.
    assert sum(m.lost for m in moments) == pytest.approx(12 * 0.5 + 12 * 0.9)


def test_half_an_hour_of_frames() -> None:
    rng = np.random.default_rng(0)
    chunks = [
        make_chunk(1, rng.uniform(0, 100, 75).round(1).tolist(), start_s=5.0 * k, fps=15)
        for k in range(360)
    ]
    timeline = timeline_of(*chunks)
    assert len(timeline) == 27_000
    shares = shares_of(timeline, blocks_of(timeline))
    assert shares.green == pytest.approx(0.3, abs=0.02)
    assert len(worst_moments(timeline, blocks_of(timeline))) == 8


@pytest.mark.parametrize(
    ("score", "words"), [(None, "—"), (0.0, "0%"), (18.5, "19%"), (19.5, "20%"), (100.0, "100%")]
)
def test_percentages_are_rounded_as_the_browser_does(score: float | None, words: str) -> None:
    assert percentage(score) == words
