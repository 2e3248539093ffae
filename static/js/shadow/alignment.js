/**
 * Bones as directions, and the rotation and mirroring that lay one body over another.
 *
 * Twin of processing/motion/alignment.py. Vectors lie flat in arrays: bone i is at 3i, 3i+1, 3i+2.
 */

import { BONES, BONE_COUNT, BONE_MIRROR, BONE_MIRROR_SIGN } from "./skeleton.js";

/** A bone shorter than this is a detector's collapse, not a direction. */
export const SHORTEST_M = 1e-3;

const boneOf = (name) => BONES.findIndex((bone) => bone.name === name);
const hinge = (side, upper, lower) => Object.freeze({
  upper: boneOf(`${side}_${upper}`), lower: boneOf(`${side}_${lower}`),
});

/** Upper and lower bone of left and right elbow, left and right knee. */
export const HINGES = Object.freeze([["upper_arm", "forearm"], ["thigh", "shin"]]
  .flatMap(([upper, lower]) => ["left", "right"].map((side) => hinge(side, upper, lower))));

const meanOf = (world, base, landmarks, axis) => {
  let sum = 0;
  for (const i of landmarks) sum += world[base + 3 * i + axis];
  return sum / landmarks.length;
};

/**
 * Give the direction of every bone.
 * @param {ArrayLike<number>} world 33x3 metres from `base` on; NaN = not seen
 * @param {Float64Array} [out] 13x3
 * @returns {Float64Array} 13x3 unit vectors; NaN where an end is not seen or has no length
 */
export function unitBones(world, out = new Float64Array(3 * BONE_COUNT), base = 0, outBase = 0) {
  for (let b = 0; b < BONE_COUNT; b += 1) {
    const { start, end } = BONES[b];
    const x = meanOf(world, base, end, 0) - meanOf(world, base, start, 0);
    const y = meanOf(world, base, end, 1) - meanOf(world, base, start, 1);
    const z = meanOf(world, base, end, 2) - meanOf(world, base, start, 2);
    const length = Math.sqrt(x * x + y * y + z * z);
    const scale = length >= SHORTEST_M ? 1 / length : NaN;
    out[outBase + 3 * b] = x * scale;
    out[outBase + 3 * b + 1] = y * scale;
    out[outBase + 3 * b + 2] = z * scale;
  }
  return out;
}

/**
 * Give each bone the visibility of its least visible landmark.
 * @param {ArrayLike<number>} visibility 33, 0..1; NaN counts as 0
 * @returns {Float64Array} 13
 */
export function boneVisibility(visibility, out = new Float64Array(BONE_COUNT), base = 0,
  outBase = 0) {
  for (let b = 0; b < BONE_COUNT; b += 1) {
    let least = Infinity;
    for (const i of BONES[b].start) least = Math.min(least, visibility[base + i] || 0);
    for (const i of BONES[b].end) least = Math.min(least, visibility[base + i] || 0);
    out[outBase + b] = least;
  }
  return out;
}

/**
 * Mirror a body: exchange left and right and flip x.
 * @param {Float64Array} bones 13x3
 * @returns {Float64Array} 13x3
 */
export function mirrorBones(bones, out = new Float64Array(3 * BONE_COUNT)) {
  for (let b = 0; b < BONE_COUNT; b += 1) {
    const from = 3 * BONE_MIRROR[b];
    const sign = BONE_MIRROR_SIGN[b];
    out[3 * b] = -sign * bones[from];
    out[3 * b + 1] = sign * bones[from + 1];
    out[3 * b + 2] = sign * bones[from + 2];
  }
  return out;
}

/**
 * Rotate directions about the vertical axis y; a positive yaw carries z towards x.
 * @param {Float64Array} bones 13x3
 * @param {number} yawRad radians
 * @returns {Float64Array} 13x3
 */
export function rotateYaw(bones, yawRad, out = new Float64Array(bones.length)) {
  const cos = Math.cos(yawRad);
  const sin = Math.sin(yawRad);
  for (let i = 0; i < bones.length; i += 3) {
    const x = bones[i];
    const z = bones[i + 2];
    out[i] = cos * x + sin * z;
    out[i + 1] = bones[i + 1];
    out[i + 2] = cos * z - sin * x;
  }
  return out;
}

/**
 * Give the angle between two directions.
 * @param {ArrayLike<number>} a
 * @param {number} i where the first begins in a
 * @param {ArrayLike<number>} b
 * @param {number} j where the second begins in b
 * @returns {number} degrees, 0..180; NaN where either is
 */
export function angleDeg(a, i, b, j) {
  const x = a[i + 1] * b[j + 2] - a[i + 2] * b[j + 1];
  const y = a[i + 2] * b[j] - a[i] * b[j + 2];
  const z = a[i] * b[j + 1] - a[i + 1] * b[j];
  const cosine = a[i] * b[j] + a[i + 1] * b[j + 1] + a[i + 2] * b[j + 2];
  return (Math.atan2(Math.sqrt(x * x + y * y + z * z), cosine) * 180) / Math.PI;
}

/**
 * Say how far an elbow or a knee is bent.
 * @param {ArrayLike<number>} bones 13x3 unit vectors from `base` on
 * @param {{upper: number, lower: number}} hinge of HINGES
 * @returns {number} degrees, 0 = straight; NaN = not seen
 */
export const hingeAngleDeg = (bones, { upper, lower }, base = 0) =>
  angleDeg(bones, base + 3 * upper, bones, base + 3 * lower);
