"""Clothes, shoes and hair of the template as signed distances in the rest pose, with their colours.

Garments are the skin's own shapes, grown and cut off by planes, so that they bend with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from processing.synthetic import anatomy
from processing.synthetic.body import ANKLE, ARM, HIP, LEG, SHOULDER
from processing.synthetic.sdf import Floats, blend, blend2, carve, cut, ellipsoid, loft, round_cone

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Appearance:
    """What the athlete looks like; colours are 8-bit sRGB."""

    skin: Colour = (224, 172, 140)
    hair: Colour = (74, 46, 30)
    eyes: Colour = (70, 96, 74)
    top: Colour = (16, 152, 140)
    trim: Colour = (236, 240, 238)
    bottom: Colour = (36, 40, 52)
    shoes: Colour = (232, 232, 236)
    soles: Colour = (250, 128, 96)
    top_style: Literal["tshirt", "tank"] = "tshirt"
    bottom_style: Literal["leggings", "shorts"] = "leggings"
    hair_style: Literal["ponytail", "short"] = "ponytail"


LOOKS: Final[dict[str, Appearance]] = {
    "anna": Appearance(),
    "boris": Appearance(
        skin=(214, 160, 126),
        hair=(40, 30, 24),
        eyes=(72, 60, 44),
        top=(206, 84, 62),
        bottom=(44, 52, 74),
        shoes=(54, 58, 66),
        soles=(228, 228, 222),
        bottom_style="shorts",
        hair_style="short",
    ),
    "clara": Appearance(
        skin=(128, 82, 58),
        hair=(26, 20, 20),
        eyes=(52, 36, 26),
        top=(236, 190, 66),
        trim=(60, 56, 70),
        bottom=(86, 60, 110),
        top_style="tank",
    ),
}

SLEEVE_T: Final = {"tshirt": 0.155, "tank": 0.012}
LEG_END_T: Final = {"leggings": 0.760, "shorts": 0.270}
SHIRT_HEM_Y: Final = 0.905
WAISTBAND_Y: Final = 1.035
# Edges of cloth are rounded over this much, or the mesh would be ragged there.
_HEM_M: Final = 0.014
# z from heel to toe: z, half width, height of the upper.
SHOE: Final = np.array(
    [
        [-0.074, 0.024, 0.060],
        [-0.060, 0.034, 0.092],
        [-0.020, 0.038, 0.100],
        [0.030, 0.039, 0.092],
        [0.075, 0.044, 0.074],
        [0.120, 0.048, 0.058],
        [0.165, 0.045, 0.048],
        [0.192, 0.034, 0.040],
        [0.204, 0.020, 0.032],
    ]
)


def top(p: Floats, look: Appearance, bust: float) -> Floats:
    """T-shirt or tank top; ``p`` on both sides."""
    q = anatomy.left(p)
    t = (q - SHOULDER) @ ARM
    # Cloth hangs from the chest and does not follow the waist all the way in.
    hang = 0.009 + 0.010 * np.clip((1.24 - q[:, 1]) / 0.2, 0, 1)
    hips = cut(anatomy.leg(q) - 0.012, 0.80 - q[:, 1], 0.02)
    trunk = blend2(anatomy.torso(q, bust) - hang, hips, 0.04)
    if look.top_style == "tshirt":
        tube = anatomy.arm(q) - 0.007 - 0.07 * np.clip(t, 0, 0.2)
        trunk = blend2(trunk, cut(tube, t - SLEEVE_T["tshirt"], _HEM_M), 0.055)
        neck = ellipsoid(q, [0.0, 1.492, 0.022], [0.082, 0.088, 0.100])
    else:
        shoulder = cut(anatomy.arm(q) - 0.008, t - SLEEVE_T["tank"], _HEM_M)
        trunk = blend2(trunk, shoulder, 0.05)
        hole = ellipsoid(q, SHOULDER + [0.040, -0.010, 0.0], [0.058, 0.085, 0.120])
        trunk = carve(trunk, hole, _HEM_M)
        neck = ellipsoid(q, [0.0, 1.490, 0.050], [0.088, 0.120, 0.120])
    return cut(carve(trunk, neck, _HEM_M), SHIRT_HEM_Y - q[:, 1], _HEM_M)


def bottom(p: Floats, look: Appearance) -> Floats:
    """Leggings or shorts; ``p`` on both sides."""
    q = anatomy.left(p)
    t = (q - HIP) @ LEG
    grow = 0.005 if look.bottom_style == "leggings" else 0.010 + 0.05 * np.clip(t, 0, 0.4)
    legs = cut(anatomy.leg(q) - grow, t - LEG_END_T[look.bottom_style], 0.008)
    shape = blend2(anatomy.torso(q) - 0.006, legs, 0.035)
    return cut(shape, q[:, 1] - WAISTBAND_Y, 0.008)


def shoe(p: Floats) -> Floats:
    """Trainers; ``p`` on both sides."""
    q = anatomy.left(p) - [ANKLE[0] + 0.001, 0.0, 0.0]
    rows = np.column_stack([SHOE[:, 0], SHOE[:, 1], SHOE[:, 2] * 0.5, SHOE[:, 2] * 0.5])
    upper = loft(q[:, 2], q[:, 0], q[:, 1], rows, exponent=2.6)
    collar = round_cone(q, [0, 0.060, -0.012], [0, 0.105, -0.018], 0.043, 0.041)
    opening = round_cone(q, [0, 0.100, -0.018], [0, 0.180, -0.022], 0.034, 0.040)
    shape = carve(blend2(upper, collar, 0.030), opening, 0.006)
    sole_rows = np.column_stack(
        [SHOE[:, 0], SHOE[:, 1] + 0.004, np.full(len(SHOE), 0.013), np.full(len(SHOE), 0.011)]
    )
    sole = loft(q[:, 2], q[:, 0], q[:, 1], sole_rows, exponent=4.0)
    return np.asarray(np.maximum(np.minimum(shape, sole), -q[:, 1]))


def hair(p: Floats, look: Appearance) -> Floats:
    """Scalp hair down to the hairline, and a ponytail where asked; ``p`` on both sides."""
    q = anatomy.left(p)
    short = look.hair_style == "short"
    thick = 0.012 if short else 0.010
    cap = ellipsoid(q, [0, 1.612, -0.010], np.array([0.074, 0.088, 0.096]) + thick)
    cap = blend2(cap, ellipsoid(q, [0, 1.560, -0.050], [0.064, 0.055, 0.056]), 0.03)
    face = ellipsoid(q, [0.0, 1.562, 0.105], [0.064, 0.098, 0.098])
    cheek = ellipsoid(q, [0.070, 1.545, 0.055], [0.060, 0.062, 0.058])
    ear = ellipsoid(q, [0.088, 1.565, -0.006], [0.024, 0.034, 0.024])
    nape = round_cone(q, [0.0, 1.46, -0.02], [0.0, 1.475, -0.075], 0.055, 0.055)
    shape = carve(carve(cap, blend([face, cheek], 0.02), 0.008), ear, 0.006)
    if short:
        quiff = round_cone(q, [0.0, 1.682, 0.058], [0.030, 1.688, 0.030], 0.026, 0.026)
        # Clipped round the ears and at the nape.
        clipped = 1.562 + 0.10 * np.clip(-q[:, 2], 0, 0.2) - 0.55 * np.clip(-q[:, 2] - 0.03, 0, 1)
        return cut(blend2(shape, quiff, 0.03), clipped - q[:, 1], 0.012)
    tail = blend(
        [
            round_cone(q, [0, 1.640, -0.088], [0, 1.652, -0.128], 0.020, 0.027),
            round_cone(q, [0, 1.652, -0.128], [0, 1.590, -0.158], 0.027, 0.031),
            round_cone(q, [0, 1.590, -0.158], [0, 1.490, -0.150], 0.031, 0.025),
            round_cone(q, [0, 1.490, -0.150], [0, 1.390, -0.128], 0.025, 0.007),
        ],
        0.012,
    )
    return np.minimum(carve(shape, nape, 0.012), tail)
