"""What an analysis says of movements whose faults are known."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from processing.motion.analysis import Analysis, Settings, analyse
from processing.motion.analysis.angles import PARTS
from processing.motion.analysis.document import Moment
from processing.motion.track import PoseTrack
from processing.synthetic.body import Body
from processing.synthetic.performance import REP_S, Exercise, Performance
from processing.synthetic.severity import flawed
from tests.motion.analysis.athletes import (
    client,
    in_a_row,
    joined,
    part_of,
    reflected,
    stored,
    trainer,
)

MOVES: tuple[Exercise, ...] = ("squat", "lunge", "push_up", "jumping_jack", "overhead_press")
SHALLOW = {"squat": 0.72, "push_up": 0.5}
VIEW = {"push_up": 60.0, "jumping_jack": 0.0, "overhead_press": 0.0}


def right(exercise: Exercise, **how: Any) -> Performance:
    return Performance(exercise, reps=4, seed=1, **how)


@cache
def lead(exercise: Exercise) -> PoseTrack:
    return trainer(right(exercise), VIEW.get(exercise, 30.0))


@cache
def judged(performance: Performance, **how: Any) -> Analysis:
    """What is said of a client who does it so."""
    exercise = performance.exercise
    own = client(replace(performance, seed=7), VIEW.get(exercise, 30.0) + 8.0)
    return analyse(lead(exercise), own, Settings(**how))


def found(analysis: Analysis, fault: str) -> Moment:
    told = [moment for moment in analysis.moments if moment.fault == fault]
    assert told, f"no {fault} among {[m.fault for m in analysis.moments]}"
    return told[0]


@pytest.mark.parametrize("exercise", MOVES)
def test_who_does_it_right_has_all_repetitions_a_high_score_and_no_faults(
    exercise: Exercise,
) -> None:
    performance = replace(right(exercise), seed=7)
    analysis = judged(right(exercise))

    assert analysis.verdict == "judged"
    assert analysis.score.value > 88
    assert analysis.score.low <= analysis.score.value <= analysis.score.high
    assert analysis.moments == ()
    assert [rep.kind for rep in analysis.reps] == ["full"] * 4
    times = np.array([(rep.start_s, rep.end_s) for rep in analysis.reps])
    assert np.abs(times - performance.reps_s).max() < 0.35
    assert abs(analysis.alignment.yaw_deg + 8.0) < 8.0
    assert not analysis.alignment.mirror
    assert analysis.alignment.agreement > 0.9
    assert analysis.tempo is not None
    assert analysis.tempo.ratio == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("exercise", ["squat", "push_up"])
def test_a_shallow_movement_is_said_to_be_less_deep_at_the_bottom(exercise: Exercise) -> None:
    moment = found(judged(right(exercise, depth=SHALLOW[exercise])), "depth")

    assert moment.direction == "less"
    assert moment.difference_deg < -moment.noise_deg
    assert moment.phase == "bottom"
    assert moment.reps == (1, 2, 3, 4)
    assert moment.side is None
    assert moment.cost > 1.0


def test_half_repetitions_are_counted_and_called_halves() -> None:
    performance = Performance("squat", reps=4, seed=7, short=0.5, faulty=(1, 3))
    analysis = judged(performance)

    assert [rep.kind for rep in analysis.reps] == ["full", "half", "full", "half"]
    assert found(analysis, "half_range").reps == (2, 4)
    scores = [rep.score.value for rep in analysis.reps]
    assert min(scores[0], scores[2]) > max(scores[1], scores[3])


def test_knees_that_fall_inwards_are_valgus() -> None:
    moment = found(judged(right("squat", knees_in_m=0.14)), "valgus")

    assert moment.difference_deg > 0
    assert moment.angle.endswith("_knee_valgus")  # type: ignore[union-attr]
    assert moment.part in ("left_knee", "right_knee")


def test_in_a_lunge_it_is_the_front_knee_that_falls_inwards() -> None:
    performance = flawed(Performance("lunge", reps=4, seed=7), Body(), "valgus", 30.0)
    ahead = trainer(right("lunge"), 10.0)
    settings = Settings(follows=True)
    off = analyse(ahead, client(performance, 14.0), settings)
    fine = analyse(ahead, client(replace(right("lunge"), seed=7), 14.0), settings)

    assert off.evidence["valgus"].difference > 15
    assert off.evidence["valgus"].difference > 3 * fine.evidence["valgus"].difference
    # Every repetition has a front knee, and each has one only.
    assert found(off, "valgus").reps in ((1, 3), (2, 4), (1, 2, 3, 4))


def test_a_trunk_that_leans_further_is_told_with_its_sign() -> None:
    moment = found(judged(right("squat", lean_deg=30.0)), "trunk_lean")

    assert moment.angle == "trunk_lean"
    assert moment.direction == "more"
    assert moment.difference_deg == pytest.approx(28.0, abs=8.0)


def test_an_arm_that_does_less_is_an_asymmetry_of_its_own_side() -> None:
    moment = found(judged(right("jumping_jack", uneven=0.3)), "asymmetry")

    assert moment.side == "right"
    assert moment.direction == "less"
    assert moment.phase == "top"
    told = [s for s in judged(right("jumping_jack", uneven=0.3)).symmetry if s.significant]
    assert "shoulder_abduction" in [s.angle for s in told]


def test_in_a_mirror_the_other_side_is_told() -> None:
    """Lunges one leg at a time tell the sides apart; here the trainer is uneven himself."""
    uneven = trainer(right("jumping_jack", uneven=0.45), 0.0)
    same = client(replace(right("jumping_jack", uneven=0.45), seed=7), 8.0)

    assert not analyse(uneven, same).alignment.mirror
    assert analyse(uneven, reflected(same)).alignment.mirror
    assert analyse(uneven, reflected(same)).moments == ()
    kept = analyse(uneven, reflected(same), Settings(mirror=False))
    assert not kept.alignment.mirror
    assert {"asymmetry"} <= {moment.fault for moment in kept.moments}


@pytest.mark.parametrize(("rep_s", "fault"), [(1.9, "too_fast"), (4.2, "too_slow")])
def test_tempo(rep_s: float, fault: str) -> None:
    analysis = judged(right("squat", rep_s=rep_s))
    moment = found(analysis, fault)

    assert moment.reps == (1, 2, 3, 4)
    assert moment.difference_s == pytest.approx((rep_s - 2.8) * 0.75, abs=0.35)
    assert analysis.tempo is not None
    assert analysis.tempo.ratio == pytest.approx(rep_s / 2.8, rel=0.1)
    assert {m.fault for m in analysis.moments} == {fault}, "posture is right"


def test_legs_that_take_turns_are_each_compared_with_the_trainers_same_leg() -> None:
    analysis = judged(right("lunge", knees_in_m=0.16))

    fronts = [rep.trainer_rep % 2 for rep in analysis.reps]
    assert fronts == [1, 0, 1, 0], "the first leg with the first, the second with the second"
    told = [(m.side, m.reps) for m in analysis.moments if m.fault == "valgus"]
    assert told == [(None, (1, 2, 3, 4))], "both knees, each in its turn, told once"


def test_one_knee_that_falls_inwards_is_told_with_its_side() -> None:
    analysis = judged(right("lunge", knees_in_m=0.2, faulty=(1, 3)))

    told = {moment.side: moment.reps for moment in analysis.moments if moment.fault == "valgus"}
    assert told["right"] == (2, 4), "the leg nearer to the camera"
    assert "left" not in told


def test_half_of_a_movement_is_the_same_exercise() -> None:
    analysis = judged(right("squat", depth=0.5))

    assert analysis.verdict == "judged"
    assert [rep.kind for rep in analysis.reps] == ["half"] * 4
    assert found(analysis, "depth").reps == (1, 2, 3, 4)


def test_who_follows_and_is_late_is_out_of_phase_and_who_keeps_an_own_time_is_not() -> None:
    following = Performance("squat", reps=4, follows=1, seed=7, idle_s=1.1)
    late = replace(following, late_s=0.5, faulty=(1, 3))
    in_time = analyse(lead("squat"), client(following), Settings(follows=True))
    analysis = analyse(lead("squat"), client(late), Settings(follows=True))

    assert in_time.alignment.lag_s == pytest.approx(0.3, abs=0.1)
    assert in_time.moments == ()
    moment = found(analysis, "wrong_phase")
    assert moment.difference_s == pytest.approx(0.5, abs=0.15)
    alone = analyse(lead("squat"), client(late))
    assert "wrong_phase" not in {m.fault for m in alone.moments}


def test_a_trainer_in_a_loop_is_followed_through_all_of_it() -> None:
    loop_s = right("squat").duration_s
    once = client(Performance("squat", reps=4, follows=1, seed=7, idle_s=1.1))
    kept = once.times_s < loop_s - 0.05
    twice = joined([part_of(once, kept), part_of(once, kept, loop_s)])
    analysis = analyse(lead("squat"), twice, Settings(follows=True, loop_s=loop_s))

    assert [rep.trainer_rep for rep in analysis.reps] == [1, 2, 3, 4, 1, 2, 3, 4]
    assert analysis.alignment.lag_s == pytest.approx(0.3, abs=0.1)
    assert "wrong_phase" not in {moment.fault for moment in analysis.moments}


def test_who_rests_between_sets_has_missed_repetitions_of_the_loop_and_is_in_time() -> None:
    loop_s = right("squat").duration_s
    once = client(Performance("squat", reps=4, follows=1, seed=7, idle_s=1.1))
    kept = once.times_s < loop_s - 0.05
    # The trainer goes on while the client rests: for one loop, and for two.
    sets = joined([part_of(once, kept, n * loop_s) for n in (0, 2, 5)])
    analysis = analyse(lead("squat"), sets, Settings(follows=True, loop_s=loop_s))

    assert [rep.trainer_rep for rep in analysis.reps] == 3 * [1, 2, 3, 4]
    assert [done.reps for done in analysis.sets] == [4, 4, 4]
    assert analysis.alignment.lag_s == pytest.approx(0.3, abs=0.1)
    assert analysis.moments == ()
    assert analysis.score.value > 99


def test_who_comes_late_in_the_second_set_is_told_so() -> None:
    loop_s = right("squat").duration_s
    following = Performance("squat", reps=4, follows=1, seed=7, idle_s=1.1)
    right_set, late_set = (
        client(replace(following, late_s=late_s, faulty=(1, 3))) for late_s in (0.0, 0.6)
    )
    parts = [
        part_of(take, take.times_s < loop_s - 0.05, n * loop_s)
        for n, take in ((0, right_set), (2, late_set))
    ]
    analysis = analyse(lead("squat"), joined(parts), Settings(follows=True, loop_s=loop_s))

    moment = found(analysis, "wrong_phase")
    assert set(moment.reps) <= {5, 6, 7, 8}
    assert moment.difference_s == pytest.approx(0.6, abs=0.2)


def test_strictness_moves_what_is_tolerated_and_the_score() -> None:
    scores = {
        how: judged(right("squat", depth=0.8), strictness=how).score.value
        for how in ("strict", "normal", "kind")
    }
    assert scores["strict"] < scores["normal"] < scores["kind"]


def test_deeper_faults_score_less() -> None:
    scores = [judged(right("squat", lean_deg=lean)).score.value for lean in (0, 15, 25, 40)]
    assert scores == sorted(scores, reverse=True)


def test_another_exercise_is_not_judged() -> None:
    for one in MOVES:
        for other in MOVES:
            if one != other:
                own = client(right(other), VIEW.get(other, 30.0))
                assert analyse(lead(one), own).verdict == "other_exercise", (one, other)


def test_nobody_and_a_moment_are_not_judged() -> None:
    track = client(right("squat"))
    short = track.times_s < 0.5
    nobody = np.zeros(len(track), np.bool_)

    assert analyse(lead("squat"), part_of(track, short)).verdict == "too_short"
    assert analyse(lead("squat"), part_of(track, nobody)).verdict == "not_visible"
    unseen = replace(track, visibility=np.zeros_like(track.visibility))
    assert analyse(lead("squat"), unseen).verdict == "not_visible"
    legs = track.visibility.copy()
    legs[:, 25:] = 0.1
    hidden = replace(track, visibility=legs)
    assert analyse(lead("squat"), hidden).verdict == "not_visible", "a squat is done with the legs"


def test_hidden_legs_are_not_judged_and_never_wrong() -> None:
    track = client(right("jumping_jack"), 8.0)
    visibility = track.visibility.copy()
    visibility[:, 25:] = 0.1
    analysis = analyse(lead("jumping_jack"), replace(track, visibility=visibility))

    assert analysis.verdict == "judged"
    parts = {part.part: part.score.value for part in analysis.parts}
    assert np.isnan(parts["left_knee"])
    assert parts["left_shoulder"] > 80
    assert analysis.moments == ()
    assert {"left_knee", "right_ankle"} <= {sight.part for sight in analysis.quality}


FEET = (27, 28, 29, 30, 31, 32)


def dimmed(track: PoseTrack, landmarks: tuple[int, ...], by: float) -> PoseTrack:
    visibility = track.visibility.copy()
    visibility[:, landmarks] -= by
    return replace(track, visibility=visibility)


def test_feet_behind_furniture_are_told_where_the_trainer_shows_them() -> None:
    track = client(right("jumping_jack"), 8.0)
    clear = analyse(lead("jumping_jack"), track)
    off = analyse(lead("jumping_jack"), dimmed(track, FEET, 0.2))
    both = analyse(dimmed(lead("jumping_jack"), FEET, 0.2), dimmed(track, FEET, 0.2), Settings())

    assert clear.quality == both.quality == ()
    assert {sight.part for sight in off.quality} == {"left_ankle", "right_ankle"}
    assert all(0.1 < sight.less_seen < 0.25 for sight in off.quality)
    less = {part.part: part.less_seen for part in off.parts}
    assert less["left_ankle"] == off.quality[0].less_seen and less["left_knee"] < 0.05
    assert off.verdict == "judged"


def test_the_far_leg_is_not_missed() -> None:
    track = client(right("squat"), 80.0)
    ahead = trainer(right("squat"), 80.0)

    far, near = (
        analyse(ahead, dimmed(track, (27 + i, 29 + i, 31 + i), 0.2)).quality for i in (0, 1)
    )

    assert "left_ankle" not in {sight.part for sight in far if sight.less_seen > 0}
    assert "right_ankle" in {sight.part for sight in near if sight.less_seen > 0}


def test_who_is_hidden_is_told_by_what() -> None:
    track = client(right("squat"), 38.0)
    legs = dimmed(track, tuple(range(25, 33)), 0.9)
    analysis = analyse(lead("squat"), legs)

    assert analysis.verdict == "not_visible"
    assert {"right_knee", "right_ankle"} <= {sight.part for sight in analysis.quality}


def test_a_posture_that_is_held_is_compared_too() -> None:
    plank = Performance("plank", reps=1, rep_s=8.0, seed=1)
    analysis = analyse(trainer(plank, 60.0), client(replace(plank, seed=4), 66.0))

    assert analysis.verdict == "judged"
    assert len(analysis.reps) == 1
    assert analysis.score.value > 85
    assert analysis.moments == ()


def test_a_stored_timeline_says_the_same() -> None:
    own = client(replace(right("squat", depth=0.72), seed=7), fps=18.0)
    filmed, kept = analyse(lead("squat"), own), analyse(lead("squat"), stored(own))

    assert len(kept.reps) == 4
    assert kept.score.value == pytest.approx(filmed.score.value, abs=5.0)
    assert found(kept, "depth").reps == found(filmed, "depth").reps


@pytest.mark.parametrize("exercise", ["squat", "jumping_jack", "overhead_press"])
@pytest.mark.parametrize(("speed", "turn_deg"), [(0.75, -25.0), (1.5, 25.0)])
def test_repetitions_are_exact_at_any_speed_with_pauses_and_halves(
    exercise: Exercise, speed: float, turn_deg: float
) -> None:
    performance = Performance(
        exercise,
        reps=5,
        rep_s=REP_S[exercise] / speed,
        pause_s=1.5,
        pauses=(0, 2),
        short=0.5,
        faulty=(1, 4),
        seed=11,
    )
    own = client(performance, VIEW.get(exercise, 30.0) + turn_deg)
    analysis = analyse(lead(exercise), own)

    assert [rep.kind for rep in analysis.reps] == ["full", "half", "full", "full", "half"]
    middles = [0.5 * (rep.start_s + rep.end_s) for rep in analysis.reps]
    assert np.abs(middles - performance.reps_s.mean(axis=1)).max() < 0.5


def test_technique_that_decays_in_a_set_is_fatigue() -> None:
    def take(lean_deg: float, rep: int) -> PoseTrack:
        return client(Performance("squat", reps=1, lean_deg=lean_deg, seed=rep, idle_s=0.4))

    tired = in_a_row([take(6.0 * rep, rep) for rep in range(7)])
    fresh = in_a_row([take(0.0, rep) for rep in range(7)])
    slopes = [analyse(lead("squat"), own).sets[0].fatigue for own in (tired, fresh)]

    assert slopes[0].significant
    assert slopes[0].high < 0
    assert not slopes[1].significant


def test_thirty_minutes_take_under_ten_seconds() -> None:
    one = client(Performance("squat", reps=10, seed=5, idle_s=6.0))
    session = in_a_row([one] * int(1800 / one.times_s[-1]))
    began = time.process_time()
    analysis = analyse(lead("squat"), session)

    assert time.process_time() - began < 10.0
    assert session.times_s[-1] > 1650
    assert len(analysis.sets) == len(session) // len(one)
    assert {one.reps for one in analysis.sets} == {10}


def test_focus_makes_a_part_count_more() -> None:
    valgus = right("squat", knees_in_m=0.14)
    assert judged(valgus, focus=("knees",)).score.value < judged(valgus).score.value


def test_the_document_is_whole_and_plain() -> None:
    document = judged(right("squat", depth=0.72)).to_json()

    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["version"] == 1
    assert document["verdict"] == "judged"
    assert [part["part"] for part in document["parts"]] == list(PARTS)
    assert document["grade"] is None
    assert len(document["strip"]["score"]) > 10
    assert any(value is not None for value in document["strip"]["score"])
    refused = analyse(lead("squat"), client(right("jumping_jack"), 0.0)).to_json()
    assert refused.keys() == document.keys()
    assert refused["score"] == {"value": None, "low": None, "high": None}


@pytest.mark.parametrize("wrong", [{"strictness": "harsh"}, {"focus": ("nose",)}, {"loop_s": 0.0}])
def test_settings_refuse_what_they_do_not_know(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Settings(**wrong)
