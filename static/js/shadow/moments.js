/**
 * How two bodies move, and whether together: decaying sums over pairs of directions.
 *
 * Twin of processing/motion/moments.py; here the sums are updated in place.
 */

import { BONE_COUNT } from "./skeleton.js";

/** Give the sums before anything was added. */
export const nothing = () => ({
  weight: new Float64Array(BONE_COUNT),
  subject: new Float64Array(3 * BONE_COUNT),
  target: new Float64Array(3 * BONE_COUNT),
  subjectSquare: 0,
  targetSquare: 0,
  together: 0,
});

/** Let sums forget. */
export function decay(array, keep) {
  for (let i = 0; i < array.length; i += 1) array[i] *= keep;
}

/**
 * Let the moments decay and add a pair of bodies; bones of weight 0 may be NaN. `depth` is what a
 * metre of depth counts for.
 */
export function add(moments, keep, weights, dt, subject, target, depth = 1) {
  decay(moments.weight, keep);
  decay(moments.subject, keep);
  decay(moments.target, keep);
  moments.subjectSquare *= keep;
  moments.targetSquare *= keep;
  moments.together *= keep;
  for (let b = 0; b < BONE_COUNT; b += 1) {
    const w = dt * weights[b];
    if (!(w > 0)) continue;
    moments.weight[b] += w;
    let ss = 0;
    let tt = 0;
    let st = 0;
    for (let axis = 0; axis < 3; axis += 1) {
      const i = 3 * b + axis;
      const scale = axis === 2 ? depth : 1;
      const s = subject[i] * scale;
      const t = target[i] * scale;
      moments.subject[i] += s * w;
      moments.target[i] += t * w;
      ss += s * s;
      tt += t * t;
      st += s * t;
    }
    moments.subjectSquare += ss * w;
    moments.targetSquare += tt * w;
    moments.together += st * w;
  }
}

/** Forget everything. */
export function forget(moments) {
  moments.weight.fill(0);
  moments.subject.fill(0);
  moments.target.fill(0);
  moments.subjectSquare = 0;
  moments.targetSquare = 0;
  moments.together = 0;
}

/**
 * Give the subject's and the target's variance (0..1) and their covariance.
 * @param {ReturnType<typeof nothing>} moments
 * @param {{subject: number, target: number, covariance: number}} out
 */
export function spreads(moments, out) {
  const { weight, subject, target } = moments;
  let total = 0;
  let ofSubject = moments.subjectSquare;
  let ofTarget = moments.targetSquare;
  let ofBoth = moments.together;
  for (let b = 0; b < BONE_COUNT; b += 1) {
    const n = weight[b];
    if (!(n > 0)) continue;
    total += n;
    let ss = 0;
    let tt = 0;
    let st = 0;
    for (let i = 3 * b; i < 3 * b + 3; i += 1) {
      ss += subject[i] * subject[i];
      tt += target[i] * target[i];
      st += subject[i] * target[i];
    }
    ofSubject -= ss / n;
    ofTarget -= tt / n;
    ofBoth -= st / n;
  }
  out.subject = total > 0 ? Math.max(0, ofSubject / total) : 0;
  out.target = total > 0 ? Math.max(0, ofTarget / total) : 0;
  out.covariance = total > 0 ? ofBoth / total : 0;
  return out;
}

/** How far two bodies moved alike: 1 the same, 0 nothing in common, -1 against each other. */
export function agreementOf({ subject, target, covariance }) {
  const spread = subject + target;
  return spread > 1e-12 ? (2 * covariance) / spread : 0;
}
