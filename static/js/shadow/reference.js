/**
 * The trainer's movement, made ready to be compared with.
 *
 * Twin of processing/motion/reference.py, where the constants are explained.
 */

import { boneVisibility, hingeAngleDeg, HINGES, unitBones } from "./alignment.js";
import { BONES, BONE_COUNT, BONE_MIRROR, FOCUS, LANDMARK_COUNT } from "./skeleton.js";

export const LONGEST_GAP_S = 0.25;
export const VISIBLE = 0.5;
const STILL_WEIGHT = 0.35;
const HOLD_DEG = 15;
export const FOCUS_WEIGHT = 1.5;
const STRAIGHT_SHARE = 0.25;
const OUTERMOST = 0.05;
const RELIABILITY = { left_foot: 0.4, right_foot: 0.4, shoulder_line: 0.5, hip_line: 0.5 };
const TRUST = Float64Array.from(BONES, ({ name }) => RELIABILITY[name] ?? 1);

/**
 * @typedef {object} Reference the trainer's movement, ready to compare with
 * @property {ArrayLike<number>} timesS T, increasing
 * @property {Float64Array} bones Tx13x3 unit vectors, NaN = not seen
 * @property {Float64Array} visibility Tx13
 * @property {Float64Array} weights 13
 * @property {Float64Array} shown 13, weight of the bone and its mirror, in the frames that show
 *   either
 * @property {Float64Array} straightDeg 4, up to which angle a hinge is straight; NaN = never seen
 * @property {number} durationS
 */

/**
 * Say how much each bone counts: by how far the trainer moves it, and by the focus.
 * @param {Float64Array} bones Tx13x3
 * @param {string[]} focus keys of FOCUS; others are passed over
 * @returns {Float64Array} 13
 */
export function boneWeights(bones, focus = []) {
  const frames = bones.length / (3 * BONE_COUNT);
  const movedDeg = new Float64Array(BONE_COUNT);
  for (let b = 0; b < BONE_COUNT; b += 1) {
    let count = 0;
    let x = 0;
    let y = 0;
    let z = 0;
    for (let i = 0; i < frames; i += 1) {
      const at = 3 * (i * BONE_COUNT + b);
      if (Number.isNaN(bones[at] + bones[at + 1] + bones[at + 2])) continue;
      count += 1;
      x += bones[at];
      y += bones[at + 1];
      z += bones[at + 2];
    }
    if (count === 0) continue;
    const variance = Math.max(0, 1 - (x * x + y * y + z * z) / (count * count));
    movedDeg[b] = (Math.sqrt(variance) * 180) / Math.PI;
  }
  let most = 0;
  for (let b = 0; b < BONE_COUNT; b += 1) most = Math.max(most, movedDeg[b] * TRUST[b]);
  const focused = new Set(focus.flatMap((word) => FOCUS[word] ?? []));
  return Float64Array.from(BONES, ({ name }, b) => {
    const share = Math.min(1, movedDeg[b] / most);
    const weight = most < HOLD_DEG
      ? TRUST[b]
      : TRUST[b] * (STILL_WEIGHT + (1 - STILL_WEIGHT) * share);
    return weight * (focused.has(name) ? FOCUS_WEIGHT : 1);
  });
}

function straightDeg(bones) {
  return Float64Array.from(HINGES, (hinge) => {
    const angles = [];
    for (let base = 0; base < bones.length; base += 3 * BONE_COUNT) {
      const angle = hingeAngleDeg(bones, hinge, base);
      if (Number.isFinite(angle)) angles.push(angle);
    }
    if (angles.length === 0) return NaN;
    const ordered = Float64Array.from(angles).sort();
    const low = ordered[Math.floor(OUTERMOST * (ordered.length - 1))];
    const high = ordered[Math.ceil((1 - OUTERMOST) * (ordered.length - 1))];
    return low + STRAIGHT_SHARE * (high - low);
  });
}

function shownWeights(bones, visibility, weights) {
  const frames = visibility.length / BONE_COUNT;
  return Float64Array.from(weights, (own, b) => {
    const other = BONE_MIRROR[b];
    let count = 0;
    for (let first = 0; first < visibility.length; first += BONE_COUNT) {
      if (shows(bones, visibility, first + b) || shows(bones, visibility, first + other)) count += 1;
    }
    return (own + weights[other]) * (count / frames);
  });
}

/** Say whether a bone can be judged. */
export function shows(bones, visibility, b) {
  const sum = bones[3 * b] + bones[3 * b + 1] + bones[3 * b + 2];
  return !Number.isNaN(sum) && visibility[b] >= VISIBLE;
}

/**
 * Make a reference of the trainer's poses.
 * @param {ArrayLike<number>} timesS T, seconds from the clip's start, increasing
 * @param {ArrayLike<number>} world Tx33x3, metres
 * @param {ArrayLike<number>} visibility Tx33, 0..1
 * @param {number} durationS length of the clip; after it the clip starts anew
 * @param {string[]} focus parts of the body that count more
 * @returns {Reference}
 */
export function prepare(timesS, world, visibility, durationS, focus = []) {
  const frames = timesS.length;
  const bones = new Float64Array(frames * BONE_COUNT * 3);
  const seen = new Float64Array(frames * BONE_COUNT);
  for (let i = 0; i < frames; i += 1) {
    unitBones(world, bones, i * LANDMARK_COUNT * 3, i * BONE_COUNT * 3);
    boneVisibility(visibility, seen, i * LANDMARK_COUNT, i * BONE_COUNT);
  }
  const weights = boneWeights(bones, focus);
  return {
    timesS,
    bones,
    visibility: seen,
    weights,
    shown: shownWeights(bones, seen, weights),
    straightDeg: straightDeg(bones),
    durationS,
  };
}

/** Room for one body. */
export const bodyAt = () => ({
  bones: new Float64Array(3 * BONE_COUNT),
  visibility: new Float64Array(BONE_COUNT),
});

/** Give the index of the first time greater than t. */
function firstAfter(times, t) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Give the trainer's bones at a moment of play.
 * @param {Reference} reference
 * @param {number} positionS seconds played since the set began, over all loops; before 0 the first
 *   pose holds
 * @returns {{bones: Float64Array, visibility: Float64Array}} `out`, filled
 */
export function poseAt(reference, positionS, out = bodyAt()) {
  const { timesS: times, bones, visibility, durationS } = reference;
  let t = Math.max(positionS, 0);
  t -= Math.floor(t / durationS) * durationS;
  const after = firstAfter(times, t);
  if (after === 0 || after === times.length) {
    const end = after === 0 ? 0 : after - 1;
    const near = Math.abs(times[end] - t) <= LONGEST_GAP_S;
    for (let i = 0; i < 3 * BONE_COUNT; i += 1) {
      out.bones[i] = near ? bones[end * 3 * BONE_COUNT + i] : NaN;
    }
    for (let b = 0; b < BONE_COUNT; b += 1) {
      out.visibility[b] = near ? visibility[end * BONE_COUNT + b] : 0;
    }
    return out;
  }
  const before = after - 1;
  const gap = times[after] - times[before];
  let part = (t - times[before]) / gap;
  if (gap > LONGEST_GAP_S) part = Math.floor(part + 0.5);
  for (let b = 0; b < BONE_COUNT; b += 1) {
    const i = 3 * (before * BONE_COUNT + b);
    const j = 3 * (after * BONE_COUNT + b);
    const x = bones[i] * (1 - part) + bones[j] * part;
    const y = bones[i + 1] * (1 - part) + bones[j + 1] * part;
    const z = bones[i + 2] * (1 - part) + bones[j + 2] * part;
    const length = Math.sqrt(x * x + y * y + z * z);
    out.bones[3 * b] = x / length;
    out.bones[3 * b + 1] = y / length;
    out.bones[3 * b + 2] = z / length;
    out.visibility[b] = visibility[before * BONE_COUNT + b] * (1 - part)
      + visibility[after * BONE_COUNT + b] * part;
  }
  return out;
}
