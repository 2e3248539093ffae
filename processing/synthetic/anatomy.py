"""The template's skin: torso, limbs, hands and head as signed distances in the rest pose.

Numbers are metres on a body 1.70 m tall, drawn by eye against anatomical proportion charts.
Everything is mirrored in x, so only the athlete's left side is described.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from processing.synthetic.body import (
    ARM,
    HIP,
    LEG,
    PALM,
    SHOULDER,
    WRIST_T,
    along_arm,
)
from processing.synthetic.sdf import Floats, blend, blend2, carve, ellipsoid, loft, round_cone

# y, half width, half depth, z of the section's middle.
TORSO: Final = np.array(
    [
        [0.840, 0.120, 0.088, -0.010],
        [0.900, 0.158, 0.103, -0.010],
        [0.960, 0.152, 0.100, -0.004],
        [1.030, 0.132, 0.090, 0.004],
        [1.090, 0.119, 0.084, 0.008],
        [1.150, 0.122, 0.088, 0.008],
        [1.220, 0.134, 0.098, 0.006],
        [1.290, 0.145, 0.101, 0.000],
        [1.350, 0.143, 0.089, -0.008],
        [1.395, 0.118, 0.068, -0.016],
        [1.430, 0.072, 0.054, -0.020],
        [1.465, 0.050, 0.050, -0.018],
        [1.510, 0.046, 0.048, -0.014],
        [1.570, 0.044, 0.047, -0.010],
    ]
)
# Metres below the hip joint, half width, half depth, z offset.
LEG_PROFILE: Final = np.array(
    [
        [-0.060, 0.086, 0.092, -0.004],
        [0.040, 0.086, 0.094, -0.002],
        [0.130, 0.081, 0.089, 0.004],
        [0.240, 0.069, 0.076, 0.008],
        [0.350, 0.056, 0.061, 0.006],
        [0.417, 0.050, 0.056, 0.006],
        [0.470, 0.049, 0.051, -0.002],
        [0.540, 0.052, 0.057, -0.014],
        [0.610, 0.046, 0.051, -0.014],
        [0.700, 0.034, 0.039, -0.006],
        [0.780, 0.029, 0.035, -0.004],
        [0.850, 0.031, 0.039, -0.004],
    ]
)
# Metres down from the shoulder joint, half width towards the thumb, half depth, offset to the palm.
ARM_PROFILE: Final = np.array(
    [
        [-0.030, 0.042, 0.040, 0.012],
        [0.020, 0.046, 0.045, 0.005],
        [0.070, 0.045, 0.043, 0.000],
        [0.130, 0.042, 0.040, 0.000],
        [0.190, 0.041, 0.039, 0.002],
        [0.250, 0.036, 0.036, 0.000],
        [0.290, 0.037, 0.035, 0.000],
        [0.340, 0.040, 0.036, 0.001],
        [0.400, 0.036, 0.033, 0.000],
        [0.470, 0.029, 0.026, 0.000],
        [0.533, 0.026, 0.019, 0.000],
        [0.570, 0.030, 0.016, 0.002],
    ]
)
# Offset to the thumb's side, start, length, radius of each finger, from index to little finger.
FINGERS: Final = (
    (0.027, 0.092, 0.070, 0.0090),
    (0.009, 0.095, 0.078, 0.0093),
    (-0.009, 0.092, 0.072, 0.0090),
    (-0.026, 0.084, 0.056, 0.0080),
)
EYE: Final = np.array([0.031, 1.589, 0.078])


def left(p: Floats) -> Floats:
    """Points folded onto the athlete's left side."""
    return np.asarray(p * [1, 1, 1] * np.where(p[:, :1] < 0, [-1.0, 1.0, 1.0], 1.0))


def torso(p: Floats, bust: float = 1.0) -> Floats:
    """Trunk from the crotch to the neck; ``p`` on the left side."""
    trunk = loft(p[:, 1], p[:, 0], p[:, 2], TORSO, exponent=2.3)
    trapezius = round_cone(p, [0.020, 1.452, -0.030], [0.150, 1.400, -0.018], 0.036, 0.030)
    # Rounded at the middle, where folding left onto right would leave a crease.
    p = p.copy()
    p[:, 0] = np.hypot(p[:, 0], 0.014)
    blades = ellipsoid(p, [0.075, 1.320, -0.068], [0.055, 0.075, 0.030])
    buttock = ellipsoid(p, [0.072, 0.885, -0.058], [0.078, 0.078, 0.068])
    chest = ellipsoid(p, [0.070, 1.268, 0.070], np.array([0.062, 0.060, 0.020 + 0.036 * bust]))
    return blend([trunk, trapezius, blades, chest, buttock], 0.045)


def leg(p: Floats) -> Floats:
    """Leg from the hip to the ankle; ``p`` on the left side."""
    q = p - HIP
    t = q @ LEG
    axis = t[:, None] * LEG
    tube = loft(t, (q - axis)[:, 0], (q - axis)[:, 2], LEG_PROFILE)
    kneecap = ellipsoid(p, HIP + 0.415 * LEG + [0, 0, 0.046], [0.030, 0.038, 0.020])
    return blend2(tube, kneecap, 0.030)


def arm(p: Floats) -> Floats:
    """Arm from the shoulder to the wrist; ``p`` on the left side."""
    q = p - SHOULDER
    tube = loft(q @ ARM, q[:, 2], q @ PALM, ARM_PROFILE)
    elbow = round_cone(p, along_arm(0.275, -0.012), along_arm(0.292, -0.014), 0.022, 0.020)
    return blend2(tube, elbow, 0.020)


def hand(p: Floats) -> Floats:
    """Palm, thumb and four fingers, slightly curled; ``p`` on the left side."""
    q = p - along_arm(WRIST_T)
    palm_profile = [
        [0.000, 0.024, 0.017, 0.000],
        [0.030, 0.032, 0.016, 0.002],
        [0.060, 0.039, 0.0145, 0.001],
        [0.088, 0.039, 0.0115, 0.000],
        [0.100, 0.034, 0.009, 0.000],
    ]
    palm = loft(q @ ARM, q[:, 2], q @ PALM, palm_profile, exponent=2.6)
    ball = ellipsoid(p, along_arm(WRIST_T + 0.040, 0.010, 0.024), [0.022, 0.020, 0.016])
    parts = [blend2(palm, ball, 0.015)]
    for side, start, length, r in FINGERS:
        a = along_arm(WRIST_T + start - 0.008, 0.0, side)
        b = along_arm(WRIST_T + start + 0.5 * length, 0.004, side * 1.06)
        c = along_arm(WRIST_T + start + length, 0.016, side * 1.05)
        parts.append(
            np.minimum(round_cone(p, a, b, r, r * 0.93), round_cone(p, b, c, r * 0.93, r * 0.78))
        )
    base = along_arm(WRIST_T + 0.018, 0.008, 0.022)
    joint = along_arm(WRIST_T + 0.060, 0.013, 0.048)
    tip = along_arm(WRIST_T + 0.092, 0.014, 0.056)
    thumb = np.minimum(
        round_cone(p, base, joint, 0.0125, 0.0105), round_cone(p, joint, tip, 0.0105, 0.0085)
    )
    parts.append(thumb)
    return blend(parts, 0.006)


def limbs_and_torso(p: Floats, bust: float = 1.0) -> Floats:
    """Everything but head and hands, in one smooth skin; ``p`` on both sides."""
    q = left(p)
    trunk = blend2(torso(q, bust), arm(q), 0.050)
    return blend2(trunk, leg(q), 0.035)


def skull(p: Floats) -> Floats:
    """Head without face details or ears; ``p`` on the left side."""
    cranium = ellipsoid(p, [0, 1.612, -0.008], [0.074, 0.088, 0.096])
    face = ellipsoid(p, [0, 1.560, 0.026], [0.055, 0.076, 0.064])
    jaw = ellipsoid(p, [0, 1.520, 0.036], [0.040, 0.040, 0.048])
    return blend([cranium, face, jaw], 0.022)


def head(p: Floats) -> Floats:
    """Head with brow, sockets, cheeks, nose, lips, chin and ears, on its neck; both sides."""
    q = left(p)
    shape = skull(q)
    shape = blend2(shape, ellipsoid(q, [0.0, 1.490, 0.066], [0.016, 0.015, 0.016]), 0.018)
    shape = blend2(shape, ellipsoid(q, [0.037, 1.563, 0.056], [0.022, 0.019, 0.020]), 0.022)
    shape = blend2(
        shape, round_cone(q, [0.008, 1.606, 0.083], [0.044, 1.607, 0.066], 0.009, 0.007), 0.016
    )
    shape = carve(shape, ellipsoid(q, EYE + [0, 0, 0.016], [0.017, 0.011, 0.012]), 0.012)
    bridge = round_cone(q, [0.0, 1.596, 0.086], [0.0, 1.558, 0.104], 0.0068, 0.0100)
    wing = ellipsoid(q, [0.0098, 1.553, 0.096], [0.0068, 0.0066, 0.0080])
    shape = blend2(shape, blend2(bridge, wing, 0.010), 0.012)
    upper_lip = round_cone(q, [0.0, 1.5250, 0.089], [0.025, 1.5265, 0.075], 0.0052, 0.0024)
    lower_lip = round_cone(q, [0.0, 1.5160, 0.088], [0.022, 1.5245, 0.075], 0.0060, 0.0024)
    shape = blend2(shape, np.minimum(upper_lip, lower_lip), 0.005)
    ear = carve(
        ellipsoid(q, [0.074, 1.572, -0.006], [0.009, 0.029, 0.018]),
        ellipsoid(q, [0.088, 1.574, -0.002], [0.008, 0.020, 0.011]),
        0.006,
    )
    shape = blend2(shape, ear, 0.008)
    # The neck is the torso's own top, so the two meshes coincide where they overlap.
    return blend2(shape, torso(q), 0.010)
