"""Builds a whole pose from the few angles and targets that an exercise says."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from processing.synthetic.body import ARM, BONE, BONES, FLIP, PALM, Body, Floats, Pose, joints
from processing.synthetic.rotation import about, frame, turn, twist_deg, two_bones, unit

SIDES = ("left", "right")
_KNEE_HINGE = np.array([1.0, 0.0, 0.0])


def side_sign(side: str) -> float:
    """+1 for the athlete's left (x positive), -1 for the right."""
    return 1.0 if side == "left" else -1.0


class Poser:
    """One pose in the making: trunk first, then arms and legs, since limbs start from it."""

    def __init__(self, body: Body, root: ArrayLike, pelvis: Floats) -> None:
        self.body = body
        self.rest = joints(body)
        self.root = np.asarray(root, float)
        self.rotations = np.tile(np.eye(3), (len(BONES), 1, 1))
        self.positions = self.rest.copy()
        self._place("pelvis", self.root, pelvis)

    def trunk(self, spine: Floats, chest: Floats, neck: Floats, head: Floats) -> None:
        """Set the trunk's bones, each relative to the one below it."""
        parent = "pelvis"
        for name, local in (("spine", spine), ("chest", chest), ("neck", neck), ("head", head)):
            self._place(name, self._joint(name, parent), self._rotation(parent) @ local)
            parent = name
        # A ponytail hangs, three quarters of the way to the vertical, but not through the head.
        hang = self._rotation("head")
        down = hang.T @ np.array([0.0, -1.0, 0.0])
        rest = np.array([0.0, -1.0, 0.0])
        down = unit(np.array([down[0], down[1], min(down[2], 0.05)]) + 0.35 * rest)
        axis = np.cross(rest, down)
        sine = float(np.linalg.norm(axis))
        if sine > 1e-6:
            angle = float(np.degrees(np.arctan2(sine, rest @ down)))
            hang = hang @ about(axis / sine, 0.75 * angle)
        self._place("tail", self._joint("tail", "head"), hang)

    def arm_to(
        self,
        side: str,
        wrist: ArrayLike,
        pole: ArrayLike,
        hand: Floats | None = None,
        roll_deg: float = 0.0,
        curl_deg: float = 12.0,
    ) -> None:
        """Reach with the wrist to a point.

        wrist : (3,) metres. pole : (3,) where the elbow points.
        hand : (3, 3) global rotation of the hand, or None to follow the forearm, turned by
        ``roll_deg`` about it (positive: the palm turns to the back).
        """
        target = np.asarray(wrist, float)
        self._lift_shoulder(side, target)
        shoulder = self._joint(f"{side}_upper_arm", f"{side}_clavicle")
        upper, fore, hinge = two_bones(
            shoulder, target, pole, self.body.upper_arm_m, self.body.forearm_m
        )
        flip = FLIP if side == "right" else np.ones(3)
        arm, palm = ARM * flip, PALM * flip
        # Mirroring turns a hinge round, since an axis of rotation is a pseudo-vector.
        rest = frame(arm, palm * side_sign(side))
        self._place(f"{side}_upper_arm", shoulder, frame(upper, hinge) @ rest.T)
        forearm = frame(fore, hinge) @ rest.T
        self._place(f"{side}_forearm", self._joint(f"{side}_forearm", f"{side}_upper_arm"), forearm)
        if hand is None:
            hand = forearm @ about(arm, roll_deg * side_sign(side))
        twist = twist_deg(forearm.T @ hand, arm)
        self._place(
            f"{side}_twist",
            self._joint(f"{side}_twist", f"{side}_forearm"),
            forearm @ about(arm, 0.8 * twist),
        )
        self._place(f"{side}_hand", self._joint(f"{side}_hand", f"{side}_forearm"), hand)
        # Fingers close about the line from the little finger to the index.
        knuckles = np.array([0.0, 0.0, 1.0])
        closing = -curl_deg * side_sign(side)
        fingers = hand @ about(knuckles, closing)
        self._place(f"{side}_fingers", self._joint(f"{side}_fingers", f"{side}_hand"), fingers)
        tips = fingers @ about(knuckles, 1.15 * closing)
        self._place(
            f"{side}_fingertips", self._joint(f"{side}_fingertips", f"{side}_fingers"), tips
        )

    def arm_by(
        self,
        side: str,
        direction: ArrayLike,
        elbow_deg: float,
        pole: ArrayLike,
        roll_deg: float = 0.0,
        curl_deg: float = 12.0,
    ) -> None:
        """Hold the arm by angles: the line from shoulder to wrist, and the elbow's flexion."""
        a, b = self.body.upper_arm_m, self.body.forearm_m
        distance = np.sqrt(a * a + b * b + 2 * a * b * np.cos(np.radians(elbow_deg)))
        # The shoulder moves with the arm; two rounds settle where it ends.
        aim = unit(direction)
        target = self._joint(f"{side}_upper_arm", "chest") + distance * aim
        for _ in range(2):
            self._lift_shoulder(side, target)
            shoulder = self._joint(f"{side}_upper_arm", f"{side}_clavicle")
            target = shoulder + distance * aim
        self.arm_to(side, target, pole, roll_deg=roll_deg, curl_deg=curl_deg)

    def leg_to(
        self, side: str, ankle: ArrayLike, pole: ArrayLike, foot: Floats, toes_deg: float = 0.0
    ) -> None:
        """Stand on a foot: ankle at a point (3,), knee towards ``pole``, the foot turned."""
        hip = self._joint(f"{side}_thigh", "pelvis")
        thigh, shin, hinge = two_bones(
            hip, np.asarray(ankle, float), pole, self.thigh_m, self.shin_m
        )
        thigh_axis = self._axis(f"{side}_thigh", f"{side}_shin")
        shin_axis = self._axis(f"{side}_shin", f"{side}_foot")
        rotation = frame(thigh, hinge) @ frame(thigh_axis, _KNEE_HINGE).T
        self._place(f"{side}_thigh", hip, rotation)
        rotation = frame(shin, hinge) @ frame(shin_axis, _KNEE_HINGE).T
        self._place(f"{side}_shin", self._joint(f"{side}_shin", f"{side}_thigh"), rotation)
        self._place(f"{side}_foot", self._joint(f"{side}_foot", f"{side}_shin"), foot)
        bent = foot @ turn("x", -toes_deg)
        self._place(f"{side}_toes", self._joint(f"{side}_toes", f"{side}_foot"), bent)

    @property
    def thigh_m(self) -> float:
        """Hip to knee, metres."""
        return self._length("left_thigh", "left_shin")

    @property
    def shin_m(self) -> float:
        """Knee to ankle, metres."""
        return self._length("left_shin", "left_foot")

    def position(self, name: str) -> Floats:
        """Where a placed bone's joint is, (3,) metres."""
        return np.asarray(self.positions[BONE[name]])

    def shoulder(self, side: str) -> Floats:
        """Where the shoulder joint would be with the arm hanging, (3,) metres."""
        return self._joint(f"{side}_upper_arm", "chest")

    def pose(self) -> Pose:
        """The finished pose."""
        return Pose(self.root, self.rotations)

    def _lift_shoulder(self, side: str, target: Floats) -> None:
        """Raise the collar bone with the arm: about a quarter of the arm's elevation."""
        chest = self._rotation("chest")
        aim = chest.T @ unit(target - self._joint(f"{side}_upper_arm", "chest"))
        elevation = float(np.degrees(np.arccos(np.clip(-aim[1], -1, 1))))
        # The rest pose already has the arms at 60 degrees.
        lift = 24.0 * np.clip((elevation - 60.0) / 110.0, -0.40, 1.0)
        forward = 14.0 * np.clip(aim[2], -0.5, 1.0)
        sign = side_sign(side)
        local = turn("z", sign * lift) @ turn("y", -sign * forward)
        self._place(f"{side}_clavicle", self._joint(f"{side}_clavicle", "chest"), chest @ local)

    def _place(self, name: str, position: Floats, rotation: Floats) -> None:
        self.positions[BONE[name]] = position
        self.rotations[BONE[name]] = rotation

    def _rotation(self, name: str) -> Floats:
        return np.asarray(self.rotations[BONE[name]])

    def _joint(self, name: str, parent: str) -> Floats:
        offset = self.rest[BONE[name]] - self.rest[BONE[parent]]
        return np.asarray(self.positions[BONE[parent]] + self._rotation(parent) @ offset)

    def _axis(self, name: str, child: str) -> Floats:
        return unit(self.rest[BONE[child]] - self.rest[BONE[name]])

    def _length(self, name: str, child: str) -> float:
        return float(np.linalg.norm(self.rest[BONE[child]] - self.rest[BONE[name]]))
