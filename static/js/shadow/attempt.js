/**
 * One go at a set: scores the client's poses one by one, counts reps, calms the number on show.
 * Pure state: it owns no element, timer or address.
 */

import { count, counting, mainAxis } from "./reps.js";
import { initial, MIRROR_LOCK_S, step } from "./score.js";
import { inside } from "./sight.js";
import { LANDMARK_COUNT } from "./skeleton.js";

/** The score on show follows the frames' scores with this time constant. */
const CALM_S = 0.5;
/** Not seen for a moment is a blink of the detector; for longer it is said. */
const UNSEEN_S = 0.8;

/**
 * @typedef {object} Prior what is known before the set begins, from the tutorial or the set before
 * @property {boolean|null} [mirror] whether the client does it as in a mirror
 * @property {number|null} [lagS] how late the client's pictures arrive
 *
 * @typedef {object} Counted
 * @property {number} reps done in this go
 * @property {number} place along the movement: 0 at a rep's start, 1 at its far end; NaN = not seen
 *   or nothing to count
 * @property {number} phase progress along the rep: 0 at its start, 0.5 at the far end, towards 1 on
 *   the way back; NaN as above
 *
 * @typedef {import("./score.js").Match & Counted} Judged
 */

export class Attempt {
  #reference;
  #axis;
  #score;
  #settled;
  #reps = counting();
  #calmScore = NaN;
  #calmAtS = -Infinity;
  #sight = new Float64Array(LANDMARK_COUNT);

  /**
   * @param {import("./reference.js").Reference} reference the trainer's movement
   * @param {Prior} [prior]
   */
  constructor(reference, prior = {}) {
    this.#reference = reference;
    this.#axis = mainAxis(reference);
    this.#score = initial(prior ?? {});
    this.#settled = typeof prior?.mirror === "boolean";
  }

  /** Reps done in this go. */
  get reps() { return this.#reps.reps; }

  /** The score to show: 0..100; NaN = not visible. */
  get calmScore() { return this.#calmScore; }

  /** Whether the client does it as in a mirror; null until that is settled. */
  get mirrored() {
    return this.#settled || this.#score.mirrorLeadS >= MIRROR_LOCK_S
      ? this.#score.mirror === 1
      : null;
  }

  /** What to give the next set's attempt as its prior. */
  get prior() {
    return { mirror: this.mirrored, lagS: this.#score.movedS > 0 ? this.#score.lagS : null };
  }

  /**
   * @param {{found: boolean, world: Float32Array, visibility: Float32Array,
   *   image?: Float32Array, width?: number, height?: number}} pose
   * @param {number} nowS when it was taken, on a clock that only goes forward
   * @param {number} positionS how far the trainer had come then, over all loops
   * @returns {Judged} the attempt's own: it holds until the next call
   */
  judge(pose, nowS, positionS) {
    const world = pose.found ? pose.world : null;
    const sight = pose.found ? this.#seenIn(pose) : null;
    const judged = step(this.#score, this.#reference, nowS, positionS, world, sight);
    if (this.#axis) count(this.#reps, this.#axis, nowS, world, sight);
    judged.reps = this.#reps.reps;
    judged.place = this.#reps.place;
    judged.phase = this.#reps.phase;
    this.#calm(judged.score, nowS);
    return judged;
  }

  #seenIn({ visibility, image, width, height }) {
    return image && width && height
      ? inside(visibility, image, width, height, this.#sight)
      : visibility;
  }

  #calm(score, nowS) {
    const dtS = nowS - this.#calmAtS;
    if (Number.isFinite(score)) {
      const share = Number.isFinite(this.#calmScore) ? 1 - Math.exp(-dtS / CALM_S) : 1;
      const before = Number.isFinite(this.#calmScore) ? this.#calmScore : 0;
      this.#calmScore = before + share * (score - before);
      this.#calmAtS = nowS;
    } else if (dtS > UNSEEN_S) {
      this.#calmScore = NaN;
    }
  }
}

/** Counts the pictures a second, calmly. */
export class Pace {
  #frames;
  #gapMs = NaN;
  #lastMs = NaN;

  /** @param {number} frames over which it is calmed */
  constructor(frames = 20) {
    this.#frames = frames;
  }

  /** @param {number} nowMs @returns {number} frames a second; 0 before there are two */
  beat(nowMs) {
    const gapMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (Number.isFinite(this.#gapMs)) this.#gapMs += (gapMs - this.#gapMs) / this.#frames;
    else this.#gapMs = gapMs;
    return this.#gapMs > 0 ? 1000 / this.#gapMs : 0;
  }
}
