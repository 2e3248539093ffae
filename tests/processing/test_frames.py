"""Sizes, turns, colours and times of decoded frames."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from processing.vision.frame_times import CLOSEST_S, frame_clock, thinned
from processing.vision.frames import Geometry, PictureMaker, fit, upright_box


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


@pytest.mark.parametrize(
    ("fps", "kept_fps"), [(24, 24), (60, 60), (75, 75), (100, 50), (120, 60), (240, 60), (960, 74)]
)
def test_slow_motion_is_thinned_evenly(fps: int, kept_fps: int) -> None:
    """By the clock and by the probe's count alike."""
    tick = frame_clock(fps, CLOSEST_S)
    times = [Fraction(n, fps) for n in range(2 * fps)]
    kept = [time_ms for time in times if (time_ms := tick(time)) is not None]
    assert np.ptp(np.diff(kept)) <= 1, "even, but for rounding"
    assert len(kept) / 2 == pytest.approx(kept_fps, abs=0.5)
    assert len(thinned(np.array(times, np.float64))) == len(kept)


PLANAR = ["yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "gray", "gbrp"]
DEEP = ["yuv420p10le", "yuv422p10le", "yuv444p10le", "yuv420p12le", "gray10le"]
OTHERS = ["nv12", "p010le", "yuyv422", "yuv411p", "yuva420p", "rgb24", "rgba", "gray16le"]


def colourful(width: int, height: int, pixel_format: str) -> av.VideoFrame:
    few = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    smooth = np.asarray(cv2.resize(few, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    return av.VideoFrame.from_ndarray(smooth, format="rgb24").reformat(format=pixel_format)


@pytest.mark.parametrize("pixel_format", PLANAR + DEEP + OTHERS)
def test_a_part_looks_as_it_does_in_the_whole(pixel_format: str) -> None:
    frame = colourful(160, 132, pixel_format)
    whole = PictureMaker(Geometry(160, 132)).rgb(frame)[32:96, 40:120]
    part = PictureMaker(Geometry(80, 64, 0, (40, 32, 80, 64))).rgb(frame)
    # Levels of 255: swscale has several ways through, which differ in how they treat chroma.
    mean = 0.6 if pixel_format in PLANAR else 3.5
    assert np.abs(whole.astype(int) - part).mean() <= mean


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "rgb24"])
@pytest.mark.parametrize("size", [(161, 133), (160, 132), (82, 64), (31, 7), (1, 1), (400, 2)])
def test_frames_of_another_size_are_brought_to_the_streams(
    size: tuple[int, int], pixel_format: str
) -> None:
    """A stream may change its size on the way; what is cropped is the same part all the same."""
    maker = PictureMaker(Geometry(80, 64, 0, (40, 32, 80, 64)), (160, 132))
    other = maker.rgb(colourful(*size, pixel_format))
    assert other.shape == (64, 80, 3)
    if min(size) >= 64:
        usual = maker.rgb(colourful(160, 132, pixel_format))
        assert np.abs(other.astype(int) - usual).mean() < 6


@pytest.mark.parametrize("matrix", [0, 3, 8, 10, 14])
def test_tags_that_cannot_be_are_passed_over(matrix: int) -> None:
    frame = yuv_frame(640, 480, 160, 110, 150, colorspace=matrix)
    picture = PictureMaker(Geometry(640, 480)).rgb(frame)
    np.testing.assert_allclose(picture[8, 8], expected_rgb(160, 110, 150, *BT601), atol=2)


@pytest.mark.parametrize("full", [False, True])
def test_ten_bits_are_read_by_their_range(full: bool) -> None:
    """Ordinary 10-bit material is not tone mapped."""
    frame = av.VideoFrame(64, 64, "yuv420p10le")
    for plane, value in zip(frame.planes, (600, 512, 512), strict=True):
        np.frombuffer(plane, np.uint16)[:] = value
    frame.colorspace, frame.color_range, frame.color_trc = 1, 2 if full else 1, 1
    grey = 255 * (600 / 1023 if full else (600 - 64) / 876)
    for crop in (None, (8, 8, 64 - 8, 64 - 8)):
        picture = PictureMaker(Geometry(56, 56, 0, crop)).rgb(frame)
        np.testing.assert_allclose(picture, grey, atol=1.5)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(
    "box",
    [
        (0.2, 0.3, 0.7, 0.9),
        (0.5, 0.5, 0.501, 0.9),
        (0.999, 0.999, 1, 1),
        (0, 0, 0, 0),
        (0, 0, 1, 1),
    ],
)
@pytest.mark.parametrize("stored", [(320, 240), (321, 241), (64, 2000), (65, 64)])
def test_a_part_is_even_within_the_frame_and_never_tiny(
    stored: tuple[int, int], box: tuple[float, float, float, float], rotation: int
) -> None:
    (left, top, width, height), exact = upright_box(box, stored, rotation)
    assert left % 2 == top % 2 == width % 2 == height % 2 == 0
    assert left >= 0 and left + width <= stored[0] and top >= 0 and top + height <= stored[1]
    assert min(width, height) >= 64
    odd_edge = 1 / min(stored)  # the last pixel of an odd side is given up
    assert exact[0] <= box[0] + odd_edge and exact[1] <= box[1] + odd_edge
    assert exact[2] >= box[2] - odd_edge and exact[3] >= box[3] - odd_edge
