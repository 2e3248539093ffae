"""Each fault, written into the measures of a clean take, is found; harmless things are not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.motion.finding import Finding
from processing.motion.gates import CODES, examine
from processing.motion.signals import Signals, joined
from processing.motion.skeleton import INDEX
from tests.motion.figure import film, jack, squat, stand, turned

WIDTH, HEIGHT = 480, 640
PX_PER_M = 250.0


def take(
    movement: Any = squat, seconds: float = 6.0, fps: float = 25.0, yaw_deg: float = 0.0
) -> Signals:
    """A clean take: a figure in a well lit room before a camera that stands still."""
    times = np.arange(round(seconds * fps)) / fps
    world = turned(film(movement, times), np.radians(yaw_deg)).astype(np.float32)
    count = len(times)
    luma = np.tile(np.array([0.15, 0.5, 0.85], np.float32), (count, 1))
    return Signals(
        width=WIDTH,
        height=HEIGHT,
        source_scale=1.0,
        times_s=times,
        world=world,
        image=world[..., :2] * np.float32(PX_PER_M) + np.array([WIDTH / 2, HEIGHT / 2], np.float32),
        visibility=np.ones((count, 33), np.float32),
        picture_luma=luma,
        person_luma=luma.copy(),
        camera=np.zeros((count, 4), np.float32),
        cuts=np.zeros(count, np.bool_),
        change=np.full(count, 0.005, np.float32),
        people=np.where(np.arange(count) % round(fps / 2) == 0, 1.0, np.nan).astype(np.float32),
    )


def between(signals: Signals, start: float, end: float) -> NDArray[np.bool_]:
    return (signals.times_s >= start) & (signals.times_s < end)


def picked(pictures: NDArray[np.bool_], landmarks: list[int]) -> tuple[Any, ...]:
    """Indices of these landmarks in these pictures."""
    return np.flatnonzero(pictures)[:, None], np.array(landmarks)[None, :]


def changed(signals: Signals, name: str, where: Any, value: Any) -> Signals:
    """The take with one measure replaced at these pictures (and landmarks, and so on)."""
    values = getattr(signals, name).copy()
    values[where] = value
    return replace(signals, **{name: values})


def without_person(signals: Signals, start: float, end: float) -> Signals:
    gone = between(signals, start, end)
    for name in ("world", "image", "visibility", "person_luma"):
        signals = changed(signals, name, gone, np.nan)
    return signals


def the_only(signals: Signals) -> Finding:
    findings = examine(signals).findings
    assert len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize("fps", [24.0, 60.0])
@pytest.mark.parametrize("movement", [squat, jack, stand])
@pytest.mark.parametrize("yaw_deg", [0.0, 38.0, 90.0, 180.0])
def test_nothing_is_wrong_with_a_clean_take(movement: Any, fps: float, yaw_deg: float) -> None:
    quality = examine(take(movement, fps=fps, yaw_deg=yaw_deg))
    assert quality.findings == ()
    assert quality.verdict == "good"


def test_times_are_those_of_the_fault() -> None:
    signals = take()
    feet = [INDEX["left_foot_index"], INDEX["right_foot_index"]]
    low = signals.image.copy()
    low[picked(between(signals, 2.0, 4.0), feet) + (1,)] = HEIGHT + 60
    finding = the_only(replace(signals, image=low))
    assert finding.code == "feet_out"
    assert finding.spans == ((2.0, 4.0),)
    assert 2.0 <= finding.worst[0] < finding.worst[1] <= 4.0
    assert finding.value == pytest.approx(60 / PX_PER_M, rel=0.05)


def test_hands_reach_beyond_their_last_landmark() -> None:
    """Knuckles 2 cm inside the picture: the fingers are outside it."""
    signals = take(jack)
    # Moved up until the highest knuckles are just inside.
    top = signals.image[:, [INDEX["left_index"], INDEX["right_index"]], 1].min()
    up = np.array([0.0, top - 0.02 * PX_PER_M], np.float32)
    finding = the_only(replace(signals, image=signals.image - up))
    assert finding.code == "hands_out"


def test_a_blip_is_forgiven_but_not_one_in_every_repetition() -> None:
    signals = take()
    once = between(signals, 2.0, 2.2)
    thrice = once | between(signals, 3.5, 3.7) | between(signals, 5.0, 5.2)
    for pictures, found in ((once, 0), (thrice, 1)):
        image = signals.image.copy()
        image[picked(pictures, [INDEX["left_wrist"]]) + (0,)] = WIDTH + 40
        findings = examine(replace(signals, image=image)).findings
        assert [finding.code for finding in findings] == ["hands_out"] * found


def test_who_walks_in_from_the_side_is_not_cut_off() -> None:
    signals = without_person(take(seconds=8.0), 0.0, 1.0)
    image = signals.image.copy()
    way = np.clip((2.5 - signals.times_s) / 1.5, 0, 1).astype(np.float32) * WIDTH / 2
    image[..., 0] += way[:, None]
    assert examine(replace(signals, image=image)).findings == ()


def test_nobody_is_a_fault_in_the_middle_only() -> None:
    assert examine(without_person(take(), 0.0, 1.5)).findings == ()
    assert examine(without_person(take(), 4.5, 6.0)).findings == ()
    finding = the_only(without_person(take(), 2.0, 3.0))
    assert (finding.code, finding.severity, finding.spans) == ("nobody", "warn", ((2.0, 3.0),))
    assert examine(without_person(take(), 0.0, 6.0)).verdict == "stop"


@pytest.mark.parametrize("block", ["top", "bottom", "left", "right"])
def test_what_something_hides_is_told_by_block(block: str) -> None:
    names = {
        "top": [f"{side}_{name}" for side in ("left", "right") for name in ("elbow", "wrist")],
        "bottom": [
            f"{side}_{name}"
            for side in ("left", "right")
            for name in ("knee", "ankle", "foot_index")
        ],
    }
    limbs = ("elbow", "wrist", "knee", "ankle", "foot_index")
    names |= {side: [f"{side}_{name}" for name in limbs] for side in ("left", "right")}
    signals = take(stand)
    hidden = picked(between(signals, 1.0, 3.0), [INDEX[name] for name in names[block]])
    finding = the_only(changed(signals, "visibility", hidden, 0.1))
    assert (finding.code, finding.params) == ("low_confidence", {"block": block})
    assert finding.spans[0] == pytest.approx((1.0, 3.0), abs=0.2)


def test_what_the_body_hides_itself_is_no_fault() -> None:
    """From the side the far arm and leg are behind the near ones."""
    limbs = ("elbow", "wrist", "knee", "ankle", "foot_index")
    for yaw_deg in (90.0, -90.0, 60.0):
        signals = take(yaw_deg=yaw_deg)
        depth = signals.world[0, [INDEX["left_hip"], INDEX["right_hip"]], 2]
        far = "left" if depth[0] > depth[1] else "right"
        hidden = (slice(None), [INDEX[f"{far}_{name}"] for name in limbs])
        assert examine(changed(signals, "visibility", hidden, 0.1)).findings == ()


def test_a_trembling_pose_is_told_and_fast_movement_is_not() -> None:
    rng = np.random.default_rng(1)
    fast = take(lambda t: jack(t, period_s=0.7), fps=30.0)
    assert examine(fast).findings == ()
    for noise_m, codes in ((0.004, []), (0.05, ["jitter"])):
        world = fast.world + rng.normal(0, noise_m, fast.world.shape).astype(np.float32)
        found = examine(replace(fast, world=world)).findings
        assert [finding.code for finding in found] == codes


@pytest.mark.parametrize(
    ("picture", "person", "code", "verdict"),
    [
        ((0.02, 0.1, 0.22), (0.02, 0.08, 0.2), "too_dark", "warn"),
        ((0.0, 0.02, 0.05), (0.0, 0.02, 0.04), "too_dark", "stop"),
        ((0.1, 0.85, 1.0), (0.02, 0.08, 0.25), "backlit", "warn"),
        ((0.5, 0.97, 1.0), (0.6, 0.97, 1.0), "too_bright", "warn"),
        ((0.1, 0.9, 1.0), (0.03, 0.1, 0.6), None, "good"),  # in black before a white wall
        ((0.05, 0.2, 0.4), (0.04, 0.2, 0.45), None, "good"),  # an evening at home
    ],
)
def test_light(
    picture: tuple[float, ...], person: tuple[float, ...], code: str | None, verdict: str
) -> None:
    signals = changed(take(), "picture_luma", slice(None), picture)
    quality = examine(changed(signals, "person_luma", slice(None), person))
    assert [finding.code for finding in quality.findings] == ([code] if code else [])
    assert quality.verdict == verdict


@pytest.mark.parametrize(("share", "verdict"), [(0.5, "good"), (0.25, "warn"), (0.1, "stop")])
def test_the_person_must_be_large_enough(share: float, verdict: str) -> None:
    signals = take()
    middle = np.array([WIDTH / 2, HEIGHT / 2], np.float32)
    shrink = share * np.sqrt(WIDTH * HEIGHT) / (1.7 * PX_PER_M)
    quality = examine(replace(signals, image=(signals.image - middle) * shrink + middle))
    assert quality.verdict == verdict
    assert [finding.code for finding in quality.findings] == ["too_small"] * (verdict != "good")


def test_a_camera_that_wanders() -> None:
    signals = take()
    panned = changed(signals, "camera", (between(signals, 2.0, 4.0), 0), 1.0)  # 25 px a second
    finding = the_only(panned)
    assert finding.code == "camera_moving"
    assert finding.spans[0] == pytest.approx((2.0, 4.0), abs=0.6)
    assert finding.value == pytest.approx(25 / HEIGHT, rel=0.1)
    trembling = signals.camera.copy()
    trembling[::2, :2], trembling[1::2, :2] = 0.5, -0.5
    assert examine(replace(signals, camera=trembling)).findings == ()
    rolled = changed(signals, "camera", (between(signals, 2.0, 4.0), 3), np.radians(0.2))
    assert the_only(rolled).code == "camera_moving"


def test_one_count_of_two_people_may_be_wrong_two_in_a_row_are_not() -> None:
    signals = take()
    counts = np.flatnonzero(np.isfinite(signals.people))
    assert examine(changed(signals, "people", counts[3], 2)).findings == ()
    finding = the_only(changed(signals, "people", counts[3:5], 2))
    assert (finding.code, finding.params) == ("several_people", {"people": 2})


def test_cuts_stand_alone_and_moves_do_not() -> None:
    signals = take()
    plain = the_only(changed(signals, "cuts", 70, True))
    assert (plain.code, plain.params) == ("cut", {"count": 1})
    assert plain.spans[0][1] == signals.times_s[70]
    assert the_only(changed(signals, "change", 70, 0.05)).code == "cut"
    assert examine(changed(signals, "change", slice(68, 73), 0.05)).findings == ()


def test_a_dropped_picture_is_no_cut() -> None:
    signals = take()
    times = signals.times_s.copy()
    times[70:] += 0.2
    late = replace(signals, times_s=times)
    assert examine(changed(late, "change", 70, 0.03)).findings == ()


def test_a_title_before_or_after_is_no_cut_of_the_exercise() -> None:
    signals = changed(without_person(take(), 0.0, 2.0), "cuts", 50, True)
    assert examine(signals).findings == ()


def test_a_fade_to_another_view_is_a_cut() -> None:
    front, side = take(seconds=3.0), take(seconds=3.0, yaw_deg=90.0)
    both = joined([front, replace(side, times_s=side.times_s + 3.0)])
    finding = the_only(without_person(both, 2.9, 3.1))
    assert finding.code == "cut"


def test_too_few_pictures_a_second() -> None:
    finding = the_only(take(fps=12.0))
    assert finding.code == "low_fps"
    assert finding.value == pytest.approx(12.0)


def test_only_the_parts_asked_for_are_judged() -> None:
    signals = changed(take(), "person_luma", slice(0, 50), 0.02)
    assert [finding.code for finding in examine(signals).findings] == ["too_dark"]
    assert examine(signals, within=[(3.0, 6.0)]).findings == ()


def test_findings_are_ordered_apart_and_json() -> None:
    signals = without_person(take(seconds=12.0), 6.0, 7.0)
    signals = changed(signals, "person_luma", slice(None), 0.02)
    signals = changed(signals, "people", np.isfinite(signals.people), 3)
    quality = examine(signals)
    assert [finding.code for finding in quality.findings] == [
        "too_dark",
        "nobody",
        "several_people",
    ]
    document = json.loads(json.dumps(quality.to_json(), allow_nan=False))
    assert document["verdict"] == "stop"
    for finding in document["findings"]:
        assert finding["code"] in CODES
        starts_and_ends = [time for span in finding["spans"] for time in span]
        assert starts_and_ends == sorted(starts_and_ends)
        assert finding["worst"][0] < finding["worst"][1]


def test_signals_survive_arrays_and_joining() -> None:
    signals = take()
    parts = [
        replace(signals, **{name: getattr(signals, name)[rows] for name in Signals.row_names()})
        for rows in (slice(0, 40), slice(40, None))
    ]
    again = Signals.from_arrays(joined(parts).arrays())
    for name, values in signals.arrays().items():
        np.testing.assert_array_equal(getattr(again, name), values)
    with pytest.raises(ValueError, match="order"):
        joined(parts[::-1])
