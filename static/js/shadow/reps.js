/**
 * Counts repetitions while they are done: one pose at a time, each known the moment it is over.
 *
 * Twin of processing/motion/live_reps.py, which says how it works and explains the constants;
 * tests/data/score.json holds the two equal. The counter is updated in place.
 */

import { boneVisibility, mirrorBones, unitBones } from "./alignment.js";
import {
  ARMS, COLUMNS, PARTS, POSTURE_SIZE, postureAngles, TORSO, TORSO_WEIGHT,
} from "./posture.js";
import { VISIBLE } from "./reference.js";
import { BONES, BONE_COUNT } from "./skeleton.js";

const LEAST_RANGE = 1.0;
const OUT = 0.45;
const BACK = 0.6;
const FAR = 0.35;
const SAME_WAY = 0.65;
const SAME_HALF = 0.82;
const BENT_FURTHER = 0.7;
const NEAR = 0.15;
const BEFORE = -0.25;
const BEYOND = 1.6;
const SHORTEST_REP_S = 0.4;
const LONGEST_REP_S = 15;
const LONGEST_GAP_S = 1;
const SEEN_SHARE = 0.7;
const END_SHARE = 0.2;
const OUTERMOST = 0.05;
const HALFWAY = 0.25;
const ITERATIONS = 60;
/** Elbows and knees, left and right together: 0 where they are straight. */
const BENT = [8, 10];
const ALL = Object.freeze(COLUMNS.map((_, i) => i));
const LEGS_AND_TRUNK = Object.freeze(ALL.filter((i) => !ARMS.includes(i)));

const indexOf = (name) => BONES.findIndex((bone) => bone.name === name);
const PART_BONES = PARTS.map((part) => (part === "torso"
  ? [indexOf("torso")]
  : [indexOf(`left_${part}`), indexOf(`right_${part}`)]));
const NEEDS = COLUMNS.map((parts) => parts.map((part) => PARTS.indexOf(part)));

/**
 * @typedef {object} Axis the trainer's main movement
 * @property {Float64Array} home 18, the posture in which a rep starts and ends
 * @property {Float64Array} way 18, unit vector towards the far end
 * @property {number} range how far that is, weighted radians
 * @property {ReadonlyArray<number>} most the angles of the half of the body that moves most
 *
 * @typedef {object} Counter
 * @property {number} reps done
 * @property {number} place along the movement: 0 at its start, 1 at its far end; NaN = not seen
 * @property {number} phase progress along the rep: 0 at its start, 0.5 at the far end, towards 1 on
 *   the way back; NaN where too little was seen
 */

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < POSTURE_SIZE; i += 1) sum += a[i] * b[i];
  return sum;
}

function meanOf(rows) {
  const mean = new Float64Array(POSTURE_SIZE);
  for (const row of rows) row.forEach((v, i) => { mean[i] += v / rows.length; });
  return mean;
}

/** Where a rep starts: where the clip does, or, failing that, where limbs are straighter. */
function startsLow(places, low, high, [one, other]) {
  const begun = (0.5 * (places[0] + places.at(-1)) - low) / (high - low);
  if (Math.abs(begun - 0.5) >= HALFWAY) return begun < 0.5;
  const bent = (posture) => BENT.reduce((sum, i) => sum + posture[i], 0);
  return bent(one) <= bent(other);
}

/**
 * Find the main movement of a reference.
 * @param {import("./reference.js").Reference} reference
 * @returns {Axis|null} null where the trainer holds still
 */
export function mainAxis({ bones }) {
  const rows = [];
  for (let base = 0; base < bones.length; base += 3 * BONE_COUNT) {
    const row = postureAngles(bones, undefined, base);
    if (row.every(Number.isFinite)) rows.push(row);
  }
  if (rows.length < 2) return null;
  const mean = meanOf(rows);
  const off = rows.map((row) => row.map((v, i) => v - mean[i]));
  // Power iteration for the first principal component, from the frame that is furthest out.
  let way = off.reduce((a, b) => (dot(b, b) > dot(a, a) ? b : a));
  for (let n = 0; n < ITERATIONS; n += 1) {
    const longer = new Float64Array(POSTURE_SIZE);
    for (const row of off) {
      const along = dot(row, way);
      for (let i = 0; i < POSTURE_SIZE; i += 1) longer[i] += along * row[i];
    }
    const length = Math.sqrt(dot(longer, longer));
    if (!(length > 0)) return null;
    way = longer.map((v) => v / length);
  }
  const places = off.map((row) => dot(row, way));
  const ordered = Float64Array.from(places).sort();
  const low = ordered[Math.floor(OUTERMOST * (ordered.length - 1))];
  const high = ordered[Math.ceil((1 - OUTERMOST) * (ordered.length - 1))];
  const margin = END_SHARE * (high - low);
  const ends = [
    meanOf(rows.filter((_, i) => places[i] <= low + margin)),
    meanOf(rows.filter((_, i) => places[i] >= high - margin)),
  ];
  const [home, far] = startsLow(places, low, high, ends) ? ends : [ends[1], ends[0]];
  const between = far.map((v, i) => v - home[i]);
  const range = Math.sqrt(dot(between, between));
  if (range < LEAST_RANGE) return null;
  const direction = between.map((v) => v / range);
  const arms = ARMS.reduce((sum, i) => sum + direction[i] ** 2, 0);
  return { home, way: direction, range, most: arms >= 0.5 ? ARMS : LEGS_AND_TRUNK };
}

/** Give the counter at the start of a set. */
export const counting = () => ({
  reps: 0,
  place: NaN,
  phase: NaN,
  tS: -Infinity,
  low: NaN,
  high: NaN,
  highBefore: 1,
  leftS: NaN,
  left: new Float64Array(POSTURE_SIZE),
  apex: new Float64Array(POSTURE_SIZE),
});

// count() is synchronous and never nested, so its working memory can be shared.
const scratch = {
  bones: new Float64Array(3 * BONE_COUNT),
  mirrored: new Float64Array(3 * BONE_COUNT),
  whole: new Float64Array(3 * BONE_COUNT),
  seen: new Float64Array(BONE_COUNT),
  angles: new Float64Array(POSTURE_SIZE),
  shows: new Uint8Array(PARTS.length),
};

/**
 * Take one pose into account.
 * @param {Counter & ReturnType<typeof counting>} counter updated in place
 * @param {Axis} axis
 * @param {number} tS its time on any clock that only goes forward
 * @param {ArrayLike<number>|null} world 33x3 metres; null where nobody was found
 * @param {ArrayLike<number>|null} visibility 33, 0..1
 * @returns {Counter} the counter
 */
export function count(counter, axis, tS, world, visibility) {
  counter.place = NaN;
  counter.phase = NaN;
  if (!world || !visibility) return counter;
  const { bones, seen, angles } = scratch;
  unitBones(world, bones);
  postureOf(bones, angles);
  boneVisibility(visibility, seen);
  if (!enoughSeen(axis, angles, seen)) return counter;
  counter.place = placeOf(axis, angles);
  const place = Math.min(BEYOND, Math.max(BEFORE, counter.place));
  if (tS - counter.tS > LONGEST_GAP_S) {
    counter.low = NaN;
    counter.high = NaN;
  }
  counter.tS = tS;
  swing(counter, axis, tS, place, angles);
  counter.phase = phaseOf(counter, place);
  return counter;
}

/** The posture of a body of which one side may be missing: the angles take both together anyway. */
function postureOf(bones, out) {
  const { whole, mirrored } = scratch;
  mirrorBones(bones, mirrored);
  for (let i = 0; i < whole.length; i += 1) {
    whole[i] = Number.isNaN(bones[i]) ? mirrored[i] : bones[i];
  }
  return postureAngles(whole, out);
}

/** What is not seen is taken to be at home, and put there. */
function placeOf({ home, way, range }, angles) {
  let off = 0;
  for (let i = 0; i < POSTURE_SIZE; i += 1) {
    if (Number.isNaN(angles[i])) angles[i] = home[i];
    off += (angles[i] - home[i]) * way[i];
  }
  return off / range;
}

/**
 * Say how far along the movement a body is: 0 at the start of a rep, 1 at its far end.
 * @param {Axis} axis
 * @param {ArrayLike<number>} bones 13x3 unit vectors, seen from anywhere, mirrored or not
 * @returns {number}
 */
export const progress = (axis, bones) => placeOf(axis, postureOf(bones, scratch.angles));

/** Whether the parts that move show, on one side at least. */
function enoughSeen({ way }, angles, seen) {
  const { shows } = scratch;
  for (let p = 0; p < PARTS.length; p += 1) {
    const sides = PART_BONES[p];
    shows[p] = Math.max(seen[sides[0]], seen[sides[sides.length - 1]]) >= VISIBLE ? 1 : 0;
  }
  let known = 0;
  for (let i = 0; i < POSTURE_SIZE; i += 1) {
    const needs = NEEDS[i];
    const shown = shows[needs[0]] && shows[needs[needs.length - 1]];
    if (shown && Number.isFinite(angles[i])) known += way[i] * way[i];
  }
  return known >= SEEN_SHARE;
}

function swing(counter, axis, tS, place, angles) {
  if (Number.isNaN(counter.high)) {
    if (!(counter.low <= place)) counter.low = place;
    if (place <= counter.low + NEAR) {
      counter.leftS = tS;
      counter.left.set(angles);
    }
    if (place >= counter.low + OUT) {
      counter.high = place;
      counter.apex.set(angles);
    }
    return;
  }
  if (place > counter.high) {
    counter.high = place;
    counter.apex.set(angles);
    return;
  }
  if (counter.high - place < BACK * (counter.high - counter.low)) return;
  const tookS = tS - counter.leftS;
  if (tookS >= SHORTEST_REP_S && tookS <= LONGEST_REP_S && counter.high >= FAR
    && sameWay(axis, counter.apex, counter.left) && sameWay(axis, counter.apex, angles)) {
    counter.reps += 1;
    counter.highBefore = counter.high;
  }
  counter.low = place;
  counter.high = NaN;
  counter.leftS = tS;
  counter.left.set(angles);
}

/** Whether the movement from one posture to another goes the trainer's way. */
function sameWay({ way, range, most }, to, from) {
  const trunk = Math.max(0, range * way[TORSO]) + TORSO_WEIGHT * BENT_FURTHER;
  return to[TORSO] - from[TORSO] <= trunk
    && cosine(to, from, way, ALL) >= SAME_WAY
    && cosine(to, from, way, most) >= SAME_HALF;
}

function cosine(to, from, way, angles) {
  let along = 0;
  let squares = 0;
  let ways = 0;
  for (let n = 0; n < angles.length; n += 1) {
    const i = angles[n];
    const moved = to[i] - from[i];
    along += moved * way[i];
    squares += moved * moved;
    ways += way[i] * way[i];
  }
  return along / Math.sqrt(squares * ways);
}

function phaseOf({ low, high, highBefore }, place) {
  const end = Number.isNaN(high) ? highBefore : high;
  const share = 0.5 * Math.min(1, Math.max(0, (place - low) / Math.max(end - low, OUT)));
  return !Number.isNaN(high) && high - place >= NEAR ? 1 - share : share;
}
