"""The Match Score: equal to its twin, blind to what must not matter, honest about the rest."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.motion import alignment, score, skeleton
from processing.motion.reference import (
    FOCUS_WEIGHT,
    Reference,
    bone_weights,
    pose_at,
    prepare,
)
from tests.motion import figure
from tools import make_golden

DATA = Path(__file__).resolve().parent.parent / "data"
CASES = json.loads((DATA / "score.json").read_text(encoding="utf-8"))
SEEN = np.ones(33)


def follow(
    reference: Reference,
    client: Callable[[float], figure.Array | None],
    seconds: float = 12.0,
    fps: float = 10.0,
) -> list[score.Match]:
    """Let a client follow for a while; the first half, in which things settle, is left out."""
    state, matches = score.initial(), []
    for i in range(int(seconds * fps)):
        t = i / fps
        state, match = score.step(state, reference, t, t, client(t), SEEN)
        matches.append(match)
    return matches[len(matches) // 2 :]


def reference_of(movement: figure.Movement, seconds: float, focus: tuple[str, ...] = ()) -> Any:
    times = np.arange(0.0, seconds, 1 / 30)
    world = figure.film(movement, times)
    return prepare(times, world, np.ones((len(times), 33)), seconds, focus)


def median(matches: list[score.Match]) -> float:
    return float(np.median([m.score for m in matches]))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_golden_vectors(case: dict[str, Any]) -> None:
    got, want = make_golden.play(case), case["expected"]

    np.testing.assert_allclose(got["weights"], want["weights"], atol=1e-6)
    np.testing.assert_allclose(got["shown"], want["shown"], atol=1e-6)
    for mine, theirs in zip(got["matches"], want["matches"], strict=True):
        assert mine["mirror"] == theirs["mirror"]
        assert mine["reps"] == theirs["reps"]
        for key in set(mine) - {"mirror", "reps"}:
            mine_array = np.array(mine[key], dtype=float)
            np.testing.assert_allclose(mine_array, np.array(theirs[key], dtype=float), atol=1e-6)


def test_golden_skeleton_is_current() -> None:
    stored = json.loads((DATA / "skeleton.json").read_text(encoding="utf-8"))

    assert stored == json.loads(json.dumps(make_golden.skeleton_tables()))


@pytest.mark.parametrize("behind_s", [0.0, 1.3, 2.9, 4.4, 5.6])
def test_the_same_movement_is_found_however_late_it_was_begun(behind_s: float) -> None:
    reference = reference_of(figure.squat, 7.5)

    matches = follow(reference, lambda t: figure.squat(t - behind_s), seconds=24.0)

    assert median(matches) > 95
    period_s = 2.5
    off = (matches[-1].lag_s - behind_s) / period_s
    assert abs(off - round(off)) * period_s < 0.1


def test_a_client_who_paused_is_found_again() -> None:
    reference = reference_of(figure.squat, 7.5)

    def client(t: float) -> figure.Array:
        return figure.squat(t - 0.2 if t < 12 else max(12.0, t - 1.2))

    matches = follow(reference, client, seconds=40.0)

    assert median(matches) > 95


def test_another_body_another_side_mirrored_and_late_is_still_the_same_movement() -> None:
    reference = reference_of(figure.squat, 7.5)

    def client(t: float) -> figure.Array:
        late = max(0.0, t - 0.3)
        wave = 0.5 - 0.5 * np.cos(2 * np.pi * late / 2.5)
        pose = figure.turned(figure.body(squat=float(wave), limbs=1.25), np.radians(30))
        return figure.mirrored(pose) * 1.3

    matches = follow(reference, client)

    assert median(matches) > 99
    assert abs(np.median([m.lag_s for m in matches]) - 0.3) < 0.05


@pytest.mark.parametrize("flip", [False, True])
def test_the_convention_is_found(flip: bool) -> None:
    reference = reference_of(figure.wave_left, 4.0)

    matches = follow(
        reference,
        lambda t: figure.mirrored(figure.wave_left(t)) if flip else figure.wave_left(t),
    )

    assert {m.mirror for m in matches} == {flip}
    assert median(matches) > 99


def test_raising_both_arms_is_not_raising_one() -> None:
    """Mirroring is a convention for the whole body: it cannot excuse half of one."""
    reference = reference_of(figure.wave_left, 4.0)

    def both(t: float) -> figure.Array:
        out = 0.5 - 0.5 * float(np.cos(np.pi * t))
        return figure.body(left_arm=0.15 + 2 * out, right_arm=0.15 + 2 * out)

    matches = follow(reference, both)
    worst = max(matches, key=lambda m: np.nanmax(m.errors_deg))
    arms = [skeleton.BONE_INDEX[f"{side}_upper_arm"] for side in ("left", "right")]

    assert min(m.score for m in matches) < 85  # four of thirteen bones, all four at fault
    assert int(np.nanargmax(worst.errors_deg)) in [*arms, arms[0] + 2, arms[1] + 2]


def test_errors_name_the_clients_own_side() -> None:
    """The client mirrors the trainer but bends the right arm too little."""
    reference = reference_of(figure.wave_left, 4.0)

    def client(t: float) -> figure.Array:
        out = 0.5 - 0.5 * float(np.cos(np.pi * t))
        return figure.body(right_arm=0.15 + 1.3 * out, left_arm=0.15 + 0.2 * out)

    matches = follow(reference, client)
    errors = np.nanmax([m.errors_deg for m in matches], axis=0)

    assert all(m.mirror for m in matches)
    assert errors[skeleton.BONE_INDEX["right_upper_arm"]] > 25
    assert errors[skeleton.BONE_INDEX["left_upper_arm"]] < 15


def test_standing_still_is_never_green() -> None:
    matches = follow(reference_of(figure.squat, 7.5), figure.stand)

    assert max(m.score for m in matches) < score.GREEN_ABOVE
    assert median(matches) < score.YELLOW_ABOVE


def test_another_exercise_is_red() -> None:
    assert median(follow(reference_of(figure.squat, 7.5), figure.jack)) < score.YELLOW_ABOVE
    assert median(follow(reference_of(figure.jack, 6.0), figure.squat)) < score.YELLOW_ABOVE


def test_a_hold_is_scored_by_the_pose_alone() -> None:
    matches = follow(reference_of(figure.stand, 5.0), figure.stand)

    assert median(matches) == pytest.approx(100.0)
    assert all(np.isnan(m.agreement) for m in matches)


def test_who_moves_during_a_hold_does_not_hold() -> None:
    def wobble(t: float) -> figure.Array:
        return figure.body(squat=0.5 - 0.5 * float(np.cos(3 * t)))

    assert median(follow(reference_of(figure.stand, 5.0), wobble)) < score.YELLOW_ABOVE


def test_what_is_known_beforehand_decides_between_equals() -> None:
    """A second late in a movement of a second: by the poses alone, on time fits as well."""
    reference = reference_of(lambda t: figure.jack(t, 1.0), 5.0)

    def lag(state: score.State) -> float:
        for i in range(80):
            t = i / 10
            pose = figure.jack(t, 1.0)
            state, match = score.step(state, reference, t, t, pose, SEEN)
        return match.lag_s

    assert abs(lag(score.initial())) < 0.1
    assert abs(lag(score.initial(None, 1.0)) - 1.0) < 0.1
    assert score.initial(False).mirror == 0
    assert score.initial(True).mirror == 1


def test_the_lag_only_moves_smoothly_once_found() -> None:
    reference = reference_of(figure.squat, 7.5)
    state, lags = score.initial(), []
    for i in range(200):
        t = i / 10
        late = 0.2 if t < 10 else 0.9
        state, match = score.step(state, reference, t, t, figure.squat(t - late), SEEN)
        lags.append(match.lag_s)

    assert abs(lags[95] - 0.2) < 0.05
    assert abs(lags[-1] - 0.9) < 0.1
    assert np.abs(np.diff(lags[80:])).max() <= score.LAG_RATE * 0.1 + 1e-9


def test_what_the_client_did_before_the_trainer_began_does_not_count() -> None:
    """Far behind and moving from the start, as a client who joins in the middle."""
    reference = reference_of(lambda t: figure.squat(t, 5.0), 10.0)

    matches = follow(reference, lambda t: figure.squat(t + 2.6, 5.0), seconds=24.0)

    assert median(matches) > 99
    assert abs(np.median([m.lag_s for m in matches]) - 2.4) < 0.05


def test_a_lag_that_fits_is_kept_though_another_repetition_fits_as_well() -> None:
    """The client falls behind bit by bit until, by the clock, being early would be nearer."""
    reference = reference_of(lambda t: figure.squat(t, 1.2), 6.0)

    matches = follow(reference, lambda t: figure.squat(0.96 * t, 1.2), seconds=40.0)

    assert min(m.score for m in matches) > 90
    lags = [m.lag_s for m in matches]
    assert lags[-1] - lags[0] == pytest.approx(0.04 * 20, abs=0.1)


def test_what_is_not_seen_is_not_wrong() -> None:
    reference = reference_of(figure.squat, 7.5)
    half = SEEN.copy()
    half[[skeleton.INDEX["left_wrist"], skeleton.INDEX["left_elbow"]]] = 0.1
    state, match = score.step(score.initial(), reference, 0, 0, figure.squat(0), half)
    forearm = skeleton.BONE_INDEX["left_forearm"]

    assert np.isnan(match.errors_deg[forearm])
    assert match.score > 90

    legs_hidden = SEEN.copy()
    legs_hidden[skeleton.INDEX["left_hip"] :] = 0.1
    unseen, match = score.step(state, reference, 0.1, 0.1, figure.squat(0.1), legs_hidden)

    assert np.isnan(match.score)
    assert unseen.weight is state.weight  # what was learnt stays
    assert np.isnan(match.errors_deg).all()
    assert np.isnan(score.step(state, reference, 0.1, 0.1, None, None)[1].score)


def test_a_hole_in_the_reference_is_not_visible() -> None:
    times = np.array([0.0, 0.1, 2.0])
    reference = prepare(times, figure.film(figure.stand, times), np.ones((3, 33)), 5.0)

    assert np.isnan(pose_at(reference, 4.0)[0]).all()
    assert np.isfinite(pose_at(reference, 1.0)[0]).all()  # the nearer end of a short gap
    assert np.isfinite(pose_at(reference, -3.0)[0]).all()  # before the start: the first pose
    np.testing.assert_allclose(pose_at(reference, 5.05)[0], pose_at(reference, 0.05)[0], atol=1e-12)


def test_focus_counts_more() -> None:
    bones = alignment.unit_bones(figure.film(figure.squat, np.arange(0, 2.5, 0.1)))
    plain, focused = (
        bone_weights(bones),
        bone_weights(bones, ["knees", "unknown"]),
    )
    knees = [skeleton.BONE_INDEX[name] for name in skeleton.FOCUS["knees"]]

    np.testing.assert_allclose(focused[knees], plain[knees] * FOCUS_WEIGHT)
    assert (np.delete(focused, knees) == np.delete(plain, knees)).all()


@given(yaw=st.floats(-3.1, 3.1), scale=st.floats(0.5, 2.0), squat=st.floats(0.0, 1.0))
def test_directions_ignore_size_and_the_closed_form_finds_the_rotation(
    yaw: float, scale: float, squat: float
) -> None:
    target = alignment.unit_bones(figure.body(squat=squat))
    subject = alignment.unit_bones(scale * figure.turned(figure.body(squat=squat), yaw))
    level, along, across = (term.sum() for term in alignment.yaw_terms(subject, target))
    found = float(np.arctan2(across, along))

    assert level + np.hypot(along, across) == pytest.approx(len(skeleton.BONES))
    assert alignment.angles_deg(alignment.rotate_yaw(subject, found), target).max() < 1e-4


def test_mirroring_twice_is_nothing_and_equals_mirroring_the_landmarks() -> None:
    world = figure.turned(figure.wave_left(0.7), 0.4)
    bones = alignment.unit_bones(world)

    np.testing.assert_allclose(
        alignment.mirror_bones(bones), alignment.unit_bones(figure.mirrored(world)), atol=1e-12
    )
    np.testing.assert_allclose(alignment.mirror_bones(alignment.mirror_bones(bones)), bones)


def test_a_bone_without_length_has_no_direction() -> None:
    assert np.isnan(alignment.unit_bones(np.zeros((33, 3)))).all()
    assert np.isnan(alignment.unit_bones(np.full((33, 3), np.nan))).all()
