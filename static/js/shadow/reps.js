/**
 * Counts repetitions: one number says how far along the trainer's main movement a body is, and a
 * cycle of that number, with hysteresis, is a rep. Pure; the counter's state is an argument.
 *
 * The number is the body's place on the first principal component of the reference's bone
 * directions: knees and hips in a squat, elbows in a push-up, with no table of exercises.
 */

import { BONE_COUNT } from "./skeleton.js";

const SIZE = 3 * BONE_COUNT;
const ITERATIONS = 60;
/** Hysteresis, as shares of the reference's own range: a half-hearted rep does not count. */
const UP_SHARE = 0.6;
const DOWN_SHARE = 0.3;
/** Nobody does a rep faster; a detector's glitch does. */
const SHORTEST_REP_S = 0.4;
/** Movements smaller than this (in weighted unit vectors) are holds: there is nothing to count. */
const LEAST_RANGE = 0.25;

/**
 * @typedef {object} Axis
 * @property {Float64Array} mean 39
 * @property {Float64Array} direction 39, unit length
 * @property {Float64Array} weights 13
 * @property {number} low where the movement starts, 5th or 95th percentile
 * @property {number} high its far end; may be less than low
 */

/**
 * Find the main movement of a reference.
 * @param {import("./reference.js").Reference} reference
 * @returns {Axis|null} null where the trainer holds still
 */
export function mainAxis({ bones, weights }) {
  const frames = [];
  for (let at = 0; at + SIZE <= bones.length; at += SIZE) {
    const row = Float64Array.from({ length: SIZE },
      (_, i) => bones[at + i] * weights[Math.floor(i / 3)]);
    if (row.every(Number.isFinite)) frames.push(row);
  }
  if (frames.length < 2) return null;
  const mean = new Float64Array(SIZE);
  for (const row of frames) row.forEach((v, i) => { mean[i] += v / frames.length; });
  for (const row of frames) row.forEach((v, i) => { row[i] = v - mean[i]; });

  // Power iteration, started from the frame that is furthest out: it lies along the component.
  const length = (v) => Math.hypot(...v);
  let direction = frames.reduce((a, b) => (length(b) > length(a) ? b : a)).slice();
  for (let n = 0; n < ITERATIONS; n += 1) {
    const next = new Float64Array(SIZE);
    for (const row of frames) {
      const along = dot(row, direction);
      for (let i = 0; i < SIZE; i += 1) next[i] += along * row[i];
    }
    const norm = length(next);
    if (!(norm > 0)) return null;
    direction = next.map((v) => v / norm);
  }
  const places = frames.map((row) => dot(row, direction));
  const sorted = [...places].sort((a, b) => a - b);
  const low = sorted[Math.floor(0.05 * (sorted.length - 1))];
  const high = sorted[Math.ceil(0.95 * (sorted.length - 1))];
  if (high - low < LEAST_RANGE) return null;
  // A rep starts where the clip does.
  const startsLow = places[0] - low <= high - places[0];
  return {
    mean, direction, weights, low: startsLow ? low : high, high: startsLow ? high : low,
  };
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < SIZE; i += 1) sum += a[i] * b[i];
  return sum;
}

/**
 * Say how far along the movement a body is: 0 at the start of a rep, 1 at its far end.
 * @param {Axis} axis
 * @param {ArrayLike<number>} bones 13x3, already turned and mirrored to the trainer's view
 * @returns {number} NaN where a bone that moves is not seen
 */
export function progress(axis, bones) {
  let place = 0;
  for (let i = 0; i < SIZE; i += 1) {
    const weight = axis.weights[Math.floor(i / 3)];
    // What is not seen is taken to be where the trainer has it on average.
    const off = Number.isNaN(bones[i]) ? 0 : bones[i] * weight - axis.mean[i];
    place += off * axis.direction[i];
  }
  return (place - axis.low) / (axis.high - axis.low);
}

/** Give the counter's state at the start of a set. */
export const counting = () => ({ reps: 0, far: false, lastT: -Infinity });

/**
 * Take one moment into account.
 * @param {{reps: number, far: boolean, lastT: number}} state
 * @param {number} t seconds
 * @param {number} place from progress(); NaN changes nothing
 * @returns {{reps: number, far: boolean, lastT: number}}
 */
export function count(state, t, place) {
  if (Number.isNaN(place)) return state;
  if (!state.far && place >= UP_SHARE) return { ...state, far: true };
  if (state.far && place <= DOWN_SHARE) {
    const real = t - state.lastT >= SHORTEST_REP_S;
    return { reps: state.reps + (real ? 1 : 0), far: false, lastT: real ? t : state.lastT };
  }
  return state;
}
