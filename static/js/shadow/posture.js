/**
 * Postures: angles that no turn about the vertical, no body size and no exchange of left and right
 * changes.
 *
 * Twin of processing/motion/posture.py (posture_angles), where the weights are explained.
 */

import { BONES } from "./skeleton.js";

const BONE = Object.fromEntries(BONES.map(({ name }, b) => [name, 3 * b]));
const both = (part) =>
  (part === "torso" ? [BONE.torso, BONE.torso] : [BONE[`left_${part}`], BONE[`right_${part}`]]);
const sidesOf = (part) => Object.freeze(both(part));

const PAIRS = Object.freeze([
  { part: "upper_arm", weight: 1.0 },
  { part: "forearm", weight: 0.7 },
  { part: "thigh", weight: 1.2 },
  { part: "shin", weight: 0.9 },
].map((pair) => Object.freeze({ ...pair, bones: sidesOf(pair.part) })));
const JOINTS = Object.freeze([
  { first: "upper_arm", second: "forearm", weight: 0.7 },
  { first: "thigh", second: "shin", weight: 0.9 },
  { first: "torso", second: "upper_arm", weight: 0.8 },
  { first: "torso", second: "thigh", weight: 1.0 },
].map((joint) => Object.freeze({
  ...joint, firsts: sidesOf(joint.first), seconds: sidesOf(joint.second),
})));
export const TORSO_WEIGHT = 1.5;
const STRIDE_WEIGHT = 0.6;

/** Parts of the body whose bones the angles are made of. */
export const PARTS = Object.freeze([...PAIRS.map(({ part }) => part), "torso"]);

/** For every angle, the parts it is made of. */
export const COLUMNS = Object.freeze([
  ...PAIRS.flatMap(({ part }) => [[part], [part]]),
  ...JOINTS.flatMap(({ first, second }) => [[first, second], [first, second]]),
  ["torso"],
  ["thigh"],
]);

export const POSTURE_SIZE = COLUMNS.length;

/** Where the angles of the arms and that of the trunk are. */
export const ARMS = Object.freeze([0, 1, 2, 3, 8, 9, 12, 13]);
export const TORSO = 16;

const angle = (cosine) => Math.acos(Math.min(1, Math.max(-1, cosine)));
const elevation = (bones, base, bone) => angle(bones[base + bone + 1]);
const between = (bones, base, a, b) => angle(bones[base + a] * bones[base + b]
  + bones[base + a + 1] * bones[base + b + 1] + bones[base + a + 2] * bones[base + b + 2]);

/**
 * Give the angles that make a posture.
 * @param {ArrayLike<number>} bones 13x3 unit vectors from `base` on
 * @param {Float64Array} [out] 18, weighted radians; NaN where a bone it needs is not seen
 * @returns {Float64Array} `out`, filled
 */
export function postureAngles(bones, out = new Float64Array(POSTURE_SIZE), base = 0) {
  let at = 0;
  for (let n = 0; n < PAIRS.length; n += 1) {
    const { bones: sides, weight } = PAIRS[n];
    const left = elevation(bones, base, sides[0]);
    const right = elevation(bones, base, sides[1]);
    out[at] = (weight * (left + right)) / Math.SQRT2;
    out[at + 1] = (weight * Math.abs(left - right)) / Math.SQRT2;
    at += 2;
  }
  for (let n = 0; n < JOINTS.length; n += 1) {
    const { firsts, seconds, weight } = JOINTS[n];
    const left = between(bones, base, firsts[0], seconds[0]);
    const right = between(bones, base, firsts[1], seconds[1]);
    out[at] = (weight * (left + right)) / Math.SQRT2;
    out[at + 1] = (weight * Math.abs(left - right)) / Math.SQRT2;
    at += 2;
  }
  out[at] = TORSO_WEIGHT * (Math.PI - elevation(bones, base, BONE.torso));
  out[at + 1] = STRIDE_WEIGHT * between(bones, base, BONE.left_thigh, BONE.right_thigh);
  return out;
}
