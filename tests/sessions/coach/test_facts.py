"""What may be said of a document, and what may not."""

from __future__ import annotations

import pytest

from sessions.coach.document import DocumentError
from sessions.coach.facts import Fact, Facts, leading_part
from sessions.coach.faults import changes_of
from sessions.coach.measured import facts_of
from sessions.coach.plan import plan_of
from tests.sessions.coach.build import document, interval, moment, tempo, without_score


def kinds(facts: Facts, kind: str) -> list[Fact]:
    return [fact for fact in facts if fact.kind == kind]


def only(facts: Facts, kind: str) -> Fact:
    (fact,) = kinds(facts, kind)
    return fact


def test_a_difference_inside_its_noise_is_no_fault() -> None:
    moments = [moment("depth", size=6.0, noise=6.0), moment("valgus", size=6.1, noise=6.0)]
    faults = kinds(facts_of(document(moments=moments)), "fault")
    assert [fault.topic for fault in faults] == ["valgus"]


@pytest.mark.parametrize(
    "change",
    [
        {"difference_deg": None},
        {"noise_deg": None},
        {"angle": "left_wrist_flexion"},
        {"fault": "bad_attitude"},
        {"cost": 0.0},
        {"difference_deg": float("nan")},
    ],
)
def test_what_does_not_bear_itself_out_is_no_fault(change: dict[str, object]) -> None:
    assert not kinds(facts_of(document(moments=[moment("depth") | change])), "fault")


def test_moments_of_one_fault_are_one_fault_with_its_largest_number() -> None:
    moments = [
        moment("depth", "left_knee_flexion", size=15, cost=3, reps=[2]),
        moment("valgus", "right_knee_valgus", direction="more", size=30, cost=5),
        moment("depth", "right_knee_flexion", size=18, cost=4, reps=[4, 5], phase="down"),
    ]
    depth, valgus = kinds(facts_of(document(moments=moments)), "fault")
    assert (depth.topic, depth.value, depth.cost, depth.reps) == ("depth", 18, 7, (2, 4, 5))
    assert depth.parts == ("left_knee", "right_knee")
    assert depth.merged
    assert depth.phase == "", "two phases are no phase"
    assert valgus.parts == ("right_knee",)


def test_a_faults_number_belongs_to_the_joint_that_is_named() -> None:
    moments = [
        moment("depth", "left_hip_flexion", size=12, cost=9),
        moment("depth", "right_knee_flexion", size=25, cost=1),
    ]
    fault = only(facts_of(document(moments=moments)), "fault")
    assert (fault.value, fault.parts) == (25, ("right_knee",))


def test_at_most_three_changes_the_costliest_first_one_of_a_kind() -> None:
    moments = [
        moment("trunk_lean", "trunk_lean", direction="more", cost=2),
        moment("half_range", cost=8),
        moment("depth", cost=6),
        moment("valgus", "left_knee_valgus", direction="more", cost=4),
        moment("arm_position", "left_elbow_flexion", cost=3),
    ]
    facts = facts_of(document(moments=moments))
    assert len(kinds(facts, "fault")) == 5
    assert [fault.topic for fault in changes_of(facts)] == ["half_range", "valgus", "arm_position"]


@pytest.mark.parametrize(
    ("fault", "client", "told"),
    [
        ("too_fast", tempo(0.6, 0.2, 0.7), ("rep", 1.5, 3.1)),
        ("too_slow", tempo(0.6, 0.2, 0.7), None),
        ("too_slow", tempo(3.0, 0.4, 3.0), ("rep", 6.4, 3.1)),
        ("too_fast", tempo(0.5, 0.4, 2.4), ("eccentric", 0.5, 1.5)),
        ("too_fast", tempo(1.5, 0.4, 1.2), None),
    ],
)
def test_a_tempo_fault_rests_on_seconds(
    fault: str, client: dict[str, float], told: tuple[str, float, float] | None
) -> None:
    facts = facts_of(document(moments=[moment(fault)], client=client))
    found = [(f.angle, round(f["value"], 1), round(f["trainer"], 1)) for f in kinds(facts, "fault")]
    assert found == ([told] if told else [])


def test_only_a_part_that_is_surely_green_and_without_a_fault_is_praised() -> None:
    parts = {
        "left_knee": interval(95.0),
        "right_knee": interval(74.0, 5.0),  # green, but perhaps not
        "left_elbow": interval(99.0, 1.0),  # hardly moves in this exercise
        "trunk": None,
    }
    facts = facts_of(document(parts=parts))
    best = leading_part(facts)
    assert best is not None
    assert best.parts == ("left_knee",)
    assert {f.parts for f in kinds(facts, "unseen")} == {("trunk",)}
    faulty = facts_of(document(parts=parts, moments=[moment("depth")]))
    assert leading_part(faulty) is None


def test_a_fault_takes_the_praise_of_what_it_is_about() -> None:
    moments = [moment("half_range"), moment("asymmetry"), moment("wrong_phase")]
    good = {f.kind for f in facts_of(document(moments=moments)) if f.standing == "good"}
    assert not good & {"reps", "symmetry", "tempo"}


def test_a_fault_of_one_side_takes_the_praise_of_both_sides_being_alike() -> None:
    assert only(facts_of(document()), "symmetry").standing == "good"
    facts = facts_of(document(moments=[moment("depth", "left_knee_flexion")]))
    assert only(facts, "symmetry").standing == "neutral"


@pytest.mark.parametrize(
    ("score", "spread", "level"),
    [(84, 4, "green"), (70, 4, "yellow"), (70.1, 4, "green"), (40, 4, "red"), (84, 11, "unsure")],
)
def test_levels_are_the_sites_own_and_a_wide_interval_has_none(
    score: float, spread: float, level: str
) -> None:
    assert only(facts_of(document(score, spread=spread)), "score").level == level


@pytest.mark.parametrize(
    ("before", "way"), [(60.0, "up"), (80.0, "same"), (95.0, "down"), (76.0, "same")]
)
def test_a_trend_is_one_only_where_the_intervals_are_apart(before: float, way: str) -> None:
    facts = facts_of(document(84.0), [document(10.0), document(before)])
    assert only(facts, "trend").topic == way


def test_results_of_another_algorithm_are_not_compared() -> None:
    assert not kinds(facts_of(document(), [document(20.0) | {"algorithm": "0"}]), "trend")


def test_an_unfamiliar_movement_has_no_grade() -> None:
    grade = {"value": 1.2, "low": 0.9, "high": 1.6}
    known = only(facts_of(document(grade={**grade, "familiar": True})), "grade")
    assert known.value == 1.2
    strange = only(facts_of(document(grade={**grade, "familiar": False})), "grade")
    assert (strange.value, strange.standing) == (None, "unknown")


def test_fading_is_told_only_where_it_is_significant() -> None:
    def fatigue(change: float, significant: bool, reps: int = 8) -> list[Fact]:
        sets = [{"reps": reps, "fatigue": {"change_per_rep": change, "significant": significant}}]
        return kinds(facts_of(document(sets=sets)), "fatigue")

    assert fatigue(-2.0, True)[0].topic == "falls"
    assert fatigue(-2.0, False)[0].standing == "good"
    assert fatigue(-2.0, True, reps=4) == [], "four repetitions show no fatigue"


@pytest.mark.parametrize("verdict", ["other_exercise", "not_visible", "too_short"])
def test_without_a_score_the_verdict_is_the_only_fact(verdict: str) -> None:
    plan = plan_of(facts_of(without_score(verdict)))
    assert (plan.verdict, plan.well, plan.change, len(plan.facts)) == (verdict, (), (), 1)


def test_judged_without_a_score_is_not_visible() -> None:
    nothing = document() | {"score": {"value": None, "low": None, "high": None}}
    assert plan_of(facts_of(nothing)).verdict == "not_visible"


@pytest.mark.parametrize(
    "broken",
    [
        {"version": 2},
        {"verdict": "great"},
        {"score": {"value": 80}},
        {"score": {"value": 80, "low": 85, "high": 90}},
    ],
)
def test_a_document_that_contradicts_itself_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(DocumentError):
        facts_of(document() | broken)


def test_half_empty_documents_are_read() -> None:
    bare = {"version": 1, "algorithm": "1", "verdict": "judged", "score": interval(60.0)}
    plan = plan_of(facts_of(bare))
    assert [fact.kind for fact in plan.facts] == ["verdict", "score"]
    assert [fact.kind for fact in plan.well] == ["verdict"]
    odd = bare | {"moments": [None, 3], "reps": None, "parts": "?", "tempo": [], "sets": [{}]}
    assert len(facts_of(odd)) == 2
