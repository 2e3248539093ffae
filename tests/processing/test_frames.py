"""Sizes, turns, colours and times of decoded frames."""

from fractions import Fraction

import av
import numpy as np
import pytest

from processing.vision.frames import Geometry, PictureMaker, fit, frame_clock


@pytest.mark.parametrize(
    ("stored", "rotation", "aspect", "expected"),
    [
        ((602, 722), 0, 1, (602, 722)),
        ((603, 721), 0, 1, (602, 720)),
        ((1920, 1080), 0, 1, (1280, 720)),
        ((1920, 1080), 90, 1, (720, 1280)),
        ((1920, 1080), 180, 1, (1280, 720)),
        ((3840, 2160), 270, 1, (720, 1280)),
        ((64, 64), 0, 1, (64, 64)),
        ((720, 576), 0, Fraction(16, 15), (720, 540)),
        ((720, 480), 0, Fraction(8, 9), (640, 480)),
        ((1440, 1080), 90, Fraction(4, 3), (720, 1280)),
    ],
)
def test_published_size(
    stored: tuple[int, int], rotation: int, aspect: float, expected: tuple[int, int]
) -> None:
    geometry = fit(*stored, rotation=rotation, pixel_aspect=Fraction(aspect), max_side=1280)
    assert (geometry.width, geometry.height) == expected
    assert geometry.rotation == rotation


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turning(rotation: int) -> None:
    """A frame whose upright picture has one red corner gets it to the top left."""
    upright = np.zeros((48, 64, 3), np.uint8)
    upright[:16, :16, 0] = 255
    stored = np.rot90(upright, k=rotation // 90)  # counter-clockwise: what turning undoes
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(stored), format="rgb24")
    picture = PictureMaker(Geometry(64, 48, rotation)).rgb(frame)
    assert picture.flags.c_contiguous
    np.testing.assert_array_equal(picture, upright)


def yuv_frame(width: int, height: int, y: int, u: int, v: int, **tags: int) -> av.VideoFrame:
    planes = [
        np.full((height, width), y, np.uint8).ravel(),
        np.full((height // 2, width // 2), u, np.uint8).ravel(),
        np.full((height // 2, width // 2), v, np.uint8).ravel(),
    ]
    buffer = np.concatenate(planes).reshape(-1, width)
    frame = av.VideoFrame.from_ndarray(buffer, format="yuv420p")
    for name, value in tags.items():
        setattr(frame, name, value)
    return frame


def expected_rgb(y: int, u: int, v: int, kr: float, kb: float) -> list[float]:
    """Limited-range YCbCr to RGB by ITU's definition."""
    luma, cb, cr = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
    red, blue = luma + 2 * (1 - kr) * cr, luma + 2 * (1 - kb) * cb
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)
    return [255 * min(1.0, max(0.0, c)) for c in (red, green, blue)]


BT601, BT709 = (0.299, 0.114), (0.2126, 0.0722)


@pytest.mark.parametrize(
    ("height", "tags", "matrix"),
    [
        (480, {"colorspace": 1}, BT709),
        (480, {"colorspace": 5}, BT601),
        (480, {}, BT601),
        (720, {}, BT709),
    ],
    ids=["tagged 709", "tagged 601", "untagged SD", "untagged HD"],
)
def test_skin_keeps_its_colour(
    height: int, tags: dict[str, int], matrix: tuple[float, float]
) -> None:
    frame = yuv_frame(640, height, 160, 110, 150, **tags)
    picture = PictureMaker(Geometry(640, height)).rgb(frame)
    # 2 of 255: swscale calculates in fixed point.
    np.testing.assert_allclose(picture[8, 8], expected_rgb(160, 110, 150, *matrix), atol=2)


def test_times_are_milliseconds_since_the_first_frame() -> None:
    tick = frame_clock(25)
    times = [Fraction(n, 90_000) for n in (333_000, 336_003, 345_009)]
    assert [tick(time) for time in times] == [0, 33, 133]


def test_frames_that_do_not_advance_are_dropped() -> None:
    tick = frame_clock(25)
    assert [tick(Fraction(t, 1000)) for t in (40, 80, 80, 60, 81)] == [0, 40, None, None, 41]


def test_frames_without_a_time_follow_at_the_nominal_rate() -> None:
    tick = frame_clock(25)
    assert [tick(None) for _ in range(3)] == [0, 40, 80]
