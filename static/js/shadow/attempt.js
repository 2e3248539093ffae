/**
 * One go at a set: scores the client's poses one by one, counts reps, calms the number on show.
 * Pure state: it owns no element, timer or address.
 */

import { mirrorBones, rotateYaw, unitBones } from "./alignment.js";
import { count, counting, mainAxis, progress } from "./reps.js";
import { initial, MIRROR_LOCK_S, step } from "./score.js";
import { BONE_COUNT } from "./skeleton.js";

/** The score on show follows the frames' scores with this time constant. */
const CALM_S = 0.5;
/** Not seen for a moment is a blink of the detector; for longer it is said. */
const UNSEEN_S = 0.8;

export class Attempt {
  #reference;
  #axis;
  #score = initial();
  #reps = counting();
  #calmScore = NaN;
  #calmAtS = -Infinity;
  #bones = new Float64Array(3 * BONE_COUNT);
  #mirrored = new Float64Array(3 * BONE_COUNT);
  #turned = new Float64Array(3 * BONE_COUNT);

  /** @param {import("./reference.js").Reference} reference the trainer's movement */
  constructor(reference) {
    this.#reference = reference;
    this.#axis = mainAxis(reference);
  }

  /** Reps done in this go. */
  get reps() { return this.#reps.reps; }

  /** The score to show: 0..100; NaN = not visible. */
  get calmScore() { return this.#calmScore; }

  /** Whether the client does it as in a mirror; null until that is settled. */
  get mirrored() {
    return this.#score.mirrorLeadS >= MIRROR_LOCK_S ? this.#score.mirror === 1 : null;
  }

  /**
   * @param {{found: boolean, world: Float32Array, visibility: Float32Array}} pose
   * @param {number} nowS when it was taken, on a clock that only goes forward
   * @param {number} positionS how far the trainer had come then, over all loops
   * @returns {import("./score.js").Match}
   */
  judge(pose, nowS, positionS) {
    const match = step(this.#score, this.#reference, nowS, positionS,
      pose.found ? pose.world : null, pose.found ? pose.visibility : null);
    this.#calm(match.score, nowS);
    if (this.#axis && Number.isFinite(match.score)) {
      unitBones(pose.world, this.#bones);
      const body = match.mirror ? mirrorBones(this.#bones, this.#mirrored) : this.#bones;
      this.#reps = count(this.#reps, nowS,
        progress(this.#axis, rotateYaw(body, match.yawRad, this.#turned)));
    }
    return match;
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
