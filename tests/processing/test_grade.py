"""V11: the table gives what its definition gives."""

import numpy as np
import pytest
from numpy.typing import NDArray

from processing.vision.grade import Table, grade, lift, table


def literal_v11(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """V11 as it is defined, in doubles, step by step; returns 0..1."""
    colour = rgb / 255 + 0.08
    colour = np.clip((colour - 0.5) * 1.12 + 0.5, 0, 1)

    # sRGB (IEC 61966-2-1) to CIE XYZ, D65, to CIE Lab.
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [
            [0.412453, 0.357580, 0.180423],
            [0.212671, 0.715160, 0.072169],
            [0.019334, 0.119193, 0.950227],
        ]
    )
    white = np.array([0.950456, 1.0, 1.088754])
    xyz = linear @ to_xyz.T / white
    delta = 6 / 29
    f = np.where(xyz > delta**3, np.cbrt(xyz), xyz / (3 * delta**2) + 4 / 29)
    lightness = 116 * f[..., 1] - 16
    a, b = 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])

    x = lightness / 100
    lifted = 255 * x + 52 * (27 / 4) * x * (1 - x) ** 2
    lightness = lifted * 100 / 255

    fy = (lightness + 16) / 116
    f = np.stack([fy + a / 500, fy, fy - b / 200], axis=-1)
    xyz = np.where(f > delta, f**3, 3 * delta**2 * (f - 4 / 29)) * white
    linear = xyz @ np.linalg.inv(to_xyz).T
    linear = np.clip(linear, 0, 1)
    colour = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(colour * (1.03, 1.0, 0.97), 0, 1), np.float64)


@pytest.fixture(scope="module")
def lookup() -> Table:
    return table()


def test_table_equals_the_definition_within_one_level(lookup: Table) -> None:
    rng = np.random.default_rng(5)
    some = rng.integers(0, 256, (300, 1000, 3), dtype=np.uint8)
    edges = np.array(np.meshgrid(*[[0, 1, 2, 127, 128, 253, 254, 255]] * 3), np.uint8)
    for colours in (some, edges.reshape(3, -1, 1).transpose(1, 2, 0)):
        graded = grade(np.ascontiguousarray(colours), lookup)
        difference = np.abs(graded - 255 * literal_v11(colours))
        assert difference.max() <= 1.0


def test_greys_come_out_as_by_hand(lookup: Table) -> None:
    """Mid-grey: (128/255 + 0.08 − 0.5) · 1.12 + 0.5 = 0.5918, L = 62.6, lifted by 14.3 × 0.392."""
    picture = np.full((1, 1, 3), 128, np.uint8)
    np.testing.assert_allclose(
        grade(picture, lookup)[0, 0] / 255, literal_v11(picture)[0, 0], atol=1 / 255
    )
    white = grade(np.full((1, 1, 3), 255, np.uint8), lookup)[0, 0]
    np.testing.assert_array_equal(white, [255, 255, round(0.97 * 255)])


def test_lift_leaves_black_and_white_and_adds_52_at_most() -> None:
    lightness = np.linspace(0, 255, 2551, dtype=np.float32)
    lifted = lift(lightness)
    assert lifted[0] == 0
    assert lifted[-1] == 255
    gain = lifted - lightness
    assert gain.max() == pytest.approx(52, abs=1e-3)
    assert lightness[gain.argmax()] == pytest.approx(85, abs=0.2)  # a third of the way up
    assert (np.diff(lifted) > 0).all()


def test_a_colour_is_graded_alike_wherever_it_is(lookup: Table) -> None:
    """No picture-wide statistics: what does not change does not flicker."""
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 256, (61, 47, 3), dtype=np.uint8)
    whole = grade(picture, lookup)
    np.testing.assert_array_equal(grade(picture[20:40, 5:30].copy(), lookup), whole[20:40, 5:30])
