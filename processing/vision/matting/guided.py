"""The guided filter's local lines between colour and alpha (He et al. 2013), where they matter.

Around every pixel alpha is taken to be a linear function of the colour: alpha = a · I + b (eq. 4).
The lines are fitted on a small picture and laid on the large one (He and Sun 2015, "Fast guided
filter"), so the edges are the large picture's own. Only pixels near an outline are fitted: windows
of solid person or room hold lines without slope.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Places = NDArray[np.intp]
"""Flat indices of pixels."""


class Lines:
    """The guide's own part of the filter, computed once for several fits.

    Parameters
    ----------
    guide : (h, w, 3) float32, 0..1
    near : (n,) intp
        Flat indices of the pixels to fit.
    radius : int
        Of the square window, pixels.
    eps : float
        Regularisation (eq. 5): the variance of colour that counts as flat.
    """

    def __init__(self, guide: Float32, near: Places, radius: int, eps: float) -> None:
        self._guide, self._near = guide, near
        self._window = (2 * radius + 1, 2 * radius + 1)
        red, green, blue = cv2.split(guide)
        crossed = [cv2.multiply(red, green), cv2.multiply(red, blue), cv2.multiply(green, blue)]
        self._means = r, g, b = self._averaged(guide)
        rr, gg, bb = self._averaged(cv2.multiply(guide, guide))
        rg, rb, gb = self._averaged(cv2.merge(crossed))
        rr, gg, bb = rr - r * r + eps, gg - g * g + eps, bb - b * b + eps
        rg, rb, gb = rg - r * g, rb - r * b, gb - g * b
        # The inverse of the symmetric covariance by its cofactors.
        c_rr, c_rg, c_rb = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
        c_gg, c_gb, c_bb = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
        scale = 1 / (rr * c_rr + rg * c_rg + rb * c_rb)
        rows = [[c_rr, c_rg, c_rb], [c_rg, c_gg, c_gb], [c_rb, c_gb, c_bb]]
        self._inverse = [[value * scale for value in row] for row in rows]

    def fit(self, alpha: Float32) -> Float32:
        """Fit alpha by the colours around each pixel.

        Parameters
        ----------
        alpha : (h, w) float32, 0..1

        Returns
        -------
        (h, w, 4) float32
            a (three) and b of each pixel (eqs. 5, 6), averaged over its window (eq. 8). Far from
            `near` a is 0 and b is alpha.
        """
        (mean,) = self._averaged(alpha)
        products = self._averaged(cv2.multiply(self._guide, cv2.merge([alpha] * 3)))
        fitted = np.zeros((*alpha.shape, 4), np.float32)
        fitted[..., 3] = alpha
        chosen = np.empty((len(self._near), 4), np.float32)
        together = [p - m * mean for p, m in zip(products, self._means, strict=True)]
        rest = mean
        for i, row in enumerate(self._inverse):
            slope = row[0] * together[0] + row[1] * together[1] + row[2] * together[2]
            rest = rest - slope * self._means[i]
            chosen[:, i] = slope
        chosen[:, 3] = rest
        fitted.reshape(-1, 4)[self._near] = chosen
        return np.asarray(cv2.blur(fitted, self._window), np.float32)

    def _averaged(self, channels: Float32) -> NDArray[np.float32]:
        """Return (channels, n): averages over the windows around the pixels to fit."""
        count = channels.shape[2] if channels.ndim == 3 else 1
        blurred = cv2.blur(channels, self._window).reshape(-1, count)
        return np.ascontiguousarray(blurred.take(self._near, axis=0).T)


def laid(coefficients: Float32, colours: NDArray[np.uint8] | Float32) -> Float32:
    """Return alpha (n,): lines (n, 4) at colours (n, 3), in the units they were fitted in."""
    slopes = np.einsum("ni,ni->n", coefficients[:, :3], colours)
    return np.asarray(slopes + coefficients[:, 3], np.float32)
