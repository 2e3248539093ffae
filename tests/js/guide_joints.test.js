import assert from "node:assert/strict";
import { test } from "node:test";

import { mirrorBones, rotateYaw, unitBones } from "../../static/js/shadow/alignment.js";
import {
  facingDeg, isUpright, JOINT, JOINT_MIRROR, JOINTS, measureJoints,
} from "../../static/js/shadow/guide/joints.js";
import { INDEX } from "../../static/js/shadow/skeleton.js";

const RAD = Math.PI / 180;

/** Someone who stands facing the camera, in metres; angles in degrees. */
function body({
  knee = 0, elbow = 0, arm = 0, lean = 0, tilt = 0, apart = 0, inwards = 0,
} = {}) {
  const world = new Float64Array(99);
  const put = (name, [x, y, z]) => world.set([x, y, z], 3 * INDEX[name]);
  const away = (from, [x, y, z], length) =>
    [from[0] + length * x, from[1] + length * y, from[2] + length * z];
  // To the camera is negative z; the left hip is at the picture's right, positive x.
  const up = [-Math.sin(tilt * RAD), -Math.cos(lean * RAD) * Math.cos(tilt * RAD),
    -Math.sin(lean * RAD) * Math.cos(tilt * RAD)];
  for (const [side, sign] of [["left", 1], ["right", -1]]) {
    const hip = [0.1 * sign, 0, 0];
    const shoulder = [0.18 * sign + 0.5 * up[0], 0.5 * up[1], 0.5 * up[2]];
    put(`${side}_hip`, hip);
    put(`${side}_shoulder`, shoulder);
    const elbowAt = away(shoulder, [sign * Math.sin(arm * RAD), Math.cos(arm * RAD), 0], 0.3);
    put(`${side}_elbow`, elbowAt);
    put(`${side}_wrist`, away(elbowAt,
      [sign * Math.sin((arm + elbow) * RAD), Math.cos((arm + elbow) * RAD), 0], 0.25));
    const out = (apart / 2) * RAD;
    const thigh = [sign * Math.sin(out - inwards * RAD), Math.cos(out) * Math.cos(knee / 2 * RAD),
      -Math.sin(knee / 2 * RAD)];
    const shin = [sign * Math.sin(out + inwards * RAD), thigh[1], -thigh[2]];
    const kneeAt = away(hip, thigh, 0.4);
    const ankle = away(kneeAt, shin, 0.4);
    put(`${side}_knee`, kneeAt);
    put(`${side}_ankle`, ankle);
    put(`${side}_heel`, away(ankle, [0, 0, 1], 0.05));
    put(`${side}_foot_index`, away(ankle, [0, 0, -1], 0.15));
  }
  return unitBones(world);
}

const measured = (bones, name) => measureJoints(bones)[JOINT[name]];
const near = (got, want, within = 0.5) =>
  assert.ok(Math.abs(got - want) <= within, `${got} is not ${want}`);

test("someone who stands straight has all angles at zero", () => {
  const joints = measureJoints(body());
  for (const name of ["left_knee", "right_elbow", "left_shoulder", "lean", "tilt", "knee_in"]) {
    near(joints[JOINT[name]], 0);
  }
  near(Math.abs(joints[JOINT.right_hip]), 0);
});

test("each angle is the one that was bent, and has its sign", () => {
  near(measured(body({ knee: 80 }), "left_knee"), 80);
  near(measured(body({ knee: 80 }), "right_hip"), 40);
  near(measured(body({ elbow: 70 }), "right_elbow"), 70);
  near(measured(body({ arm: 120 }), "left_shoulder"), 120);
  near(measured(body({ lean: 30 }), "lean"), 30);
  near(measured(body({ lean: -20 }), "lean"), -20);
  near(measured(body({ lean: 30 }), "left_hip"), 30);
  near(measured(body({ lean: -20 }), "left_hip"), -20);
  near(measured(body({ tilt: 15 }), "tilt"), 15);
  near(measured(body({ apart: 40 }), "stance"), 40);
  assert.ok(measured(body({ inwards: 8 }), "knee_in") > 10);
  assert.ok(measured(body({ inwards: -8 }), "knee_in") < -10);
});

test("a turn about the vertical changes where somebody faces, and nothing else", () => {
  const bones = body({ knee: 60, lean: 20, tilt: 10, arm: 50, elbow: 30, apart: 20 });
  const turned = rotateYaw(bones, 130 * RAD);

  near(facingDeg(bones), 0);
  assert.ok(Math.abs(Math.abs(facingDeg(turned)) - 130) < 0.5);
  measureJoints(turned).forEach((deg, j) => near(deg, measureJoints(bones)[j], 1e-6));
});

test("facing the picture's right is positive: turned to one's own left", () => {
  // The left shoulder, which was at the right, goes away from the camera.
  const world = new Float64Array(99);
  for (const [name, x, z] of [["left_shoulder", 0.1, 0.15], ["right_shoulder", -0.1, -0.15],
    ["left_hip", 0.06, 0.1], ["right_hip", -0.06, -0.1]]) {
    world.set([x, name.includes("shoulder") ? -0.5 : 0, z], 3 * INDEX[name]);
  }
  const deg = facingDeg(unitBones(world));
  assert.ok(deg > 40 && deg < 70, String(deg));
});

test("the mirror image has the same angles on the other side", () => {
  const bones = body({ knee: 60, lean: 20 });
  bones.set(body({ arm: 80 }).subarray(0, 3), 0);  // one upper arm raised: the left one
  const joints = measureJoints(bones);
  const mirrored = measureJoints(mirrorBones(bones));

  JOINTS.forEach(({ part }, j) => {
    if (part !== "tilt") near(mirrored[JOINT_MIRROR[j]], joints[j], 1e-6);
  });
  near(measured(mirrorBones(body({ tilt: 15 })), "tilt"), -15);
});

test("what is not seen has no angle", () => {
  const bones = body({ knee: 60 });
  bones.fill(NaN, 3 * 4, 3 * 5);  // left thigh
  const joints = measureJoints(bones);

  assert.ok(Number.isNaN(joints[JOINT.left_knee]) && Number.isNaN(joints[JOINT.left_hip]));
  near(joints[JOINT.right_knee], 60);
  assert.ok(Number.isNaN(facingDeg(new Float64Array(39).fill(NaN))));
});

test("on the floor nobody leans", () => {
  const lying = body({ lean: 80 });
  assert.equal(isUpright(lying), false);
  assert.ok(Number.isNaN(measured(lying, "lean")));
  assert.equal(isUpright(body({ lean: 40 })), true);
});
