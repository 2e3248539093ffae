"""How strongly each bone carries each point of the template's flesh (linear blend skinning)."""

from __future__ import annotations

import numpy as np

from processing.synthetic.body import (
    ARM,
    BONE,
    BONES,
    HIP,
    KNUCKLE_M,
    LEG,
    SHOULDER,
    UPPER_ARM_M,
    WRIST_T,
    Floats,
)


def step(x: Floats, low: float, high: float) -> Floats:
    """Cubic ramp from 0 at ``low`` to 1 at ``high``."""
    u = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(u * u * (3 - 2 * u))


def skin_weights(points: Floats) -> Floats:
    """Weights (N, B) of template points (N, 3); each row sums to 1."""
    result = np.zeros((len(points), len(BONES)))
    side_of = {"left": points, "right": points * [-1.0, 1.0, 1.0]}
    arms = {side: _arm(p) for side, p in side_of.items()}
    free = 1.0 - sum(share for share, _ in arms.values())
    for side, (share, chain) in arms.items():
        for name, weight in chain.items():
            result[:, BONE[f"{side}_{name}"]] = share * weight
    legs = {side: _leg(p) for side, p in side_of.items()}
    for side, (share, chain) in legs.items():
        for name, weight in chain.items():
            result[:, BONE[f"{side}_{name}"]] = free * share * weight
    trunk = free * (1.0 - sum(share for share, _ in legs.values()))
    for name, weight in _trunk(points).items():
        result[:, BONE[name]] = trunk * weight
    for side, p in side_of.items():
        share = _shoulder_blade(p) * result[:, BONE["chest"]]
        result[:, BONE[f"{side}_clavicle"]] = share
        result[:, BONE["chest"]] -= share
    return result


def _arm(p: Floats) -> tuple[Floats, dict[str, Floats]]:
    q = p - SHOULDER
    t = q @ ARM
    radial = np.linalg.norm(q - t[:, None] * ARM, axis=1)
    # Close to the shoulder the arm's region is narrow, or the flank would follow the arm.
    reach = 0.5 * np.maximum(t - 0.03, 0.0)
    inside = 1.0 - step(radial - reach, 0.058, 0.100)
    share = inside * step(t, -0.045, 0.055)
    elbow = step(t, UPPER_ARM_M - 0.038, UPPER_ARM_M + 0.038)
    twist = step(t, UPPER_ARM_M + 0.06, WRIST_T - 0.02)
    wrist = step(t, WRIST_T - 0.018, WRIST_T + 0.018)
    thumb = step(q[:, 2], 0.036, 0.044) * (t < WRIST_T + 0.115)
    knuckle = step(t, WRIST_T + KNUCKLE_M - 0.012, WRIST_T + KNUCKLE_M + 0.010) * (1 - thumb)
    joint = step(t, WRIST_T + KNUCKLE_M + 0.032, WRIST_T + KNUCKLE_M + 0.048) * (1 - thumb)
    return share, {
        "upper_arm": 1 - elbow,
        "forearm": elbow * (1 - twist),
        "twist": elbow * twist * (1 - wrist),
        "hand": wrist * (1 - knuckle),
        "fingers": wrist * knuckle * (1 - joint),
        "fingertips": wrist * knuckle * joint,
    }


def _leg(p: Floats) -> tuple[Floats, dict[str, Floats]]:
    t = (p - HIP) @ LEG
    own_side = step(p[:, 0], -0.016, 0.016)
    share = step(t, -0.035, 0.095) * own_side
    knee = step(t, 0.417 - 0.060, 0.417 + 0.060)
    ankle = step(t - 0.35 * p[:, 2], 0.795, 0.835)
    ankle = np.maximum(ankle, step(-p[:, 1], -0.075, -0.060))
    ball = step(p[:, 2], 0.108, 0.146)
    return share, {
        "thigh": 1 - knee,
        "shin": knee * (1 - ankle),
        "foot": knee * ankle * (1 - ball),
        "toes": knee * ankle * ball,
    }


def _trunk(p: Floats) -> dict[str, Floats]:
    y = p[:, 1]
    lumbar = step(y, 0.945, 1.055)
    chest = step(y, 1.070, 1.220)
    neck = step(y, 1.415, 1.465)
    # Tilted so that the chin goes with the head and the nape with the neck.
    head = step(y + 0.9 * p[:, 2], 1.485, 1.535)
    return {
        "pelvis": 1 - lumbar,
        "spine": lumbar * (1 - chest),
        "chest": lumbar * chest * (1 - neck),
        "neck": lumbar * chest * neck * (1 - head),
        "head": lumbar * chest * neck * head,
    }


def _shoulder_blade(p: Floats) -> Floats:
    return np.asarray(step(p[:, 0], 0.045, 0.140) * step(p[:, 1], 1.270, 1.380))


def rigid_weights(points: Floats, bone: str) -> Floats:
    """Weights (N, B) that hang everything on one bone."""
    result = np.zeros((len(points), len(BONES)))
    result[:, BONE[bone]] = 1.0
    return result


def hair_weights(points: Floats) -> Floats:
    """Weights (N, B) of the hair: the cap on the head, the ponytail on its own bone."""
    result = np.zeros((len(points), len(BONES)))
    loose = step(-points[:, 2], 0.100, 0.124)
    result[:, BONE["tail"]] = loose
    result[:, BONE["head"]] = 1 - loose
    return result
