/**
 * Marks of the single limbs, 0..1, calm enough to colour them by.
 *
 * Twin of processing/motion/marks.py, which says how and why. Here all is updated in place.
 */

import { hingeAngleDeg, HINGES } from "./alignment.js";
import { BONE_COUNT } from "./skeleton.js";

export const TOLERANCE_DEG = 15;
export const LIMIT_DEG = 60;
export const DEPTH_DEG = 8;
/** Of elbows and knees, left and right. */
export const HINGE_TOLERANCE_DEG = Object.freeze([16, 16, 4, 4]);
export const HINGE_RANGE_DEG = Object.freeze([30, 30, 20, 20]);
export const HINGE_VIEW_DEG = 40;
export const YAW_KNOWN_RAD = 0.09;
const CONFIRMED = 2;
export const LARGEST_OFFSET_DEG = 15;
export const OFFSET_S = 6;

const DIFFERENCE_S = 0.25;
const WORSE_S = 0.15;
const BETTER_S = 0.8;
const BLINK_S = 0.3;

/**
 * Give the marks before anything was seen, and what is known of the client's hinges: how much more
 * than the trainer's they are bent now (calmed), and while the trainer's are straight (sums).
 */
export const unseen = () => ({
  marks: new Float64Array(BONE_COUNT).fill(NaN),
  tS: new Float64Array(BONE_COUNT).fill(-Infinity),
  moreDeg: new Float64Array(HINGES.length).fill(NaN),
  weight: new Float64Array(HINGES.length),
  off: new Float64Array(HINGES.length),
});

/** Forget all that was seen. */
export function forget(calm) {
  calm.marks.fill(NaN);
  calm.tS.fill(-Infinity);
  calm.moreDeg.fill(NaN);
  calm.weight.fill(0);
  calm.off.fill(0);
}

/** How much more a hinge of the client's is taken to be bent than it is, degrees. */
const offsetDeg = ({ weight, off }, n) => (weight[n] > 0
  ? Math.min(LARGEST_OFFSET_DEG, Math.max(-LARGEST_OFFSET_DEG, off[n] / weight[n]))
  : 0);

/**
 * Take a frame's hinges into account.
 * @param {ReturnType<typeof unseen>} calm updated in place
 * @param {number} dt seconds since the frame before
 * @param {Float64Array} body 13x3, the client turned to the trainer's view
 * @param {Float64Array} target 13x3
 * @param {Float64Array} errorsDeg 13, between the two; NaN = not judged
 * @param {Float64Array} straightDeg 4, up to which angle each of the trainer's hinges is straight
 */
export function learn(calm, dt, body, target, errorsDeg, straightDeg) {
  const share = 1 - Math.exp(-dt / DIFFERENCE_S);
  const keep = Math.exp(-dt / OFFSET_S);
  for (let n = 0; n < HINGES.length; n += 1) {
    const { upper, lower } = HINGES[n];
    if (Number.isNaN(errorsDeg[upper] + errorsDeg[lower])) {
      calm.moreDeg[n] = NaN;
      continue;
    }
    const theirs = hingeAngleDeg(target, HINGES[n]);
    const more = hingeAngleDeg(body, HINGES[n]) - theirs;
    const before = Number.isNaN(calm.moreDeg[n]) ? more : calm.moreDeg[n];
    calm.moreDeg[n] = before + share * (more - before);
    if (theirs <= straightDeg[n]) {
      calm.weight[n] = calm.weight[n] * keep + dt;
      calm.off[n] = calm.off[n] * keep + more * dt;
    }
  }
}

/** Mark a bone by how far its direction is off; NaN stays. */
export const directionMark = (errorDeg) =>
  Math.min(1, Math.max(0, (LIMIT_DEG - errorDeg) / (LIMIT_DEG - TOLERANCE_DEG)));

/**
 * Mark every bone of one frame.
 * @param {ReturnType<typeof unseen>} calm this frame's hinges learnt
 * @param {Float64Array} errorsDeg 13, between client and trainer; NaN = not judged
 * @param {Float64Array} target 13x3, the trainer's bones as their camera sees them
 * @param {number} yawRad by how much the client was turned into the trainer's view
 * @param {Float64Array} out 13
 * @returns {Float64Array} `out`, filled; NaN = not judged
 */
export function limbMarks(calm, errorsDeg, target, yawRad, out) {
  for (let b = 0; b < BONE_COUNT; b += 1) {
    out[b] = directionMark(errorsDeg[b] - DEPTH_DEG * target[3 * b + 2] ** 2);
  }
  const aside = Math.max(0, Math.abs(yawRad) - YAW_KNOWN_RAD);
  const view = HINGE_VIEW_DEG * 2 * Math.sin(0.5 * aside);
  for (let n = 0; n < HINGES.length; n += 1) {
    if (Number.isNaN(calm.moreDeg[n])) continue;
    const { upper, lower } = HINGES[n];
    const range = HINGE_RANGE_DEG[n];
    const off = confirmedDeg(calm, n);
    const mark = Math.min(1, Math.max(0, (HINGE_TOLERANCE_DEG[n] + view + range - off) / range));
    out[upper] = Math.min(out[upper], mark);
    out[lower] = Math.min(out[lower], mark);
  }
  return out;
}

/** Say how far a hinge is off, with what the other side says. */
function confirmedDeg(calm, n) {
  const more = calm.moreDeg[n] - offsetDeg(calm, n);
  const own = Math.abs(more);
  const other = calm.moreDeg[n ^ 1] - offsetDeg(calm, n ^ 1);
  if (!(more * other > 0)) return own;
  return Math.max(own, Math.min(0.5 * (own + Math.abs(other)), CONFIRMED * own));
}

/** Let the marks on show follow those of a frame: quickly down, slowly up. */
export function follow(calm, tS, marks) {
  for (let b = 0; b < BONE_COUNT; b += 1) {
    const before = calm.marks[b];
    const dt = tS - calm.tS[b];
    if (Number.isNaN(marks[b])) {
      if (dt > BLINK_S) calm.marks[b] = NaN;
      continue;
    }
    calm.tS[b] = tS;
    if (Number.isNaN(before)) {
      calm.marks[b] = marks[b];
    } else {
      const share = 1 - Math.exp(-dt / (marks[b] < before ? WORSE_S : BETTER_S));
      calm.marks[b] = before + share * (marks[b] - before);
    }
  }
}
