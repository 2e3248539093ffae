/**
 * A body's joints as signed angles, out of the directions of its bones.
 *
 * Pure. Only angles between bones, or between a bone and the vertical, in the body's own planes:
 * none changes when the body is turned about the vertical, so two people filmed from different
 * sides can be compared, as far as the detector's errors allow (faults.js knows how far).
 */

import { BONES, BONE_COUNT } from "../skeleton.js";

const BONE = Object.freeze(Object.fromEntries(BONES.map(({ name }, i) => [name, i])));
const DEG = 180 / Math.PI;

/**
 * @typedef {object} Joint
 * @property {"knee"|"elbow"|"hip"|"shoulder"|"knee_in"|"lean"|"tilt"|"stance"} part
 * @property {"left"|"right"|""} side of the body whose bones are given; "" for what has none
 * @property {number[]} bones positions in BONES that turn in it: what is coloured, what it costs
 */

const both = (part, names) => ["left", "right"].map((side) => Object.freeze({
  part, side, bones: Object.freeze(names.map((name) => BONE[`${side}_${name}`] ?? BONE[name])),
}));

const LEGS = Object.freeze(["thigh", "shin"].flatMap((name) =>
  [BONE[`left_${name}`], BONE[`right_${name}`]]));

/**
 * What is measured, in this order. Degrees:
 * knee, elbow: flexion, 0 straight. hip: flexion, 0 straight, negative overstretched.
 * shoulder: how far the upper arm is raised from hanging along the trunk, to any side, 0..180.
 * knee_in: how far the knees are off the lines from hip to ankle towards each other, both legs
 * together: with the line across a little turned, one bent knee seems in and the other out.
 * lean: of the trunk, forwards; tilt: to the body's right. stance: how far the legs are apart.
 * @type {ReadonlyArray<Readonly<Joint>>}
 */
export const JOINTS = Object.freeze([
  ...both("knee", ["thigh", "shin"]),
  ...both("elbow", ["forearm"]),
  ...both("hip", ["thigh", "torso"]),
  ...both("shoulder", ["upper_arm"]),
  Object.freeze({ part: "knee_in", side: "", bones: LEGS }),
  Object.freeze({ part: "lean", side: "", bones: Object.freeze([BONE.torso]) }),
  Object.freeze({ part: "tilt", side: "", bones: Object.freeze([BONE.torso]) }),
  Object.freeze({ part: "stance", side: "", bones: LEGS }),
]);

export const JOINT_COUNT = JOINTS.length;

/** @type {Readonly<Record<string, number>>} "left_knee", "lean" -> place in JOINTS */
export const JOINT = Object.freeze(Object.fromEntries(
  JOINTS.map(({ part, side }, j) => [side ? `${side}_${part}` : part, j])));

/** Joint j of the body with left and right exchanged is joint JOINT_MIRROR[j]. */
export const JOINT_MIRROR = Object.freeze(JOINTS.map(({ part, side }) =>
  JOINT[side ? `${side === "left" ? "right" : "left"}_${part}` : part]));

/** Steeper than this a trunk stands, flatter it lies: leaning means nothing on the floor. */
const UPRIGHT = Math.cos(50 / DEG);

const dot = (a, i, b, j) => a[i] * b[j] + a[i + 1] * b[j + 1] + a[i + 2] * b[j + 2];

function between(a, i, j) {
  const x = a[i + 1] * a[j + 2] - a[i + 2] * a[j + 1];
  const y = a[i + 2] * a[j] - a[i] * a[j + 2];
  const z = a[i] * a[j + 1] - a[i + 1] * a[j];
  return Math.atan2(Math.sqrt(x * x + y * y + z * z), dot(a, i, a, j)) * DEG;
}

// Synchronous and never nested, so its working memory can be shared.
const across = new Float64Array(3);
const ahead = new Float64Array(3);

/** The horizontal direction from a body's left to its right; NaN where no line across is seen. */
function lineAcross(bones, base) {
  let x = 0;
  let z = 0;
  let seen = 0;
  for (const line of [BONE.shoulder_line, BONE.hip_line]) {
    const i = base + 3 * line;
    if (Number.isNaN(bones[i] + bones[i + 2])) continue;
    x += bones[i];
    z += bones[i + 2];
    seen += 1;
  }
  const length = Math.hypot(x, z);
  const scale = seen > 0 && length > 0.1 ? 1 / length : NaN;
  across[0] = x * scale;
  across[1] = 0;
  across[2] = z * scale;
  // Up (0, -1, 0) times across: where the chest points.
  ahead[0] = -across[2];
  ahead[1] = 0;
  ahead[2] = across[0];
}

/**
 * Give where a body faces.
 * @param {ArrayLike<number>} bones 13x3 from `base` on
 * @returns {number} degrees, -180..180: 0 to the camera, positive turned to the body's own left
 *   (the picture's right); NaN where neither shoulders nor hips are seen
 */
export function facingDeg(bones, base = 0) {
  lineAcross(bones, base);
  return Math.atan2(ahead[0], -ahead[2]) * DEG;
}

/**
 * Measure a body.
 * @param {ArrayLike<number>} bones 13x3 unit vectors from `base` on; NaN = not seen
 * @param {Float64Array} [out] JOINT_COUNT degrees from `outBase` on; NaN = not seen
 * @returns {Float64Array} out
 */
export function measureJoints(bones, out = new Float64Array(JOINT_COUNT), base = 0, outBase = 0) {
  lineAcross(bones, base);
  const torso = base + 3 * BONE.torso;
  let inwards = 0;
  for (let s = 0; s < 2; s += 1) {
    const thigh = base + 3 * (BONE.left_thigh + s);
    const shin = base + 3 * (BONE.left_shin + s);
    const upper = base + 3 * (BONE.left_upper_arm + s);
    const fore = base + 3 * (BONE.left_forearm + s);
    out[outBase + JOINT.left_knee + s] = between(bones, thigh, shin);
    out[outBase + JOINT.left_elbow + s] = between(bones, upper, fore);
    out[outBase + JOINT.left_shoulder + s] = 180 - between(bones, upper, torso);
    out[outBase + JOINT.left_hip + s] = hipFlexion(bones, thigh, torso);
    // The left leg is at the line's beginning: for it, inwards is along the line.
    const sign = s === 0 ? 1 : -1;
    inwards += sign * (dot(bones, thigh, across, 0) - dot(bones, shin, across, 0));
  }
  out[outBase + JOINT.knee_in] = 2 * DEG * Math.asin(Math.max(-1, Math.min(1, inwards / 4)));
  const up = -bones[torso + 1];
  const stands = up > UPRIGHT;
  out[outBase + JOINT.lean] = stands ? Math.atan2(dot(bones, torso, ahead, 0), up) * DEG : NaN;
  out[outBase + JOINT.tilt] = stands ? Math.atan2(dot(bones, torso, across, 0), up) * DEG : NaN;
  out[outBase + JOINT.stance] = stands ? stanceDeg(bones, base) : NaN;
  return out;
}

/** Signed about the line across: the thigh before the trunk's line is flexion. */
function hipFlexion(bones, thigh, torso) {
  const flexion = 180 - between(bones, thigh, torso);
  // Torso (upwards) times thigh along the line across is negative where the thigh is in front.
  const turn =
    (bones[torso + 1] * bones[thigh + 2] - bones[torso + 2] * bones[thigh + 1]) * across[0] +
    (bones[torso] * bones[thigh + 1] - bones[torso + 1] * bones[thigh]) * across[2];
  return turn > 0 ? -flexion : flexion;
}

/** How far the legs, hip to ankle, are apart sideways. */
function stanceDeg(bones, base) {
  let sum = 0;
  for (let s = 0; s < 2; s += 1) {
    const thigh = base + 3 * (BONE.left_thigh + s);
    const shin = base + 3 * (BONE.left_shin + s);
    const out = (s === 0 ? -1 : 1) * (dot(bones, thigh, across, 0) + dot(bones, shin, across, 0));
    const down = bones[thigh + 1] + bones[shin + 1];
    sum += Math.atan2(out, Math.max(down, 0.2)) * DEG;
  }
  return sum;
}

/** @param {ArrayLike<number>} bones 13x3 @returns {boolean} whether the trunk stands */
export const isUpright = (bones, base = 0) => -bones[base + 3 * BONE.torso + 1] > UPRIGHT;

/**
 * Measure a whole movement.
 * @param {import("../reference.js").Reference} reference
 * @returns {Float64Array} TxJOINT_COUNT degrees
 */
export function measureAllJoints({ bones, timesS }) {
  const all = new Float64Array(timesS.length * JOINT_COUNT);
  for (let i = 0; i < timesS.length; i += 1) {
    measureJoints(bones, all, 3 * BONE_COUNT * i, JOINT_COUNT * i);
  }
  return all;
}

/**
 * Give where a trainer faces: the circular mean over the clip.
 * @param {import("../reference.js").Reference} reference
 * @returns {number} degrees, as in facingDeg(); NaN where it is all over the place
 */
export function facingOf({ bones, timesS }) {
  let x = 0;
  let y = 0;
  let count = 0;
  for (let i = 0; i < timesS.length; i += 1) {
    const deg = facingDeg(bones, 3 * BONE_COUNT * i);
    if (Number.isNaN(deg)) continue;
    x += Math.cos(deg / DEG);
    y += Math.sin(deg / DEG);
    count += 1;
  }
  return count > 0 && Math.hypot(x, y) > 0.8 * count ? Math.atan2(y, x) * DEG : NaN;
}
