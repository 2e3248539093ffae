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
  together: 0,
});

/** Let sums forget. */
export function decay(array, keep) {
  for (let i = 0; i < array.length; i += 1) array[i] *= keep;
}

/** Let the moments decay and add a pair of bodies; bones of weight 0 may be NaN. */
export function add(moments, keep, weights, dt, subject, target) {
  decay(moments.weight, keep);
  decay(moments.subject, keep);
  decay(moments.target, keep);
  moments.together *= keep;
  for (let b = 0; b < BONE_COUNT; b += 1) {
    const w = dt * weights[b];
    if (!(w > 0)) continue;
    moments.weight[b] += w;
    let dot = 0;
    for (let i = 3 * b; i < 3 * b + 3; i += 1) {
      moments.subject[i] += subject[i] * w;
      moments.target[i] += target[i] * w;
      dot += subject[i] * target[i];
    }
    moments.together += dot * w;
  }
}

/** Forget everything. */
export function forget(moments) {
  moments.weight.fill(0);
  moments.subject.fill(0);
  moments.target.fill(0);
  moments.together = 0;
}

/**
 * Give the subject's and the target's variance (0..1) and their covariance.
 * @param {ReturnType<typeof nothing>} moments
 * @param {{subject: number, target: number, covariance: number}} out
 */
export function spreads({ weight, subject, target, together }, out) {
  let total = 0;
  let ofSubject = 0;
  let ofTarget = 0;
  let means = 0;
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
    ofSubject += n - ss / n;
    ofTarget += n - tt / n;
    means += st / n;
  }
  out.subject = total > 0 ? Math.max(0, ofSubject / total) : 0;
  out.target = total > 0 ? Math.max(0, ofTarget / total) : 0;
  out.covariance = total > 0 ? (together - means) / total : 0;
  return out;
}

/** How far two bodies moved alike: 1 the same, 0 nothing in common, -1 against each other. */
export function agreementOf({ subject, target, covariance }) {
  const spread = subject + target;
  return spread > 1e-12 ? (2 * covariance) / spread : 0;
}
