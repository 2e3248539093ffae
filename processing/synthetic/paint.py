"""What colour each point of the template is: skin, face, clothes, shoes, hair (linear light)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from processing.synthetic import anatomy, clothing
from processing.synthetic.body import ANKLE, ARM, HIP, LEG, SHOULDER, WRIST_T
from processing.synthetic.clothing import Appearance, Colour
from processing.synthetic.sdf import Floats, Sdf, round_cone
from processing.synthetic.weights import step

# Where its distance is negative, a pattern has its colour (linear light); its edge is sharp.
Pattern = tuple[Sdf, Floats]

LIPS: Final[Colour] = (176, 92, 88)


def linear_light(colour: Colour | Floats) -> Floats:
    """8-bit sRGB to linear light 0..1 (the 2.2 power is close enough for a drawing)."""
    return np.asarray((np.asarray(colour, float) / 255.0) ** 2.2)


def mix(base: Floats, other: Floats, share: Floats) -> Floats:
    """Each point's colour (N, 3), moved towards another by a share (N,)."""
    return np.asarray(base + (other - base) * share[:, None])


def skin_colour(p: Floats, skin: Floats) -> Floats:
    """Skin of limbs and trunk."""
    colour = np.tile(skin, (len(p), 1))
    q = anatomy.left(p)
    t = (q - SHOULDER) @ ARM
    # Elbows, knuckles and fingertips have more blood under thinner skin.
    rosy = (
        np.exp(-(((t - 0.285) / 0.03) ** 2)) * 0.25 + step(t, WRIST_T + 0.05, WRIST_T + 0.18) * 0.4
    )
    rosy = np.where(q[:, 0] > 0.25, rosy, 0.0)
    return mix(colour, skin * [1.02, 0.78, 0.74], rosy)


def face_colour(p: Floats, look: Appearance) -> Floats:
    """Skin of head and neck, with cheeks, lips, brows and nostrils."""
    skin = linear_light(look.skin)
    q = anatomy.left(p)
    colour = np.tile(skin, (len(p), 1))
    cheek = np.exp(-np.sum(((q - [0.042, 1.552, 0.075]) / [0.020, 0.017, 0.03]) ** 2, axis=1))
    colour = mix(colour, skin * [1.0, 0.70, 0.66], 0.55 * cheek)
    nose = np.exp(-np.sum(((q - [0.0, 1.554, 0.112]) / [0.013, 0.012, 0.02]) ** 2, axis=1))
    colour = mix(colour, skin * [1.0, 0.74, 0.70], 0.45 * nose)
    socket = np.exp(
        -np.sum(((q - anatomy.EYE - [0, 0.004, 0.0]) / [0.020, 0.012, 0.03]) ** 2, axis=1)
    )
    colour = mix(colour, skin * [0.72, 0.55, 0.52], 0.45 * socket)
    lips = np.minimum(
        round_cone(q, [0.0, 1.5245, 0.094], [0.026, 1.5275, 0.078], 0.0046, 0.0018),
        round_cone(q, [0.0, 1.5160, 0.093], [0.023, 1.5250, 0.078], 0.0054, 0.0018),
    )
    lips_share = step(-lips, -0.0022, 0.0012)
    colour = mix(colour, linear_light(LIPS) * 0.6 + skin * 0.4 * [1.0, 0.5, 0.5], 0.9 * lips_share)
    seam = round_cone(q, [0.0, 1.5203, 0.096], [0.030, 1.5285, 0.076], 0.0016, 0.0010)
    colour = mix(colour, skin * [0.35, 0.12, 0.11], 0.85 * step(-seam, -0.003, 0.0005))
    brow = np.minimum(
        round_cone(q, [0.0145, 1.6085, 0.092], [0.034, 1.6150, 0.084], 0.0036, 0.0034),
        round_cone(q, [0.034, 1.6150, 0.084], [0.051, 1.6090, 0.066], 0.0034, 0.0016),
    )
    brow_share = 0.9 * step(-brow, -0.0028, 0.0005)
    colour = mix(colour, linear_light(look.hair) * 0.8, brow_share)
    nostril = np.linalg.norm(q - [0.0075, 1.5455, 0.101], axis=1)
    return mix(colour, skin * [0.25, 0.12, 0.10], step(-nostril, -0.0060, -0.0025))


def patterned(p: Floats, base: Floats, patterns: Sequence[Pattern]) -> Floats:
    """Colour of points: the base, painted over by each pattern where its distance is negative."""
    colour = np.tile(base, (len(p), 1))
    for distance, tone in patterns:
        colour = np.where((distance(p) < 0)[:, None], tone, colour)
    return colour


def top_patterns(look: Appearance) -> list[Pattern]:
    """Side panels, cuffs, and a chevron: something for the eye, and a tracker, to hold on to."""
    cloth, trim = linear_light(look.top), linear_light(look.trim)

    def panel(p: Floats) -> Floats:
        q = anatomy.left(p)
        across = np.abs(q[:, 2] + 0.004) + 0.25 * np.abs(q[:, 0] - 0.13)
        return np.asarray(np.maximum(across - 0.027, q[:, 1] - 1.26))

    def cuff(p: Floats) -> Floats:
        q = anatomy.left(p)
        t = (q - SHOULDER) @ ARM
        radial = np.linalg.norm((q - SHOULDER) - t[:, None] * ARM, axis=1)
        low = clothing.SLEEVE_T["tshirt"] - 0.022 - t
        return np.asarray(np.max([low, radial - 0.09, 1.2 - q[:, 1]], axis=0))

    def chevron(p: Floats) -> Floats:
        arm = np.abs(p[:, 1] - 1.300 - 0.55 * np.hypot(p[:, 0], 0.010)) - 0.011
        return np.asarray(np.max([arm, np.abs(p[:, 0]) - 0.060, -p[:, 2]], axis=0))

    marks: list[Pattern] = [(panel, cloth * 0.45), (chevron, trim)]
    if look.top_style == "tshirt":
        marks.append((cuff, trim))
    return marks


def bottom_patterns(look: Appearance) -> list[Pattern]:
    """A stripe down the outside of the legs."""

    def stripe(p: Floats) -> Floats:
        q = anatomy.left(p)
        outer = np.abs(q[:, 2] - 0.002) + 3.0 * np.maximum(0.02 - (q[:, 0] - HIP[0]), 0.0)
        return np.asarray(np.maximum(outer - 0.009, 0.02 - (q - HIP) @ LEG))

    return [(stripe, linear_light(look.top))]


def shoe_patterns(look: Appearance) -> list[Pattern]:
    """Sole, laces and a stroke on the sides."""
    upper, sole = linear_light(look.shoes), linear_light(look.soles)

    def local(p: Floats) -> Floats:
        return np.asarray(anatomy.left(p) - [ANKLE[0], 0.0, 0.0])

    def bottom(p: Floats) -> Floats:
        return np.asarray(p[:, 1] - 0.024)

    def laces(p: Floats) -> Floats:
        q = local(p)
        rows = np.abs(np.mod(q[:, 2] - 0.030, 0.018) - 0.009) - 0.0035
        ends = np.abs(q[:, 2] - 0.066) - 0.036
        return np.asarray(np.max([rows, ends, np.abs(q[:, 0]) - 0.018, 0.05 - q[:, 1]], axis=0))

    def stroke(p: Floats) -> Floats:
        q = local(p)
        line = np.abs(q[:, 1] - 0.045 - 0.25 * (q[:, 2] - 0.03)) - 0.006
        ends = np.abs(q[:, 2] - 0.02) - 0.05
        return np.asarray(np.max([line, ends, 0.03 - np.abs(q[:, 0])], axis=0))

    return [(laces, upper * 0.35), (stroke, sole), (bottom, sole)]


def hair_patterns(look: Appearance) -> list[Pattern]:
    """The tie of a ponytail."""

    def tie(p: Floats) -> Floats:
        ring = np.abs(p[:, 2] + 0.105 - 0.2 * (p[:, 1] - 1.645)) - 0.007
        return np.asarray(
            np.max([ring, np.abs(p[:, 0]) - 0.03, np.abs(p[:, 1] - 1.646) - 0.034], axis=0)
        )

    return [(tie, linear_light(look.top))] if look.hair_style == "ponytail" else []


def hair_colour(p: Floats, look: Appearance) -> Floats:
    """Strands, lighter and darker."""
    angle = np.arctan2(p[:, 0], p[:, 2] + 0.02)
    strands = 0.5 + 0.5 * np.sin(angle * 46 + 3 * np.sin(p[:, 1] * 60) + p[:, 1] * 25)
    colour = linear_light(look.hair) * (0.72 + 0.5 * strands)[:, None]
    for distance, tone in hair_patterns(look):
        colour = np.where((distance(p) < 0)[:, None], tone, colour)
    return np.asarray(colour)
