/**
 * The trainer's joints over a clip, and how exactly a client's can be compared with them. Pure.
 */

import { BONE_COUNT } from "../skeleton.js";
import {
  facingOf, isUpright, JOINT, JOINT_COUNT, JOINT_MIRROR, JOINTS, measureAllJoints,
} from "./joints.js";

/** So much a client may be early or late for a moment, besides the lag that the score has found. */
const WINDOW_S = 0.18;
/** Fast movement is seen blurred and between two pictures: so many degrees, for each degree that
 *  the joints turn in the mean meanwhile. */
const BLUR = 0.5;
/** The clip's first pose, and how far (mean of all joints) a pose may be from it to be the same. */
const START_S = 0.3;
const START_DEG = 6;
/** Where more of the clip is like its beginning, the whole of it is a hold. */
const MOST_AT_START = 0.85;
/** From here on another view begins to cost precision, and by how much. */
const SAME_VIEW_DEG = 15;
const VIEW_NOISE = 0.5;
/** Two that are never further apart than this, nine moments of ten, do the same. */
const ALIKE_DEG = 45;

/**
 * What of a good performance remains, degrees, where the trainer is seen from the front, 45° aside
 * and from the side (between them, straight lines): the 98th percentile, and some more, over takes
 * of the synthetic athlete done well by another body and over five clips of real people, all seen
 * by model *full* as the trainer and *lite* as the client. NOTHING is more than an error can be.
 */
const NOTHING = 180;
const FLOOR_DEG = {
  knee: [10, 10, 15],
  elbow: [17, 16, 16],
  hip: [18, 12, 14],
  shoulder: [12, 12, 12],
  knee_in: [11, 12, NOTHING],
  lean: [16, 8, 11],
  tilt: [9, 9, NOTHING],
  stance: [9, 16, NOTHING],
};
/** What legs add that do different things, as in a lunge, where one hides behind the other. */
const SPLIT_DEG = {
  knee: [45, 16, 16],
  hip: [10, 8, 8],
  knee_in: [NOTHING, NOTHING, 0],
  stance: [NOTHING, NOTHING, 0],
};
/** What lying adds: arms under the trunk, and from the front nearly everything is depth. */
const LYING_DEG = {
  knee: [20, 4, 0],
  elbow: [24, 20, 16],
  hip: [55, 14, 0],
  shoulder: [32, 20, 4],
  knee_in: [NOTHING, NOTHING, 0],
};
/** What a limb that points at the camera adds: its direction is depth then. */
const TOWARDS_DEG = { shoulder: 20, elbow: 8 };

/** Read off three values, for 0, 45 and 90 degrees. */
function between([front, middle, side], deg) {
  return deg < 45
    ? front + (deg / 45) * (middle - front)
    : middle + ((deg - 45) / 45) * (side - middle);
}

/** The trainer's joints over the clip, with what can be said of them beforehand. */
export class Trace {
  #seenDeg;
  #blurDeg = 0;

  constructor(reference) {
    const { timesS, durationS, bones, weights } = reference;
    this.timesS = timesS;
    this.durationS = durationS;
    this.bones = bones;
    this.joints = measureAllJoints(reference);
    this.low = new Float64Array(JOINT_COUNT);
    this.high = new Float64Array(JOINT_COUNT);
    /** The frame in the middle of what around() looked at. */
    this.at = 0;
    this.weights = JOINTS.map((joint) => Math.max(...joint.bones.map((b) => weights[b])));
    const facing = Math.abs(facingOf(reference));
    // From behind is as good as from the front.
    this.fromFrontDeg = Number.isNaN(facing) ? 90 : Math.min(facing, 180 - facing);
    this.lying = countOf(timesS.length, (i) => isUpright(bones, 3 * BONE_COUNT * i)) <
      timesS.length / 2;
    const series = JOINTS.map((_, j) => this.#seriesOf(j));
    this.rangeDeg = series.map((values) => quantile(values, 0.95) - quantile(values, 0.05));
    this.alike = JOINTS.map((_, j) => {
      const other = series[JOINT_MIRROR[j]];
      const off = series[j].map((value, i) => Math.abs(value - other[i]));
      return quantile(off, 0.9) < ALIKE_DEG;
    });
    this.split = !this.alike[JOINT.left_knee] || !this.alike[JOINT.left_hip];
    this.startDeg = this.#startDeg();
    this.atStart = this.#atStart();
    this.#seenDeg = JOINTS.map((joint) => this.#seenOf(joint));
  }

  #seriesOf(j) {
    return Array.from(this.timesS, (_, i) => this.joints[JOINT_COUNT * i + j]);
  }

  #startDeg() {
    const { timesS } = this;
    const first = countOf(timesS.length, (i) => timesS[i] <= timesS[0] + START_S);
    return JOINTS.map((_, j) => {
      const values = this.#seriesOf(j).slice(0, first).filter(Number.isFinite);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    });
  }

  /** The frames whose pose is that of the clip's beginning; none where all are, in a hold. */
  #atStart() {
    const at = Uint8Array.from(this.timesS, (_, i) => {
      const off = this.startDeg
        .map((deg, j) => Math.abs(this.joints[JOINT_COUNT * i + j] - deg))
        .filter(Number.isFinite);
      return off.reduce((sum, value) => sum + value, 0) < START_DEG * off.length ? 1 : 0;
    });
    return countOf(at.length, (i) => at[i] === 1) > MOST_AT_START * at.length ? at.fill(0) : at;
  }

  /**
   * Find what the trainer's joints do around a moment: `low` and `high`, infinite where not seen.
   * @returns {boolean} whether the trainer is in the first pose all the while
   */
  around(positionS) {
    const { timesS, durationS, joints, low, high } = this;
    low.fill(Infinity);
    high.fill(-Infinity);
    let start = true;
    const fromS = positionS - WINDOW_S;
    const first = fromS - Math.floor(fromS / durationS) * durationS;
    const count = timesS.length;
    const begin = firstFrom(timesS, first);
    let seen = 0;
    for (; seen < count; seen += 1) {
      const i = (begin + seen) % count;
      const inS = timesS[i] - first + (begin + seen >= count ? durationS : 0);
      if (inS > 2 * WINDOW_S) break;
      start &&= this.atStart[i] === 1;
      for (let j = 0; j < JOINT_COUNT; j += 1) {
        const value = joints[JOINT_COUNT * i + j];
        if (value < low[j]) low[j] = value;
        if (value > high[j]) high[j] = value;
      }
    }
    this.at = (begin + (seen >> 1)) % count;
    let moved = 0;
    for (let j = 0; j < JOINT_COUNT; j += 1) moved += Math.max(0, high[j] - low[j]);
    this.#blurDeg = (BLUR * moved) / JOINT_COUNT;
    return start && seen > 0;
  }

  /** What a good performance's joint may differ by just now. */
  floorDeg(j, turnedDeg) {
    const towards = this.bones[3 * (BONE_COUNT * this.at + JOINTS[j].bones[0]) + 2] ** 2;
    return this.#seenDeg[j] + (TOWARDS_DEG[JOINTS[j].part] ?? 0) * (towards || 0) + this.#blurDeg +
      VIEW_NOISE * Math.max(0, turnedDeg - SAME_VIEW_DEG);
  }

  #seenOf({ part }) {
    const at = (table) => (part in table ? between(table[part], this.fromFrontDeg) : 0);
    return at(FLOOR_DEG) + (this.split ? at(SPLIT_DEG) : 0) + (this.lying ? at(LYING_DEG) : 0);
  }
}

/** Of the finite ones among the values; NaN where there is none. */
function quantile(values, share) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted.length > 0 ? sorted[Math.round(share * (sorted.length - 1))] : NaN;
}

const countOf = (length, holds) => {
  let count = 0;
  for (let i = 0; i < length; i += 1) count += holds(i) ? 1 : 0;
  return count;
};

/** Give the index of the first time that is not less than t; their number where there is none. */
function firstFrom(times, t) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < t) low = middle + 1;
    else high = middle;
  }
  return low;
}
