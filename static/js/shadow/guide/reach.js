/**
 * How much room an exercise takes, in statures of whoever does it. Pure.
 *
 * The reference knows directions only; a figure of average proportions lends it lengths (those of
 * Drillis & Contini 1966 as in Winter 2009, Biomechanics and motor control of human movement, fig.
 * 4.1, rounded). An error of a tenth of a stature is of no concern: margins are larger.
 */

import { BONES, BONE_COUNT } from "../skeleton.js";
import { isUpright } from "./joints.js";

const BONE = Object.fromEntries(BONES.map(({ name }, i) => [name, i]));
/** Lengths as shares of stature. */
const LENGTHS = {
  torso: 0.3, head: 0.18, shoulder: 0.13, hip: 0.06, upper_arm: 0.19, forearm: 0.15, hand: 0.1,
  thigh: 0.245, shin: 0.246, foot: 0.12,
};

/**
 * @typedef {object} Reach statures
 * @property {number} up from the lowest point of a pose to its highest, the most of all poses
 * @property {number} left how far it goes to the picture's left of the middle between the feet,
 *   which is where somebody stands; on the floor, of the middle of the hips
 * @property {number} right
 */

/** @type {Readonly<Reach>} of someone who stands with hanging arms */
export const STANDING = Object.freeze({ up: 1, left: 0.2, right: 0.2 });

/**
 * @param {import("../reference.js").Reference} reference
 * @returns {Reach} at least that of someone who stands, unless the exercise is done on the floor
 */
export function reachOf({ bones, timesS }) {
  const frames = Array.from(timesS, (_, n) => 3 * BONE_COUNT * n);
  const lies = 2 * frames.filter((base) => !isUpright(bones, base)).length > frames.length;
  const reach = lies ? { up: 0, left: 0, right: 0 } : { ...STANDING };
  for (const base of frames) grow(reach, bones, base, lies);
  return reach;
}

function grow(reach, bones, base, lies) {
  const points = [];
  const put = (point) => {
    if (!Number.isNaN(point[0] + point[1])) points.push(point);
  };
  const go = ([x, y], name, length) => {
    const i = base + 3 * BONE[name];
    return [x + length * bones[i], y + length * bones[i + 1]];
  };
  const neck = go([0, 0], "torso", LENGTHS.torso);
  put(go(neck, "torso", LENGTHS.head));
  let feet = 0;
  for (const [side, sign] of [["left", -1], ["right", 1]]) {
    const shoulder = go(neck, "shoulder_line", sign * LENGTHS.shoulder);
    const elbow = go(shoulder, `${side}_upper_arm`, LENGTHS.upper_arm);
    put(elbow);
    put(go(elbow, `${side}_forearm`, LENGTHS.forearm + LENGTHS.hand));
    const knee = go(go([0, 0], "hip_line", sign * LENGTHS.hip), `${side}_thigh`, LENGTHS.thigh);
    const ankle = go(knee, `${side}_shin`, LENGTHS.shin);
    put(knee);
    put(ankle);
    put(go(ankle, `${side}_foot`, LENGTHS.foot / 2));
    feet += ankle[0] / 2;
  }
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const middle = lies || Number.isNaN(feet) ? 0 : feet;
  reach.up = Math.max(reach.up, Math.max(...ys) - Math.min(...ys));
  reach.left = Math.max(reach.left, middle - Math.min(...xs));
  reach.right = Math.max(reach.right, Math.max(...xs) - middle);
}
