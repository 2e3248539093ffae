/**
 * Signs given to the page without touching it: both arms held up starts and pauses.
 *
 * Pure. Arms go up in many exercises, so a sign is arms that stay up and still for HELD_S; an
 * exercise whose trainer raises both arms has no such sign at all. Before the next one the arms
 * must have come down.
 */

import { BONES, BONE_COUNT, INDEX } from "../skeleton.js";

const HELD_S = 1;
/** A blink of the detector does not end a sign; a longer one does. */
const BLINK_S = 0.25;
/** How far wrists may wander while held: no sign from one who jumps, waves or presses a weight. */
const STILL_M = 0.07;
const VISIBLE = 0.5;
/** The wrists are so much higher than the nose, in metres of the pose model's average body. */
const ABOVE_M = 0.08;
/** An arm that is up in a trainer's pose: upper arm and forearm as unit vectors, y down. */
const UP = -0.6;

const ARMS = ["left", "right"].map((side) => ({
  shoulder: INDEX[`${side}_shoulder`],
  elbow: INDEX[`${side}_elbow`],
  wrist: INDEX[`${side}_wrist`],
}));
const NOSE = INDEX.nose;
const [UPPER, FORE] = ["upper_arm", "forearm"].map((name) =>
  ["left", "right"].map((side) => BONES.findIndex((bone) => bone.name === `${side}_${name}`)));

/**
 * Say whether one arm of a body is raised: wrist over head, elbow over shoulder.
 * @param {{found: boolean, world: ArrayLike<number>, visibility: ArrayLike<number>}} pose
 * @param {0|1} side 0 the body's left, 1 its right
 * @returns {boolean}
 */
export function isArmUp({ found, world, visibility }, side) {
  if (!found) return false;
  const { shoulder, elbow, wrist } = ARMS[side];
  if (![shoulder, elbow, wrist].every((i) => visibility[i] >= VISIBLE)) return false;
  const y = (i) => world[3 * i + 1];
  return y(elbow) < y(shoulder) && y(wrist) < y(elbow) && y(wrist) < y(NOSE) - ABOVE_M;
}

/**
 * Say whether the trainer ever has both arms up.
 * @param {import("../reference.js").Reference} reference
 * @returns {boolean}
 */
export function raisesBothArms({ bones, timesS }) {
  for (let i = 0; i < timesS.length; i += 1) {
    const up = (bone) => bones[3 * (BONE_COUNT * i + bone) + 1] < UP;
    // Forearms alone are up at the start of a press: near enough to a sign to leave it out.
    if (FORE.every(up) && UPPER.every((bone) => bones[3 * (BONE_COUNT * i + bone) + 1] < 0.3)) {
      return true;
    }
  }
  return false;
}

export class Gestures {
  #off = false;
  #sinceS = NaN;
  #seenS = NaN;
  #given = false;
  #from = new Float64Array(6);

  /**
   * Say what is being done: in an exercise that raises both arms nothing is a sign.
   * @param {import("../reference.js").Reference|null} reference null outside sets
   */
  during(reference) {
    this.#off = reference !== null && raisesBothArms(reference);
    this.#sinceS = NaN;
  }

  /**
   * @param {{found: boolean, world: ArrayLike<number>, visibility: ArrayLike<number>}} pose
   * @param {number} nowS when it was taken
   * @returns {"both_arms_up"|null} once for each time the arms are held up
   */
  see(pose, nowS) {
    if (this.#off) return null;
    if (!isArmUp(pose, 0) || !isArmUp(pose, 1)) {
      if (!(nowS - this.#seenS <= BLINK_S)) {
        this.#sinceS = NaN;
        this.#given = false;
      }
      return null;
    }
    this.#seenS = nowS;
    if (Number.isNaN(this.#sinceS) || this.#moved(pose.world)) {
      this.#sinceS = nowS;
      this.#remember(pose.world);
    }
    if (this.#given || nowS - this.#sinceS < HELD_S) return null;
    this.#given = true;
    return "both_arms_up";
  }

  /** How long the arms are held up already, as a share of what it takes: for a ring that fills. */
  progress(nowS) {
    if (this.#off || this.#given || Number.isNaN(this.#sinceS)) return 0;
    return Math.min(1, Math.max(0, (nowS - this.#sinceS) / HELD_S));
  }

  #remember(world) {
    ARMS.forEach(({ wrist }, side) => {
      for (let axis = 0; axis < 3; axis += 1) this.#from[3 * side + axis] = world[3 * wrist + axis];
    });
  }

  /** Depth is the detector's guess: only the picture's plane says whether hands are still. */
  #moved(world) {
    return ARMS.some(({ wrist }, side) => Math.hypot(
      world[3 * wrist] - this.#from[3 * side],
      world[3 * wrist + 1] - this.#from[3 * side + 1]) > STILL_M);
  }
}
