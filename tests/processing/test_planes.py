"""Published planes: BT.709, as exact as eight bits are."""

import numpy as np

from processing.vision.planes import PlaneMaker

# Rec. ITU-R BT.709-6, items 3.2 to 3.4, in limited range.
_LUMA = np.array([0.2126, 0.7152, 0.0722])


def test_colours_are_those_of_the_standard() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (64, 48, 3), np.uint8)
    planes = PlaneMaker(48, 64).planes(picture, (slice(0, 64), slice(0, 48)), (0, 0, 0))
    luma = picture @ _LUMA
    half = luma.reshape(32, 2, 24, 2).mean(axis=(1, 3))
    mean = picture.reshape(32, 2, 24, 2, 3).mean(axis=(1, 3))
    # Half a level of rounding, for chroma twice, and the ten bits that OpenCV computes with.
    assert np.abs(planes.luma - (16 + luma * 219 / 255)).max() < 0.75
    assert np.abs(planes.blue - (128 + (mean[..., 2] - half) / 1.8556 * 224 / 255)).max() < 1
    assert np.abs(planes.red - (128 + (mean[..., 0] - half) / 1.5748 * 224 / 255)).max() < 1


def test_around_the_part_lies_one_colour() -> None:
    picture = np.full((4, 6, 3), 255, np.uint8)
    planes = PlaneMaker(10, 8).planes(picture, (slice(2, 6), slice(4, 10)), (0, 0, 0))
    assert planes.luma[2:6, 4:].min() == 235
    assert planes.luma[:2].max() == planes.luma[:, :4].max() == 16
    assert np.ptp(planes.blue) == np.ptp(planes.red) == 0
