"""Packed poses: small, and what went in comes out within half a step."""

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest

from processing.motion.packing import (
    IMAGE_SCALE_PX,
    VISIBILITY_SCALE,
    WORLD_SCALE_M,
    pack,
    unpack,
)
from processing.motion.smoothing import smooth
from processing.motion.track import PoseTrack
from tests.processing.golden_poses import (
    EXPECTED,
    PACKED,
    PACKED_V1,
    golden_track,
    random_walk,
)


def assert_equal_within_half_a_step(
    actual: PoseTrack,
    expected: PoseTrack,
    world_step: float = WORLD_SCALE_M,
    image_step: float = IMAGE_SCALE_PX,
) -> None:
    # 1e-6 relative: the float32 that both ends are stored in.
    np.testing.assert_allclose(actual.times_s, expected.times_s, atol=0.0005 + 1e-9)
    np.testing.assert_allclose(actual.world, expected.world, atol=world_step / 2, rtol=1e-6)
    np.testing.assert_allclose(actual.image, expected.image, atol=image_step / 2, rtol=1e-6)
    np.testing.assert_allclose(
        actual.visibility, expected.visibility, atol=VISIBILITY_SCALE / 2, rtol=1e-6
    )
    assert (actual.fps, actual.width, actual.height) == (
        expected.fps,
        expected.width,
        expected.height,
    )


@pytest.mark.parametrize("count", [0, 1, 2, 500])
def test_round_trip(count: int) -> None:
    track = random_walk(count)
    assert_equal_within_half_a_step(unpack(pack(track)), track)


def test_packing_again_changes_nothing() -> None:
    once = unpack(pack(random_walk(50)))
    twice = unpack(pack(once))
    for name in ("times_s", "world", "image", "visibility", "filled"):
        np.testing.assert_array_equal(getattr(twice, name), getattr(once, name))


def test_full_swings_wrap_around() -> None:
    """Differences larger than int16 are taken modulo 2^16 and come back exact."""
    track = random_walk(4)
    track.world[0::2, 0, 0], track.world[1::2, 0, 0] = -3.99, 3.99
    assert_equal_within_half_a_step(unpack(pack(track)), track)


def test_far_points_coarsen_the_step_instead_of_being_cut() -> None:
    track = random_walk(3)
    track.world[1, 0, 0] = 40.0
    track.image[1, 0, 0] = -30_000.0
    assert_equal_within_half_a_step(
        unpack(pack(track)), track, world_step=40.0 / 32767, image_step=30_000 / 32767
    )


def test_size_of_a_take() -> None:
    """2,897 poses that jitter more than any filmed clip's did take under 700 kB, unsmoothed too.

    Filmed clips, smoothed: 146 to 189 bytes a pose, the most for jumping jacks.
    """
    track, rng = random_walk(2897), np.random.default_rng(0)
    shaky = replace(
        track,
        world=(track.world + rng.normal(0, 0.005, track.world.shape)).astype(np.float32),
        image=(track.image + rng.normal(0, 1.5, track.image.shape)).astype(np.float32),
    )
    assert len(pack(shaky)) < 650_000
    assert len(pack(smooth(shaky))) < 550_000


def test_golden_file() -> None:
    assert_equal_within_half_a_step(
        unpack(PACKED.read_bytes()), golden_track(), image_step=2500 / 32767
    )


def test_the_golden_file_tells_which_poses_nobody_saw() -> None:
    np.testing.assert_array_equal(unpack(PACKED.read_bytes()).filled, golden_track().filled)


def test_files_of_version_1_are_still_read() -> None:
    before, now = unpack(PACKED_V1.read_bytes()), unpack(PACKED.read_bytes())
    assert not before.filled.any()
    for name in ("times_s", "world", "image", "visibility"):
        np.testing.assert_array_equal(getattr(before, name), getattr(now, name))


def with_header(**changes: object) -> bytes:
    """The golden file with other words in its header."""
    plain = gzip.decompress(PACKED.read_bytes())
    end = 8 + int.from_bytes(plain[4:8], "little")
    header = json.dumps(json.loads(plain[8:end]) | changes).encode()
    return gzip.compress(plain[:4] + len(header).to_bytes(4, "little") + header + plain[end:])


@pytest.mark.parametrize("version", [0, 3])
def test_other_versions_are_refused(version: int) -> None:
    with pytest.raises(ValueError, match=f"version {version} can't be read"):
        unpack(with_header(version=version))


@pytest.mark.parametrize("number", [-1, 6, 1.5, "1"])
def test_marks_must_be_of_poses_there_are(number: object) -> None:
    with pytest.raises(ValueError, match="not among their 6"):
        unpack(with_header(filled=[0, number]))


def test_golden_values_are_those_of_the_golden_track() -> None:
    document = json.loads(EXPECTED.read_text())
    for name in ("times_s", "world", "image", "visibility"):
        values = np.array(document[name], dtype=np.float64)  # null becomes NaN
        np.testing.assert_allclose(values, getattr(golden_track(), name).ravel(), atol=1e-6)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not gzip",
        gzip.compress(b"PC"),
        gzip.compress(b"ELSE" + bytes(40)),
        PACKED.read_bytes()[:-30],
    ],
    ids=["empty", "text", "short", "other", "cut"],
)
def test_what_is_not_packed_poses_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="packed poses"):
        unpack(data)


def test_missing_rows_are_refused() -> None:
    plain = gzip.decompress(PACKED.read_bytes())
    with pytest.raises(ValueError, match="packed poses hold"):
        unpack(gzip.compress(plain[:-2]))


def test_infinite_coordinates_are_refused() -> None:
    track = random_walk(2)
    track.world[0, 0, 0] = np.inf
    with pytest.raises(ValueError, match="finite"):
        pack(track)


def test_shapes_are_checked() -> None:
    track = random_walk(2)
    with pytest.raises(ValueError, match="filled has shape"):
        replace(track, filled=np.ones(3, bool))
    with pytest.raises(ValueError, match="world has shape"):
        PoseTrack(track.times_s, track.world[:1], track.image, track.visibility, 30.0, 602, 722)
