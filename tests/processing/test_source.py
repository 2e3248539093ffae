"""From stored frames to published pictures: the right part, the right way up, at the right time."""

import struct
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from processing.stages import probe
from processing.stages.facts import Facts, read_facts
from processing.stages.plan import Plan, make_plan
from processing.stages.source import pictures
from tests.processing.clips import moving_square, no_progress, options, write_clip
from tests.processing.oddities import write

BOX = (0.25, 0.5, 0.5, 0.9)
"""Left, top, right, bottom of a red patch in shares of the upright picture."""
EVERYWHEN = (0.0, 1e9)


def measured(path: Path) -> Facts:
    target = path.with_name("probe.json")
    probe.run({"source": path}, {"probe": target}, options(), no_progress)
    return read_facts(target)


def published(path: Path) -> tuple[Facts, Plan, list[tuple[int, NDArray[np.uint8]]]]:
    facts = measured(path)
    times_s = np.arange(facts.total_frames) / facts.fps
    plan = make_plan(facts, times_s, BOX, EVERYWHEN, 1280)
    return facts, plan, list(pictures(path, facts, options(), plan.geometry))


def upright_room(width: int, height: int) -> NDArray[np.uint8]:
    room = np.zeros((height, width, 3), np.uint8)
    room[..., 2] = 120
    left, top, right, bottom = BOX
    patch = (
        slice(int(top * height), int(bottom * height)),
        slice(int(left * width), int(right * width)),
    )
    room[patch] = (200, 30, 30)
    # Which way up it is: a green bar along the patch's upper edge.
    room[patch[0].start : patch[0].start + (patch[0].stop - patch[0].start) // 4, patch[1]] = (
        30,
        180,
        30,
    )
    return room


def set_matrix(path: Path, degrees: float) -> None:
    """Write "turn clockwise" into an MP4's track header."""
    data = bytearray(path.read_bytes())
    turn = np.deg2rad(degrees)
    cos, sin = round(np.cos(turn) * 65536), round(np.sin(turn) * 65536)
    at = data.index(b"tkhd") + 44
    data[at : at + 36] = struct.pack(">9i", cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


@pytest.mark.parametrize("aspect", [Fraction(1), Fraction(2), Fraction(1, 2), Fraction(4, 3)])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_planned_part_is_published(tmp_path: Path, degrees: int, aspect: Fraction) -> None:
    """Turned by a display matrix, stored with pixels that aren't square, and cropped at once."""
    upright = upright_room(640, 800)
    stored = np.rot90(upright, k=degrees // 90)  # counter-clockwise: what showing undoes
    size = round(stored.shape[1] / aspect / 2) * 2, stored.shape[0]
    squeezed = np.asarray(cv2.resize(stored, size, interpolation=cv2.INTER_AREA), np.uint8)
    path = write(tmp_path / "a.mp4", [squeezed] * 12, aspect=aspect, sound=None)
    set_matrix(path, degrees)
    facts, plan, shown = published(path)
    assert facts.rotation == degrees
    # The patch is 160 x 320 of the upright picture: as it was, but for a scale and even pixels.
    assert plan.width / plan.height == pytest.approx(0.5, abs=0.04)
    assert facts.width / facts.height == pytest.approx(0.8, abs=0.02)
    picture = shown[0][1].astype(int)
    inside = picture[4:-4, 4:-4]
    upper, lower = inside[: len(inside) // 5], inside[len(inside) * 2 // 5 :]
    assert np.all(upper[..., 1] - upper[..., 0] > 40), "the green bar is on top"
    assert np.all(lower[..., 0] - lower[..., 2] > 80), "nothing of the room is seen"


@pytest.mark.parametrize("degrees", [7, -12, 44, 83])
def test_a_tilted_phone_is_turned_to_the_nearest_right_angle(tmp_path: Path, degrees: int) -> None:
    path = write(tmp_path / "a.mp4", moving_square(12), sound=None)
    set_matrix(path, degrees)
    assert measured(path).rotation == (90 if degrees == 83 else 0)


def shown_ms(path: Path) -> list[int]:
    return [time_ms for time_ms, _ in pictures(path, measured(path), options())]


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_uneven_times_are_kept(tmp_path: Path, suffix: str) -> None:
    times_s = 2.0 + np.cumsum(np.random.default_rng(3).choice([0.02, 0.04, 0.25], 30))
    path = write_clip(tmp_path / f"a.{suffix}", moving_square(30), times_s)
    expected = np.round((times_s - times_s[0]) * 1000)
    np.testing.assert_allclose(shown_ms(path), expected, atol=1)


def test_240_pictures_a_second_are_published_as_60(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", moving_square(240), fps=240)
    facts, times = measured(path), shown_ms(path)
    assert (facts.total_frames, len(times)) == (60, 60)
    assert facts.fps == pytest.approx(60, rel=0.01)
    np.testing.assert_allclose(times, np.arange(60) / 0.06, atol=1)


def test_pictures_before_zero_count_from_the_first(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", moving_square(25), -0.5 + np.arange(25) / 25)
    np.testing.assert_allclose(shown_ms(path), np.arange(25) * 40, atol=1)


def test_reordered_pictures_come_in_order(tmp_path: Path) -> None:
    bframes = {"preset": "medium", "bf": "3"}
    path = write(tmp_path / "a.mp4", moving_square(36), sound=None, options=bframes)
    assert shown_ms(path) == [round(i * 1000 / 12) for i in range(36)]


@pytest.mark.parametrize(("from_s", "length_s", "count"), [(0.5, 1.5, 37), (0.0, 1.0, 25)])
def test_what_an_edit_list_cuts_off_is_not_shown(
    tmp_path: Path, from_s: float, length_s: float, count: int
) -> None:
    """Phones trim a clip without touching its pictures."""
    path = write_clip(tmp_path / "a.mp4", moving_square(50))
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 12
    edit = struct.pack(">Ii", round(length_s * 1000), round(from_s * 90_000))
    data[at : at + 8] = edit
    path.write_bytes(data)
    facts, times = measured(path), shown_ms(path)
    assert (facts.total_frames, len(times)) == (count, count)
    assert (facts.start_s, times[0]) == (0.0, 0)
