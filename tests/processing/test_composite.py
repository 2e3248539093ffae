"""What lies under the transparency: the person's colours, and no room."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from processing.vision.composite import foreground
from tests.processing.figures import HEIGHT, WIDTH, figure, picture_of, standing


def test_no_room_is_left_under_the_transparency() -> None:
    truth = figure(standing())
    picture = picture_of(truth)
    alpha = cv2.GaussianBlur(truth, (5, 5), 0)
    colours = foreground(picture, alpha).astype(int)
    # The wall is blue (blue above red by 45), the person orange (red above blue by 110).
    assert (colours[..., 0] - colours[..., 2]).min() > 50


def test_opaque_pixels_stay_as_they_are() -> None:
    truth = figure(standing())
    picture = picture_of(truth)
    alpha = cv2.GaussianBlur(truth, (5, 5), 0)
    colours = foreground(picture, alpha)
    np.testing.assert_array_equal(colours[alpha >= 252], picture[alpha >= 252])


def test_over_grey_no_halo_is_left() -> None:
    """On grey the edge is a mixture of person and grey only, wherever it was filmed."""
    truth = figure(standing())
    alpha = cv2.GaussianBlur(truth, (5, 5), 0)
    share = alpha[..., None] / 255
    person = np.array((200, 120, 90), float)
    ideal = person * share + 128 * (1 - share)
    for wall in ((0, 0, 255), (255, 255, 255), (0, 0, 0)):
        picture = (person * share + np.array(wall) * (1 - share)).astype(np.uint8)
        shown = foreground(picture, alpha) * share + 128 * (1 - share)
        plain = picture * share + 128 * (1 - share)
        edge = (alpha > 20) & (alpha < 235)
        error = np.abs(shown - ideal)[edge].mean()
        assert error < 0.35 * np.abs(plain - ideal)[edge].mean()
        assert error < 6


def test_an_empty_frame_has_a_flat_ground() -> None:
    picture = picture_of(figure(standing()))
    assert np.ptp(foreground(picture, np.zeros((HEIGHT, WIDTH), np.uint8))) == 0


def test_thin_and_faint_figures_have_colours_too() -> None:
    picture = picture_of(figure(standing()))
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[100, 100] = 60
    assert foreground(picture, alpha).shape == picture.shape
    alpha[100, 100] = 255
    # A sixteenth of a byte's worth is rounded: 16 levels at most, of one colour.
    assert np.ptp(foreground(picture, alpha).reshape(-1, 3), axis=0).max() <= 16


@pytest.mark.parametrize("size", [(3, 3), (7, 130), (201, 99)])
def test_any_size(size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), (200, 120, 90), np.uint8)
    alpha: NDArray[np.uint8] = np.full(size, 255, np.uint8)
    np.testing.assert_array_equal(foreground(picture, alpha), picture)
